//! Logs become readings: streamed through the reader with the repository's own problem matchers, and
//! never kept.
//!
//! What a reading says depends on the matchers, so the reading is the fact, not they. The logs
//! of the base branch are read with the same ones, or the same failure would look like another.

use waterline_log::{LogReader, Matcher, Options, Reading, StepMeta};

use super::facts::Log;
use super::matchers::{self, Fault};
use crate::error::{Error, Result};
use crate::model::RepoName;
use crate::port::{GitHub, LogFetch, LogSink, RunJob};
use crate::redact::{Secrets, Told};

/// The most bytes of one log that are read; what lies behind is reported as not read.
pub(super) const LOG_CAP: u64 = 1 << 30;

/// Reads the logs of one repository.
pub(super) struct Reader<'a> {
    pub(super) github: &'a dyn GitHub,
    pub(super) repo: &'a RepoName,
    /// Asked for at the first log, so that runs that pass cost no request.
    matchers: Option<(Vec<Matcher>, Vec<Fault>)>,
    /// What the logs gave away: it is masked in the same runs' reports too.
    secrets: Vec<Secrets>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(github: &'a dyn GitHub, repo: &'a RepoName) -> Self {
        Self {
            github,
            repo,
            matchers: None,
            secrets: Vec::new(),
        }
    }

    /// Masks what the logs that were read gave away.
    pub(super) fn mask(&self, text: &mut String) {
        self.secrets.iter().for_each(|secrets| secrets.mask(text));
    }

    /// Lets go of what the logs gave away.
    pub(super) fn forget_secrets(&mut self) {
        self.secrets.clear();
    }

    /// What was wrong with the matchers, where they were asked for.
    pub(super) fn faults(self) -> Vec<Fault> {
        self.matchers.map(|(_, faults)| faults).unwrap_or_default()
    }

    /// Reads the log of a job.
    pub(super) async fn log(&mut self, job: &RunJob) -> Result<Log> {
        let (matchers, _) = match &mut self.matchers {
            Some(known) => known,
            None => {
                let fetched = matchers::fetch(self.github, self.repo).await?;
                self.matchers.insert(fetched)
            }
        };
        let steps = job.steps.iter().map(|s| StepMeta {
            number: s.number,
            name: s.name.clone(),
            conclusion: s.conclusion.clone(),
            started_at: s.started_at.clone(),
            completed_at: s.completed_at.clone(),
        });
        let mut sink = Sink::new(Options {
            steps: steps.collect(),
            matchers: matchers.clone(),
            ..Options::default()
        });
        let fetched = self.github.job_log(self.repo, job.id, LOG_CAP, &mut sink);
        match fetched.await {
            Ok(LogFetch::Missing) => Ok(Log::Missing),
            Ok(fetch) => {
                let (reading, secrets) = sink.finish();
                self.secrets.push(secrets);
                let cut = fetch == LogFetch::Cut;
                Ok(Log::Read { reading, cut })
            }
            Err(Error::NotFound(_)) => Ok(Log::Missing),
            Err(Error::Forbidden { permission, .. }) => Ok(Log::Forbidden { permission }),
            Err(error) => Err(error),
        }
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

    /// What was read, and what it gave away.
    pub(super) fn finish(self) -> (Box<Reading>, Secrets) {
        let secrets = self.told.finish();
        let mut reading = self.reader.finish();
        reading.each_text(|text| secrets.mask(text));
        (Box::new(reading), secrets)
    }
}

impl LogSink for Sink {
    fn push(&mut self, chunk: &[u8]) {
        self.reader.push(chunk);
        self.told.push(chunk);
    }
}
