//! By what a failure is known again: in another run, on another branch, on another pull request.
//!
//! It is made of the kind of failure, the failing tests, the lines of the best cause, and the job
//! without its matrix. What changes from run to run is taken out first: numbers, times, hashes,
//! random names, and where on a machine the code lay. What says nothing has no fingerprint, so
//! that two jobs which only "completed with exit code 1" are never called the same.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use sha2::{Digest as _, Sha256};
use waterline_log::{Category, Reading};

use super::facts::{JobFacts, Log};
use crate::model::Fingerprint;
use crate::redact::redact;

/// Bytes of the hash that are kept: enough for a repository, short enough to be read aloud.
const BYTES: usize = 8;
/// The most lines of a cause that count; behind them a tool mostly repeats itself.
const LINES: usize = 8;

/// What changes from run to run, and what stands for it. The order matters.
const MASKS: &[(&str, &str)] = &[
    // Terminal colours, where a tool forced them.
    (r"\x1b\[[0-9;]*m", ""),
    // The host of an address is part of a message; its port and what lies behind are not.
    (
        r#"\b([A-Za-z][A-Za-z0-9+.-]{1,15}://)(?:[^\s/@'"<>]*@)?([A-Za-z0-9.-]+)[^\s'"<>)\]]*"#,
        "$1$2",
    ),
    (
        r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?",
        "<time>",
    ),
    (r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?", "<time>"),
    (
        r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,4}(?:,? \d{4})?",
        "<time>",
    ),
    (
        r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "<id>",
    ),
    (r"(?i)\b0x[0-9a-f]+\b", "<id>"),
    (
        r"(?i)\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
        "<time>",
    ),
];
static MASK: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compiled = MASKS.iter();
    compiled
        .filter_map(|(p, to)| Some((Regex::new(p).ok()?, *to)))
        .collect()
});
/// A path of two segments or more, of either system.
static PATH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:[A-Za-z]:)?[\\/]?(?:[\w.@+~-]+[\\/])+[\w.@+~-]+").ok());
/// A word in which a random name could hide.
static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9_-]{6,}").ok());
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d+(?:[.,]\d+)*").ok());
/// `spec/cart_spec.rb:12`: a test that is named by its line.
static AT_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\.\w{1,5}):\d+(?::\d+)?").ok());
/// What a runner says of every step that fails.
static SAYS_NOTHING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)exit(?:ed with)?(?: with)?(?: code| status)|^\W*(?:error|failed)\W*$").ok()
});
/// Words of a job's name that tell the machine, not the work.
const MACHINES: &[&str] = &[
    "ubuntu", "linux", "macos", "mac", "osx", "darwin", "windows", "win", "latest", "arm", "arm64",
    "aarch64", "x64", "x86", "amd64", "musl", "gnu", "msvc",
];

/// The fingerprint of what a job's log tells; none where it tells nothing that could be known
/// again.
pub(super) fn of_job(job: &str, log: &Log) -> Option<Fingerprint> {
    match log {
        Log::Read { reading, .. } => of(job, reading),
        _ => None,
    }
}

/// The jobs that failed in different ways, each with its fingerprint; those without one are left
/// out.
pub(super) fn each_once<'a>(
    jobs: impl IntoIterator<Item = &'a JobFacts>,
) -> Vec<(&'a JobFacts, Fingerprint)> {
    let mut found: Vec<(&JobFacts, Fingerprint)> = Vec::new();
    for job in jobs {
        if let Some(print) = of_job(&job.name, &job.log)
            && found.iter().all(|(_, known)| *known != print)
        {
            found.push((job, print));
        }
    }
    found
}

