//! Lines that no reader knows. A telling word makes a line a candidate; how it is used decides
//! how good a one. Of many candidates the first and the last of a step are kept.

use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use crate::Location;
use crate::finding::Line;
use crate::mask;

/// Literals that make a line a candidate.
pub(crate) const WORDS: [&str; 30] = [
    "rror",
    "ERROR",
    "ERR!",
    "atal",
    "FATAL",
    "ailed",
    "ailure",
    "FAIL",
    "xception",
    "anic",
    "annot ",
    "an't ",
    "not found",
    "No such",
    "enied",
    "nable to",
    "imed out",
    "imeout",
    "nvalid",
    "xpected",
    "issing",
    "ismatch",
    "ould not",
    "not match",
    "egression",
    "REGRESSION",
    "Killed",
    "bort",
    "nsupported",
    "does not ",
];

/// How many candidates are kept from either end.
const KEPT: usize = 24;
/// How many templates are told apart.
const TEMPLATES: usize = 4096;

/// A line with its score, and the place that it or the line above it tells of.
type Candidate = (i32, Line, Option<Location>);

/// The candidates of one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loose {
    first: Vec<Candidate>,
    last: VecDeque<Candidate>,
    seen: HashMap<u64, u32>,
}

impl Loose {
    /// Offers a line that holds a telling word.
    pub(crate) fn offer(&mut self, no: u64, text: &str, at: impl FnOnce() -> Option<Location>) {
        let hash = mask::hash(text.as_bytes());
        if self.seen.len() >= TEMPLATES && !self.seen.contains_key(&hash) {
            self.seen.clear();
        }
        let times = self.seen.entry(hash).or_default();
        *times += 1;
        if *times > 1 {
            return;
        }
        let score = score(text);
        if score <= 0 {
            return;
        }
        let line = Line::new(no, text);
        if self.first.len() < KEPT {
            self.first.push((score, line, at()));
            return;
        }
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back((score, line, at()));
    }

    /// The candidates in the order of the log, with the times that each was said.
    pub(crate) fn all(&self) -> impl Iterator<Item = (i32, &Line, &Option<Location>, u32)> {
        let both = self.first.iter().chain(&self.last);
        both.map(|(score, line, at)| {
            let hash = mask::hash(line.text.as_bytes());
            let times = self.seen.get(&hash).copied().unwrap_or(1);
            (*score, line, at, times)
        })
    }
}

/// What tells of a failure in small letters, and how much each is worth.
const MARKS: [(&str, i32); 18] = [
    ("error:", 8),
    ("fatal:", 8),
    ("error ", 2),
    ("failed", 4),
    ("failure", 3),
    ("exception", 3),
    ("cannot ", 4),
    ("could not", 5),
    ("unable to", 5),
    ("not found", 5),
    ("no such file", 6),
    ("denied", 5),
    ("timed out", 5),
    ("expected", 4),
    ("mismatch", 5),
    ("missing", 4),
    ("invalid", 4),
    ("does not ", 4),
];

/// Ways of using the words that tell nothing.
const HARMLESS: [&str; 34] = [
    "0 error",
    "0 fail",
    "no error",
    "errors: 0",
    "failures: 0",
    "failed: 0",
    "error=false",
    "--error",
    "error-handling",
    "without error",
    "on-error",
    "fail-fast",
    "failfast",
    "retrying",
    "will retry",
    "if-no-files-found",
    "errorlevel",
    "... ok",
    " passed",
    "ignoring",
    "(ignored)",
    "deprecat",
    "-werror",
    "thiserror",
    "libgpg-error",
    "errors.go",
    "error_handler",
    "if an error",
    "expected to fail",
    "expected failure",
    "handled",
    "process completed with exit code",
    "continue-on-error",
    "failed to save: unable to reserve",
];

/// One automaton over both lists: a line is read once, not once for each phrase.
struct Phrases(Option<AhoCorasick>);

impl Phrases {
    fn get() -> &'static Self {
        static PHRASES: OnceLock<Phrases> = OnceLock::new();
        PHRASES.get_or_init(|| {
            let marks = MARKS.iter().map(|(mark, _)| *mark);
            Self(AhoCorasick::new(HARMLESS.into_iter().chain(marks)).ok())
        })
    }

    /// A bit for each phrase that the text holds, the harmless ones first.
    fn held(&self, low: &str) -> u64 {
        let found = self.0.iter().flat_map(|all| all.find_overlapping_iter(low));
        found.fold(0, |bits, found| bits | (1 << found.pattern().as_usize()))
    }
}

/// How much a line looks like the telling of a failure; 0 or less for one that does not.
pub(crate) fn score(text: &str) -> i32 {
    let text = text.trim();
    let low = text.to_lowercase();
    if low.is_empty() {
        return 0;
    }
    let held = Phrases::get().held(&low);
    if harmless(&low, held) || idle(text) {
        return 0;
    }
    let mut score = 1;
    const STARTS: [&str; 12] = [
        "error",
        "fatal",
        "fail",
        "[error]",
        "err!",
        "panic",
        "exception",
        "e: ",
        "error:",
        "✗",
        "✘",
        "×",
    ];
    if STARTS.iter().any(|start| low.starts_with(start)) {
        score += 10;
    }
    score += MARKS
        .iter()
        .enumerate()
        .filter(|(at, _)| held & (1 << (HARMLESS.len() + at)) != 0)
        .map(|(_, (_, worth))| worth)
        .sum::<i32>();
    if low.contains("warn") {
        score -= 8;
    }
    if text.len() > 600 {
        score -= 4;
    }
    if score > 2 && tally(&low) { 2 } else { score }
}

