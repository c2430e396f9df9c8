//! Puts what was found in a step in order. A finding starts with the score of its tier; what
//! the runner marked, how near the end it stands, and whether a passing run said it too move it.

use crate::finding::{Finding, Line};
use crate::rule::{First, Tier};
use crate::step::Segment;
use crate::store::Store;
use crate::{Baseline, Category, command, look, names, place};

/// So many of the last lines may be the cause for being last.
const LAST: usize = 4;

/// A finding with its score.
pub(crate) struct Ranked {
    pub(crate) score: i32,
    pub(crate) finding: Finding,
}

/// The findings of a step, best first.
pub(crate) fn rank(segment: &Segment, baseline: Option<&Baseline>) -> Vec<Ranked> {
    let Some(store) = &segment.store else {
        return Vec::new();
    };
    let failed: Vec<Vec<String>> = store.tests.all.iter().map(|t| names::words(t)).collect();
    let telling: Vec<&str> = store
        .findings
        .iter()
        .filter(|f| f.first == First::Said && !f.said.is_empty() && f.test.is_some())
        .map(|f| f.name)
        .collect();
    let mut all: Vec<Ranked> = store
        .findings
        .iter()
        .map(|finding| {
            let mut finding = finding.clone();
            promote(&mut finding, &failed);
            let mut score = score(&finding, segment, baseline);
            // A test that only is named comes after one whose report says what is wrong.
            if finding.test.is_some() && finding.said.is_empty() && telling.contains(&finding.name)
            {
                score -= 6;
            }
            Ranked { score, finding }
        })
        .collect();
    all.extend(loose(store, segment, baseline));
    all.extend(fresh(store, segment, baseline));
    all.extend(tail(store, segment, baseline));
    all.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then(a.finding.lead().no.cmp(&b.finding.lead().no))
    });
    // What only warns is told beside a cause, or not at all.
    if all.first().is_some_and(|best| best.finding.warns()) {
        all.clear();
    }
    all
}

/// What a test wrote counts as its failure once the test is known to have failed.
fn promote(finding: &mut Finding, failed: &[Vec<String>]) {
    let Some(test) = finding
        .test
        .as_deref()
        .filter(|_| finding.tier == Tier::Exception)
    else {
        return;
    };
    let words = names::words(test);
    if failed.iter().any(|name| names::same(name, &words)) {
        finding.tier = Tier::Failure;
        finding.category = Some(Category::Test);
        finding.refine = true;
    } else if finding.category == Some(Category::Test) {
        finding.tier = Tier::Wrapper;
    }
}

fn score(finding: &Finding, segment: &Segment, baseline: Option<&Baseline>) -> i32 {
    if finding.warns() {
        return 0;
    }
    let mut score = finding.tier.score();
    if finding.annotated && finding.tier <= Tier::Fatal {
        score += 5;
    }
    let message = finding.message();
    // What only counts, or says where help is, or that something else failed, comes after that.
    if finding.tier <= Tier::Fatal && (empty(message) || finding.refine && passes_on(message)) {
        score -= 15;
    }
    match finding.tier {
        Tier::Exception if passes_on(message) => {}
        Tier::Exception => score += nearness(finding.lead().no, segment),
        // Of several tools that give up the first one is to be believed, not the last.
        Tier::Fatal => score += nearness(finding.lead().no, segment) / 2,
        _ => {}
    }
    if baseline.is_some_and(|base| base.knows(&finding.lead().text)) {
        score -= 60;
    }
    score
}

/// Whether a message is a count or an advice.
fn empty(message: &str) -> bool {
    crate::loose::idle(message) || crate::loose::tally(&message.to_lowercase())
}

