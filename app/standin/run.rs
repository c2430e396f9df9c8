//! Workflow runs and their attempts.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::created;
use crate::environment::{Approval, GateReport};
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// One run of a workflow, over all its attempts.
#[derive(Debug, Clone)]
pub struct WorkflowRun {
    /// The run's id.
    pub id: u64,
    /// The workflow's name.
    pub name: String,
    /// The workflow's id.
    pub workflow_id: u64,
    /// The workflow's file.
    pub path: String,
    /// What started it: `push`, `pull_request`, …
    pub event: String,
    /// The commit.
    pub head_sha: String,
    /// The branch.
    pub head_branch: String,
    /// The full name of the repository of the head: a fork's for its pull requests.
    pub head_repository: String,
    /// Counts the runs of the workflow.
    pub run_number: u64,
    /// What people see as its title.
    pub display_title: String,
    /// The login of who started it.
    pub actor: String,
    /// The attempts, first first; never empty.
    pub attempts: Vec<Attempt>,
    /// Reviews of its deployments by people.
    pub approvals: Vec<Approval>,
    /// Environments that wait for their protection rules.
    pub waiting: Vec<String>,
    /// What protection rule Apps said.
    pub gate: Vec<GateReport>,
    /// When it was first started.
    pub created_at: Timestamp,
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `queued`, `in_progress`, `completed`, `waiting`, …
    pub status: String,
    /// `success`, `failure`, `cancelled`, `timed_out`, …; none until completed.
    pub conclusion: Option<String>,
    /// The login of who started this attempt.
    pub actor: String,
    /// When this attempt started.
    pub started_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl WorkflowRun {
    /// The number of the latest attempt; the first is 1.
    #[must_use]
    pub fn attempt(&self) -> u64 {
        self.attempts.len() as u64
    }

    pub(crate) fn latest(&self) -> Option<&Attempt> {
        self.attempts.last()
    }
}

const READ: &[Grant] = &[("actions", Level::Read)];
const WRITE: &[Grant] = &[("actions", Level::Write)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs",
        Need::Repository(READ),
        list,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}",
        Need::Repository(READ),
        attempt,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun",
        Need::Repository(WRITE),
        rerun,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
        Need::Repository(WRITE),
        rerun_failed,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/workflows",
        Need::Repository(READ),
        workflows,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/workflows/{workflow_id}",
        Need::Repository(READ),
        workflow,
    ),
];

impl World {
    /// A run as of one attempt.
    pub(crate) fn run_json(
        &self,
        repository: &Repository,
        run: &WorkflowRun,
        number: u64,
    ) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/actions/runs/{}", run.id);
        let html = format!(
            "{}/{}/actions/runs/{}",
            self.site,
            repository.full_name(),
            run.id
        );
        let index = usize::try_from(number).unwrap_or(1).saturating_sub(1);
        let Some(attempt) = run.attempts.get(index).or_else(|| run.latest()) else {
            return Value::Null;
        };
        let head = self.repository(&run.head_repository).unwrap_or(repository);
        let suite = suite_id(run.id);
        let previous = (number > 1).then(|| format!("{url}/attempts/{}", number - 1));
        let mut json = json!({
            "id": run.id,
            "name": run.name,
            "node_id": format!("WFR_{}", run.id),
            "check_suite_id": suite,
            "check_suite_node_id": format!("CS_{suite}"),
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "path": run.path,
            "run_number": run.run_number,
            "run_attempt": number,
            "event": run.event,
            "display_title": run.display_title,
            "status": attempt.status,
            "conclusion": attempt.conclusion,
            "workflow_id": run.workflow_id,
            "url": url,
            "html_url": html,
            "pull_requests": self.pulls_at(repository, &run.head_sha),
            "created_at": run.created_at,
            "updated_at": attempt.updated_at,
            "run_started_at": attempt.started_at,
            "actor": self.user_json(&run.actor),
            "triggering_actor": self.user_json(&attempt.actor),
            "referenced_workflows": [],
            "check_suite_url": format!("{api}/check-suites/{suite}"),
            "workflow_url": format!("{api}/actions/workflows/{}", run.workflow_id),
            "previous_attempt_url": previous,
            "head_commit": self.simple_commit_json(repository, &run.head_sha),
            "repository": self.repository_json(repository),
            "head_repository": self.repository_json(head),
            "head_repository_id": head.id,
        });
        for name in ["jobs", "logs", "artifacts", "cancel", "rerun"] {
            json[format!("{name}_url")] = format!("{url}/{name}").into();
        }
        json
    }

    pub(crate) fn workflow_json(&self, repository: &Repository, run: &WorkflowRun) -> Value {
        let html = format!("{}/{}", self.site, repository.full_name());
        let file = run.path.rsplit('/').next().unwrap_or("");
        json!({
            "id": run.workflow_id,
            "node_id": format!("W_{}", run.workflow_id),
            "name": run.name,
            "path": run.path,
            "state": "active",
            "created_at": repository.created_at,
            "updated_at": repository.created_at,
            "url": format!(
                "{}/actions/workflows/{}", self.repository_url(repository), run.workflow_id
            ),
            "html_url": format!("{html}/blob/{}/{}", repository.default_branch, run.path),
            "badge_url": format!("{html}/workflows/{file}/badge.svg"),
        })
    }
}

