//! Jobs of runs, their steps and their logs. A log is a redirect to storage on another host; the link lives a minute.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// One job of one attempt.
#[derive(Debug, Clone)]
pub struct Job {
    /// The job's id, which is its check run's id as well.
    pub id: u64,
    /// The run.
    pub run_id: u64,
    /// The attempt.
    pub run_attempt: u64,
    /// The name that people see.
    pub name: String,
    /// `queued`, `in_progress`, `completed`, `waiting`.
    pub status: String,
    /// `success`, `failure`, …; none until completed.
    pub conclusion: Option<String>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The labels of its runner.
    pub labels: Vec<String>,
    /// What it wrote.
    pub log: Log,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// One step of a job.
#[derive(Debug, Clone)]
pub struct Step {
    /// The step's name.
    pub name: String,
    /// `success`, `failure`, `skipped`, `cancelled`; none while it runs.
    pub conclusion: Option<String>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// A job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Log {
    /// The bytes, as storage gives them.
    Text(Vec<u8>),
    /// Removed after the retention time: 410.
    Expired,
    /// Not there yet, or lost: 404.
    Missing,
}

impl From<&str> for Log {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

const READ: &[Grant] = &[("actions", Level::Read)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
        Need::Repository(READ),
        of_run,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
        Need::Repository(READ),
        of_attempt,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/jobs/{job_id}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
        Need::Repository(READ),
        logs,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
        Need::Repository(&[("actions", Level::Write)]),
        rerun,
    ),
];

impl World {
    pub(crate) fn job_json(&self, repository: &Repository, job: &Job) -> Value {
        let api = self.repository_url(repository);
        let run = repository.runs.get(&job.run_id);
        let steps: Vec<Value> = job
            .steps
            .iter()
            .zip(1..)
            .map(|(step, number)| {
                json!({
                    "name": step.name,
                    "number": number,
                    "status": if step.conclusion.is_some() { "completed" } else { "in_progress" },
                    "conclusion": step.conclusion,
                    "started_at": step.started_at,
                    "completed_at": step.completed_at,
                })
            })
            .collect();
        let runner = (job.status != "queued").then_some(1);
        json!({
            "id": job.id,
            "node_id": format!("CR_{}", job.id),
            "run_id": job.run_id,
            "run_url": format!("{api}/actions/runs/{}", job.run_id),
            "run_attempt": job.run_attempt,
            "head_sha": run.map_or("", |run| run.head_sha.as_str()),
            "head_branch": run.map(|run| run.head_branch.as_str()),
            "workflow_name": run.map(|run| run.name.as_str()),
            "url": format!("{api}/actions/jobs/{}", job.id),
            "html_url": format!(
                "{}/{}/actions/runs/{}/job/{}", self.site, repository.full_name(), job.run_id, job.id
            ),
            "check_run_url": format!("{api}/check-runs/{}", job.id),
            "name": job.name,
            "status": job.status,
            "conclusion": job.conclusion,
            "created_at": job.created_at,
            "started_at": job.started_at,
            "completed_at": job.completed_at,
            "steps": steps,
            "labels": job.labels,
            "runner_id": runner,
            "runner_name": runner.map(|_| "GitHub Actions 1"),
            "runner_group_id": runner.map(|_| 0),
            "runner_group_name": runner.map(|_| "GitHub Actions"),
        })
    }

    fn jobs_page(&self, call: &Call, attempt: Option<u64>) -> Answer {
        let repository = self.here(call)?;
        let run_id = call.id("run_id")?;
        let items = repository
            .jobs
            .values()
            .filter(|job| job.run_id == run_id)
            .filter(|job| attempt.is_none_or(|attempt| job.run_attempt == attempt))
            .map(|job| self.job_json(repository, job))
            .collect();
        Ok(page::counted(self, call, "jobs", items))
    }
}

fn of_run(world: &mut World, call: &Call) -> Answer {
    let run = world.here(call)?.runs.get(&call.id("run_id")?);
    let latest = run.ok_or_else(Reply::not_found)?.attempt();
    let attempt = (call.query("filter") != Some("all")).then_some(latest);
    world.jobs_page(call, attempt)
}

fn of_attempt(world: &mut World, call: &Call) -> Answer {
    let number = call.id("attempt_number")?;
    let run = world.here(call)?.runs.get(&call.id("run_id")?);
    if number == 0 || number > run.ok_or_else(Reply::not_found)?.attempt() {
        return Err(Reply::not_found());
    }
    world.jobs_page(call, Some(number))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a Job), Reply> {
    let repository = world.here(call)?;
    let job = repository.jobs.get(&call.id("job_id")?);
    Ok((repository, job.ok_or_else(Reply::not_found)?))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, job) = find(world, call)?;
    Ok(Reply::ok(world.job_json(repository, job)))
}

fn logs(world: &mut World, call: &Call) -> Answer {
    let (_, job) = find(world, call)?;
    let bytes = match &job.log {
        Log::Expired => {
            return Err(Reply::refuse(
                410,
                "Server Error - Logs for this run have expired and are no longer available.",
            ));
        }
        Log::Missing => return Err(Reply::not_found()),
        Log::Text(bytes) => bytes.clone(),
    };
    let url = world.link(bytes, "text/plain; charset=utf-8");
    Ok(Reply::found(url))
}

/// One job again is a new attempt of its run; what else was in the run keeps its result.
fn rerun(world: &mut World, call: &Call) -> Answer {
    let (_, job) = find(world, call)?;
    let run_id = job.run_id;
    if job.status != "completed" {
        return Err(Reply::refuse(403, "This job is already running."));
    }
    let actor = call.actor.login(world);
    world
        .begin_attempt(&call.full_name(), run_id, &actor)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::created(json!({})))
}