/// Whether a message only says that another program failed.
fn passes_on(message: &str) -> bool {
    const WORDS: [&str; 25] = [
        "CalledProcessError",
        "returned non-zero exit status",
        " failed!",
        "SystemExit",
        "exited with code",
        "failed due to",
        "Build failed",
        "build failed",
        "did NOT complete",
        "Aborted with",
        "aborting build",
        "Cannot build '",
        "program exited with",
        "Program exited with",
        "Exiting due to",
        "all later migrations canceled",
        "An error occurred while running",
        "VALIDATION FAILED",
        "Unable to build website",
        "failed (exit status",
        "operation failed",
        "completed with warnings",
        "Aborting deploy",
        "Compilation failed",
        "error compiling",
    ];
    WORDS.iter().any(|word| message.contains(word))
}

/// How near the end of its step a line stands.
fn nearness(no: u64, segment: &Segment) -> i32 {
    let end = segment.exit_line.unwrap_or(segment.last);
    match end.saturating_sub(no) {
        0..=4 => 8,
        5..=20 => 5,
        21..=60 => 2,
        _ => 0,
    }
}

fn loose(store: &Store, segment: &Segment, baseline: Option<&Baseline>) -> Vec<Ranked> {
    store
        .loose
        .all()
        .filter(|(_, line, _, _)| !store.wrapped.contains(&line.no))
        .map(|(worth, line, at, times)| {
            let mut score = 26 + worth.min(24) + nearness(line.no, segment);
            if times > 3 {
                score -= 6;
            }
            if baseline.is_some_and(|base| base.knows(&line.text)) {
                score -= 40;
            }
            if passes_on(&line.text) {
                score -= 8;
            }
            let mut ranked = ranked("a line with a telling word", score, line);
            ranked.finding.at.clone_from(at);
            ranked
        })
        .collect()
}

fn fresh(store: &Store, segment: &Segment, baseline: Option<&Baseline>) -> Vec<Ranked> {
    if baseline.is_none() {
        return Vec::new();
    }
    store
        .fresh
        .iter()
        .filter(|line| line.no >= segment.body && !store.wrapped.contains(&line.no))
        .rev()
        .take(6)
        .map(|line| {
            ranked(
                "not in the passing run",
                28 + nearness(line.no, segment),
                line,
            )
        })
        .collect()
}

/// The last lines, for a step that says nothing that anybody knows.
fn tail(store: &Store, segment: &Segment, baseline: Option<&Baseline>) -> Vec<Ranked> {
    let listed = command::lints(&text(segment));
    store
        .tail
        .iter()
        .filter(|line| line.text.contains(char::is_alphanumeric) && !crate::loose::idle(&line.text))
        .enumerate()
        .filter(|(_, line)| !baseline.is_some_and(|base| base.knows(&line.text)))
        .filter_map(|(at, line)| {
            let place = i32::try_from(at).unwrap_or(4);
            // A linter that only lists files begins with the first of them.
            let file = listed && look::path(&line.text).is_some();
            let score = match listed {
                _ if line.text.starts_with("[INFO]") => return None,
                _ if finds(&line.text) => 30 + place.min(8) / 2,
                _ if file => 28 + place.min(8),
                _ if at >= LAST => return None,
                true if empty(&line.text) => 20,
                true => 22 + place,
                false if empty(&line.text) => 17 - place,
                false => 26 - place * 2,
            };
            let mut ranked = ranked("the last words before the exit", score, line);
            ranked.finding.at = place::told(&line.text);
            Some(ranked)
        })
        .collect()
}

/// Whether a line is what a tool found at a place that it begins with: `a.x:2:11: not known`.
fn finds(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let closed = first.ends_with(':') && first.matches(':').count() >= 2;
    closed && words.next().is_some() && place::told(text).is_some()
}

fn ranked(name: &'static str, score: i32, line: &Line) -> Ranked {
    let mut finding = Finding::new(name, Tier::Loose, line.clone());
    finding.refine = true;
    Ranked { score, finding }
}

/// The header and the command of a step.
pub(crate) fn text(segment: &Segment) -> String {
    let header = segment.header.as_deref().unwrap_or_default();
    format!("{header}\n{}", segment.command)
}
