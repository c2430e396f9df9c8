//! One comment that can be acted on in ten seconds, one check run, and annotations.
//!
//! Verdict and cause stand in the first two lines, the excerpt with its link below them; what
//! more there is comes folded, and the small print last.

use super::branch::lead;
use super::decide::{Excerpt, Finding, Fixed, Outcome, Verdict};
use super::effects::{annotations, effects};
use super::facts::{Facts, Log};
use super::matchers::Fault;
use super::reported;
use super::reports::Note;
use super::sayings::{calm, folds};
use super::told::picture;
use super::what_now::what_now;
use crate::line;
use crate::model::Sha;
use crate::report::{Block, Conclusion, Document, Inline, Line, Report, code, link, strong};
use crate::saying::short;

/// How many findings are shown in full; more are folded.
const OPEN_FINDINGS: usize = 3;
/// How many tests and places are named before the rest is counted.
const NAMED: usize = 10;

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let title = title(verdict);
    let document = document(facts, verdict);
    let annotations = annotations(facts, verdict);
    let effects = effects(facts, verdict, &title, &document, &annotations);
    let (conclusion, reason_code) = match verdict.outcome {
        Outcome::Failed => (Conclusion::Failure, "failed"),
        Outcome::Inconclusive => (Conclusion::Failure, "inconclusive"),
        // Somebody has decided that it need not hold anybody up.
        Outcome::Dismissed => (Conclusion::Neutral, "dismissed"),
        Outcome::Fixed => (Conclusion::Success, "fixed"),
        Outcome::Passed => (Conclusion::Success, "passed"),
        Outcome::Pending => (Conclusion::Neutral, "pending"),
    };
    Report {
        title,
        conclusion,
        reason_code: reason_code.to_owned(),
        document,
        annotations,
        effects,
        // While runs are under way, what was said before stands.
        only_if_asked: verdict.outcome == Outcome::Pending,
        again: None,
    }
}

fn title(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.findings.first()) {
        (Outcome::Dismissed, _) => "What failed has been dismissed".to_owned(),
        (Outcome::Fixed, _) => "Fixed: every workflow passes".to_owned(),
        (Outcome::Pending, _) if verdict.runs == 0 => "No run has ended yet".to_owned(),
        (Outcome::Pending, _) => "Nothing has failed so far".to_owned(),
        (Outcome::Passed, _) | (_, None) => "Nothing failed".to_owned(),
        (_, Some(first)) => {
            let more = verdict.findings.len() - 1;
            let more = if more > 0 {
                format!(" (and {more} more)")
            } else {
                String::new()
            };
            format!("{}: {}{more}", place(first), first.summary)
                .chars()
                .take(250)
                .collect()
        }
    }
}

/// The shortest name of where it failed.
pub(super) fn place(finding: &Finding) -> String {
    match (&finding.jobs[..], &finding.workflow) {
        ([job], _) => job.name.clone(),
        ([first, rest @ ..], _) => format!("{} and {} more", first.name, rest.len()),
        ([], Some(workflow)) => workflow.clone(),
        ([], None) => "The job".to_owned(),
    }
}

fn document(facts: &Facts, verdict: &Verdict) -> Document {
    let mut blocks: Vec<Block> = lead(facts).into_iter().collect();
    if verdict.outcome == Outcome::Dismissed {
        blocks.push(calm(&verdict.dismissed));
    } else if verdict.findings.is_empty() {
        let mark = if verdict.outcome == Outcome::Pending {
            "⏳"
        } else {
            "✅"
        };
        blocks.push(Block::Paragraph(line![strong(format!(
            "{mark} {}",
            title(verdict)
        ))]));
        if !verdict.fixed.is_empty() {
            blocks.push(Block::List(verdict.fixed.iter().map(fixed_line).collect()));
        }
    }
    let shown = match facts.past.remembers {
        true => finding_with_id,
        false => finding_blocks,
    };
    for (index, finding) in verdict.findings.iter().enumerate() {
        if index < OPEN_FINDINGS {
            blocks.extend(shown(finding));
        } else {
            let summary = line![strong(place(finding)), ": ", finding.summary.clone()];
            blocks.push(Block::Fold {
                summary,
                blocks: shown(finding),
            });
        }
    }
    blocks.extend(folds(&verdict.dismissed, finding_blocks));
    if !verdict.findings.is_empty() {
        blocks.extend(pictures(facts));
        blocks.extend(job_table(facts));
        if !verdict.fixed.is_empty() {
            blocks.push(Block::List(verdict.fixed.iter().map(fixed_line).collect()));
        }
    }
    blocks.extend(notes(facts));
    blocks.extend(small_print(facts, verdict));
    Document { blocks }
}

