//! A log from a file: `waterline diagnose build.log`.
//!
//! The same facts as from GitHub, for one job without a run. The log is streamed, so its size
//! does not matter.

use std::io::Read;

use jiff::Timestamp;
use waterline_log::{BaselineReader, Options, StepMeta};

use super::facts::{Facts, JobFacts, Log, RunFacts, is_failure};
use super::logs::Sink;
use super::matchers;
use super::past::Past;
use super::reports;
use crate::error::{Error, Result};
use crate::port::{Files, LogSink as _};

/// Files to read instead of asking GitHub.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {
    /// A job's log, as GitHub gives it; `-` for standard input
    #[arg(value_name = "LOG")]
    pub log: Option<String>,
    /// The job as GitHub's API describes it, for the names of its steps
    #[arg(long, value_name = "JOB.json", requires = "log")]
    pub job: Option<String>,
    /// The log of a run of the same job that passed, to tell what is new
    #[arg(long, value_name = "LOG", requires = "log")]
    pub baseline: Option<String>,
    /// Problem matchers in GitHub's form, a file or a folder of them; may be given several times
    #[arg(long, alias = "matcher", value_name = "FILE|DIR", requires = "log")]
    pub matchers: Vec<String>,
    /// A report of the job's: JUnit XML, SARIF, TAP or a ZIP archive of them; may be given several times
    #[arg(long, value_name = "FILE", requires = "log")]
    pub report: Vec<String>,
    /// The file in which `waterline backfill` keeps earlier failures; it is only read
    #[arg(long, value_name = "FILE", conflicts_with = "log")]
    pub memory: Option<String>,
}

/// A job of GitHub's API, as far as it is needed.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct JobMeta {
    name: Option<String>,
    conclusion: Option<String>,
    steps: Vec<StepMeta>,
}

pub(super) fn gather(files: &dyn Files, desk: &Desk, now: Timestamp) -> Result<Option<Facts>> {
    let Some(path) = &desk.log else {
        return Ok(None);
    };
    let job: JobMeta = match &desk.job {
        Some(path) => serde_json::from_str(&text(files, path)?)
            .map_err(|e| Error::Usage(format!("{path}: this is no job of GitHub's API: {e}")))?,
        None => JobMeta::default(),
    };
    let failed_step = failed_step(&job.steps);
    let mut options = Options {
        steps: job.steps,
        ..Options::default()
    };
    if let Some(path) = &desk.baseline {
        let mut reader = BaselineReader::default();
        stream(files, path, |chunk| reader.push(chunk))?;
        options.baseline = Some(reader.finish());
    }
    options.matchers = matchers::open(files, &desk.matchers)?;
    let mut sink = Sink::new(options);
    stream(files, path, |chunk| sink.push(chunk))?;
    let (reading, secrets) = sink.finish();
    let mut reports = reports::open(files, &desk.report)?;
    reports.each_text(|text| secrets.mask(text));
    let name = job.name.unwrap_or_else(|| "The job".to_owned());
    let log = Log::Read {
        reading,
        cut: false,
    };
    let failed = JobFacts {
        id: None,
        name,
        conclusion: job.conclusion,
        url: None,
        failed_step,
        log,
    };
    let run = RunFacts {
        run: None,
        failed: vec![failed],
        jobs: 1,
        failed_before: None,
        fixed_by: None,
        reports,
    };
    Ok(Some(Facts {
        at: now,
        repo: None,
        pull_request: None,
        issue: None,
        branch: None,
        asked_run: None,
        pending: 0,
        runs: vec![run],
        past: Past::default(),
        faults: Vec::new(),
    }))
}

fn failed_step(steps: &[StepMeta]) -> Option<String> {
    let failed = |s: &&StepMeta| is_failure(s.conclusion.as_deref());
    steps.iter().find(failed).map(|s| s.name.clone())
}

fn stream(files: &dyn Files, path: &str, mut push: impl FnMut(&[u8])) -> Result<()> {
    let mut file = files.open(path)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => push(buffer.get(..n).unwrap_or_default()),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Error::Usage(format!("{path}: {e}"))),
        }
    }
}

pub(super) fn text(files: &dyn Files, path: &str) -> Result<String> {
    let mut text = String::new();
    files
        .open(path)?
        .read_to_string(&mut text)
        .map_err(|e| Error::Usage(format!("{path}: {e}")))?;
    Ok(text)
}
