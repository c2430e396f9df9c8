//! What all routes share.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use waterline_core::manifest::Origin;
use waterline_github::webhook::Secrets;

use crate::door::Budget;
use crate::health::Health;
use crate::journal::Journal;
use crate::pages::Guard;

/// How many deliveries that we had nothing to do for are remembered for the page.
const IGNORED: usize = 50;

/// The server's parts, as its routes see them.
pub(crate) struct House {
    pub(crate) journal: Journal,
    pub(crate) secrets: Secrets,
    /// GitHub's pages.
    pub(crate) web: Origin,
    pub(crate) budget: Budget,
    pub(crate) body_within: Duration,
    pub(crate) health: Health,
    pub(crate) guard: Guard,
    pub(crate) ignored: Ignored,
    /// Becomes true when bodies that still arrive are not to be waited for.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// A delivery that there was nothing to do for.
#[derive(Debug, Clone)]
pub(crate) struct Idle {
    pub(crate) event: String,
    pub(crate) action: String,
    pub(crate) repo: String,
    /// Milliseconds since 1970.
    pub(crate) at: i64,
}

/// The newest deliveries that there was nothing to do for, in memory only.
///
/// They are most of what GitHub sends, nothing hangs on them, and doing nothing twice is as good
/// as once: so they cost no row.
#[derive(Default)]
pub(crate) struct Ignored(Mutex<VecDeque<Idle>>);

impl Ignored {
    pub(crate) fn add(&self, idle: Idle) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == IGNORED {
            all.pop_back();
        }
        all.push_front(idle);
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> Vec<Idle> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}
