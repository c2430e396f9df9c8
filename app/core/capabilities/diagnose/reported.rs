//! What reports add to the findings of a run. Pure.
//!
//! The log stays what is shown of the cause, with its links to lines; a report names tests and places
//! that the log hides, and where the log says nothing, its message stands with its source. Which
//! job an artifact belongs to GitHub does not tell: by the names in the logs, or by there being only
//! one job that it could be; otherwise it is told of the run as a whole.

use serde::{Deserialize, Serialize};
use waterline_log::{Category, in_repository, is_guess, same_test};
use waterline_report::{Failure, Kind};

use super::decide::Finding;
use super::facts::{JobFacts, Log, RunFacts};
use super::reports::{Told, could_tell};
use crate::evidence::{Evidence, Proof};
use crate::line;
use crate::report::{Block, Line, code};

/// The most failures whose message is shown in one finding.
const SHOWN: usize = 3;
/// The most lines that are shown of what one failure says.
const SAID: usize = 4;
/// The most tests of a finding.
const TESTS: usize = 400;
/// The most places of a finding.
const PLACES: usize = 10;

/// A failure as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The artifact's name; none for a file at a shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
    /// The report's file.
    pub file: String,
    /// The test, or the rule.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// What the report says more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<String>,
}

/// Completes the findings of the failed jobs; what is no job's becomes a finding of the run.
pub(super) fn complete(read: &RunFacts, found: &mut Vec<(&JobFacts, Finding)>) -> Option<Finding> {
    let mut of_run: Vec<&Told> = Vec::new();
    let mut of_jobs: Vec<Vec<&Told>> = vec![Vec::new(); found.len()];
    for told in &read.reports.read {
        let named: Vec<usize> = places(found, |job| names(job, told));
        let possible: Vec<usize> = places(found, |job| is_open(job, told.report.kind));
        let theirs = match (&named[..], &possible[..]) {
            ([], [only]) => vec![*only],
            ([], []) => continue,
            ([], _) => {
                of_run.push(told);
                continue;
            }
            _ => named,
        };
        for at in theirs {
            of_jobs[at].push(told);
        }
    }
    for ((_, finding), told) in found.iter_mut().zip(of_jobs) {
        add(finding, &told, read);
    }
    (!of_run.is_empty()).then(|| {
        let mut finding = blank(read, &of_run);
        add(&mut finding, &of_run, read);
        finding
    })
}

fn places(found: &[(&JobFacts, Finding)], fits: impl Fn(&JobFacts) -> bool) -> Vec<usize> {
    let jobs = found.iter().enumerate();
    jobs.filter(|(_, (job, _))| fits(job))
        .map(|(at, _)| at)
        .collect()
}

/// Whether a report could be a job's whose log names nothing that it names. Where the log names
/// other tests, or other places, it is about something else.
fn is_open(job: &JobFacts, kind: Kind) -> bool {
    let told = match (&job.log, kind) {
        (Log::Read { reading, .. }, Kind::Sarif) => !reading.locations.is_empty(),
        (Log::Read { reading, .. }, Kind::Junit | Kind::Tap) => !reading.tests.is_empty(),
        _ => false,
    };
    could_tell(job, kind) && !told
}

/// Whether a job's log names something that the report does.
fn names(job: &JobFacts, told: &Told) -> bool {
    let Log::Read { reading, .. } = &job.log else {
        return false;
    };
    told.report.failures.iter().any(|failure| {
        if told.report.kind == Kind::Sarif {
            return reading.locations.iter().any(|at| {
                let file = failure.file.as_deref().map(in_repository);
                file.is_some_and(|f| f == at.file) && failure.line == Some(at.line)
            });
        }
        let name = failure.full_name();
        let said = |text: &String| failure.name.len() >= 6 && text.contains(&failure.name);
        reading.tests.iter().any(|test| same_test(test, &name))
            || reading
                .causes
                .iter()
                .any(|cause| cause.text.iter().any(said))
    })
}

/// A finding of the run as a whole.
fn blank(read: &RunFacts, told: &[&Told]) -> Finding {
    let evidence = told.first().map(|told| evidence(told, read));
    Finding {
        workflow: read.run.as_ref().map(|run| run.name.clone()),
        jobs: Vec::new(),
        step: None,
        category: Category::Inconclusive,
        summary: String::new(),
        excerpts: Vec::new(),
        tests: Vec::new(),
        locations: Vec::new(),
        exit_code: None,
        evidence: Proof::of(evidence.unwrap_or(Evidence::Page { url: String::new() })),
        fingerprint: None,
        is_it_me: None,
        suggestion: None,
        reported: Vec::new(),
    }
}

fn evidence(told: &Told, read: &RunFacts) -> Evidence {
    Evidence::Report {
        artifact: told.artifact.clone(),
        file: told.report.file.clone(),
        url: read.run.as_ref().map(|run| run.url.clone()),
    }
}

