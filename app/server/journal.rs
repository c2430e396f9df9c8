//! The durable table of deliveries and jobs.
//!
//! A delivery and its jobs are on the disk before GitHub gets its answer; a job is leased,
//! repeated until it is done, and buried with its error when it never will be. Jobs of one lane
//! run one after the other in the order in which they came, also while the oldest of them waits
//! for its next try: an older answer must not overwrite a newer one. Lanes run side by side.
//!
//! All writing is done by one task on one connection (`writer`), which puts whatever has gathered
//! while the last commit was under way into the next one. Reading has connections of its own.

mod accept;
mod backfilled;
mod checkpoint;
mod claim;
mod clock;
mod dialect;
mod error;
pub(crate) mod foreign;
pub mod guid;
mod lock;
mod open;
mod prune;
mod queue;
mod read;
mod retry;
mod sayings;
mod settle;
mod sightings;
mod sql;
#[cfg(test)]
pub(crate) mod tests;
mod turn;
mod work;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use sqlx::AnyPool;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use waterline_core::event::Job;

pub use clock::Clock;
pub(crate) use clock::millis;
pub use dialect::Dialect;
pub use error::Error;
pub use prune::Pruned;
pub use read::{Counts, DecisionRow, DeliveryRow, JobRow};
pub use retry::Backoff;
pub(crate) use retry::random;
pub(crate) use sayings::SayingRow;
pub(crate) use sightings::{By, SightingRow, seen};
pub(crate) use sql::{Arg, Statement};
pub(crate) use turn::Asked;
use work::{Item, Reply, Work};
use writer::Op;

/// How the journal keeps, repeats and forgets.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a lease lives without being renewed. Default 30 s.
    pub lease: Duration,
    /// Tries before a job is dead, from 1. Default 8.
    pub max_tries: u32,
    /// The pauses between tries.
    pub backoff: Backoff,
    /// How long a job may be put off by rate limits, which cost no try. Default 3 days.
    pub max_age: Duration,
    /// How long payloads are kept. Default 7 days.
    pub keep_payloads: Duration,
    /// How long deliveries and their ended jobs are kept. Default 30 days; never less than 7, the
    /// time in which an Enterprise Server may send a delivery again.
    pub keep_deliveries: Duration,
    /// How long decisions are kept, facts and all. Default 90 days.
    pub keep_decisions: Duration,
    /// Connections for reading. Default 2.
    pub readers: u32,
}

impl Default for Options {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self {
            lease: Duration::from_secs(30),
            max_tries: 8,
            backoff: Backoff::default(),
            max_age: days(3),
            keep_payloads: days(7),
            keep_deliveries: days(30),
            keep_decisions: days(90),
            readers: 2,
        }
    }
}

/// A delivery that has passed the door.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// `X-GitHub-Delivery`; the same again when GitHub sends it again.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The payload's `action`, or nothing.
    pub action: String,
    /// `OWNER/NAME`, or nothing.
    pub repo: String,
    /// The payload as it came.
    pub payload: Bytes,
    /// What is to be done about it, in this order.
    pub jobs: Vec<Job>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored, and its jobs are queued.
    Stored,
    /// It was there, and some of its jobs had died: those are queued anew.
    Retaken {
        /// How many.
        jobs: u64,
    },
    /// It was there; nothing was done.
    Duplicate,
}

/// A job on loan. Whoever holds it gives it back by `finish`, `fail` or `release`, and renews it
/// until then.
#[derive(Debug, Clone)]
pub struct Lease {
    pub(super) id: i64,
    pub(super) token: i64,
    pub(super) created_at: i64,
    /// When it was leased, by the journal's clock.
    pub(super) leased_at: i64,
    /// What to do.
    pub job: Job,
    /// The delivery that it came with.
    pub delivery: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// How long it waited after it was due, in milliseconds.
    pub waited: i64,
}

impl Lease {
    /// The job's number, for logs.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }
}

/// The journal. Clones share one writer.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    options: Options,
    clock: Clock,
    instance: String,
    ops: mpsc::Sender<Op>,
    readers: AnyPool,
    commits: Arc<AtomicU64>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Stores a delivery and queues its jobs; when this returns, both are on the disk.
    ///
    /// # Errors
    /// When they are not: GitHub must then be told so, and will be asked for it again.
    pub async fn accept(&self, delivery: NewDelivery) -> Result<Accepted, Error> {
        let row = accept::prepare(delivery).await?;
        match self.write(Work::Accept(Box::new(row))).await? {
            Reply::Accepted(accepted) => Ok(accepted),
            Reply::Changed(_) => Err(Error::Closed),
        }
    }

    /// Waits for the next job that may run, and leases it. A caller that stops waiting loses
    /// nothing: the job goes to somebody else.
    ///
    /// # Errors
    /// When the journal is closed.
    pub async fn next(&self) -> Result<Lease, Error> {
        let (reply, lease) = oneshot::channel();
        self.inner
            .ops
            .send(Op::Claim(reply))
            .await
            .map_err(|_| Error::Closed)?;
        lease.await.map_err(|_| Error::Closed)
    }

    /// The number of rows that a statement changed, once that is on the disk.
    pub(crate) async fn run(&self, statement: Statement) -> Result<u64, Error> {
        match self.write(Work::Run(statement)).await? {
            Reply::Changed(rows) => Ok(rows),
            Reply::Accepted(_) => Err(Error::Closed),
        }
    }

    async fn write(&self, work: Work) -> Result<Reply, Error> {
        let (reply, answer) = oneshot::channel();
        self.inner
            .ops
            .send(Op::Write(Item { work, reply }))
            .await
            .map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// What this journal runs on.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// The clock that all times in the journal are read from.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The options that it was opened with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// How many transactions were committed so far, by this process.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.commits.load(Ordering::Relaxed)
    }

    pub(crate) fn instance(&self) -> &str {
        &self.inner.instance
    }

    pub(crate) fn readers(&self) -> &AnyPool {
        &self.inner.readers
    }

    /// Ends the writer after what it was given, gives back every lease that this process still
    /// holds, and closes the connections. Calls that come later fail with [`Error::Closed`].
    pub async fn close(&self) {
        if let Some(writer) = self.inner.writer.lock().await.take() {
            // A full channel empties by itself: the writer is still there to read it.
            if self.inner.ops.send(Op::Close).await.is_ok()
                && let Err(error) = writer.await
            {
                tracing::error!(%error, "the journal's writer ended in a panic");
            }
        }
        self.inner.readers.close().await;
    }
}
