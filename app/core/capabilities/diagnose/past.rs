//! What tells whether a failure is the pull request's own: the base branch's runs, the files that
//! it changes, and what Memory knows of the same failure.
//!
//! GitHub is asked only where something failed, and little: one list of the base's runs for all
//! workflows, the changed files, and at most two logs of the base for a workflow. What may not be
//! read is left out, and the answer is then less certain instead of missing.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::facts::{JobFacts, Log, RunFacts, is_failure, job_facts};
use super::fingerprint::{bare, each_once};
use super::history::{age, is_telling};
use super::likeness::named;
use super::logs::Reader;
use crate::error::{Error, Result};
use crate::model::{RunId, Saying, WorkflowId};
use crate::port::{Ports, PullRequest, Run, RunJob, Sighting, Sought};

/// The most runs of the base that are looked at for one workflow.
pub const BASE_RUNS: usize = 20;
/// The most logs of the base that are read for one workflow.
const BASE_LOGS: usize = 2;
/// The most workflows for which logs of the base are read.
const BASE_WORKFLOWS: usize = 5;
/// The most failures that Memory is asked about.
const FAILURES: usize = 20;
/// How far back Memory is asked.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What came before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Past {
    /// The files that the pull request changes and the failures name; none where the list could
    /// not be had.
    pub touched: Option<Vec<String>>,
    /// The base branch, a workflow each; those without any run of it have no runs here.
    pub bases: Vec<Base>,
    /// Earlier sightings of the same failures, and of the same runs.
    pub sightings: Vec<Sighting>,
    /// Whether what people say of a failure is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub remembers: bool,
    /// What people said of these failures and their tests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sayings: Vec<Saying>,
}

/// How a workflow does on the base branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// The workflow.
    pub workflow: WorkflowId,
    /// The branch.
    pub branch: String,
    /// Its finished runs, newest first.
    pub runs: Vec<Run>,
    /// Of the failed ones, those that were looked into.
    pub failures: Vec<BaseFailure>,
}

/// The failed jobs of a run of the base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseFailure {
    /// The run.
    pub run: RunId,
    /// Its failed jobs, some with their logs.
    pub failed: Vec<JobFacts>,
}

pub(super) async fn gather(
    ports: &Ports,
    reader: &mut Reader<'_>,
    pull: &PullRequest,
    runs: &[RunFacts],
) -> Result<Past> {
    let (github, repo) = (reader.github, reader.repo);
    let mut past = Past::default();
    // Memory costs no request. An attempt that passed settles what was seen in those before.
    let since = ports.now - REMEMBERED;
    let mut sought: Vec<Sought> = Vec::new();
    let attempts = runs.iter().filter_map(|r| r.run.as_ref());
    sought.extend(
        attempts
            .filter(|r| r.attempt > 1)
            .map(|r| Sought::Run(r.id)),
    );
    let prints = each_once(runs.iter().flat_map(|r| &r.failed)).into_iter();
    sought.extend(
        prints
            .take(FAILURES)
            .map(|(_, print)| Sought::Failure(print)),
    );
    for sought in sought {
        for seen in ports.memory.sightings(repo, &sought, since).await? {
            if !past.sightings.contains(&seen) {
                past.sightings.push(seen);
            }
        }
    }
    let failed: Vec<&RunFacts> = runs.iter().filter(|r| !r.failed.is_empty()).collect();
    if failed.is_empty() {
        return Ok(past);
    }
    let files = reachable(github.changed_files(repo, pull.number).await)?;
    past.touched = files.map(|files| named(&files, &failed));
    past.bases = bases(reader, pull, &failed).await?;
    Ok(past)
}