/// Whether a line only counts what went wrong, as a tool does at its end: `2 errors found`.
pub(crate) fn tally(low: &str) -> bool {
    const COUNTED: [&str; 22] = [
        "failed",
        "failure",
        "failures",
        "failing",
        "error",
        "errors",
        "problem",
        "problems",
        "issue",
        "issues",
        "violation",
        "violations",
        "offense",
        "offenses",
        "finding",
        "findings",
        "bad",
        "vulnerability",
        "vulnerabilities",
        "broken",
        "warning",
        "warnings",
    ];
    const BETWEEN: usize = 3;
    if low.len() > 160 {
        return false;
    }
    let mut since = usize::MAX;
    let (mut words, mut counted, mut after_label) = (0, false, false);
    for word in low.trim_end_matches([':', ' ']).split_whitespace() {
        let bare = word.trim_end_matches([',', '.', ';', '!', ')']);
        let bare = bare.trim_start_matches('(').trim_end_matches("(s");
        words += 1;
        let label = bare.strip_suffix(':').unwrap_or_default();
        let named = after_label;
        after_label = COUNTED.contains(&label);
        let number = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
        let found = bare == "found" && low.starts_with(|c: char| c.is_ascii_digit());
        since = if number { 0 } else { since.saturating_add(1) };
        counted |=
            (1..=BETWEEN).contains(&since) && COUNTED.contains(&bare) || found || named && number;
    }
    // `failed assertions: 1`
    let (label, value) = low.trim_end().rsplit_once(": ").unwrap_or_default();
    counted |= value.trim().parse::<u32>().is_ok()
        && label
            .split(' ')
            .all(|w| w.bytes().all(|b| b.is_ascii_alphabetic()))
        && label.split(' ').any(|word| COUNTED.contains(&word));
    counted && words <= 14 && !low.contains("expected")
}

/// Whether a line tells of success, or only where help is to be had: it adds nothing to a cause.
pub(crate) fn idle(text: &str) -> bool {
    const STARTS: [&str; 10] = [
        "pass ",
        "passed ",
        "ok ",
        "✓ ",
        "✔ ",
        "node.js v",
        "tip: ",
        "hint: ",
        "hint: disable ",
        "npm error run ",
    ];
    const ANYWHERE: [&str; 18] = [
        "for more info",
        "for more details",
        "for further info",
        "see the documentation",
        "more detailed explanations",
        "have detailed explanations",
        "a complete log of this run",
        "--explain",
        "run with --stacktrace",
        "rust_backtrace=",
        "to rerun ",
        "run with --info",
        "get more help at",
        "for help visit",
        "for help on",
        "to fix these ",
        "to suppress this",
        "please report incorrect",
    ];
    let low = text.trim().to_lowercase();
    STARTS.iter().any(|start| low.starts_with(start))
        || ANYWHERE.iter().any(|words| low.contains(words))
}

/// Whether the words are used in a way that tells nothing.
fn harmless(low: &str, held: u64) -> bool {
    const STARTS: [&str; 10] = [
        "+ ",
        "ok ",
        "pass",
        "[info]",
        "info",
        "debug",
        "downloading",
        "✓",
        "✔",
        "  ✓",
    ];
    low.ends_with("  0")
        || low.ends_with("s 0")
        || held & ((1 << HARMLESS.len()) - 1) != 0
        || STARTS.iter().any(|word| low.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_score_and_reports_of_success_do_not() {
        assert!(score("error: could not open x") > score("the error page"));
        assert_eq!(score("Tests: 0 failed, 3 passed"), 0);
        assert_eq!(score("test parses_error ... ok"), 0);
    }

    #[test]
    fn counts_tell_little() {
        for text in [
            "  1 test failed",
            "Found 2 errors in 2 files (checked 14 source files)",
            "Failed: 1 failure(s), 0 warning(s) on 14 files.",
            "[run] summary: 61 good, 1 bad",
            "1 forbidden marker(s) found",
            "Total errors: 1, Skipped: 0",
            "Failed Assertions: 1",
            "lib/cart.rb -- 1 warning:",
        ] {
            assert!(tally(&text.to_lowercase()), "{text}");
        }
        for text in ["case 3: want 90 have 100", "src/a.c:3:4: error: bad call"] {
            assert!(!tally(text), "{text}");
        }
    }

    #[test]
    fn repetitions_count_once() {
        let mut loose = Loose::default();
        for n in 0..100 {
            loose.offer(n, &format!("error: attempt {n}"), || None);
        }
        let all: Vec<_> = loose.all().collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].3, 100);
    }
}
