//! Which failure is meant, and whether it is dismissed. Pure.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::model::{About, Fingerprint, Saying, Sighting};
use crate::saying::{self, KEPT, REASON};

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    /// It is dismissed.
    Dismissed {
        /// What is kept.
        saying: Saying,
        /// What was said of it before, and is replaced.
        before: Option<Saying>,
    },
    /// It is told again.
    TakenBack {
        /// What had been said.
        saying: Saying,
    },
    /// Nothing of that id is dismissed.
    NotDismissed,
    /// No recent failure has that id.
    Unknown {
        /// The newest ones.
        candidates: Vec<Sighting>,
    },
    /// Several could be meant.
    Ambiguous {
        /// These.
        candidates: Vec<Sighting>,
    },
    /// The reason is longer than anybody would read in a list.
    TooLong {
        /// Its characters.
        characters: usize,
    },
}

pub(super) fn decide(facts: &Facts) -> Verdict {
    if facts.undo {
        return take_back(facts);
    }
    let characters = facts.reason.chars().count();
    if characters > REASON {
        return Verdict::TooLong { characters };
    }
    match &facts.alike[..] {
        [] => Verdict::Unknown {
            candidates: facts.recent.clone(),
        },
        [one] => dismiss(facts, one),
        several => Verdict::Ambiguous {
            candidates: several.to_vec(),
        },
    }
}

fn dismiss(facts: &Facts, seen: &Sighting) -> Verdict {
    let about = About::Failure(seen.fingerprint.clone());
    let before = facts.sayings.iter().find(|s| s.about == about).cloned();
    Verdict::Dismissed {
        saying: Saying {
            about,
            title: title(facts, &seen.fingerprint, &seen.job),
            by: facts.asked.by.clone(),
            reason: facts.reason.clone(),
            at: facts.at,
            until: facts.at + KEPT,
            url: facts.asked.url.clone(),
        },
        before,
    }
}

/// As the diagnosis calls it, or else by its job.
fn title(facts: &Facts, fingerprint: &Fingerprint, job: &str) -> String {
    let same = |d: &&saying::Diagnosed| d.fingerprint.as_ref() == Some(fingerprint);
    let found = facts.diagnosed.iter().find(same);
    match found {
        Some(found) => saying::title(&found.summary),
        None => saying::title(&format!("a failure of {job}")),
    }
}

fn take_back(facts: &Facts) -> Verdict {
    let Some(id) = saying::id(&facts.id) else {
        return Verdict::NotDismissed;
    };
    let meant = |s: &&Saying| match &s.about {
        About::Failure(fingerprint) => fingerprint.0.starts_with(&id),
        About::Test(_) => false,
    };
    let mut found = facts.sayings.iter().filter(meant);
    match (found.next(), found.next()) {
        (Some(saying), None) => Verdict::TakenBack {
            saying: saying.clone(),
        },
        (None, _) => Verdict::NotDismissed,
        // They are in the list by more digits than were written here.
        (Some(_), Some(_)) => Verdict::Ambiguous {
            candidates: facts.alike.clone(),
        },
    }
}
