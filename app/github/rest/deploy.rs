//! Deployments: what they are, where they stand, which of them wait, and the answer to one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use waterline_core::error::{Error, Result};
use waterline_core::model::{DeploymentId, RepoName, RunId};
use waterline_core::port::Applied;
use waterline_core::port::deploy::{Deployment, Reached, Waiting};
use waterline_core::report::{DEPLOYMENT_COMMENT, Judged, Judgement};

use super::identity::{ByApp, Identity};
use crate::client::{Call, Session, encode};

/// At 100 a page; a deployment has a handful of states.
const STATE_PAGES: usize = 10;

/// At 100 a page: GitHub lists at most 1,000 runs of a search.
const RUN_PAGES: usize = 11;

#[derive(Deserialize)]
struct WireDeployment {
    id: DeploymentId,
    sha: String,
    #[serde(rename = "ref")]
    reference: String,
    task: String,
    environment: String,
    creator: Option<Named>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct Named {
    login: String,
}

impl From<WireDeployment> for Deployment {
    fn from(wire: WireDeployment) -> Self {
        Self {
            id: wire.id,
            sha: wire.sha,
            reference: wire.reference,
            task: wire.task,
            environment: wire.environment,
            creator: wire.creator.map(|who| who.login).unwrap_or_default(),
            created_at: wire.created_at,
        }
    }
}

pub(super) async fn one(
    session: &Session,
    repo: &RepoName,
    id: DeploymentId,
) -> Result<Deployment> {
    let call = Call::get(
        "/repos/{owner}/{repo}/deployments/{deployment_id}",
        format!("/repos/{repo}/deployments/{id}"),
    )
    .about(format!("deployment {id} of {repo}"))
    .needs("deployments: read");
    session
        .read::<WireDeployment>(&call)
        .await
        .map(Deployment::from)
}

pub(super) async fn of_environment(
    session: &Session,
    repo: &RepoName,
    environment: &str,
) -> Result<Vec<Deployment>> {
    let call = Call::get(
        "/repos/{owner}/{repo}/deployments",
        format!(
            "/repos/{repo}/deployments?environment={}&per_page=100",
            encode(environment)
        ),
    )
    .about(format!("the deployments of {repo}"))
    .needs("deployments: read");
    let all: Vec<WireDeployment> = session.read(&call).await?;
    Ok(all.into_iter().map(Deployment::from).collect())
}

pub(super) async fn states(
    session: &Session,
    repo: &RepoName,
    id: DeploymentId,
) -> Result<Vec<Reached>> {
    #[derive(Deserialize)]
    struct State {
        state: String,
        created_at: Timestamp,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        format!("/repos/{repo}/deployments/{id}/statuses?per_page=100"),
    )
    .about(format!("the states of deployment {id} of {repo}"))
    .needs("deployments: read");
    let mut states = Vec::new();
    let take = |page: Vec<State>| {
        states.extend(page.into_iter().map(|one| Reached {
            state: one.state,
            at: one.created_at,
        }));
        true
    };
    session.pages(call, STATE_PAGES, take).await?;
    states.reverse();
    Ok(states)
}

/// Runs that wait, and for which of the environments that our App guards.
pub(super) async fn waiting(
    session: &Session,
    us: &Identity,
    repo: &RepoName,
) -> Result<Vec<Waiting>> {
    #[derive(Deserialize)]
    struct Page {
        workflow_runs: Vec<Run>,
    }
    #[derive(Deserialize)]
    struct Run {
        id: RunId,
        head_sha: String,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs",
        format!("/repos/{repo}/actions/runs?status=waiting&per_page=100"),
    )
    .about(format!("the runs of {repo}"))
    .needs("actions: read");
    let mut runs = Vec::new();
    let take = |page: Page| {
        runs.extend(page.workflow_runs);
        true
    };
    session.pages(call, RUN_PAGES, take).await?;
    let mut waiting = Vec::new();
    let mut ours: BTreeMap<String, bool> = BTreeMap::new();
    for run in runs {
        for environment in pending(session, repo, run.id).await? {
            let guards = match ours.get(&environment) {
                Some(known) => *known,
                None => guarded(session, us, repo, &environment).await?,
            };
            ours.insert(environment.clone(), guards);
            if !guards {
                continue;
            }
            waiting.push(Waiting {
                run: run.id,
                environment,
                sha: run.head_sha.clone(),
            });
        }
    }
    Ok(waiting)
}

/// The environments that a run waits for.
async fn pending(session: &Session, repo: &RepoName, run: RunId) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Pending {
        environment: Environment,
    }
    #[derive(Deserialize)]
    struct Environment {
        name: Option<String>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
        format!("/repos/{repo}/actions/runs/{run}/pending_deployments"),
    )
    .about(format!("the deployments of run {run} of {repo}"))
    .needs("actions: read");
    match session.read::<Vec<Pending>>(&call).await {
        Ok(all) => Ok(all.into_iter().filter_map(|p| p.environment.name).collect()),
        // The run was deleted since it was listed.
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether our App guards an environment: what waits for people alone is none of our business.
async fn guarded(
    session: &Session,
    us: &Identity,
    repo: &RepoName,
    environment: &str,
) -> Result<bool> {
    #[derive(Deserialize)]
    struct Rules {
        #[serde(default)]
        custom_deployment_protection_rules: Vec<Rule>,
    }
    #[derive(Deserialize)]
    struct Rule {
        enabled: bool,
        app: ByApp,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules",
        format!(
            "/repos/{repo}/environments/{}/deployment_protection_rules",
            encode(environment)
        ),
    )
    .about(format!("the protection of `{environment}` in {repo}"))
    .needs("actions: read");
    match session.read::<Rules>(&call).await {
        Ok(rules) => {
            let all = rules.custom_deployment_protection_rules.iter();
            Ok(all.filter(|r| r.enabled).any(|r| us.made(Some(&r.app))))
        }
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Answers a deployment, or reports on one that still waits. Right before, it is read once more:
/// what was judged must be what is let through.
pub(super) async fn answer(session: &Session, repo: &RepoName, judged: &Judged) -> Result<Applied> {
    if let Some(id) = judged.deployment {
        let now = one(session, repo, id).await?;
        let same = now.environment.eq_ignore_ascii_case(&judged.environment);
        if now.sha != judged.sha || !same {
            return Err(Error::Refused(format!(
                "deployment {id} of {repo} is not what was judged any more"
            )));
        }
    }
    for (number, head) in &judged.heads {
        let now = super::pulls::one(session, repo, *number).await?;
        if now.head_sha.as_str() != head {
            return Err(Error::Unavailable(format!(
                "{repo}#{number} has moved while it was judged"
            )));
        }
    }
    let comment = judged.document.markdown(DEPLOYMENT_COMMENT);
    let mut body = json!({ "environment_name": judged.environment, "comment": comment });
    match judged.judgement {
        Judgement::Approved => body["state"] = json!("approved"),
        Judgement::Rejected => body["state"] = json!("rejected"),
        Judgement::Waiting => {}
    }
    let run = judged.run;
    let call = Call::post(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule",
        format!("/repos/{repo}/actions/runs/{run}/deployment_protection_rule"),
        body,
    )
    .about(format!("the answer to run {run} of {repo}"))
    .needs("deployments: write");
    session.send(&call).await?;
    Ok(Applied::Created(None))
}
