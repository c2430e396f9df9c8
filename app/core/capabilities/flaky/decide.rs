//! Which tests are meant, and that they are flaky. Pure.
//!
//! A command is ASCII, and test names are not always. So a name is compared by its letters and
//! digits alone where it does not fit as it is, and the id of a finding stands for its tests.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::model::{About, Saying};
use crate::saying::{self, KEPT, NAME};

/// The most tests that an id may stand for: more of them at once are no flake.
pub const TESTS: usize = 20;

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    /// They are known flakes from now on.
    Flaky {
        /// What is kept, a test each.
        sayings: Vec<Saying>,
        /// Whether the newest diagnosis here names them.
        seen: bool,
    },
    /// They are judged like any other again.
    TakenBack {
        /// What had been said.
        sayings: Vec<Saying>,
    },
    /// Nothing of that name was said to be flaky.
    NotFlaky,
    /// No finding of the newest diagnosis here has that id, or it has no test.
    Unknown {
        /// The failing tests of the newest diagnosis.
        candidates: Vec<String>,
    },
    /// Several could be meant.
    Ambiguous {
        /// These.
        candidates: Vec<String>,
    },
    /// The name is longer than one, or stands for too many.
    TooMuch,
}

pub(super) fn decide(facts: &Facts) -> Verdict {
    if facts.undo {
        return take_back(facts);
    }
    let long = |name: &String| name.chars().count() > NAME;
    if facts.test.is_empty() || long(&facts.test) {
        return Verdict::TooMuch;
    }
    let (tests, seen) = match named(facts) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    if tests.len() > TESTS || tests.iter().any(long) {
        return Verdict::TooMuch;
    }
    let saying = |test: String| Saying {
        title: saying::title(&test),
        about: About::Test(test),
        by: facts.asked.by.clone(),
        reason: String::new(),
        at: facts.at,
        until: facts.at + KEPT,
        url: facts.asked.url.clone(),
    };
    Verdict::Flaky {
        sayings: tests.into_iter().map(saying).collect(),
        seen,
    }
}

/// The tests that are meant, and whether the newest diagnosis names them.
fn named(facts: &Facts) -> Result<(Vec<String>, bool), Verdict> {
    let mut failing: Vec<String> = Vec::new();
    for test in facts.diagnosed.iter().flat_map(|d| &d.tests) {
        if !failing.contains(test) {
            failing.push(test.clone());
        }
    }
    if failing.contains(&facts.test) {
        return Ok((vec![facts.test.clone()], true));
    }
    if let Some(id) = saying::id(&facts.test) {
        let begins = |d: &&saying::Diagnosed| {
            let print = d.fingerprint.as_ref();
            print.is_some_and(|print| print.0.starts_with(&id))
        };
        let mut found = facts.diagnosed.iter().filter(begins);
        return match (found.next(), found.next()) {
            (Some(one), None) if !one.tests.is_empty() => Ok((one.tests.clone(), true)),
            (Some(_), Some(_)) => Err(Verdict::Ambiguous {
                candidates: failing,
            }),
            _ => Err(Verdict::Unknown {
                candidates: failing,
            }),
        };
    }
    let alike: Vec<String> = failing
        .into_iter()
        .filter(|test| letters(test) == letters(&facts.test))
        .collect();
    match alike.len() {
        // It may fail elsewhere, or have failed long ago.
        0 => Ok((vec![facts.test.clone()], false)),
        1 => Ok((alike, true)),
        _ => Err(Verdict::Ambiguous { candidates: alike }),
    }
}

/// The words of ASCII letters and digits in a name.
fn letters(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
    words.collect()
}

fn take_back(facts: &Facts) -> Verdict {
    let tests: Vec<(&str, &Saying)> = facts
        .sayings
        .iter()
        .filter_map(|s| match &s.about {
            About::Test(name) => Some((name.as_str(), s)),
            About::Failure(_) => None,
        })
        .collect();
    let by_name = tests.iter().filter(|(name, _)| *name == facts.test);
    let mut found: Vec<&Saying> = by_name.map(|(_, s)| *s).collect();
    if found.is_empty() {
        let id = saying::id(&facts.test);
        let begins = |s: &Saying| id.as_ref().is_some_and(|id| s.about.id().starts_with(id));
        found = tests
            .iter()
            .map(|(_, s)| *s)
            .filter(|s| begins(s))
            .collect();
    }
    if found.is_empty() && !letters(&facts.test).is_empty() {
        let same = tests
            .iter()
            .filter(|(name, _)| letters(name) == letters(&facts.test));
        found = same.map(|(_, s)| *s).collect();
    }
    match &found[..] {
        [] => Verdict::NotFlaky,
        [one] => Verdict::TakenBack {
            sayings: vec![(*one).clone()],
        },
        several => Verdict::Ambiguous {
            candidates: several.iter().map(|s| s.title.clone()).collect(),
        },
    }
}
