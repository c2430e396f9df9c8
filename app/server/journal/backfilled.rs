//! How far a backfill has come: the runs that it has read.

use sqlx::Row as _;

use super::prune::KEEP_SIGHTINGS;
use super::sql::{self, Arg, Statement};
use super::{Error, Journal};

impl Journal {
    /// Keeps that a run was read up to an attempt.
    pub(crate) async fn was_read(
        &self,
        repo: &str,
        run: i64,
        attempt: i64,
        at: i64,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO backfilled (repo, run, attempt, at) \
            VALUES ($1, $2, $3, $4) \
            ON CONFLICT (repo, run) DO UPDATE SET attempt = excluded.attempt \
            WHERE excluded.attempt > backfilled.attempt";
        let args = vec![
            Arg::Text(repo.to_owned()),
            Arg::Int(run),
            Arg::Int(attempt),
            Arg::Int(at),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// The runs of a repository that began since a moment and were read, each up to which attempt.
    pub(crate) async fn read_so_far(
        &self,
        repo: &str,
        since: i64,
    ) -> Result<Vec<(i64, i64)>, Error> {
        const SQL: &str = "SELECT run, attempt FROM backfilled WHERE repo = $1 AND at >= $2";
        let args = [Arg::Text(repo.to_owned()), Arg::Int(since)];
        let rows = sql::rows(self.readers(), SQL, args).await?;
        let read = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        read.collect()
    }

    /// Forgets failures that are too old to be known again, and that they were read.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn forget_sightings(&self) -> Result<(), Error> {
        // By their moment: they have no number, and those of one moment come of one job.
        const SIGHTINGS: &str = "DELETE FROM sightings WHERE at IN ( \
            SELECT at FROM sightings WHERE at < $1 ORDER BY at LIMIT $2)";
        const BACKFILLED: &str = "DELETE FROM backfilled WHERE at IN ( \
            SELECT at FROM backfilled WHERE at < $1 ORDER BY at LIMIT $2)";
        self.batches(SIGHTINGS, KEEP_SIGHTINGS).await?;
        self.batches(BACKFILLED, KEEP_SIGHTINGS).await.map(drop)
    }
}