/// The check suite that a run's jobs belong to.
pub(crate) fn suite_id(run: u64) -> u64 {
    run + 2_000_000_000
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let is = |name: &str, value: &str| call.query(name).is_none_or(|wanted| wanted == value);
    let mut runs: Vec<&WorkflowRun> = repository
        .runs
        .values()
        .filter(|run| is("branch", &run.head_branch) && is("event", &run.event))
        .filter(|run| is("head_sha", &run.head_sha) && is("actor", &run.actor))
        .filter(|run| {
            let created = call.query("created");
            created.is_none_or(|filter| created::holds(filter, run.created_at))
        })
        .filter(|run| {
            // `status` means status or conclusion.
            run.latest().is_some_and(|attempt| {
                is("status", &attempt.status)
                    || is("status", attempt.conclusion.as_deref().unwrap_or(""))
            })
        })
        .collect();
    runs.reverse();
    let items = runs
        .into_iter()
        .map(|run| world.run_json(repository, run, run.attempt()))
        .collect();
    let filters = ["actor", "branch", "created", "event", "head_sha", "status"];
    let bounded = filters.iter().any(|name| call.query(name).is_some());
    let most = if bounded {
        world.listed_runs
    } else {
        usize::MAX
    };
    Ok(page::counted_up_to(
        world,
        call,
        "workflow_runs",
        items,
        most,
    ))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a WorkflowRun), Reply> {
    let repository = world.here(call)?;
    let run = repository.runs.get(&call.id("run_id")?);
    Ok((repository, run.ok_or_else(Reply::not_found)?))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, run) = find(world, call)?;
    Ok(Reply::ok(world.run_json(repository, run, run.attempt())))
}

fn attempt(world: &mut World, call: &Call) -> Answer {
    let (repository, run) = find(world, call)?;
    let number = call.id("attempt_number")?;
    if number == 0 || number > run.attempt() {
        return Err(Reply::not_found());
    }
    Ok(Reply::ok(world.run_json(repository, run, number)))
}

fn again(world: &mut World, call: &Call, failed_only: bool) -> Answer {
    let (_, run) = find(world, call)?;
    let (id, latest) = (run.id, run.latest());
    if latest.is_none_or(|attempt| attempt.status != "completed") {
        return Err(Reply::refuse(
            403,
            "This workflow run is already running and cannot be rerun",
        ));
    }
    if failed_only && latest.is_some_and(|a| a.conclusion.as_deref() == Some("success")) {
        return Err(Reply::refuse(
            403,
            "This workflow run has no failed jobs to rerun",
        ));
    }
    let actor = call.actor.login(world);
    world
        .begin_attempt(&call.full_name(), id, &actor)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::created(json!({})))
}

fn rerun(world: &mut World, call: &Call) -> Answer {
    again(world, call, false)
}

fn rerun_failed(world: &mut World, call: &Call) -> Answer {
    again(world, call, true)
}

/// The workflows are those that ever ran, the latest run standing for each.
fn known(repository: &Repository) -> Vec<&WorkflowRun> {
    let mut runs: Vec<&WorkflowRun> = repository.runs.values().rev().collect();
    runs.sort_by_key(|run| run.workflow_id);
    runs.dedup_by_key(|run| run.workflow_id);
    runs
}

fn workflows(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let items = known(repository)
        .into_iter()
        .map(|run| world.workflow_json(repository, run))
        .collect();
    Ok(page::counted(world, call, "workflows", items))
}

fn workflow(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let name = call.param("workflow_id");
    let run = known(repository)
        .into_iter()
        .find(|run| {
            run.workflow_id.to_string() == name || run.path.rsplit('/').next() == Some(name)
        })
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(world.workflow_json(repository, run)))
}