fn of(job: &str, reading: &Reading) -> Option<Fingerprint> {
    let lines = lines(reading);
    if reading.category == Category::Inconclusive || (lines.is_empty() && reading.tests.is_empty())
    {
        return None;
    }
    let mut tests: Vec<String> = reading.tests.iter().map(|t| test(t)).collect();
    tests.sort();
    tests.dedup();
    let mut hash = Sha256::new();
    for (what, part) in [("job", vec![bare(job)]), ("test", tests), ("line", lines)] {
        for text in part {
            hash.update(format!("{what} {text}\n"));
        }
    }
    hash.update(format!("{:?}", reading.category));
    let hex = hash
        .finalize()
        .iter()
        .take(BYTES)
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    Some(Fingerprint(hex))
}

/// The lines of the best cause, without what changes from run to run.
pub(super) fn lines(reading: &Reading) -> Vec<String> {
    let best = reading.causes.first().map(|c| c.text.as_slice());
    let lines = best.unwrap_or_default().iter().map(|l| template(l));
    lines
        .filter(|l| l.chars().filter(|c| c.is_alphabetic()).count() > 2)
        .filter(|l| !SAYS_NOTHING.as_ref().is_some_and(|r| r.is_match(l)))
        .take(LINES)
        .collect()
}

/// How often a line is gone over at most; what is taken out can bring together what was apart.
const PASSES: usize = 8;

/// A line without what changes from run to run.
pub(super) fn template(line: &str) -> String {
    let mut text = line.to_owned();
    for _ in 0..PASSES {
        let next = pass(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn pass(line: &str) -> String {
    // Facts are redacted between the moment when Memory is asked and the decision.
    let mut text = redact(line).replace("***", "<id>");
    for (mask, to) in MASK.iter() {
        text = mask.replace_all(&text, *to).into_owned();
    }
    text = paths(&text);
    text = replace(&WORD, &text, |word| match looks_random(word) {
        true => "<id>".to_owned(),
        false => word.to_owned(),
    });
    text = replace(&NUMBER, &text, |_| "#".to_owned());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A test's name. Its numbers belong to it, unless they are a line's.
pub(super) fn test(name: &str) -> String {
    let mut text = redact(name).replace("***", "<id>");
    // Times and identifiers: not one of a test's own numbers looks like them.
    for (mask, to) in MASK.iter() {
        text = mask.replace_all(&text, *to).into_owned();
    }
    text = paths(&text);
    if let Some(line) = AT_LINE.as_ref() {
        text = line.replace_all(&text, "$1").into_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A job's name without the matrix and the machine.
pub(super) fn bare(job: &str) -> String {
    let name = job.split(" (").next().unwrap_or(job).to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words
        .filter(|w| w.chars().any(char::is_alphabetic))
        .filter(|w| !MACHINES.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit())))
        .filter(|w| !MACHINES.contains(w))
        .collect();
    words.join(" ")
}

/// Of each path the last two segments, which tell the file; the rest tells the machine.
fn paths(text: &str) -> String {
    replace(&PATH, text, |path| {
        let path = path.replace('\\', "/");
        let last: Vec<&str> = path.rsplit('/').take(2).filter(|s| !s.is_empty()).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("/")
    })
}

fn replace(pattern: &LazyLock<Option<Regex>>, text: &str, to: impl Fn(&str) -> String) -> String {
    match pattern.as_ref() {
        Some(pattern) => pattern
            .replace_all(text, |found: &Captures<'_>| {
                found.get(0).map(|m| to(m.as_str())).unwrap_or_default()
            })
            .into_owned(),
        None => text.to_owned(),
    }
}

/// A hash, or a name that a machine made up: digits and letters in turns.
fn looks_random(word: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let digits = word.chars().filter(|c| digit(*c)).count();
    if digits == word.chars().count() {
        // A number, however long: a run's id has seven digits one day and eight the next.
        return false;
    }
    let hex = word.chars().all(|c| c.is_ascii_hexdigit());
    if hex {
        return word.len() >= 7 && (digits > 0 || word.len() >= 32);
    }
    let kinds: Vec<bool> = word.chars().map(digit).collect();
    let turns = kinds.windows(2).filter(|w| w[0] != w[1]).count();
    digits >= 2 && turns >= 3
}

#[cfg(test)]
#[path = "fingerprint_tests.rs"]
mod tests;
