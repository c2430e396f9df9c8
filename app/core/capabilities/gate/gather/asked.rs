//! What asks: a deployment that waits, a step of a workflow, or a person below a pull request.
//!
//! Nothing that an event says is taken on trust where GitHub can be asked: the deployment is read
//! again, and what was answered before is remembered.

use super::super::Args;
use super::super::facts::{Answered, Asked, Event, Facts, Repo, Reported};
use super::super::policy::Policy;
use super::EVER;
use crate::error::{Error, Result};
use crate::model::{Asking, IssueNumber, RepoName, Subject};
use crate::port::{POSTED, Ports, RECALLED};

/// GitHub's name of the event.
pub(in super::super) const REQUESTED: &str = "deployment_protection_rule.requested";
/// What a person's question below a pull request is called.
pub(in super::super) const QUESTION: &str = "waterline.gate";
/// What a step's question is called.
const STEP: &str = "waterline.step";

pub(super) async fn asked(
    ports: &Ports,
    subject: &Subject,
    args: &Args,
    policy: &Policy,
) -> Result<Facts> {
    let mut facts = Facts {
        now: Some(ports.now),
        repo: Repo {
            full_name: subject.repo().to_string(),
            default_branch: ports.github.default_branch(subject.repo()).await?,
            installation_id: None,
            api_host: Some(host(ports.github.api_url())),
        },
        ..Facts::default()
    };
    match subject {
        Subject::Deployment(asking) => {
            deployment(ports, asking, &mut facts).await?;
            answered(ports, subject, asking, &mut facts).await?;
        }
        Subject::PullRequest { repo, number } => {
            facts.event.environment = Some(environment(args, policy)?);
            pull_request(ports, repo, *number, &mut facts).await?;
            if let (Some(sha), Some(asked)) = (&args.sha, &mut facts.event.deployment) {
                sha.as_str().clone_into(&mut asked.sha);
            }
        }
        _ => {
            let text = "the gate judges pull requests and deployments";
            return Err(Error::Usage(text.to_owned()));
        }
    }
    Ok(facts)
}

/// `api.github.com`, or the whole address where it is not one of `https`.
fn host(api_url: &str) -> String {
    match api_url.strip_prefix("https://") {
        Some(rest) => rest.split('/').next().unwrap_or_default().to_owned(),
        None => {
            let (scheme, rest) = api_url.split_once("://").unwrap_or(("", api_url));
            let host = rest.split('/').next().unwrap_or_default();
            format!("{scheme}://{host}")
        }
    }
}

/// The environment that was named, or the only one that there is.
fn environment(args: &Args, policy: &Policy) -> Result<String> {
    if let Some(named) = &args.environment {
        return Ok(named.clone());
    }
    let names: Vec<&String> = policy
        .environments
        .iter()
        .flat_map(|all| all.keys())
        .collect();
    match names.as_slice() {
        [one] if !one.contains(['*', '?', '[', '{']) => Ok((*one).clone()),
        [] => Ok("production".to_owned()),
        _ => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            Err(Error::Usage(format!(
                "say which environment: --environment NAME (the policy has {})",
                names.join(", ")
            )))
        }
    }
}

async fn deployment(ports: &Ports, asking: &Asking, facts: &mut Facts) -> Result<()> {
    facts.event = Event {
        kind: match asking.run {
            Some(_) => REQUESTED.to_owned(),
            None => STEP.to_owned(),
        },
        environment: asking.environment.clone(),
        run_id: asking.run.map(|run| run.0),
        repository: Some(asking.repo.to_string()),
        deployment_callback_url: asking.callback.clone(),
        ..Event::default()
    };
    let told = Asked {
        id: asking.deployment.map_or(0, |id| id.0),
        sha: asking.sha.clone().unwrap_or_default(),
        reference: asking.reference.clone().unwrap_or_default(),
        task: "deploy".to_owned(),
        ..Asked::default()
    };
    let Some(id) = asking.deployment else {
        // A step has no deployment to name; an event without one is judged as it is.
        facts.event.deployment =
            (asking.run.is_none() || asking.callback.is_none()).then_some(told);
        return Ok(());
    };
    match ports.github.deployment(&asking.repo, id).await {
        Ok(now) => {
            facts.event.requested_at = Some(now.created_at);
            facts.event.environment = Some(now.environment);
            facts.event.deployment = Some(Asked {
                sha: now.sha,
                reference: now.reference,
                task: now.task,
                creator: now.creator,
                ..told
            });
        }
        Err(error @ (Error::NotFound(_) | Error::Forbidden { .. } | Error::Refused(_))) => {
            facts.event.deployment = Some(told);
            // No rule knows this source, so all wait.
            facts
                .errors
                .insert("deployment".to_owned(), error.to_string());
        }
        // It is tried again.
        Err(error) => return Err(error),
    }
    Ok(())
}

/// What this App said to the deployment before, and whether there is anybody left to answer.
async fn answered(
    ports: &Ports,
    subject: &Subject,
    asking: &Asking,
    facts: &mut Facts,
) -> Result<()> {
    let Some(run) = asking.run else {
        return Ok(());
    };
    let (deployment, environment) = (
        asking.deployment.map_or(0, |id| id.0),
        facts.event.environment.clone().unwrap_or_default(),
    );
    let posted = ports.memory.recall(POSTED, subject, EVER, RECALLED);
    for past in posted.await? {
        let answer = &past.facts["answer"];
        let Some(state) = answer["state"].as_str() else {
            continue;
        };
        // A job that is run again has another deployment of the same run.
        if answer["deployment"].as_u64() != asking.deployment.map(|id| id.0) {
            continue;
        }
        let reasons = answer["reasons"].as_array().into_iter().flatten();
        match state {
            "waiting" => facts.reported.push(Reported {
                at: past.at,
                reasons: reasons
                    .filter_map(|r| r.as_str())
                    .map(str::to_owned)
                    .collect(),
            }),
            _ => facts.answered.push(Answered {
                deployment,
                environment: environment.clone(),
                state: state.to_owned(),
            }),
        }
    }
    facts.reported.sort_by_key(|report| report.at);
    match ports.github.run(&asking.repo, run).await {
        Ok(run) if run.status == "completed" => facts.answered.push(Answered {
            deployment,
            environment,
            state: "its run has ended".to_owned(),
        }),
        // Without the permission it is judged all the same.
        Ok(_) | Err(Error::Forbidden { .. } | Error::Refused(_)) => {}
        Err(Error::NotFound(_)) => facts.answered.push(Answered {
            deployment,
            environment,
            state: "its run is gone".to_owned(),
        }),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// What would be deployed: what it became, or its head while it is open.
async fn pull_request(
    ports: &Ports,
    repo: &RepoName,
    number: IssueNumber,
    facts: &mut Facts,
) -> Result<()> {
    let pull = ports.github.pull(repo, number).await?;
    let (sha, reference) = match &pull.merge_sha {
        Some(sha) => (sha.clone(), pull.base),
        None => (pull.head_sha, pull.head),
    };
    facts.event.kind = QUESTION.to_owned();
    facts.event.repository = Some(repo.to_string());
    facts.event.about = Some(number.0);
    facts.event.deployment = Some(Asked {
        sha,
        reference,
        task: "deploy".to_owned(),
        ..Asked::default()
    });
    Ok(())
}