/// Adds what reports say to one finding.
fn add(finding: &mut Finding, told: &[&Told], read: &RunFacts) {
    let silent = finding.excerpts.is_empty();
    let had = finding.tests.clone();
    let mut tests: Vec<String> = Vec::new();
    let mut shown: Vec<(&Told, &Failure)> = Vec::new();
    let mut kinds = Vec::new();
    for (told, failure) in told
        .iter()
        .flat_map(|t| t.report.failures.iter().map(move |f| (*t, f)))
    {
        kinds.push(told.report.kind);
        if told.report.kind == Kind::Sarif {
            place(finding, failure);
            shown.push((told, failure));
            continue;
        }
        let name = failure.full_name();
        let known = had.iter().find(|test| same_test(test, &name));
        if !tests.iter().any(|t| same_test(t, &name)) {
            // Of two spellings the one that says more; the framework's own where both say as much.
            tests.push(
                known
                    .filter(|k| k.len() >= name.len())
                    .cloned()
                    .unwrap_or(name),
            );
            place(finding, failure);
            if known.is_none() {
                shown.push((told, failure));
            }
        }
    }
    let kept = had
        .iter()
        .filter(|old| !tests.iter().any(|t| same_test(t, old)));
    let kept: Vec<String> = kept.cloned().collect();
    tests.extend(kept);
    tests.truncate(TESTS);
    finding.tests = tests;
    let first = kinds.first().copied();
    let open = matches!(finding.category, Category::Script | Category::Inconclusive);
    if let (true, Some(kind)) = (open || is_vague(finding), first) {
        finding.category = match kind {
            Kind::Sarif => Category::Lint,
            Kind::Junit | Kind::Tap => Category::Test,
        };
    }
    if had.is_empty()
        && !shown.is_empty()
        && (silent || !finding.tests.is_empty() || is_vague(finding))
    {
        tell(finding, &shown);
    }
    prove(finding, told.iter().map(|told| evidence(told, read)));
}

/// Adds to what a finding rests on.
fn prove(finding: &mut Finding, pieces: impl Iterator<Item = Evidence>) {
    let mut all: Vec<Evidence> = finding.evidence.clone().into();
    for piece in pieces {
        if !all.contains(&piece) {
            all.push(piece);
        }
    }
    if let Ok(proof) = Proof::try_from(all) {
        finding.evidence = proof;
    }
}

/// Whether no reader knew the log's lines.
fn is_vague(finding: &Finding) -> bool {
    finding.excerpts.iter().all(|e| is_guess(&e.why))
}

/// Adds the place of a failure.
fn place(finding: &mut Finding, failure: &Failure) {
    let (Some(file), Some(line)) = (&failure.file, failure.line) else {
        return;
    };
    let place = format!("{}:{line}", in_repository(file));
    if finding.locations.len() < PLACES && !finding.locations.contains(&place) {
        finding.locations.push(place);
    }
}

/// Says what the reports say, with their source.
fn tell(finding: &mut Finding, shown: &[(&Told, &Failure)]) {
    let Some((told, first)) = shown.first() else {
        return;
    };
    let place = match (&first.file, first.line) {
        (Some(file), Some(line)) => format!(" at {}:{line}", in_repository(file)),
        _ => String::new(),
    };
    let short = |text: &str, most| text.chars().take(most).collect::<String>();
    let name = short(&first.full_name(), 160);
    let message = match first.message.as_str() {
        "" => String::new(),
        message => format!(": {}", short(message, 200)),
    };
    let more = told.report.more;
    let count = shown.len() + more;
    let said = match (told.report.kind, count) {
        (Kind::Sarif, 1) => format!("{name}{place}{message}"),
        (Kind::Sarif, n) => format!("{n} findings, {name} first{place}{message}"),
        (_, 1) => format!("Test {name} failed{place}{message}"),
        (_, n) => format!("{n} tests failed, {name} first{place}{message}"),
    };
    finding.summary = format!(
        "{said} ({})",
        source(told.artifact.as_deref(), &told.report.file)
    );
    let reported = |(told, failure): &(&Told, &Failure)| Reported {
        artifact: told.artifact.clone(),
        file: told.report.file.clone(),
        name: failure.full_name(),
        message: failure.message.clone(),
        excerpt: failure.excerpt.clone(),
    };
    finding.reported = shown.iter().take(SHOWN).map(reported).collect();
}

/// "from artifact NAME, FILE"
pub(super) fn source(artifact: Option<&str>, file: &str) -> String {
    match artifact {
        Some(artifact) => format!("from artifact {artifact}, {file}"),
        None => format!("from {file}"),
    }
}

/// What reports say, as it is shown below the log's own lines.
pub(super) fn blocks(finding: &Finding) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = &finding.reported[..];
    while let Some(first) = rest.first() {
        let same = |r: &&Reported| r.artifact == first.artifact && r.file == first.file;
        let count = rest.iter().take_while(same).count();
        let (these, others) = rest.split_at(count);
        rest = others;
        let mut from: Line = line!["From "];
        if let Some(artifact) = &first.artifact {
            from.extend(line!["artifact ", code(artifact.clone()), ", "]);
        }
        from.extend(line![code(first.file.clone()), ":"]);
        blocks.push(Block::Paragraph(from));
        blocks.push(Block::Excerpt(these.iter().flat_map(lines).collect()));
    }
    blocks
}

fn lines(reported: &Reported) -> Vec<String> {
    let mut lines = vec![reported.name.clone()];
    let told = reported
        .excerpt
        .iter()
        .any(|l| l.contains(&reported.message));
    let message = (!told).then_some(&reported.message);
    let said = message.into_iter().chain(&reported.excerpt);
    lines.extend(said.take(SAID).map(|line| format!("    {line}")));
    lines
}

#[cfg(test)]
#[path = "reported_tests.rs"]
mod tests;
