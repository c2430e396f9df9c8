//! Workflow runs and their jobs.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use waterline_core::error::Result;
use waterline_core::model::{JobId, RepoName, RunId, Sha, WorkflowId};
use waterline_core::port::{Applied, Run, RunJob, Step};

use crate::client::{Call, Session, encode};

/// At 100 a page: GitHub lists at most 1,000 runs of a search.
const RUN_PAGES: usize = 11;

/// At 100 a page; a matrix has at most 256 jobs, a workflow a few of them.
const JOB_PAGES: usize = 30;

#[derive(Deserialize)]
pub(super) struct WireRun {
    id: u64,
    run_attempt: Option<u32>,
    run_number: u64,
    workflow_id: u64,
    name: Option<String>,
    event: String,
    status: Option<String>,
    conclusion: Option<String>,
    head_sha: Sha,
    head_branch: Option<String>,
    head_repository: Option<WireRepo>,
    html_url: String,
}

#[derive(Deserialize)]
struct WireRepo {
    full_name: RepoName,
}

#[derive(Deserialize)]
struct WireJob {
    id: u64,
    name: String,
    conclusion: Option<String>,
    html_url: Option<String>,
    completed_at: Option<Timestamp>,
    steps: Option<Vec<WireStep>>,
}

#[derive(Deserialize)]
struct WireStep {
    number: u32,
    name: String,
    conclusion: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

impl From<WireRun> for Run {
    fn from(run: WireRun) -> Self {
        Self {
            id: RunId(run.id),
            attempt: run.run_attempt.unwrap_or(1),
            number: run.run_number,
            workflow: WorkflowId(run.workflow_id),
            name: run.name.unwrap_or_default(),
            event: run.event,
            status: run.status.unwrap_or_default(),
            conclusion: run.conclusion,
            head_sha: run.head_sha,
            head_branch: run.head_branch,
            head_repo: run.head_repository.map(|repo| repo.full_name),
            url: run.html_url,
        }
    }
}

impl From<WireJob> for RunJob {
    fn from(job: WireJob) -> Self {
        let step = |step: WireStep| Step {
            number: step.number,
            name: step.name,
            conclusion: step.conclusion,
            started_at: step.started_at,
            completed_at: step.completed_at,
        };
        Self {
            id: JobId(job.id),
            name: job.name,
            conclusion: job.conclusion,
            url: job.html_url.unwrap_or_default(),
            completed_at: job.completed_at,
            steps: job.steps.into_iter().flatten().map(step).collect(),
        }
    }
}

pub(super) async fn run(session: &Session, repo: &RepoName, run: RunId) -> Result<Run> {
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs/{run_id}",
        format!("/repos/{repo}/actions/runs/{run}"),
    )
    .about(format!("run {run} of {repo}"))
    .needs("actions: read");
    session.read::<WireRun>(&call).await.map(Run::from)
}

/// Runs the failed jobs again, unless that attempt has begun already.
pub(super) async fn again(
    session: &Session,
    repo: &RepoName,
    id: RunId,
    attempt: u32,
) -> Result<Applied> {
    let now = run(session, repo, id).await?;
    if now.attempt >= attempt {
        return Ok(Applied::Unchanged);
    }
    // Sent once: where nobody knows whether it arrived, the next try sees the attempt.
    let call = Call::post(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
        format!("/repos/{repo}/actions/runs/{id}/rerun-failed-jobs"),
        Value::Null,
    )
    .about(format!("the failed jobs of run {id} of {repo}"))
    .needs("actions: write");
    session.send(&call).await?;
    Ok(Applied::Created(Some(now.url)))
}

pub(super) async fn attempt(
    session: &Session,
    repo: &RepoName,
    run: RunId,
    attempt: u32,
) -> Result<Run> {
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}",
        format!("/repos/{repo}/actions/runs/{run}/attempts/{attempt}"),
    )
    .about(format!("attempt {attempt} of run {run} of {repo}"))
    .needs("actions: read");
    session.read::<WireRun>(&call).await.map(Run::from)
}

#[derive(Deserialize)]
struct RunPage {
    workflow_runs: Vec<WireRun>,
}

pub(super) fn list(repo: &RepoName, filter: &str) -> Call {
    Call::get(
        "/repos/{owner}/{repo}/actions/runs",
        format!("/repos/{repo}/actions/runs?{filter}&per_page=100"),
    )
    .about(format!("the runs of {repo}"))
    .needs("actions: read")
}

pub(super) async fn of_branch(
    session: &Session,
    repo: &RepoName,
    branch: &str,
    event: &str,
) -> Result<Vec<Run>> {
    let query = format!("branch={}&event={}", encode(branch), encode(event));
    let call = list(repo, &query);
    let page: RunPage = session.read(&call).await?;
    Ok(page.workflow_runs.into_iter().map(Run::from).collect())
}

pub(super) async fn of_commit(session: &Session, repo: &RepoName, sha: &Sha) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    let take = |page: RunPage| {
        runs.extend(page.workflow_runs.into_iter().map(Run::from));
        true
    };
    session
        .pages(list(repo, &format!("head_sha={sha}")), RUN_PAGES, take)
        .await?;
    Ok(runs)
}

pub(super) async fn jobs(
    session: &Session,
    repo: &RepoName,
    run: RunId,
    attempt: u32,
) -> Result<Vec<RunJob>> {
    #[derive(Deserialize)]
    struct Page {
        jobs: Vec<WireJob>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
        format!("/repos/{repo}/actions/runs/{run}/attempts/{attempt}/jobs?per_page=100"),
    )
    .about(format!("the jobs of run {run} of {repo}"))
    .needs("actions: read");
    let mut jobs = Vec::new();
    let take = |page: Page| {
        jobs.extend(page.jobs.into_iter().map(RunJob::from));
        true
    };
    session.pages(call, JOB_PAGES, take).await?;
    Ok(jobs)
}
