//! The workers: each takes the next job, does it, and gives it back.
//!
//! A job is renewed while it runs, stopped when it takes too long or its lease is lost, and a
//! panic in it ends that job alone.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument;
use waterline_core::engine::Outcome;
use waterline_core::error::Error;

use crate::journal::{self, Journal, Lease};
use crate::metric;
use crate::perform::Perform;

/// What every worker needs.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) journal: Journal,
    pub(crate) perform: Arc<dyn Perform>,
    /// How long one job may take.
    pub(crate) limit: Duration,
    /// Becomes true when no further job is to be begun.
    pub(crate) stop: watch::Receiver<bool>,
}

/// How a job's try ended.
enum Ended {
    Done(Outcome),
    Failed(Error),
    /// Somebody else has the job by now.
    Lost,
}

impl Worker {
    /// Starts so many workers.
    pub(crate) fn start(self, count: usize) -> JoinSet<()> {
        let mut all = JoinSet::new();
        for _ in 0..count.max(1) {
            all.spawn(self.clone().work());
        }
        all
    }

    async fn work(mut self) {
        loop {
            let next = tokio::select! {
                biased;
                _ = self.stop.wait_for(|stop| *stop) => return,
                next = self.journal.next() => next,
            };
            // An error means that the journal is closed.
            let Ok(lease) = next else { return };
            // Of this level, so that errors are named also where only errors are logged.
            let span = tracing::error_span!(
                "job",
                delivery = %lease.delivery,
                repository = %lease.job.subject.repo(),
                subject = %lease.job.lane(),
                capability = lease.job.name(),
                attempt = lease.attempt,
            );
            self.handle(lease).instrument(span).await;
        }
    }

    async fn handle(&self, lease: Lease) {
        let begun = Instant::now();
        metric::waited(lease.waited);
        // The lease first: after a pause of the whole machine the job must not go on without it.
        let ended = tokio::select! {
            biased;
            () = self.keep(&lease) => Ended::Lost,
            ended = self.attempt(&lease) => ended,
        };
        let took = begun.elapsed();
        let outcome = self.give_back(&lease, ended, took).await;
        metric::job(lease.job.name(), outcome, took);
    }

    async fn attempt(&self, lease: &Lease) -> Ended {
        let work = self.perform.perform(&lease.job, &lease.delivery);
        match tokio::time::timeout(self.limit, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(Ok(outcome))) => Ended::Done(outcome),
            Ok(Ok(Err(error))) => Ended::Failed(error),
            Ok(Err(_)) => Ended::Failed(Error::Refused(
                "Waterline stumbled over a mistake of its own; its log says where".to_owned(),
            )),
            Err(_) => Ended::Failed(Error::Unavailable(format!(
                "the job took longer than {} s and was stopped",
                self.limit.as_secs()
            ))),
        }
    }

    /// Prolongs a lease for as long as it is ours; returns once it is not, or may not be. Who
    /// cannot reach the database may still reach GitHub, and must not post beside the replica
    /// that takes the job over.
    async fn keep(&self, lease: &Lease) {
        let lasts = self.journal.options().lease;
        let every = lasts / 3;
        // The rest of it is for stopping the job.
        let good_for = lasts - lasts / 10;
        let age = self.journal.clock().now() - lease.leased_at;
        let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
        let now = Instant::now();
        let mut lost_at = now.checked_sub(age).unwrap_or(now) + good_for;
        let mut next = now + every;
        loop {
            tokio::time::sleep_until(next.min(lost_at)).await;
            let asked = Instant::now();
            if asked >= lost_at {
                tracing::warn!("the lease could not be renewed in time: the job is stopped");
                return;
            }
            let until = lost_at.min(asked + every);
            next = match tokio::time::timeout_at(until, self.journal.renew(lease)).await {
                Ok(Ok(())) => {
                    // From before it was asked for: the database counts from later.
                    lost_at = asked + good_for;
                    asked + every
                }
                Ok(Err(journal::Error::LeaseLost)) => return,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "a lease could not be renewed: {error}");
                    Instant::now() + every / 4
                }
                Err(_) => {
                    tracing::warn!("a lease could not be renewed: the database does not answer");
                    Instant::now() + every / 4
                }
            };
        }
    }

    /// Notes how it ended; that, as a word for metrics.
    async fn give_back(&self, lease: &Lease, ended: Ended, took: Duration) -> &'static str {
        let took_ms = took.as_millis();
        let noted = match ended {
            Ended::Done(outcome) => self.done(lease, &outcome, took_ms).await,
            Ended::Failed(error) => self.failed(lease, &error, took_ms).await,
            Ended::Lost => Err(journal::Error::LeaseLost),
        };
        noted.unwrap_or_else(|error| {
            // It runs again once its lease is over; what it did leaves one trace.
            tracing::warn!(took_ms, "the job's end could not be noted: {error}");
            "lost"
        })
    }

    async fn done(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        took_ms: u128,
    ) -> Result<&'static str, journal::Error> {
        let Outcome {
            summary, follow, ..
        } = outcome;
        tracing::info!(took_ms, follow = follow.len(), "done: {summary}");
        self.journal.finish(lease, summary, follow).await?;
        Ok("done")
    }

    async fn failed(
        &self,
        lease: &Lease,
        error: &Error,
        took_ms: u128,
    ) -> Result<&'static str, journal::Error> {
        if self.journal.fail(lease, error).await? {
            tracing::error!(took_ms, "given up: {error}");
            return Ok("dead");
        }
        tracing::warn!(took_ms, "to be tried again: {error}");
        Ok("retried")
    }
}
