//! Storing deliveries with their jobs, many in one transaction.
//!
//! Everything that costs time but needs no database is done before (`prepare`), by the task of
//! the request: the writer only hands rows over.

use std::collections::HashSet;

use sqlx::AnyConnection;
use sqlx::Row as _;
use waterline_core::event::Job;

use super::sql::{self, Arg};
use super::{Accepted, Dialect, Error, NewDelivery, guid};

/// A payload from here on is compressed on a thread for such things, in bytes.
const BIG: usize = 512 * 1024;

/// A delivery, ready to be written.
#[derive(Debug)]
pub(super) struct Row {
    /// Its GUID, packed.
    key: Vec<u8>,
    event: String,
    action: String,
    repo: String,
    size: i64,
    payload: Box<[u8]>,
    jobs: Vec<NewJob>,
}

/// A job, ready to be written.
#[derive(Debug)]
pub(super) struct NewJob {
    name: String,
    lane: String,
    json: String,
    /// When it may run, in milliseconds since 1970; at once for none.
    pub(super) due: Option<i64>,
}

impl Row {
    /// Roughly what it weighs in a transaction, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.payload.len() + 512 * (self.jobs.len() + 1)
    }
}

impl NewJob {
    pub(super) fn new(job: &Job) -> Result<Self, Error> {
        Ok(Self {
            name: sql::text(job.name(), 100),
            lane: sql::text(&job.lane(), 400),
            json: serde_json::to_string(job)?,
            due: job.due.map(|at| at.as_millisecond()),
        })
    }
}

/// Compresses the payload and writes the jobs as JSON.
pub(super) async fn prepare(delivery: NewDelivery) -> Result<Row, Error> {
    let size = delivery.payload.len();
    let payload = if size >= BIG {
        let whole = delivery.payload;
        tokio::task::spawn_blocking(move || lz4_flex::compress_prepend_size(&whole))
            .await
            .map_err(|_| Error::Closed)?
    } else {
        lz4_flex::compress_prepend_size(&delivery.payload)
    };
    // It has room for the worst case, and waits for its commit beside hundreds of others.
    let payload = payload.into_boxed_slice();
    Ok(Row {
        key: guid::pack(&sql::text(&delivery.guid, 100)),
        event: sql::text(&delivery.event, 100),
        action: sql::text(&delivery.action, 100),
        repo: sql::text(&delivery.repo, 210),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        payload,
        jobs: delivery
            .jobs
            .iter()
            .map(NewJob::new)
            .collect::<Result<_, _>>()?,
    })
}

/// Writes all rows; what became of each, in the same order.
pub(super) async fn accept_all(
    conn: &mut AnyConnection,
    dialect: Dialect,
    rows: &[&Row],
    now: i64,
) -> Result<Vec<Accepted>, sqlx::Error> {
    // By GUID, so that two replicas that are sent the same deliveries lock them in the same order.
    // The sort is stable: of two equal ones the first is the one that counts.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| rows[a].key.cmp(&rows[b].key));
    order.dedup_by(|later, first| rows[*later].key == rows[*first].key);

    let mut outcome = vec![Accepted::Duplicate; rows.len()];
    for piece in sql::chunks(&order) {
        let new = insert_deliveries(conn, dialect, rows, piece, now).await?;
        let known = if new == piece.len() as u64 {
            HashSet::new()
        } else {
            with_jobs(conn, dialect, rows, piece).await?
        };
        for &at in piece {
            if !known.contains(&rows[at].key) {
                outcome[at] = Accepted::Stored;
            } else if let jobs @ 1.. = revive(conn, &rows[at].key, now).await? {
                outcome[at] = Accepted::Retaken { jobs };
            }
        }
    }
    // Jobs in the order in which their deliveries came, not in that of their GUIDs.
    let jobs: Vec<(&[u8], &NewJob)> = rows
        .iter()
        .zip(&outcome)
        .filter(|(_, accepted)| **accepted == Accepted::Stored)
        .flat_map(|(row, _)| row.jobs.iter().map(|job| (row.key.as_slice(), job)))
        .collect();
    insert_jobs(conn, dialect, &jobs, now).await?;
    Ok(outcome)
}

/// Inserts those that are not there; how many there were.
async fn insert_deliveries(
    conn: &mut AnyConnection,
    dialect: Dialect,
    rows: &[&Row],
    piece: &[usize],
    now: i64,
) -> Result<u64, sqlx::Error> {
    const BEFORE: &str =
        "INSERT INTO deliveries (guid, event, action, repo, received_at, size, payload) VALUES";
    let args = piece.iter().map(|&at| rows[at]).flat_map(|row| {
        [
            Arg::Slice(&row.key),
            Arg::Str(&row.event),
            Arg::Str(&row.action),
            Arg::Str(&row.repo),
            Arg::Int(now),
            Arg::Int(row.size),
            Arg::Slice(&row.payload),
        ]
    });
    let text = sql::values(
        dialect,
        BEFORE,
        7,
        piece.len(),
        "ON CONFLICT (guid) DO NOTHING",
    );
    sql::run(conn, text, args).await
}

/// Which of these were here before: those that have jobs. To ask only where some were is cheaper
/// than to have each insert say; one that never had a job may well count as new.
async fn with_jobs(
    conn: &mut AnyConnection,
    dialect: Dialect,
    rows: &[&Row],
    piece: &[usize],
) -> Result<HashSet<Vec<u8>>, sqlx::Error> {
    const BEFORE: &str = "SELECT DISTINCT delivery FROM jobs WHERE delivery IN";
    let args = piece.iter().map(|&at| Arg::Slice(&rows[at].key));
    let text = sql::values(dialect, BEFORE, piece.len(), 1, "");
    let rows = sql::rows(conn, text, args).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// Queues jobs for their deliveries, at the end of their lanes.
pub(super) async fn insert_jobs(
    conn: &mut AnyConnection,
    dialect: Dialect,
    jobs: &[(&[u8], &NewJob)],
    now: i64,
) -> Result<(), sqlx::Error> {
    const BEFORE: &str =
        "INSERT INTO jobs (delivery, name, lane, job, state, tries, created_at, run_at) VALUES";
    for piece in sql::chunks(jobs) {
        let args = piece.iter().flat_map(|(key, job)| {
            [
                Arg::Slice(key),
                Arg::Str(&job.name),
                Arg::Str(&job.lane),
                Arg::Str(&job.json),
                Arg::Str("queued"),
                Arg::Int(0),
                Arg::Int(now),
                Arg::Int(job.due.map_or(now, |due| due.max(now))),
            ]
        });
        sql::run(conn, sql::values(dialect, BEFORE, 8, piece.len(), ""), args).await?;
    }
    Ok(())
}

/// Queues the dead jobs of a delivery anew: somebody asked GitHub to send it again. Those that
/// were done stay done.
async fn revive(conn: &mut AnyConnection, key: &[u8], now: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "UPDATE jobs SET state = 'queued', tries = 0, created_at = $2, run_at = $2, \
        finished_at = NULL, error = NULL WHERE delivery = $1 AND state = 'dead'";
    sql::run(conn, SQL, [Arg::Slice(key), Arg::Int(now)]).await
}

/// Takes a lane's timer away before it gets another: one is enough.
pub(super) async fn replace_timers(
    conn: &mut AnyConnection,
    jobs: &[NewJob],
) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM jobs WHERE lane = $1 AND state = 'queued'";
    for job in jobs.iter().filter(|job| job.due.is_some()) {
        sql::run(conn, SQL, [Arg::Str(&job.lane)]).await?;
    }
    Ok(())
}
