//! The journal's idea of now: the database's, where replicas share one.
//!
//! A lease that one replica's clock calls expired must not be alive by another's. So the clock
//! carries an offset to the database's, and a second one that tests move instead of sleeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, plus offsets that all clones share.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Offsets>);

#[derive(Debug, Default)]
struct Offsets {
    database: AtomicI64,
    advanced: AtomicI64,
}

impl Clock {
    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        let offsets = &self.0;
        local()
            + offsets.database.load(Ordering::Relaxed)
            + offsets.advanced.load(Ordering::Relaxed)
    }

    /// Takes over what the database says the time is.
    pub(super) fn set(&self, database_now: i64) {
        self.0
            .database
            .store(database_now - local(), Ordering::Relaxed);
    }

    /// Moves this clock and its clones forward: for tests of what happens later.
    pub fn advance(&self, by: Duration) {
        self.0.advanced.fetch_add(millis(by), Ordering::Relaxed);
    }
}

/// A duration in whole milliseconds, at most what fits.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

fn local() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, millis)
}
