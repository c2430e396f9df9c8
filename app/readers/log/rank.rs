//! Puts what was found in a step in order. A finding starts with the score of its tier; what
//! the runner marked, how near the end it stands, and whether a passing run said it too move it.

use crate::finding::{Finding, Line};
use crate::rule::Tier;
use crate::step::Segment;
use crate::store::Store;
use crate::{Baseline, Category, command, look, names};

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
    let mut all: Vec<Ranked> = store
        .findings
        .iter()
        .map(|finding| {
            let mut finding = finding.clone();
            promote(&mut finding, &failed);
            let score = score(&finding, segment, baseline);
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
    let mut score = finding.tier.score();
    if finding.annotated && finding.tier <= Tier::Fatal {
        score += 5;
    }
    match finding.tier {
        Tier::Exception if passes_on(finding.message()) => score -= 15,
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

/// Whether an exception only says that another program failed.
fn passes_on(message: &str) -> bool {
    const WORDS: [&str; 5] = [
        "CalledProcessError",
        "returned non-zero exit status",
        " failed!",
        "SystemExit",
        "exited with code",
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
        .filter(|(_, line, _)| !store.wrapped.contains(&line.no))
        .map(|(worth, line, times)| {
            let mut score = 26 + worth.min(24) + nearness(line.no, segment);
            if times > 3 {
                score -= 6;
            }
            if baseline.is_some_and(|base| base.knows(&line.text)) {
                score -= 40;
            }
            ranked("a line with a telling word", score, line)
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
        .take(4)
        .enumerate()
        .filter(|(_, line)| !baseline.is_some_and(|base| base.knows(&line.text)))
        .map(|(at, line)| {
            let place = i32::try_from(at).unwrap_or(4);
            // A linter that only lists files begins with the first of them.
            let score = match listed {
                true if look::path(&line.text).is_some() => 28 + place,
                true => 22 + place,
                false => 26 - place * 2,
            };
            ranked("the last words before the exit", score, line)
        })
        .collect()
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
