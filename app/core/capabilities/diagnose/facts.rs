//! What a diagnosis may know: runs, their failed jobs, and what the log reader found in each.
//!
//! For a pull request these are the newest run of every workflow on the commit at its head, so
//! the facts do not depend on the order in which deliveries arrive. Logs are streamed through the
//! reader and never kept; what it found is redacted with all other facts before anything else sees it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use waterline_log::Reading;

use super::Args;
use super::branch::{self, Watched};
use super::history::{Newest, events_with_a_history, heard};
use super::logs::Reader;
use super::matchers::Fault;
use super::past::{self, Past};
use super::reports::{self, Reports};
use super::sayings;
use crate::error::{Error, Result};
use crate::model::{IssueNumber, JobId, RepoName, RunId, Sha, Subject};
use crate::port::{GitHub, Ports, PullRequest, Run, RunJob, Step};

/// The most logs that are read for one run. A large matrix mostly fails for one reason.
pub const LOGS_PER_RUN: usize = 20;

/// All that the decision may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// When they were read.
    pub at: Timestamp,
    /// The repository; none for a log from a file.
    #[serde(default)]
    pub repo: Option<RepoName>,
    /// The pull request that waits for the answer.
    #[serde(default)]
    pub pull_request: Option<Change>,
    /// The issue below which somebody asked, where it is no pull request.
    #[serde(default)]
    pub issue: Option<IssueNumber>,
    /// The workflow on a branch of the repository, where it is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Watched>,
    /// The one run that was asked about, where it was one.
    #[serde(default)]
    pub asked_run: Option<RunId>,
    /// How many workflows on the head have not ended.
    #[serde(default)]
    pub pending: usize,
    /// The runs, the newest first.
    pub runs: Vec<RunFacts>,
    /// What tells whether a failure is the pull request's own.
    #[serde(default)]
    pub past: Past,
    /// What is wrong with the repository's own problem matchers, which were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// The pull request, as far as a diagnosis needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub number: IssueNumber,
    /// The commit at its head.
    pub head: Sha,
}

/// A run, and why it failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The run; none for a log from a file.
    #[serde(default)]
    pub run: Option<Run>,
    /// Its failed jobs.
    pub failed: Vec<JobFacts>,
    /// How many jobs it has in all.
    pub jobs: usize,
    /// The last run of the same workflow before it that did not pass.
    #[serde(default)]
    pub failed_before: Option<Run>,
    /// The first run that passed after that one, where the newest passes.
    #[serde(default)]
    pub fixed_by: Option<Run>,
    /// What the reports in its artifacts say.
    #[serde(default, skip_serializing_if = "Reports::is_empty")]
    pub reports: Reports,
}

/// A failed job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobFacts {
    /// Its id; none for a log from a file.
    #[serde(default)]
    pub id: Option<JobId>,
    /// Its name, with the matrix values.
    pub name: String,
    /// `failure`, `timed_out`, …
    #[serde(default)]
    pub conclusion: Option<String>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
    /// The step that failed, by the API.
    #[serde(default)]
    pub failed_step: Option<String>,
    /// Its log.
    pub log: Log,
}

/// What became of a job's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "log", rename_all = "snake_case")]
pub enum Log {
    /// It was read.
    Read {
        /// What was found.
        reading: Box<Reading>,
        /// True where the cap cut it.
        cut: bool,
    },
    /// GitHub has none: it expired, was removed, or never was.
    Missing,
    /// The token may not read it.
    Forbidden {
        /// The permission that is missing.
        permission: String,
    },
    /// Enough other logs of this run were read.
    NotRead,
}

/// True for a conclusion that a diagnosis is about.
#[must_use]
pub fn is_failure(conclusion: Option<&str>) -> bool {
    matches!(
        conclusion,
        Some("failure" | "timed_out" | "startup_failure")
    )
}

pub(super) async fn gather(ports: &Ports, subject: &Subject, args: &Args) -> Result<Facts> {
    let github = ports.github.as_ref();
    let repo = subject.repo();
    let mut facts = Facts {
        at: ports.now,
        repo: Some(repo.clone()),
        pull_request: None,
        issue: None,
        branch: None,
        asked_run: args.run.map(RunId),
        pending: 0,
        runs: Vec::new(),
        past: Past::default(),
        faults: Vec::new(),
    };
    let mut reader = Reader::new(github, repo);
    let mut change = None;
    match subject {
        Subject::PullRequest { number, .. } => {
            let pull = github.pull_request(repo, *number).await?;
            facts.pull_request = Some(Change {
                number: pull.number,
                head: pull.head_sha.clone(),
            });
            if facts.asked_run.is_none() {
                runs_of_head(&mut reader, &pull, &mut facts).await?;
            }
            change = Some(pull);
        }
        Subject::Issue { number, .. } => facts.issue = Some(*number),
        Subject::Branch {
            branch, workflow, ..
        } => {
            let watched = Watched {
                branch: branch.clone(),
                workflow: *workflow,
            };
            branch::gather(&mut reader, &watched, &mut facts).await?;
            facts.branch = Some(watched);
        }
        Subject::Run { run, .. } => facts.asked_run = facts.asked_run.or(Some(*run)),
        Subject::Deployment(asking) => facts.asked_run = facts.asked_run.or(asking.run),
        Subject::Waiting { .. } => {}
    }
    if let Some(run) = facts.asked_run {
        facts.runs.push(asked_run(&mut reader, run).await?);
    } else if facts.pull_request.is_none() && facts.branch.is_none() {
        let text = "say which run: an issue has none of its own (`--run ID`)";
        return Err(Error::Usage(text.to_owned()));
    }
    if let Some(pull) = &change {
        facts.past = past::gather(ports, &mut reader, pull, &facts.runs).await?;
    }
    facts.faults = reader.faults();
    facts.past.remembers = ports.memory.lasts();
    facts.past.sayings = sayings::gather(ports, repo, &facts.runs).await?;
    Ok(facts)
}

