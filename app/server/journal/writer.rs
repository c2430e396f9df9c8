//! The one task that writes: whatever has gathered goes into one transaction.
//!
//! A commit costs a flush of the disk, whatever it holds, so deliveries that arrive while one is
//! under way share the next. Workers that wait for a job are parked here too: a job is leased in
//! the very transaction that stores it, and starts when that is on the disk.
//!
//! When a transaction fails, its parts are tried again one by one, so that none suffers for
//! another. Every part can be repeated: see `accept` (by GUID), `settle` (by token), `Statement`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::AnyConnection;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, Connection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::checkpoint::Checkpoints;
use super::claim::{self, Terms, Unreadable};
use super::error::{is_broken, is_lost_race};
use super::settle;
use super::work::{Item, Reply, Work, write_all};
use super::{Clock, Dialect, Error, Lease, Options, millis, open, random};

/// The most parts of one transaction: beyond, waiting costs more than a flush saves.
const MOST_PARTS: usize = 256;
/// The most payload in one transaction, in bytes, unless a single one is larger.
const MOST_BYTES: usize = 4 << 20;

/// How long a transaction may take. The database itself ends a statement after less (see
/// `dialect`), so beyond this nobody is at the other end, whatever the connection says.
pub(super) const ATTEMPT_WITHIN: Duration = Duration::from_secs(35);

/// What the writer is asked for.
pub(super) enum Op {
    /// Write this.
    Write(Item),
    /// Hand out the next job.
    Claim(oneshot::Sender<Lease>),
    /// Look at once for leases that ran out and jobs that came due.
    #[cfg(test)]
    Look,
    /// Finish what was asked, give back what is held, and end.
    Close,
}

/// The writer's own things.
pub(super) struct Writer {
    pub(super) dialect: Dialect,
    pub(super) pool: AnyPool,
    pub(super) checkpoints: Checkpoints,
    pub(super) clock: Clock,
    pub(super) options: Options,
    pub(super) instance: String,
    pub(super) ops: mpsc::Receiver<Op>,
    pub(super) parked: VecDeque<oneshot::Sender<Lease>>,
    /// [`ATTEMPT_WITHIN`], but in tests.
    pub(super) attempt_within: Duration,
    /// Transactions committed, for whoever wants to know.
    pub(super) commits: Arc<AtomicU64>,
    /// When the next job that was put off may run, as far as is known.
    pub(super) due: Option<i64>,
    /// That has to be asked again.
    pub(super) stale: bool,
    /// Leases are to be looked at now, not at their time.
    pub(super) look: bool,
    /// Held as long as the file is ours.
    pub(super) lock: Option<std::fs::File>,
}

/// What one transaction did.
#[derive(Default)]
struct Done {
    replies: Vec<Reply>,
    leases: Vec<Lease>,
    unreadable: Vec<Unreadable>,
    token: i64,
    /// When the next job that was put off may run, where that was asked.
    due: Option<Option<i64>>,
}

impl Writer {
    pub(super) async fn run(mut self) {
        let every = self
            .options
            .lease
            .div_f64(4.0)
            .clamp(Duration::from_millis(5), Duration::from_secs(10));
        let mut reap_at = Instant::now() + every;
        let mut look_at: Option<Instant> = None;
        loop {
            let wake = look_at
                .filter(|_| !self.parked.is_empty())
                .map_or(reap_at, |at| at.min(reap_at));
            let first = tokio::select! {
                op = self.ops.recv() => Some(op.unwrap_or(Op::Close)),
                () = tokio::time::sleep_until(wake) => None,
            };
            let woken = first.is_none();
            if !woken {
                self.company().await;
            }
            let (items, closing) = self.gather(first);
            let reap = Instant::now() >= reap_at || std::mem::take(&mut self.look);
            // A job gets a time of its own only by being put off, here or by another replica.
            let puts_off = |item: &Item| matches!(&item.work, Work::Settle(s) if s.puts_off());
            self.stale |= reap || woken || items.iter().any(puts_off);
            if reap {
                reap_at = Instant::now() + every;
            }
            let again = self.turn(items, reap).await;
            let due = again.into_iter().chain(self.due).min();
            look_at = Some(Instant::now() + self.until(due));
            if closing {
                break self.end().await;
            }
        }
    }

