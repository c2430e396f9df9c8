//! Which jobs may run: those that head their lane, where none runs and none that is older waits.
//!
//! PostgreSQL looks each lane up in an index. To SQLite that index would be the dearest part of
//! storing a job, because lanes come in any order and each would touch a page of its own; and
//! only one process works on its file, mostly at the front of the queue. So it reads the queue
//! from its front, where the first of each lane heads it, and only as far as it must.

use super::Dialect;
use super::sql;

/// How many jobs are read from the front of the queue at first.
const FIRST: usize = 64;
/// How much farther it goes each time that these were not enough.
const FACTOR: usize = 16;

/// How far into the queue we look.
pub(super) struct Reach(usize);

impl Default for Reach {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Reach {
    /// `WITH … head (id, run_at)`: up to `$2` jobs that may run at `$1`, oldest first.
    pub(super) fn heads(&self, dialect: Dialect, skip_locked: &str) -> String {
        match dialect {
            // The bare columns beside `MIN` are those of its row: SQLite promises it.
            Dialect::Sqlite => format!(
                "WITH front AS MATERIALIZED (SELECT id, lane, run_at FROM jobs \
                 INDEXED BY jobs_queued WHERE state = 'queued' ORDER BY id LIMIT {reach}), \
                 first AS MATERIALIZED (SELECT MIN(id) AS id, lane, run_at FROM front \
                 GROUP BY lane), \
                 head AS MATERIALIZED (SELECT j.id, j.run_at FROM first AS j \
                 WHERE j.run_at <= $1 AND NOT EXISTS (SELECT 1 FROM jobs e \
                 WHERE e.lane = j.lane AND e.state = 'leased') ORDER BY j.id LIMIT $2)",
                reach = self.0
            ),
            // A running one counts whatever its number: a lower one can become visible later.
            Dialect::Postgres => format!(
                "WITH head AS MATERIALIZED (SELECT j.id, j.run_at FROM jobs AS j \
                 WHERE j.state = 'queued' AND j.run_at <= $1 AND NOT EXISTS (SELECT 1 \
                 FROM jobs e WHERE e.lane = j.lane AND e.state IN ('queued', 'leased') \
                 AND (e.id < j.id OR e.state = 'leased')) ORDER BY j.id LIMIT $2 {skip_locked})"
            ),
        }
    }

    /// Goes farther, where the queue does: true then. So many of those in reach have left it.
    pub(super) async fn farther<'c>(
        &mut self,
        on: impl sqlx::Executor<'c, Database = sqlx::Any>,
        dialect: Dialect,
        taken: usize,
    ) -> Result<bool, sqlx::Error> {
        if dialect == Dialect::Postgres {
            return Ok(false);
        }
        let text = format!(
            "SELECT 1 FROM jobs INDEXED BY jobs_queued WHERE state = 'queued' \
             ORDER BY id LIMIT 1 OFFSET {}",
            self.0.saturating_sub(taken)
        );
        self.0 = self.0.saturating_mul(FACTOR);
        let beyond = sql::rows(on, sql::ours(text), []).await?;
        Ok(!beyond.is_empty())
    }
}
