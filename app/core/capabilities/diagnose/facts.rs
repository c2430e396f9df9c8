//! What a diagnosis may know: runs, their failed jobs, and what the log reader found in each.
//!
//! For a pull request these are the newest run of every workflow on the commit at its head, so
//! the facts do not depend on the order in which deliveries arrive. Logs are streamed through the
//! reader and never kept; what it found is redacted with all other facts before anything else sees it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use waterline_log::{LogReader, Options, Reading, StepMeta};

use super::Args;
use super::history::{Newest, events_with_a_history, heard};
use super::past::{self, Past};
use crate::error::{Error, Result};
use crate::model::{IssueNumber, JobId, RepoName, RunId, Sha, Subject};
use crate::port::{GitHub, LogFetch, LogSink, Ports, PullRequest, Run, RunJob, Step};
use crate::redact::Told;

/// The most bytes of one log that are read; what lies behind is reported as not read.
pub const LOG_CAP: u64 = 1 << 30;

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
        asked_run: args.run.map(RunId),
        pending: 0,
        runs: Vec::new(),
        past: Past::default(),
    };
    let mut change = None;
    match subject {
        Subject::PullRequest { number, .. } => {
            let pull = github.pull_request(repo, *number).await?;
            facts.pull_request = Some(Change {
                number: pull.number,
                head: pull.head_sha.clone(),
            });
            if facts.asked_run.is_none() {
                runs_of_head(github, repo, &pull, &mut facts).await?;
            }
            change = Some(pull);
        }
        Subject::Issue { number, .. } => facts.issue = Some(*number),
        Subject::Run { run, .. } => facts.asked_run = facts.asked_run.or(Some(*run)),
        Subject::Deployment(asking) => facts.asked_run = facts.asked_run.or(asking.run),
        Subject::Waiting { .. } => {}
    }
    if let Some(run) = facts.asked_run {
        let run = github.run(repo, run).await?;
        if run.status != "completed" {
            let text = format!("run {} of {} has not ended yet", run.id, run.name);
            return Err(Error::Usage(text));
        }
        facts.runs.push(run_facts(github, repo, run).await?);
    } else if facts.pull_request.is_none() {
        let text = "say which run: an issue has none of its own (`--run ID`)";
        return Err(Error::Usage(text.to_owned()));
    }
    if let Some(pull) = &change {
        facts.past = past::gather(ports, repo, pull, &facts.runs).await?;
    }
    Ok(facts)
}

async fn runs_of_head(
    github: &dyn GitHub,
    repo: &RepoName,
    pull: &PullRequest,
    facts: &mut Facts,
) -> Result<()> {
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
        let read = run_facts(github, repo, run).await?;
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

async fn run_facts(github: &dyn GitHub, repo: &RepoName, run: Run) -> Result<RunFacts> {
    if !is_failure(run.conclusion.as_deref()) {
        return Ok(RunFacts {
            run: Some(run),
            failed: Vec::new(),
            jobs: 0,
            failed_before: None,
            fixed_by: None,
        });
    }
    let jobs = github.jobs(repo, run.id, run.attempt).await?;
    let mut failed = Vec::new();
    for job in jobs.iter().filter(|j| is_failure(j.conclusion.as_deref())) {
        let log = if failed.len() < LOGS_PER_RUN {
            read_log(github, repo, job).await?
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

/// Reads a log, and keeps what the log itself calls a secret out of what was read.
pub(super) struct Sink {
    reader: LogReader,
    told: Told,
}

impl Sink {
    pub(super) fn new(options: Options) -> Self {
        Self {
            reader: LogReader::new(options),
            told: Told::default(),
        }
    }

    /// What was read.
    pub(super) fn finish(self) -> Box<Reading> {
        let secrets = self.told.finish();
        let mut reading = self.reader.finish();
        reading.each_text(|text| secrets.mask(text));
        Box::new(reading)
    }
}

impl LogSink for Sink {
    fn push(&mut self, chunk: &[u8]) {
        self.reader.push(chunk);
        self.told.push(chunk);
    }
}

pub(super) async fn read_log(github: &dyn GitHub, repo: &RepoName, job: &RunJob) -> Result<Log> {
    let steps = job.steps.iter().map(|s| StepMeta {
        number: s.number,
        name: s.name.clone(),
        conclusion: s.conclusion.clone(),
        started_at: s.started_at.clone(),
        completed_at: s.completed_at.clone(),
    });
    let mut sink = Sink::new(Options {
        steps: steps.collect(),
        ..Options::default()
    });
    match github.job_log(repo, job.id, LOG_CAP, &mut sink).await {
        Ok(LogFetch::Missing) => Ok(Log::Missing),
        Ok(fetch) => Ok(Log::Read {
            reading: sink.finish(),
            cut: fetch == LogFetch::Cut,
        }),
        Err(Error::NotFound(_)) => Ok(Log::Missing),
        Err(Error::Forbidden { permission, .. }) => Ok(Log::Forbidden { permission }),
        Err(error) => Err(error),
    }
}
