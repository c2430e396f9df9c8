//! Carrying SQLite's log over into its file, beside the writer and not in its way.
//!
//! A commit is a flush of the log; what it says is copied into the file later. SQLite does that
//! within the commit that makes the log long, and every delivery that comes meanwhile waits. So a
//! connection of its own does it as the log grows: writers go on beside it. The writer still has
//! its own bound (see `dialect`), and then finds little left to copy before the log starts anew.

use std::time::Duration;

use sqlx::AnyPool;
use tokio::task::JoinHandle;

/// So much is in the log when it is carried over, in bytes: often enough to leave little, and
/// rarely enough that its own flushes do not count.
const AFTER: usize = 6 << 20;
/// What a commit weighs besides what was written: the last page of each index.
const COMMIT: usize = 48 << 10;
/// How long an end waits for one that is under way.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Does so, where there is a log.
pub(super) struct Checkpoints {
    pool: Option<AnyPool>,
    grown: usize,
    running: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// For a pool with a connection to spare; none where the database looks after itself.
    pub(super) fn new(pool: Option<AnyPool>) -> Self {
        Self {
            pool,
            grown: 0,
            running: None,
        }
    }

    /// Something of about this size was committed.
    pub(super) fn committed(&mut self, bytes: usize) {
        let Some(pool) = &self.pool else { return };
        self.grown += bytes + COMMIT;
        let busy = self.running.as_ref().is_some_and(|run| !run.is_finished());
        if self.grown >= AFTER && !busy {
            self.grown = 0;
            self.running = Some(tokio::spawn(carry(pool.clone())));
        }
    }

    /// Lets one end that is under way, and closes the connection.
    pub(super) async fn end(self) {
        if let Some(running) = self.running {
            let _ = tokio::time::timeout(END_WITHIN, running).await;
        }
        if let Some(pool) = self.pool {
            pool.close().await;
        }
    }
}

/// Copies as much as it can without anybody having to wait.
async fn carry(pool: AnyPool) {
    let done = sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&pool)
        .await;
    if let Err(error) = done {
        // The writer does it itself when the log is long enough.
        tracing::warn!(%error, "the database's log could not be carried over");
    }
}
