//! What the journal tells about itself: counts, lag, and the newest rows for the page.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::sql::{self, Arg};
use super::{Error, Journal, guid, queue};

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Jobs that wait: for a worker, for their lane, or for their next try.
    pub queued: i64,
    /// Looks that wait for their time.
    pub timers: i64,
    /// Jobs that run.
    pub leased: i64,
    /// Jobs that will never be done.
    pub dead: i64,
    /// Jobs that are done and not yet forgotten.
    pub done: i64,
    /// Deliveries that are not yet forgotten.
    pub deliveries: i64,
}

/// A delivery, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// GitHub's name for it.
    pub guid: String,
    /// Which event.
    pub event: String,
    /// Which action, or nothing.
    pub action: String,
    /// `OWNER/NAME`, or nothing.
    pub repo: String,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// How large its payload was, in bytes.
    pub size: i64,
    /// How many jobs came of it, follow-ups included.
    pub jobs: i64,
    /// How many of them wait or run.
    pub open: i64,
    /// How many of them are dead.
    pub dead: i64,
}

/// A job, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its number.
    pub id: i64,
    /// The delivery that it came with.
    pub delivery: String,
    /// The capability, or the built-in task.
    pub name: String,
    /// What it is about.
    pub subject: String,
    /// `queued`, `leased`, `done` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it may run next, in milliseconds since 1970.
    pub run_at: i64,
    /// When its newest try began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// What was done, in a sentence.
    pub summary: String,
    /// What went wrong last.
    pub error: String,
}

/// A decision, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// What it was about.
    pub subject: String,
    /// When it was made, in milliseconds since 1970.
    pub at: i64,
    /// Facts and verdict, as JSON.
    pub body: Vec<u8>,
}

/// The columns of a [`JobRow`], behind `SELECT`.
const JOB: &str = "id, delivery, name, lane, state, tries, run_at, started_at, finished_at, \
    COALESCE(summary, ''), COALESCE(error, '') FROM jobs";