/// How the workflows that failed do on the base branch.
fn pictures(facts: &Facts) -> Vec<Block> {
    let failed = facts.runs.iter().filter(|r| !r.failed.is_empty());
    let mut drawn = Vec::new();
    let mut blocks = Vec::new();
    for run in failed.filter_map(|r| r.run.as_ref()) {
        let base = facts.past.bases.iter().find(|b| b.workflow == run.workflow);
        if let Some(base) = base
            && !drawn.contains(&run.workflow)
        {
            drawn.push(run.workflow);
            blocks.extend(picture(&run.name, base));
        }
    }
    blocks
}

fn fixed_line(fixed: &Fixed) -> Line {
    let mut line = line![
        strong(fixed.workflow.clone()),
        " passes ",
        link("again", fixed.url.clone())
    ];
    match &fixed.failed_at {
        Some(failed) if failed != &fixed.by => {
            line.extend(line![
                ": failed at ",
                code(failed.short()),
                ", fixed by ",
                code(fixed.by.short())
            ]);
        }
        _ => line.extend(line![" at ", code(fixed.by.short()), ", without a change"]),
    }
    line
}

/// Where what people say is kept, a finding has an id to name it by.
fn finding_with_id(finding: &Finding) -> Vec<Block> {
    let mut blocks = finding_blocks(finding);
    if let Some(print) = &finding.fingerprint {
        let command = format!("/waterline dismiss {} REASON", short(&print.0));
        blocks.push(Block::Note(line!["Not worth telling? ", code(command)]));
    }
    blocks
}

fn finding_blocks(finding: &Finding) -> Vec<Block> {
    let mut blocks = vec![
        Block::Paragraph(headline(finding)),
        Block::Paragraph(line![finding.summary.clone()]),
    ];
    if let Some(judged) = &finding.is_it_me {
        blocks.push(Block::Paragraph(judged.said.clone()));
    }
    if !finding.excerpts.is_empty() {
        blocks.push(Block::Excerpt(in_log_order(finding)));
    }
    if let Some(line) = log_links(finding) {
        blocks.push(Block::Paragraph(line));
    }
    blocks.extend(reported::blocks(finding));
    blocks.extend(what_now(finding));
    // A single test or place mostly stands in the excerpt already, yet it is what one copies.
    blocks.extend(named("Failing tests", &finding.tests));
    blocks.extend(named("Places", &finding.locations));
    blocks
}

/// The excerpts in the order of the log.
fn by_line(finding: &Finding) -> Vec<&Excerpt> {
    let mut excerpts: Vec<_> = finding.excerpts.iter().collect();
    excerpts.sort_by_key(|e| e.first);
    excerpts
}

/// The excerpts as they stand in the log, which is how a person reads them; a line of dots
/// stands for what was left out between two. (Scripts get them best first.)
fn in_log_order(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    let mut next = None;
    for excerpt in by_line(finding) {
        if next.is_some_and(|next| excerpt.first > next) {
            lines.push("⋮".to_owned());
        }
        lines.extend(excerpt.text.iter().cloned());
        next = Some(excerpt.last + 1);
    }
    lines
}

fn headline(finding: &Finding) -> Line {
    let mut line: Line = line!["❌ "];
    line.push(strong(place(finding)));
    match &finding.step {
        Some(step) if !step.trim().is_empty() => {
            line.extend(line![" failed in ", code(step.clone())])
        }
        _ => line.push(" failed".into()),
    }
    if let (Some(workflow), false) = (&finding.workflow, finding.jobs.is_empty()) {
        line.extend(line![" of ", workflow.clone()]);
    }
    if let Some(judged) = &finding.is_it_me {
        line.extend(line![": ", strong(judged.origin.label())]);
    }
    line
}

