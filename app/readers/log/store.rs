//! What was found in one step. Bounded: the strongest findings stay, repetitions are counted.

use std::collections::HashSet;

use crate::finding::{Finding, Line};
use crate::loose::Loose;
use crate::names::{self, Names};
use crate::rule::Tier;

/// The most findings of a step.
const FINDINGS: usize = 240;
/// The most names of tests.
const TESTS: usize = 400;
/// The most lines of each other kind.
const LINES: usize = 64;
/// The most attempts to add to a full store: work is bounded as well as memory.
const ATTEMPTS: usize = 20_000;

/// What was found in one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) findings: Vec<Finding>,
    words: Vec<Vec<String>>,
    pub(crate) tests: Names,
    known: HashSet<String>,
    pub(crate) notes: Vec<(&'static str, Line)>,
    pub(crate) loose: Loose,
    /// The last lines before the end of the step, newest first.
    pub(crate) tail: Vec<Line>,
    /// Lines that only pass a failure on.
    pub(crate) wrapped: Vec<u64>,
    /// Lines of the step that no passing run had, from its end.
    pub(crate) fresh: std::collections::VecDeque<Line>,
    attempts: usize,
    /// No finding of a full store is weaker than this.
    floor: Option<Tier>,
    /// Whether something did not fit.
    pub(crate) full: bool,
}

impl Store {
    /// Adds a finding, or counts it when it says what another one said.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.attempts += 1;
        if self.attempts > ATTEMPTS {
            self.full = true;
            return;
        }
        if let Some(test) = finding.test.clone()
            && finding.tier >= Tier::Summary
        {
            self.name(&test);
        }
        let words = finding.test.as_deref().map_or_else(Vec::new, names::words);
        if let Some(at) = self.twin(&finding, &words) {
            merge(&mut self.findings[at], finding);
            return;
        }
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
            self.words.push(words);
            return;
        }
        self.full = true;
        // What is kept only grows stronger, so what was too weak once is too weak for ever.
        if self.floor.is_some_and(|floor| finding.tier <= floor) {
            return;
        }
        let weakest = (0..self.findings.len()).min_by_key(|at| {
            let old = &self.findings[*at];
            (old.tier, std::cmp::Reverse(old.head.no))
        });
        if let Some(at) = weakest {
            self.floor = Some(self.findings[at].tier);
            if self.findings[at].tier < finding.tier {
                self.findings[at] = finding;
                self.words[at] = words;
            }
        }
    }

    /// Adds the name of a failing test.
    pub(crate) fn name(&mut self, test: &str) {
        if self.known.len() < TESTS * 4 && self.known.insert(test.to_owned()) {
            self.tests.add(test, TESTS);
        }
    }

    /// Keeps a line that adds to the findings.
    pub(crate) fn note(&mut self, name: &'static str, line: Line) {
        if self.notes.len() < LINES {
            self.notes.push((name, line));
        }
    }

    /// Remembers that a line only passes a failure on.
    pub(crate) fn wrap(&mut self, no: u64) {
        if self.wrapped.len() == LINES {
            self.wrapped.remove(0);
        }
        self.wrapped.push(no);
    }

    /// Keeps a line that no passing run had.
    pub(crate) fn fresh(&mut self, no: u64, text: &str) {
        if self.fresh.len() == LINES {
            self.fresh.pop_front();
        }
        self.fresh.push_back(Line::new(no, text));
    }

    /// The finding that says the same.
    fn twin(&self, new: &Finding, words: &[String]) -> Option<usize> {
        (0..self.findings.len()).find(|at| {
            let old = &self.findings[*at];
            if !words.is_empty() && !self.words[*at].is_empty() {
                return names::same(&self.words[*at], words);
            }
            // The same words at another place are another failure, once one of them has a test.
            let one = old.test.is_some() != new.test.is_some();
            let apart = one && old.at.is_some() && new.at.is_some() && old.at != new.at;
            old.key == new.key && (old.test.is_none() || new.test.is_none()) && !apart
        })
    }
}

fn merge(old: &mut Finding, new: Finding) {
    old.times += 1;
    if old.at.is_none() {
        old.at = new.at;
    }
    if old.test.is_none() {
        old.test = new.test;
    }
    let (had, has) = (!old.said.is_empty(), !new.said.is_empty());
    let marked = new.annotated && !old.annotated && !had && !has && new.tier == old.tier;
    if (new.tier > old.tier && (has || !had)) || (new.tier == old.tier && has && !had) || marked {
        old.name = new.name;
        old.by = new.by;
        old.head = new.head;
        old.said = new.said;
        old.more = new.more;
        old.frame = new.frame;
        old.first = new.first;
        old.key = new.key;
    } else if has && !had && new.tier == Tier::Summary && old.more.len() < 12 {
        old.more.push(new.head);
    }
    if new.tier > old.tier {
        old.tier = new.tier;
        old.category = new.category;
        old.refine = new.refine;
    }
    old.annotated |= new.annotated;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_counted_and_strong_findings_displace_weak_ones() {
        let mut store = Store::default();
        for n in 0..1000 {
            store.add(Finding::new(
                "x",
                Tier::Loose,
                Line::new(n, "error: same 5"),
            ));
        }
        assert_eq!((store.findings.len(), store.findings[0].times), (1, 1000));
        for n in 0..1000 {
            let text = format!("error {}", "x".repeat(n as usize));
            store.add(Finding::new("x", Tier::Loose, Line::new(n, &text)));
        }
        store.add(Finding::new("y", Tier::Failure, Line::new(7, "strong")));
        assert_eq!(store.findings.len(), FINDINGS);
        assert!(store.findings.iter().any(|f| f.name == "y"));
    }
}
