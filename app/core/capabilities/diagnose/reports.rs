//! The reports that a failed run left in its artifacts: JUnit XML, SARIF and TAP.
//!
//! GitHub is asked for the list only where a report could tell more than the logs did, and for the
//! few archives whose name or size fits. What cannot be had is left out: a report completes a
//! diagnosis and never stands in its way. Like a log it is a claim of the run, a fork's too.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use waterline_log::{Category, is_guess};
use waterline_report::{Found, Kind, Report, bound};

use super::facts::{JobFacts, Log, is_failure};
use super::logs::Reader;
use crate::error::{Error, Result};
use crate::line;
use crate::port::{Artifact, Files, LogFetch, LogSink, Run, RunJob};
use crate::report::{Line, code};

/// The most archives that are fetched of one run.
const ARCHIVES: usize = 5;
/// The largest archive that is fetched, in bytes.
const LARGE: u64 = 5 << 20;
/// The largest archive whose name promises nothing.
const SMALL: u64 = 256 << 10;
/// The most failures that are kept of one run.
const FAILURES: usize = 400;
/// How far GitHub's clock and a runner's may be apart.
const APART: SignedDuration = SignedDuration::from_secs(120);

/// Parts of names that reports go by.
const WORDS: [&str; 11] = [
    "junit", "xunit", "test", "report", "result", "sarif", "tap", "surefire", "lint", "spec",
    "failure",
];

/// What the reports of a run say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reports {
    /// Those that tell of failures.
    pub read: Vec<Told>,
    /// What was left out, and why.
    pub notes: Vec<Note>,
}

/// A report, and where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The artifact's name; none for a file at a shell.
    pub artifact: Option<String>,
    /// What it says.
    pub report: Report,
}

/// Why something was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The artifact's name, or the file's at a shell.
    pub about: String,
    /// A sentence without its subject.
    pub said: String,
}

impl Note {
    /// As it stands among the notes.
    pub(super) fn line(&self) -> Line {
        line!["Report ", code(self.about.clone()), ": ", self.said.clone()]
    }
}

impl Reports {
    /// True where there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.notes.is_empty()
    }

    /// Hands every text that came out of a report to `change`.
    pub(super) fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        for told in &mut self.read {
            change(&mut told.report.file);
            for failure in &mut told.report.failures {
                failure.each_text(&mut change);
            }
        }
    }

    fn add(&mut self, artifact: Option<&str>, about: &str, found: Found) {
        let note = |said| Note {
            about: about.to_owned(),
            said,
        };
        self.notes.extend(found.notes.into_iter().map(note));
        for mut report in found.reports {
            let kept: usize = self.read.iter().map(|t| t.report.failures.len()).sum();
            let room = FAILURES.saturating_sub(kept);
            report.more += report.failures.len().saturating_sub(room);
            report.failures.truncate(room);
            if !report.failures.is_empty() {
                self.read.push(Told {
                    artifact: artifact.map(str::to_owned),
                    report,
                });
            }
        }
    }
}

/// Whether a report of this kind could tell why a job failed, as far as its log goes.
pub(super) fn could_tell(job: &JobFacts, kind: Kind) -> bool {
    let Log::Read { reading, .. } = &job.log else {
        return true;
    };
    // What kind of failure it is was then told from the step's command.
    let vague = reading.causes.iter().all(|cause| is_guess(&cause.why));
    match reading.category {
        Category::Script | Category::Inconclusive => true,
        Category::Test | Category::Lint | Category::Compile | Category::Gate if vague => true,
        Category::Test | Category::Crash | Category::Timeout => kind != Kind::Sarif,
        Category::Lint | Category::Gate | Category::Compile => kind == Kind::Sarif,
        _ => false,
    }
}

/// Whether anything could be gained from the reports of a run. Where every log names its tests and
/// places, or tells of a broken connection, nothing could.
fn worth_asking(failed: &[JobFacts]) -> bool {
    failed.iter().any(|job| {
        let complete = match &job.log {
            Log::Read { reading, .. } => {
                !reading.locations.is_empty()
                    && (!reading.tests.is_empty() || reading.category != Category::Test)
            }
            _ => false,
        };
        !complete && (could_tell(job, Kind::Junit) || could_tell(job, Kind::Sarif))
    })
}

pub(super) async fn gather(
    reader: &Reader<'_>,
    run: &Run,
    jobs: &[RunJob],
    failed: &[JobFacts],
) -> Result<Reports> {
    let mut reports = Reports::default();
    if !worth_asking(failed) {
        return Ok(reports);
    }
    let listed = reader.github.artifacts(reader.repo, run.id).await;
    let Some(listed) = soft(listed)? else {
        return Ok(reports);
    };
    for artifact in candidates(listed, begun(jobs)) {
        let mut archive = Archive::default();
        let fetched = reader
            .github
            .artifact(reader.repo, artifact.id, LARGE, &mut archive);
        match soft(fetched.await)? {
            Some(LogFetch::Whole) => {
                let found = waterline_report::read(&artifact.name, &archive.0);
                reports.add(Some(&artifact.name), &artifact.name, found);
            }
            Some(LogFetch::Cut) => reports.notes.push(Note {
                about: artifact.name,
                said: format!("it is larger than {} MiB and was left unread", LARGE >> 20),
            }),
            Some(LogFetch::Missing) | None => {}
        }
    }
    reports.each_text(|text| reader.mask(text));
    Ok(reports)
}