/// What a permission forbids, or what is gone, is unknown; any other trouble ends this try.
fn reachable<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Forbidden { .. } | Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn bases(
    reader: &mut Reader<'_>,
    pull: &PullRequest,
    failed: &[&RunFacts],
) -> Result<Vec<Base>> {
    let (github, repo) = (reader.github, reader.repo);
    let mut listed: Vec<Run> = Vec::new();
    let mut bases: Vec<Base> = Vec::new();
    // A workflow that never runs on a push may run every night.
    for event in ["push", "schedule"] {
        let without = |f: &&RunFacts| f.run.as_ref().is_some_and(|r| !has(&listed, r.workflow));
        if failed.iter().any(without) {
            let page = github.runs_of_branch(repo, &pull.base_branch, event).await;
            let Some(page) = reachable(page)? else {
                return Ok(bases);
            };
            // A fork's branch of the same name is not the base.
            let ours = |r: &Run| r.head_repo.as_ref().is_none_or(|head| head == repo);
            let fresh = page.into_iter().filter(|r| ours(r) && is_telling(r));
            let known: Vec<WorkflowId> = listed.iter().map(|r| r.workflow).collect();
            listed.extend(fresh.filter(|r| !known.contains(&r.workflow)));
        }
    }
    listed.sort_by_key(age);
    for run in failed {
        let Some(workflow) = run.run.as_ref().map(|r| r.workflow) else {
            continue;
        };
        if bases.iter().any(|b| b.workflow == workflow) {
            continue;
        }
        let runs = listed.iter().filter(|r| r.workflow == workflow);
        let mut base = Base {
            workflow,
            branch: pull.base_branch.clone(),
            runs: runs.take(BASE_RUNS).cloned().collect(),
            failures: Vec::new(),
        };
        if bases.len() < BASE_WORKFLOWS {
            look_into(reader, &mut base, &run.failed).await?;
        }
        bases.push(base);
    }
    Ok(bases)
}

fn has(runs: &[Run], workflow: WorkflowId) -> bool {
    runs.iter().any(|r| r.workflow == workflow)
}

/// The runs of the newest streak of failures, newest first.
pub(super) fn streak(base: &Base) -> &[Run] {
    let failed = |r: &Run| is_failure(r.conclusion.as_deref());
    let start = base.runs.iter().position(failed).unwrap_or(base.runs.len());
    let rest = base.runs.get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|r| failed(r)).count();
    rest.get(..length).unwrap_or_default()
}

/// Reads the logs of the same jobs in the newest failed run, and with what is left of the two
/// logs in the first of its streak, which tells since when.
async fn look_into(reader: &mut Reader<'_>, base: &mut Base, failed: &[JobFacts]) -> Result<()> {
    let (newest, first) = match streak(base) {
        [] => return Ok(()),
        [only] => (only.clone(), None),
        [newest, .., first] => (newest.clone(), Some(first.clone())),
    };
    let wanted: Vec<&str> = each_once(failed)
        .into_iter()
        .map(|(job, _)| job.name.as_str())
        .collect();
    let mut left = BASE_LOGS;
    for run in [Some(newest), first].into_iter().flatten() {
        if left == 0 || wanted.is_empty() {
            break;
        }
        if let Some(failure) = failure(reader, &run, &wanted, &mut left).await? {
            base.failures.push(failure);
        }
    }
    Ok(())
}

async fn failure(
    reader: &mut Reader<'_>,
    run: &Run,
    wanted: &[&str],
    left: &mut usize,
) -> Result<Option<BaseFailure>> {
    let Some(jobs) = reachable(reader.github.jobs(reader.repo, run.id, run.attempt).await)? else {
        return Ok(None);
    };
    let mut found: Vec<&RunJob> = jobs
        .iter()
        .filter(|j| is_failure(j.conclusion.as_deref()))
        .collect();
    // The very job first, then those of its matrix.
    found.sort_by_key(|j| match wanted.iter().position(|w| *w == j.name) {
        Some(place) => (0, place),
        None => (1, 0),
    });
    let mut failed: Vec<JobFacts> = Vec::new();
    for job in found {
        let same_work = |name: &str| bare(name) == bare(&job.name);
        let alike = failed.iter().any(|f| {
            !matches!(f.log, Log::NotRead) && same_work(&f.name) && !wanted.contains(&&*job.name)
        });
        let log = if *left > 0 && !alike && wanted.iter().any(|w| same_work(w)) {
            *left -= 1;
            reader.log(job).await?
        } else {
            Log::NotRead
        };
        failed.push(job_facts(job, log));
    }
    Ok(Some(BaseFailure {
        run: run.id,
        failed,
    }))
}