    /// How long to sleep unless something comes. Other replicas' jobs are only seen by looking.
    fn until(&self, due: Option<i64>) -> Duration {
        let longest = match self.dialect {
            Dialect::Sqlite => Duration::from_secs(5),
            Dialect::Postgres => Duration::from_millis(200),
        };
        let due =
            due.map(|at| Duration::from_millis((at - self.clock.now()).max(1).unsigned_abs()));
        due.map_or(longest, |due| due.min(longest))
    }

    /// Lets those run first who are ready to, as long as they bring more to write: under load a
    /// commit then holds what arrived meanwhile, and alone nobody waits.
    async fn company(&self) {
        let mut waiting = self.ops.len();
        while waiting < MOST_PARTS {
            tokio::task::yield_now().await;
            let more = self.ops.len();
            if more == waiting {
                break;
            }
            waiting = more;
        }
    }

    /// Takes what is there, up to a transaction's bound. Claims are parked.
    fn gather(&mut self, first: Option<Op>) -> (Vec<Item>, bool) {
        let mut items = Vec::new();
        let mut bytes = 0;
        let mut next = first;
        while let Some(op) = next {
            match op {
                Op::Write(item) => {
                    bytes += item.work.weight();
                    items.push(item);
                }
                Op::Claim(reply) => self.parked.push_back(reply),
                #[cfg(test)]
                Op::Look => self.look = true,
                Op::Close => {
                    self.ops.close();
                    while let Ok(op) = self.ops.try_recv() {
                        if let Op::Write(item) = op {
                            items.push(item);
                        }
                    }
                    return (items, true);
                }
            }
            if items.len() >= MOST_PARTS || bytes >= MOST_BYTES {
                break;
            }
            next = self.ops.try_recv().ok();
        }
        (items, false)
    }

    /// One transaction with everything in it, answered after its commit. When to look again, where
    /// that is sooner than the next job's time.
    async fn turn(&mut self, items: Vec<Item>, reap: bool) -> Option<i64> {
        self.parked.retain(|reply| !reply.is_closed());
        let parts: Vec<&Work> = items.iter().map(|item| &item.work).collect();
        let mut done = self.attempt(&parts, reap, self.parked.len()).await;
        if done.as_ref().is_err_and(is_broken) {
            // The connection went away, perhaps long ago: once more, on a new one.
            done = self.attempt(&parts, reap, self.parked.len()).await;
        }
        let error = match done {
            Ok(done) => {
                metrics::histogram!("waterline_journal_commit_parts").record(parts.len() as f64);
                let weights = parts.iter().map(|work| work.weight());
                self.checkpoints.committed(weights.sum());
                for (item, reply) in items.into_iter().zip(&done.replies) {
                    // Whoever asked may have gone away; what is written stays written.
                    let _ = item.reply.send(Ok(*reply));
                }
                return self.hand_out(done).await;
            }
            Err(error) => error,
        };
        let lost_race = is_lost_race(&error);
        if is_broken(&error) {
            // Each part by itself would wait for as long, and fail the same.
            self.complain("the database cannot be reached", &error);
            for item in items {
                let _ = item.reply.send(Err(Error::Unreachable(error.to_string())));
            }
        } else if items.is_empty() {
            self.complain("jobs could not be looked for", &error);
        } else {
            self.one_by_one(items).await;
        }
        Some(self.clock.now() + if lost_race { 5 } else { 250 })
    }

