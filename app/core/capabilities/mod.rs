//! The one list of what Waterline can do.
//!
//! A capability is a folder here and a line in `ALL`. Whatever can be derived from its type is:
//! nothing else in the project lists capabilities by hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::{Entry, Grant};

pub mod diagnose;
pub mod dismiss;
pub mod dismissed;
pub mod flaky;
pub mod gate;
pub mod rerun;

/// Every capability, in the order in which help and documentation show them.
pub static ALL: &[Entry] = &[
    Entry::of::<diagnose::Diagnose>(),
    Entry::of::<rerun::Rerun>(),
    Entry::of::<dismiss::Dismiss>(),
    Entry::of::<flaky::Flaky>(),
    Entry::of::<dismissed::Dismissed>(),
    Entry::of::<gate::Gate>(),
];

/// The keys that the configuration may have: mostly a section for each capability.
#[must_use]
pub fn keys() -> Vec<&'static str> {
    ALL.iter().flat_map(|entry| entry.keys).copied().collect()
}

/// The capability of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// What commands and the configuration need, whatever is switched on: to read
/// `.github/waterline.yml`, to show that it is broken, to react and to reply.
const FOR_ALL: &[Grant] = &[
    (
        "checks",
        "write",
        "a red `waterline/config` where the configuration is broken",
    ),
    (
        "contents",
        "read",
        "`.github/waterline.yml` on the default branch",
    ),
    (
        "issues",
        "write",
        "replies and reactions to commands below issues",
    ),
    (
        "metadata",
        "read",
        "what a commenter may do in the repository; GitHub requires it of every App",
    ),
    (
        "pull_requests",
        "write",
        "replies and reactions to commands below pull requests",
    ),
];

/// The event of every command.
const COMMENTED: &str = "issue_comment";

/// A permission as it is asked for, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// GitHub's name.
    pub name: &'static str,
    /// The highest level that anybody needs: `read` or `write`.
    pub level: &'static str,
    /// Why, a few words for each that needs it.
    pub why: Vec<&'static str>,
}

/// The permissions that these capabilities need, and not one more, by name.
#[must_use]
pub fn asked_by(entries: &[Entry]) -> Vec<Asked> {
    let mut all: BTreeMap<&str, Asked> = BTreeMap::new();
    let grants = entries.iter().flat_map(|entry| entry.permissions);
    for (name, level, why) in grants.chain(FOR_ALL).copied() {
        let asked = all.entry(name).or_insert(Asked {
            name,
            level,
            why: Vec::new(),
        });
        if level == "write" {
            asked.level = level;
        }
        if !asked.why.contains(&why) {
            asked.why.push(why);
        }
    }
    all.into_values().collect()
}

/// The permissions that the App needs: GitHub's name and `read` or `write`.
#[must_use]
pub fn permissions() -> BTreeMap<&'static str, &'static str> {
    let asked = asked_by(ALL).into_iter();
    asked.map(|asked| (asked.name, asked.level)).collect()
}

/// The webhook events that these capabilities act on, and that of commands.
#[must_use]
pub fn events_of(entries: &[Entry]) -> BTreeSet<&'static str> {
    let events = entries.iter().flat_map(|entry| entry.events).copied();
    events.chain([COMMENTED]).collect()
}

/// The webhook events that the App subscribes to.
#[must_use]
pub fn events() -> BTreeSet<&'static str> {
    events_of(ALL)
}