impl Journal {
    /// Counts everything. It reads whole indexes: not for a path that anybody may take often.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn counts(&self) -> Result<Counts, Error> {
        const SQL: &str = "SELECT \
            (SELECT COUNT(*) FROM jobs WHERE state = 'queued'), \
            (SELECT COUNT(*) FROM jobs WHERE state = 'leased'), \
            (SELECT COUNT(*) FROM jobs WHERE state = 'dead'), \
            (SELECT COUNT(*) FROM jobs), \
            (SELECT COUNT(*) FROM deliveries), \
            (SELECT COUNT(*) FROM jobs WHERE state = 'queued' AND name = 'timer')";
        let rows = sql::rows(self.readers(), SQL, []).await?;
        let Some(row) = rows.first() else {
            return Ok(Counts::default());
        };
        let number = |at: usize| row.try_get::<i64, _>(at);
        let (queued, leased, dead) = (number(0)?, number(1)?, number(2)?);
        let done = number(3)? - queued - leased - dead;
        let timers = number(5)?;
        Ok(Counts {
            queued: queued - timers,
            timers,
            leased,
            dead,
            done,
            deliveries: number(4)?,
        })
    }

    /// Jobs that wait, run and are dead, by small indexes: for metrics.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn depth(&self) -> Result<(i64, i64, i64), Error> {
        const SQL: &str = "SELECT (SELECT COUNT(*) FROM jobs WHERE state = 'queued'), \
            (SELECT COUNT(*) FROM jobs WHERE state = 'leased'), \
            (SELECT COUNT(*) FROM jobs WHERE state = 'dead')";
        let rows = sql::rows(self.readers(), SQL, []).await?;
        let Some(row) = rows.first() else {
            return Ok((0, 0, 0));
        };
        Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
    }

    /// For how long the oldest job that could run has waited for a worker, in milliseconds. What
    /// waits for its lane or for its next try does not count.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn lag(&self) -> Result<i64, Error> {
        let now = self.clock().now();
        let dialect = self.dialect();
        let mut reach = queue::Reach::default();
        loop {
            let text = format!("{} SELECT run_at FROM head", reach.heads(dialect, ""));
            let args = [Arg::Int(now), Arg::Int(1)];
            let rows = sql::rows(self.readers(), sql::ours(text), args).await?;
            if let Some(row) = rows.first() {
                return Ok((now - row.try_get::<i64, _>(0)?).max(0));
            }
            if !reach.farther(self.readers(), dialect, 0).await? {
                return Ok(0);
            }
        }
    }

    /// The newest deliveries, newest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn recent_deliveries(&self, most: u32) -> Result<Vec<DeliveryRow>, Error> {
        const SQL: &str = "SELECT d.guid, d.event, d.action, d.repo, d.received_at, d.size, \
            (SELECT COUNT(*) FROM jobs j WHERE j.delivery = d.guid), \
            (SELECT COUNT(*) FROM jobs j WHERE j.delivery = d.guid \
                AND j.state IN ('queued', 'leased')), \
            (SELECT COUNT(*) FROM jobs j WHERE j.delivery = d.guid AND j.state = 'dead') \
            FROM deliveries d ORDER BY d.received_at DESC LIMIT $1";
        let rows = sql::rows(self.readers(), SQL, [Arg::Int(i64::from(most))]).await?;
        rows.iter().map(|row| Ok(delivery(row)?)).collect()
    }

    /// The newest jobs, newest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn recent_jobs(&self, most: u32) -> Result<Vec<JobRow>, Error> {
        self.jobs("ORDER BY id DESC", most).await
    }

    /// The jobs that died last, last first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn dead_jobs(&self, most: u32) -> Result<Vec<JobRow>, Error> {
        self.jobs("WHERE state = 'dead' ORDER BY finished_at DESC", most)
            .await
    }

    /// A capability's decisions since a moment, newest first: on one subject, or on all.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn decisions(
        &self,
        capability: &str,
        subject: Option<String>,
        since: i64,
        most: u32,
    ) -> Result<Vec<DecisionRow>, Error> {
        const OF_ONE: &str = "SELECT subject, at, body FROM decisions WHERE capability = $1 \
            AND at >= $2 AND subject = $4 ORDER BY at DESC, id DESC LIMIT $3";
        const OF_ALL: &str = "SELECT subject, at, body FROM decisions WHERE capability = $1 \
            AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3";
        let text = if subject.is_some() { OF_ONE } else { OF_ALL };
        let args = [
            Arg::Text(capability.to_owned()),
            Arg::Int(since),
            Arg::Int(i64::from(most)),
        ];
        let args = args.into_iter().chain(subject.map(Arg::Text));
        let rows = sql::rows(self.readers(), text, args).await?;
        rows.iter().map(decision).collect()
    }

    async fn jobs(&self, which: &str, most: u32) -> Result<Vec<JobRow>, Error> {
        let text = sql::ours(format!("SELECT {JOB} {which} LIMIT $1"));
        let rows = sql::rows(self.readers(), text, [Arg::Int(i64::from(most))]).await?;
        rows.iter().map(|row| Ok(job(row)?)).collect()
    }

    /// A payload as it came; none where it was never stored, or is forgotten.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn payload(&self, guid: &str) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "SELECT payload FROM deliveries WHERE guid = $1 AND payload IS NOT NULL";
        let rows = sql::rows(self.readers(), SQL, [Arg::Bytes(guid::pack(guid))]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        unpack(&row.try_get::<Vec<u8>, _>(0)?).map(Some)
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Error> {
    lz4_flex::decompress_size_prepended(packed)
        .map_err(|error| Error::Database(sqlx::Error::Decode(error.into())))
}

fn decision(row: &AnyRow) -> Result<DecisionRow, Error> {
    Ok(DecisionRow {
        subject: row.try_get(0)?,
        at: row.try_get(1)?,
        body: unpack(&row.try_get::<Vec<u8>, _>(2)?)?,
    })
}

fn delivery(row: &AnyRow) -> Result<DeliveryRow, sqlx::Error> {
    Ok(DeliveryRow {
        guid: guid::unpack(row.try_get(0)?),
        event: row.try_get(1)?,
        action: row.try_get(2)?,
        repo: row.try_get(3)?,
        received_at: row.try_get(4)?,
        size: row.try_get(5)?,
        jobs: row.try_get(6)?,
        open: row.try_get(7)?,
        dead: row.try_get(8)?,
    })
}

fn job(row: &AnyRow) -> Result<JobRow, sqlx::Error> {
    Ok(JobRow {
        id: row.try_get(0)?,
        delivery: guid::unpack(row.try_get(1)?),
        name: row.try_get(2)?,
        subject: row.try_get(3)?,
        state: row.try_get(4)?,
        tries: row.try_get(5)?,
        run_at: row.try_get(6)?,
        started_at: row.try_get(7)?,
        finished_at: row.try_get(8)?,
        summary: row.try_get(9)?,
        error: row.try_get(10)?,
    })
}