    async fn one_by_one(&self, items: Vec<Item>) {
        for item in items {
            let done = self.attempt(&[&item.work], false, 0).await;
            let reply = match done {
                Ok(done) => done.replies.first().copied().ok_or(Error::Closed),
                Err(error) => {
                    self.complain("something could not be written", &error);
                    Err(Error::Database(error))
                }
            };
            let _ = item.reply.send(reply);
        }
    }

    fn complain(&self, what: &str, error: &sqlx::Error) {
        if !is_lost_race(error) {
            metrics::counter!("waterline_journal_errors_total").increment(1);
            tracing::error!(%error, "{what}");
        }
    }

    async fn attempt(&self, parts: &[&Work], reap: bool, most: usize) -> Result<Done, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let transaction = self.transact(&mut conn, parts, reap, most);
        let Ok(done) = tokio::time::timeout(self.attempt_within, transaction).await else {
            // Not even a farewell: nobody would hear it.
            drop(conn.detach());
            return Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
        };
        if done.is_err() {
            // It may be broken in the middle of something; a new one is cheap and rare.
            let _ = PoolConnection::<Any>::close(conn).await;
        }
        done
    }

    async fn transact(
        &self,
        conn: &mut AnyConnection,
        parts: &[&Work],
        reap: bool,
        most: usize,
    ) -> Result<Done, sqlx::Error> {
        if reap && self.dialect == Dialect::Postgres {
            open::set_clock(conn, &self.clock).await?;
        }
        let now = self.clock.now();
        let mut done = Done {
            token: (random() >> 1) as i64,
            ..Done::default()
        };
        let mut tx = conn.begin().await?;
        done.replies = write_all(&mut tx, self.dialect, parts, now).await?;
        if reap {
            let lost = claim::reap(&mut tx, now, self.options.max_tries).await?;
            if lost > 0 {
                tracing::warn!(jobs = lost, "took back {lost} jobs whose lease ran out");
            }
        }
        if most > 0 {
            let terms = Terms {
                dialect: self.dialect,
                holder: &self.instance,
                token: done.token,
                now,
                until: now + millis(self.options.lease),
            };
            (done.leases, done.unreadable) = claim::claim(&mut tx, &terms, most).await?;
            if self.stale && done.leases.len() < most {
                done.due = Some(claim::next_due(&mut tx, now).await?);
            }
        }
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(done)
    }

    /// Gives leases to those who wait. One that nobody takes goes back.
    async fn hand_out(&mut self, done: Done) -> Option<i64> {
        let mut again = None;
        if let Some(due) = done.due {
            self.due = due;
            self.stale = false;
        }
        for row in &done.unreadable {
            let bury = Work::Settle(settle::unreadable(row.id, done.token, &row.error));
            if let Err(error) = self.attempt(&[&bury], false, 0).await {
                self.complain("an unreadable job could not be buried", &error);
            }
            again = Some(self.clock.now());
        }
        for lease in done.leases {
            if let Some(lease) = self.offer(lease) {
                let back = Work::Settle(settle::untouched(&lease));
                if let Err(error) = self.attempt(&[&back], false, 0).await {
                    self.complain("a job that nobody took could not be given back", &error);
                }
            }
        }
        again
    }

    /// Gives a lease to the first who still waits; back where nobody does.
    fn offer(&mut self, mut lease: Lease) -> Option<Lease> {
        while let Some(reply) = self.parked.pop_front() {
            match reply.send(lease) {
                Ok(()) => return None,
                Err(back) => lease = back,
            }
        }
        Some(lease)
    }

    async fn end(self) {
        let mut conn = match self.pool.acquire().await {
            Ok(conn) => conn,
            Err(error) => return self.complain("leases could not be given back", &error),
        };
        if let Err(error) =
            claim::give_back(&mut conn, Some(&self.instance), self.clock.now()).await
        {
            self.complain("leases could not be given back", &error);
        }
        drop(conn);
        self.checkpoints.end().await;
        self.pool.close().await;
        drop(self.lock);
    }
}
