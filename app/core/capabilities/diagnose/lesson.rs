//! What an attempt of a run that ended long ago teaches, read as a diagnosis reads it.
//!
//! The same jobs, the same logs, the same fingerprints and the same `learn`: what is known from
//! history can then be told from what was seen as it happened by nobody.

use jiff::Timestamp;

use super::facts::{Change, Facts, Log, of_jobs};
use super::learn::learn;
use super::logs::Reader;
use super::past::Past;
use crate::capability::written_down;
use crate::error::{Error, Result};
use crate::model::{IssueNumber, RepoName};
use crate::port::{GitHub, Run, Sighting};

pub use super::facts::is_failure;

/// What an attempt has taught.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lesson {
    /// Failures that were seen, and earlier ones that passed again.
    pub sightings: Vec<Sighting>,
    /// Failed jobs whose log is gone, or was one too many.
    pub unread: usize,
}

/// The attempt of a run, and what is known beside it.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The run at this attempt.
    pub run: &'a Run,
    /// When the run began: the moment of what happened, unless a job tells a later one.
    pub began: Timestamp,
    /// The pull request that it ran for.
    pub pull_request: Option<IssueNumber>,
    /// What was seen in earlier attempts.
    pub earlier: &'a [Sighting],
}

/// Reads attempts of one repository, its problem matchers once for all of them.
pub struct Lessons<'a>(Reader<'a>);

impl<'a> Lessons<'a> {
    /// For the runs of a repository.
    #[must_use]
    pub fn new(github: &'a dyn GitHub, repo: &'a RepoName) -> Self {
        Self(Reader::new(github, repo))
    }

    /// Reads an attempt. One that did not fail costs no request.
    ///
    /// # Errors
    /// Where GitHub cannot be asked, or a permission is missing.
    pub async fn read(&mut self, attempt: Attempt<'_>) -> Result<Lesson> {
        read(&mut self.0, attempt).await
    }
}

async fn read(reader: &mut Reader<'_>, attempt: Attempt<'_>) -> Result<Lesson> {
    let (github, repo) = (reader.github, reader.repo);
    let run = attempt.run;
    let jobs = match is_failure(run.conclusion.as_deref()) {
        true => github.jobs(repo, run.id, run.attempt).await?,
        false => Vec::new(),
    };
    let failed = jobs.iter().filter(|j| is_failure(j.conclusion.as_deref()));
    let ended = failed.filter_map(|j| j.completed_at).max();
    // As a diagnosis reads them, or the same failure would look like another.
    let read = of_jobs(reader, run.clone(), &jobs).await?;
    for job in &read.failed {
        if let Log::Forbidden { permission } = &job.log {
            return Err(Error::Forbidden {
                action: format!("Reading the logs of run {} of {repo}", run.id),
                permission: permission.clone(),
            });
        }
    }
    // Nothing here quotes a log beside what was read, so nobody needs them any more.
    reader.forget_secrets();
    let was_read = |log: &Log| matches!(log, Log::Read { .. });
    let unread = read.failed.iter().filter(|j| !was_read(&j.log)).count();
    let facts = Facts {
        at: ended.unwrap_or(attempt.began),
        repo: Some(repo.clone()),
        pull_request: attempt.pull_request.map(|number| Change {
            number,
            head: run.head_sha.clone(),
        }),
        issue: None,
        branch: None,
        asked_run: Some(run.id),
        pending: 0,
        runs: vec![read],
        faults: Vec::new(),
        past: Past {
            sightings: attempt.earlier.to_vec(),
            ..Past::default()
        },
    };
    Ok(Lesson {
        sightings: learn(&written_down(&facts)?),
        unread,
    })
}