/// "Log lines 12–14, 80", each linked where GitHub has a page for it.
fn log_links(finding: &Finding) -> Option<Line> {
    if finding.excerpts.is_empty() {
        let url = finding.jobs.first().and_then(|j| j.url.clone())?;
        return Some(line![link("The log", url)]);
    }
    let mut line: Line = line![
        if finding.excerpts.iter().map(|e| e.text.len()).sum::<usize>() == 1 {
            "Log line "
        } else {
            "Log lines "
        }
    ];
    for (index, excerpt) in by_line(finding).into_iter().enumerate() {
        if index > 0 {
            line.push(", ".into());
        }
        let text = if excerpt.first == excerpt.last {
            excerpt.first.to_string()
        } else {
            format!("{}–{}", excerpt.first, excerpt.last)
        };
        line.push(match &excerpt.url {
            Some(url) => link(text, url.clone()),
            None => text.into(),
        });
    }
    Some(line)
}

fn named(what: &str, names: &[String]) -> Option<Block> {
    if names.is_empty() {
        return None;
    }
    let mut line: Line = line![format!("{what}: ")];
    for (index, name) in names.iter().take(NAMED).enumerate() {
        if index > 0 {
            line.push(", ".into());
        }
        line.push(code(name.clone()));
    }
    if names.len() <= NAMED {
        return Some(Block::Paragraph(line));
    }
    line.push(format!(" and {} more", names.len() - NAMED).into());
    let all = names.iter().map(|n| line![code(n.clone())]).collect();
    Some(Block::Fold {
        summary: line![format!("{what}: {}", names.len())],
        blocks: vec![Block::Paragraph(line), Block::List(all)],
    })
}

/// The table of failed jobs, where there is more than one.
fn job_table(facts: &Facts) -> Option<Block> {
    let rows: Vec<Vec<Line>> = facts
        .runs
        .iter()
        .flat_map(|run| run.failed.iter().map(move |job| (run, job)))
        .map(|(run, job)| {
            let name: Inline = match &job.url {
                Some(url) => link(job.name.clone(), url.clone()),
                None => job.name.clone().into(),
            };
            let workflow = run.run.as_ref().map(|r| r.name.clone()).unwrap_or_default();
            let state = match &job.log {
                Log::NotRead => "log not read",
                Log::Missing => "no log",
                Log::Forbidden { .. } => "log not readable",
                Log::Read { .. } => "log read",
            };
            vec![
                line![name],
                line![workflow],
                line![code(job.failed_step.clone().unwrap_or_default())],
                line![state],
            ]
        })
        .collect();
    if rows.len() < 2 {
        return None;
    }
    let failed = rows.len();
    let all: usize = facts.runs.iter().map(|r| r.jobs).sum();
    let header = vec![line!["Job"], line!["Workflow"], line!["Step"], line!["Log"]];
    Some(Block::Fold {
        summary: line![format!("{failed} of {all} jobs failed")],
        blocks: vec![Block::Table { header, rows }],
    })
}

/// What could not be used on the way to the answer, each once.
fn notes(facts: &Facts) -> Option<Block> {
    let reports = facts.runs.iter().flat_map(|run| &run.reports.notes);
    let faults = facts.faults.iter().map(Fault::said);
    let notes: Vec<Line> = faults.chain(reports.map(Note::line)).collect();
    let summary = match notes.len() {
        0 => return None,
        1 => "1 note on how this was read".to_owned(),
        n => format!("{n} notes on how this was read"),
    };
    Some(Block::Fold {
        summary: line![summary],
        blocks: vec![Block::List(notes)],
    })
}

fn small_print(facts: &Facts, verdict: &Verdict) -> Option<Block> {
    let mut commits: Vec<&Sha> = facts
        .runs
        .iter()
        .filter(|r| !r.failed.is_empty())
        .filter_map(|r| r.run.as_ref())
        .map(|r| &r.head_sha)
        .collect();
    commits.dedup();
    let mut line: Line = match (&commits[..], &facts.pull_request) {
        ([commit], Some(pr)) if *commit != &pr.head => {
            line![
                "At commit ",
                code(commit.short()),
                "; the head is ",
                code(pr.head.short()),
                " by now. "
            ]
        }
        ([commit], _) => line!["At commit ", code(commit.short()), ". "],
        _ => line![],
    };
    if facts.pull_request.is_some() && !verdict.findings.is_empty() {
        let read = match verdict.findings.iter().all(|f| f.reported.is_empty()) {
            true => "the logs",
            false => "logs and reports",
        };
        line.extend(line![
            format!("Read from {read} by rule, nothing guessed. Ask again with "),
            code("/waterline diagnose"),
            "."
        ]);
    }
    (!line.is_empty()).then_some(Block::Note(line))
}
