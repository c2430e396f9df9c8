//! Failures that were seen, by fingerprint or by run.

use sqlx::{AnyPool, Row as _};

use super::sql::{self, Arg, Statement};
use super::{Error, Journal};

/// A sighting as it stands in its row; the repository is the question's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SightingRow {
    pub(crate) fingerprint: String,
    pub(crate) run: i64,
    pub(crate) attempt: i64,
    pub(crate) sha: String,
    /// 0 for none.
    pub(crate) pull_request: i64,
    pub(crate) job: String,
    pub(crate) url: String,
    pub(crate) at: i64,
    pub(crate) passed: bool,
}

/// By what sightings are found.
pub(crate) enum By {
    /// The fingerprint.
    Fingerprint(String),
    /// The run.
    Run(i64),
    /// The first digits of the fingerprint, and then only the newest of each.
    Digits(String),
}

impl Journal {
    /// Keeps a sighting; one that is known can only turn to passed.
    pub(crate) async fn see(&self, repo: &str, row: SightingRow) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO sightings (repo, fingerprint, run, attempt, sha, \
                pull_request, job, url, at, passed) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
            ON CONFLICT (repo, fingerprint, run, attempt) DO UPDATE SET passed = 1 \
            WHERE excluded.passed = 1 AND sightings.passed = 0";
        let args = vec![
            Arg::Text(repo.to_owned()),
            Arg::Text(row.fingerprint),
            Arg::Int(row.run),
            Arg::Int(row.attempt),
            Arg::Text(row.sha),
            Arg::Int(row.pull_request),
            Arg::Text(sql::text(&row.job, 300)),
            Arg::Text(sql::text(&row.url, 1_000)),
            Arg::Int(row.at),
            Arg::Int(i64::from(row.passed)),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// The sightings of a repository since a moment, newest first.
    pub(crate) async fn seen(
        &self,
        repo: &str,
        by: By,
        since: i64,
        most: u32,
    ) -> Result<Vec<SightingRow>, Error> {
        seen(self.readers(), repo, by, since, most)
            .await
            .map_err(Error::from)
    }
}

/// The same, wherever the table stands.
pub(crate) async fn seen(
    on: &AnyPool,
    repo: &str,
    by: By,
    since: i64,
    most: u32,
) -> Result<Vec<SightingRow>, sqlx::Error> {
    const BY_FINGERPRINT: &str = "SELECT fingerprint, run, attempt, sha, pull_request, job, \
        url, at, passed FROM sightings WHERE repo = $1 AND at >= $2 AND fingerprint = $4 \
        ORDER BY at DESC, run DESC, attempt DESC LIMIT $3";
    const BY_RUN: &str = "SELECT fingerprint, run, attempt, sha, pull_request, job, \
        url, at, passed FROM sightings WHERE repo = $1 AND at >= $2 AND run = $4 \
        ORDER BY at DESC, run DESC, attempt DESC LIMIT $3";
    // `g` comes after every hexadecimal digit.
    const BY_DIGITS: &str = "SELECT fingerprint, run, attempt, sha, pull_request, job, \
        url, at, passed FROM sightings AS s WHERE repo = $1 AND at >= $2 \
        AND fingerprint >= $4 AND fingerprint < $4 || 'g' AND NOT EXISTS ( \
            SELECT 1 FROM sightings AS n WHERE n.repo = s.repo \
            AND n.fingerprint = s.fingerprint \
            AND (n.at, n.run, n.attempt) > (s.at, s.run, s.attempt)) \
        ORDER BY at DESC, run DESC, attempt DESC LIMIT $3";
    let (text, last) = match by {
        By::Fingerprint(fingerprint) => (BY_FINGERPRINT, Arg::Text(fingerprint)),
        By::Digits(digits) => (BY_DIGITS, Arg::Text(digits)),
        By::Run(run) => (BY_RUN, Arg::Int(run)),
    };
    let args = [
        Arg::Text(repo.to_owned()),
        Arg::Int(since),
        Arg::Int(i64::from(most)),
        last,
    ];
    let rows = sql::rows(on, text, args).await?;
    let read = rows.iter().map(|row| {
        Ok(SightingRow {
            fingerprint: row.try_get(0)?,
            run: row.try_get(1)?,
            attempt: row.try_get(2)?,
            sha: row.try_get(3)?,
            pull_request: row.try_get(4)?,
            job: row.try_get(5)?,
            url: row.try_get(6)?,
            at: row.try_get(7)?,
            passed: row.try_get::<i64, _>(8)? != 0,
        })
    });
    read.collect()
}
