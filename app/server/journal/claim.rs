//! Leasing jobs to workers, and taking back what nobody answers for.

use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::queue::Reach;
use super::sql::{self, Arg};
use super::{Dialect, Lease, guid};

/// Who leases, and until when.
pub(super) struct Terms<'a> {
    pub(super) dialect: Dialect,
    pub(super) holder: &'a str,
    pub(super) token: i64,
    pub(super) now: i64,
    pub(super) until: i64,
}

/// A row that was leased but cannot be read as a job: another version wrote it.
pub(super) struct Unreadable {
    pub(super) id: i64,
    pub(super) error: String,
}

/// Leases up to `most` jobs, oldest first, at most one of a lane.
pub(super) async fn claim(
    conn: &mut AnyConnection,
    terms: &Terms<'_>,
    most: usize,
) -> Result<(Vec<Lease>, Vec<Unreadable>), sqlx::Error> {
    let mut leases = Vec::new();
    let mut unreadable = Vec::new();
    let mut reach = Reach::default();
    loop {
        let left = most.saturating_sub(leases.len() + unreadable.len());
        let rows = take(conn, terms, &reach, left).await?;
        for row in &rows {
            match lease(row, terms)? {
                Ok(lease) => leases.push(lease),
                Err(error) => unreadable.push(error),
            }
        }
        if rows.len() >= left || !reach.farther(&mut *conn, terms.dialect, rows.len()).await? {
            break;
        }
    }
    leases.sort_by_key(Lease::id);
    Ok((leases, unreadable))
}

/// Leases as many of those that are in reach.
async fn take(
    conn: &mut AnyConnection,
    terms: &Terms<'_>,
    reach: &Reach,
    most: usize,
) -> Result<Vec<AnyRow>, sqlx::Error> {
    let text = format!(
        "{heads} UPDATE jobs SET state = 'leased', tries = tries + 1, token = $3, holder = $4, \
         lease_until = $5, started_at = $1, error = NULL \
         WHERE id IN (SELECT id FROM head) \
         RETURNING id, delivery, job, tries, created_at, run_at",
        heads = reach.heads(terms.dialect, terms.dialect.skip_locked()),
    );
    let args = [
        Arg::Int(terms.now),
        Arg::Int(i64::try_from(most).unwrap_or(i64::MAX)),
        Arg::Int(terms.token),
        Arg::Str(terms.holder),
        Arg::Int(terms.until),
    ];
    sql::rows(conn, sql::ours(text), args).await
}

fn lease(row: &AnyRow, terms: &Terms<'_>) -> Result<Result<Lease, Unreadable>, sqlx::Error> {
    let id = row.try_get(0)?;
    let json: String = row.try_get(2)?;
    let job = match serde_json::from_str(&json) {
        Ok(job) => job,
        Err(error) => {
            return Ok(Err(Unreadable {
                id,
                error: error.to_string(),
            }));
        }
    };
    Ok(Ok(Lease {
        id,
        token: terms.token,
        created_at: row.try_get(4)?,
        leased_at: terms.now,
        job,
        delivery: guid::unpack(row.try_get(1)?),
        attempt: u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(u32::MAX),
        waited: (terms.now - row.try_get::<i64, _>(5)?).max(0),
    }))
}

/// Takes back leases that ran out. A job whose tries are used up that way is dead: it may be what
/// brings our processes down.
pub(super) async fn reap(
    conn: &mut AnyConnection,
    now: i64,
    max_tries: u32,
) -> Result<u64, sqlx::Error> {
    const SQL: &str = "UPDATE jobs SET token = NULL, holder = NULL, lease_until = NULL, \
        state = CASE WHEN tries >= $2 THEN 'dead' ELSE 'queued' END, \
        finished_at = CASE WHEN tries >= $2 THEN $1 ELSE NULL END, \
        run_at = $1, error = 'the process that ran it went away before it was done' \
        WHERE state = 'leased' AND lease_until <= $1";
    sql::run(conn, SQL, [Arg::Int(now), Arg::Int(i64::from(max_tries))]).await
}

/// Gives back what a process holds, without counting the try: all of it for `None`, when nobody
/// else can be at work.
pub(super) async fn give_back(
    conn: &mut AnyConnection,
    holder: Option<&str>,
    now: i64,
) -> Result<u64, sqlx::Error> {
    const MINE: &str = "UPDATE jobs SET state = 'queued', tries = tries - 1, token = NULL, \
        holder = NULL, lease_until = NULL, run_at = $1 WHERE state = 'leased' AND holder = $2";
    // The process that held these was killed: that counts as a try, or a job that kills us would
    // do so for ever.
    const ALL: &str = "UPDATE jobs SET lease_until = $1 WHERE state = 'leased'";
    match holder {
        Some(holder) => sql::run(conn, MINE, [Arg::Int(now), Arg::Text(holder.to_owned())]).await,
        None => sql::run(conn, ALL, [Arg::Int(now)]).await,
    }
}

/// When the next job that waits for its time comes due.
pub(super) async fn next_due(
    conn: &mut AnyConnection,
    now: i64,
) -> Result<Option<i64>, sqlx::Error> {
    const SQL: &str = "SELECT MIN(run_at) FROM jobs WHERE state = 'queued' AND run_at > $1";
    let rows = sql::rows(conn, SQL, [Arg::Int(now)]).await?;
    rows.first().map_or(Ok(None), |row| row.try_get(0))
}
