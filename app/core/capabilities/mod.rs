//! The one list of what Waterline can do.
//!
//! A capability is a folder here and a line in `ALL`. Whatever can be derived from its type is:
//! nothing else in the project lists capabilities by hand.

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
