//! Reads a CI job log and finds what made it fail.
//!
//! The log arrives in chunks of any size ([`LogReader::push`]); what leaves is a
//! [`Reading`]: the failing step, the lines that are the cause (best first), a category, the
//! failing tests and the places in the code. Memory is bounded whatever the size of the log.
//!
//! The way of a line: [`split`] cuts it, [`page`] takes off what the runner put before it
//! ([`frame`]) and what a terminal would have swallowed ([`clean`]), for many lines at once;
//! [`sieve`] and [`engine`] ask one automaton which readers could care, and only those look at it
//! ([`scan`], [`look`], [`block`]). What they find is kept per step
//! ([`step`], [`store`]); at the end [`rank`] puts it in order and [`report`] tells it.
//! [`suggest`] adds what to do now, where that is certain. What is known about single tools lives
//! in [`tools`], as data.

mod baseline;
mod block;
mod clean;
mod command;
mod engine;
mod excerpt;
mod finding;
mod frame;
mod lead;
mod look;
mod loose;
mod mask;
mod matcher;
mod names;
mod options;
mod page;
mod phrases;
mod place;
mod rank;
mod reading;
mod report;
mod ring;
mod rule;
mod scan;
mod sieve;
mod split;
mod step;
mod store;
mod suggest;
mod tools;
mod topic;
mod trie;

pub use baseline::{Baseline, BaselineReader};
pub use matcher::{Matcher, MatcherError, MatcherFile, SIZE_LIMIT as MATCHERS_LIMIT};
pub use names::same_test;
pub use options::{Options, StepMeta};
pub use place::relative as in_repository;
pub use reading::{Category, Cause, LineRange, Location, Reading, StepFound, Suggestion, is_guess};
pub use scan::LogReader;

/// Reads a whole log that is already in memory.
#[must_use]
pub fn read(bytes: &[u8], options: Options) -> Reading {
    let mut reader = LogReader::new(options);
    reader.push(bytes);
    reader.finish()
}