/// What cannot be had is left out; only where GitHub asks to be left alone, everything waits.
fn soft<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error @ Error::RateLimited(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// When the failed jobs of this attempt began. A run's list holds older attempts' artifacts too.
fn begun(jobs: &[RunJob]) -> Option<Timestamp> {
    let failed = jobs.iter().filter(|j| is_failure(j.conclusion.as_deref()));
    let steps = failed.flat_map(|j| &j.steps);
    let started = steps.filter_map(|s| s.started_at.as_deref()?.parse::<Timestamp>().ok());
    started.min()
}

/// Those that are fetched: by their names first, then the small ones.
fn candidates(mut listed: Vec<Artifact>, since: Option<Timestamp>) -> Vec<Artifact> {
    let named = |a: &Artifact| {
        let name = a.name.to_lowercase();
        WORDS.iter().any(|word| name.contains(word))
    };
    let early = |a: &Artifact| match (a.created_at, since) {
        (Some(made), Some(since)) => made + APART < since,
        _ => false,
    };
    listed.retain(|a| !early(a) && a.size <= if named(a) { LARGE } else { SMALL });
    listed.sort_by(|a, b| {
        let rank = |a: &Artifact| (!named(a), a.size, a.name.clone());
        rank(a).cmp(&rank(b))
    });
    // Attempts of one run repeat names; the newest is this one's.
    let mut chosen: Vec<Artifact> = Vec::new();
    for artifact in listed {
        match chosen.iter_mut().find(|c| c.name == artifact.name) {
            Some(same) if same.created_at < artifact.created_at => *same = artifact,
            Some(_) => {}
            None => chosen.push(artifact),
        }
    }
    chosen.truncate(ARCHIVES);
    chosen
}

/// Keeps the bytes of an archive, whose size whoever asks has bounded.
#[derive(Default)]
struct Archive(Vec<u8>);

impl LogSink for Archive {
    fn push(&mut self, chunk: &[u8]) {
        self.0.extend_from_slice(chunk);
    }
}

/// Those of files that a person names.
pub(super) fn open(files: &dyn Files, paths: &[String]) -> Result<Reports> {
    use std::io::Read as _;
    let mut reports = Reports::default();
    for path in paths {
        let mut bytes = Vec::new();
        let most = bound::ARCHIVE as u64;
        files
            .open(path)?
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| Error::Usage(format!("{path}: {e}")))?;
        if bytes.len() as u64 > most {
            let text = format!("{path}: a report has at most {} MiB", most >> 20);
            return Err(Error::Usage(text));
        }
        let found = waterline_report::read(path, &bytes);
        if found.reports.is_empty() && found.notes.is_empty() {
            let text = format!(
                "{path}: this is neither JUnit XML nor SARIF nor TAP, and no ZIP archive of them"
            );
            return Err(Error::Usage(text));
        }
        reports.add(None, path, found);
    }
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ArtifactId;

    fn artifact(id: u64, name: &str, size: u64, at: i64) -> Artifact {
        Artifact {
            id: ArtifactId(id),
            name: name.to_owned(),
            size,
            created_at: Timestamp::from_second(at).ok(),
        }
    }

    #[test]
    fn the_few_that_may_be_reports_are_fetched() {
        let listed = vec![
            artifact(1, "binary", 90 << 20, 1_000),
            artifact(2, "dist", 1 << 20, 1_000),
            artifact(3, "notes", 2_000, 1_000),
            artifact(4, "Test-Results (ubuntu)", 1 << 20, 1_000),
            artifact(5, "junit", 9_000, 100),
            artifact(6, "junit", 9_000, 1_000),
            artifact(7, "sarif", 6 << 20, 1_000),
        ];
        let ids = |since| -> Vec<u64> {
            let chosen = candidates(listed.clone(), since);
            chosen.iter().map(|a| a.id.0).collect()
        };
        assert_eq!(ids(None), [6, 4, 3]);
        assert_eq!(ids(Timestamp::from_second(900).ok()), [6, 4, 3]);
        assert_eq!(ids(Timestamp::from_second(5_000).ok()), Vec::<u64>::new());
        let many = (0..9)
            .map(|n| artifact(n, &format!("t{n}-test"), n, 1))
            .collect();
        assert_eq!(candidates(many, None).len(), ARCHIVES);
    }
}