/// The run that somebody named, once it has ended.
async fn asked_run(reader: &mut Reader<'_>, run: RunId) -> Result<RunFacts> {
    let run = reader.github.run(reader.repo, run).await?;
    if run.status != "completed" {
        let text = format!("run {} of {} has not ended yet", run.id, run.name);
        return Err(Error::Usage(text));
    }
    run_facts(reader, run).await
}

async fn runs_of_head(
    reader: &mut Reader<'_>,
    pull: &PullRequest,
    facts: &mut Facts,
) -> Result<()> {
    let (github, repo) = (reader.github, reader.repo);
    // Whoever deleted the fork has taken the runs' origin with it; the commit still tells.
    let ours = |r: &Run| match (&r.head_repo, &pull.head_repo) {
        (Some(run), Some(pull)) => run == pull,
        _ => r.head_sha == pull.head_sha,
    };
    let mut head = github.runs_of_commit(repo, &pull.head_sha).await?;
    head.retain(ours);
    let mut branch = Vec::new();
    for event in events_with_a_history(&head) {
        // By event: of a fork's `main`, the base's own runs of that name would fill the page.
        branch.extend(
            github
                .runs_of_branch(repo, &pull.head_branch, event)
                .await?,
        );
    }
    branch.retain(ours);
    let heard = heard(head, &branch);
    facts.pending = heard.pending;
    for Newest {
        run,
        failed_before,
        fixed_by,
    } in heard.newest
    {
        let passed_again = failed_before.is_none() && run.attempt > 1;
        let (failed_before, fixed_by) = match passed_again {
            true => failed_attempt(github, repo, &run).await?,
            false => (failed_before, fixed_by),
        };
        let read = run_facts(reader, run).await?;
        facts.runs.push(RunFacts {
            failed_before,
            fixed_by,
            ..read
        });
    }
    Ok(())
}

/// A re-run hides the attempts before it in GitHub's lists, so the last one is asked for.
async fn failed_attempt(
    github: &dyn GitHub,
    repo: &RepoName,
    run: &Run,
) -> Result<(Option<Run>, Option<Run>)> {
    let before = match github.run_attempt(repo, run.id, run.attempt - 1).await {
        Ok(before) => Some(before),
        Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    let before = before.filter(|r| is_failure(r.conclusion.as_deref()));
    let fixed = before.is_some() && run.conclusion.as_deref() == Some("success");
    Ok((before.filter(|_| fixed), fixed.then(|| run.clone())))
}

pub(super) async fn run_facts(reader: &mut Reader<'_>, run: Run) -> Result<RunFacts> {
    if !is_failure(run.conclusion.as_deref()) {
        return Ok(RunFacts {
            run: Some(run),
            failed: Vec::new(),
            jobs: 0,
            failed_before: None,
            fixed_by: None,
            reports: Reports::default(),
        });
    }
    let jobs = reader.github.jobs(reader.repo, run.id, run.attempt).await?;
    let read = of_jobs(reader, run.clone(), &jobs).await?;
    let reports = reports::gather(reader, &run, &jobs, &read.failed).await?;
    Ok(RunFacts { reports, ..read })
}

/// Reads the logs of a run's failed jobs.
pub(super) async fn of_jobs(
    reader: &mut Reader<'_>,
    run: Run,
    jobs: &[RunJob],
) -> Result<RunFacts> {
    let mut failed = Vec::new();
    for job in jobs.iter().filter(|j| is_failure(j.conclusion.as_deref())) {
        let log = if failed.len() < LOGS_PER_RUN {
            reader.log(job).await?
        } else {
            Log::NotRead
        };
        failed.push(job_facts(job, log));
    }
    Ok(RunFacts {
        run: Some(run),
        failed,
        jobs: jobs.len(),
        failed_before: None,
        fixed_by: None,
        reports: Reports::default(),
    })
}

pub(super) fn job_facts(job: &RunJob, log: Log) -> JobFacts {
    let failed = |s: &&Step| is_failure(s.conclusion.as_deref());
    JobFacts {
        id: Some(job.id),
        name: job.name.clone(),
        conclusion: job.conclusion.clone(),
        url: Some(job.url.clone()),
        failed_step: job.steps.iter().find(failed).map(|s| s.name.clone()),
        log,
    }
}
