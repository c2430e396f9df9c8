//! Forgetting what has been kept long enough, in batches small enough that nobody waits for them.
//!
//! Payloads go first: they are a stranger's text and most of the bytes. The delivery's row stays
//! as long as GitHub may send it again, and never goes before its jobs have ended.

use std::time::Duration;

use sqlx::Row as _;

use super::sql::{self, Arg, Statement};
use super::{Error, Journal, millis};

/// Rows of one batch: a few milliseconds of the writer's time.
const BATCH: i64 = 200;
/// The mark up to which deliveries have been emptied.
const EMPTIED: &str = "emptied";
/// So far before the mark it is looked again: a replica may have been late to commit.
const AGAIN: Duration = Duration::from_secs(3_600);

/// How long a failure is known again. Longer than decisions, for a flake may rest for weeks; a
/// sighting is a few words, not a log.
pub(super) const KEEP_SIGHTINGS: Duration = Duration::from_secs(90 * 86_400);

/// How many rows were emptied or removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Deliveries that lost their payload.
    pub payloads: u64,
    /// Deliveries that went, with their jobs.
    pub deliveries: u64,
    /// Decisions that went.
    pub decisions: u64,
}

impl Journal {
    /// Forgets what is older than the options allow.
    ///
    /// # Errors
    /// When the database cannot be used; what was forgotten until then stays so.
    pub async fn prune(&self) -> Result<Pruned, Error> {
        const DELIVERIES: &str = "DELETE FROM deliveries WHERE guid IN ( \
            SELECT d.guid FROM deliveries d WHERE d.received_at < $1 AND NOT EXISTS ( \
                SELECT 1 FROM jobs j WHERE j.delivery = d.guid \
                AND j.state IN ('queued', 'leased')) \
            ORDER BY d.received_at LIMIT $2)";
        const DECISIONS: &str = "DELETE FROM decisions WHERE id IN ( \
            SELECT id FROM decisions WHERE at < $1 ORDER BY at LIMIT $2)";
        const REDELIVERIES: &str = "DELETE FROM redeliveries WHERE guid IN ( \
            SELECT guid FROM redeliveries WHERE asked_at < $1 ORDER BY asked_at LIMIT $2)";
        // Each carries its own end; a moment later nobody asks for it any more.
        const SAYINGS: &str = "DELETE FROM sayings WHERE until IN ( \
            SELECT until FROM sayings WHERE until < $1 ORDER BY until LIMIT $2)";
        let options = self.options();
        self.batches(SAYINGS, Duration::ZERO).await?;
        self.forget_sightings().await?;
        self.batches(REDELIVERIES, options.keep_deliveries).await?;
        Ok(Pruned {
            payloads: self.empty().await?,
            deliveries: self.batches(DELIVERIES, options.keep_deliveries).await?,
            decisions: self.batches(DECISIONS, options.keep_decisions).await?,
        })
    }

    /// Empties deliveries, oldest first. How far that went is a mark: an index of those that are
    /// left would be a write to one page more for every delivery.
    async fn empty(&self) -> Result<u64, Error> {
        const UNTIL: &str = "SELECT MAX(received_at) FROM (SELECT received_at FROM deliveries \
            WHERE received_at >= $1 AND received_at < $2 ORDER BY received_at LIMIT $3) AS batch";
        const EMPTY: &str = "UPDATE deliveries SET payload = NULL \
            WHERE received_at >= $1 AND received_at <= $2 AND payload IS NOT NULL";
        let before = self.clock().now() - millis(self.options().keep_payloads);
        let mut from = self.mark(EMPTIED).await?.unwrap_or(0) - millis(AGAIN);
        let mut total = 0;
        loop {
            let args = [Arg::Int(from), Arg::Int(before), Arg::Int(BATCH)];
            let rows = sql::rows(self.readers(), UNTIL, args).await?;
            let until = rows.first().map(|row| row.try_get(0)).transpose()?;
            let Some(Some::<i64>(until)) = until else {
                return Ok(total);
            };
            let args = vec![Arg::Int(from), Arg::Int(until)];
            total += self.run(Statement { sql: EMPTY, args }).await?;
            from = until + 1;
            self.set_mark(EMPTIED, from).await?;
        }
    }

    pub(super) async fn batches(&self, sql: &'static str, keep: Duration) -> Result<u64, Error> {
        let before = self.clock().now() - millis(keep);
        let mut total = 0;
        loop {
            let args = vec![Arg::Int(before), Arg::Int(BATCH)];
            let rows = self.run(Statement { sql, args }).await?;
            total += rows;
            if rows < BATCH.unsigned_abs() {
                return Ok(total);
            }
        }
    }
}
