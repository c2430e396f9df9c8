//! Learning failures from a repository's history, as if Waterline had been there.
//!
//! `choose` says which runs and attempts are worth reading, `slice` how history is cut into pieces
//! that GitHub lists whole, `ration` when enough of the quota was used: all three are pure. `walk`
//! asks GitHub, reads each attempt by `diagnose`'s own reader, and keeps what it learns in a
//! `Notebook` run by run, so that it can be cut off anywhere and goes on from there. `render` says
//! what came of it.

mod choose;
mod ration;
mod render;
mod slice;
mod walk;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::RepoName;
use crate::port::Quota;

pub use render::{line, render};
pub use walk::walk;

/// For so many days a failure is known again, so an older one need not be learnt.
pub const DAYS: u16 = 90;

/// What is to be learnt, and at which price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The repository.
    pub repo: RepoName,
    /// How many days of its history, up to [`DAYS`].
    pub days: u16,
    /// Percent of the hour's quota that is left to others.
    pub reserve: u8,
}

/// Until when GitHub is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// The quota has come down to its reserve; it is renewed then.
    Reserve(Timestamp),
    /// GitHub itself asks to wait so long.
    Limited(Duration),
}

/// What a backfill has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The repository.
    pub repo: RepoName,
    /// The first moment that is looked at.
    pub since: Timestamp,
    /// The last one.
    pub until: Timestamp,
    /// Runs that were listed.
    pub runs: usize,
    /// Those of them that failed in some attempt, or may have.
    pub failed: usize,
    /// Those of them that were read before.
    pub known: usize,
    /// Those of them that were read now.
    pub read: usize,
    /// Failures that were seen in them.
    pub learnt: usize,
    /// Failures of which it was learnt that a re-run passed.
    pub passed_again: usize,
    /// Failed jobs without a log that could be read.
    pub unread: usize,
    /// Seconds of history with more runs than GitHub lists.
    pub unlisted: usize,
    /// The permission without which pull requests are not counted.
    pub lacking: Option<String>,
}

impl Account {
    /// Of nothing done so far.
    #[must_use]
    pub fn new(wish: &Wish, now: Timestamp) -> Self {
        let back = jiff::SignedDuration::from_hours(24 * i64::from(wish.days));
        Self {
            repo: wish.repo.clone(),
            since: now.saturating_sub(back).unwrap_or(Timestamp::MIN),
            until: now,
            runs: 0,
            failed: 0,
            known: 0,
            read: 0,
            learnt: 0,
            passed_again: 0,
            unread: 0,
            unlisted: 0,
            lacking: None,
        }
    }
}

/// Whoever is told how it goes.
pub trait Onlooker: Send + Sync {
    /// Something was listed or read.
    fn tell(&self, account: &Account, quota: Option<Quota>);
}
