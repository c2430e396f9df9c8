//! The workers: each takes the next job, does it, and gives it back.
//!
//! A job is renewed while it runs, stopped when it takes too long or its lease is lost, and a
//! panic in it ends that job alone.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
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
            let span = tracing::info_span!(
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
        let ended = tokio::select! {
            ended = self.attempt(&lease) => ended,
            () = self.keep(&lease) => Ended::Lost,
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

    /// Prolongs a lease for as long as it is ours.
    async fn keep(&self, lease: &Lease) {
        let every = self.journal.options().lease / 3;
        loop {
            tokio::time::sleep(every).await;
            match self.journal.renew(lease).await {
                Ok(()) => {}
                Err(journal::Error::LeaseLost) => return,
                Err(error) => tracing::warn!(%error, "a lease could not be renewed: {error}"),
            }
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
