//! The one list of what Waterline can do.
//!
//! A capability is a folder here and a line in `ALL`. Whatever can be derived from its type is:
//! nothing else in the project lists capabilities by hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::Entry;

pub mod diagnose;

/// Every capability, in the order in which help and documentation show them.
pub static ALL: &[Entry] = &[Entry::of::<diagnose::Diagnose>()];

/// The names of all capabilities: the sections that the configuration may have.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|entry| entry.name).collect()
}

/// The capability of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// What commands and the configuration need, whatever is switched on: to read
/// `.github/waterline.yml`, to show that it is broken, to react and to reply.
const FOR_ALL: &[(&str, &str)] = &[
    ("checks", "write"),
    ("contents", "read"),
    ("issues", "write"),
    ("metadata", "read"),
    ("pull_requests", "write"),
];

/// The permissions that the App needs, and not one more: GitHub's name and `read` or `write`.
#[must_use]
pub fn permissions() -> BTreeMap<&'static str, &'static str> {
    let mut all = BTreeMap::new();
    for (name, level) in FOR_ALL.iter().chain(ALL.iter().flat_map(|e| e.permissions)) {
        let held = all.entry(*name).or_insert(*level);
        if *level == "write" {
            *held = "write";
        }
    }
    all
}

/// The webhook events that the App subscribes to.
#[must_use]
pub fn events() -> BTreeSet<&'static str> {
    ALL.iter()
        .flat_map(|e| e.events)
        .copied()
        .chain(["issue_comment"])
        .collect()
}
