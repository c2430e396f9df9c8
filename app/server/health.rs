//! `/healthz`: the process lives. `/readyz`: it can do its work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::answer::{self, Refused};
use crate::house::House;
use crate::journal::{Counts, Journal};
use crate::metric;

/// How long an answer stands, so that whoever asks often costs little.
const FRESH: Duration = Duration::from_millis(500);
/// The same for the counts, which tests wait on.
const COUNTED: Duration = Duration::from_millis(20);
/// The same for what `/metrics` asks the database.
const MEASURED: Duration = Duration::from_secs(2);
/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found out last, and when.
pub(crate) struct Health {
    max_lag: Duration,
    ready: Mutex<Option<(Instant, Result<(), String>)>>,
    counts: Mutex<Option<(Instant, Counts)>>,
    measured: Mutex<Option<Instant>>,
}

impl Health {
    pub(crate) fn new(max_lag: Duration) -> Self {
        Self {
            max_lag,
            ready: Mutex::default(),
            counts: Mutex::default(),
            measured: Mutex::default(),
        }
    }

    /// Whether deliveries can be stored, and jobs do not wait for too long; else a sentence.
    async fn ready(&self, journal: &Journal) -> Result<(), String> {
        let mut last = self.ready.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < FRESH
        {
            return result.clone();
        }
        let result = self.look(journal).await;
        *last = Some((Instant::now(), result.clone()));
        result
    }

    async fn look(&self, journal: &Journal) -> Result<(), String> {
        let written = tokio::time::timeout(PATIENCE, journal.probe()).await;
        match written {
            Err(_) => return Err("The database does not answer.".to_owned()),
            Ok(Err(error)) => {
                tracing::warn!("not ready: {error}");
                return Err("The database cannot be written.".to_owned());
            }
            Ok(Ok(())) => {}
        }
        let lag = tokio::time::timeout(PATIENCE, journal.lag()).await;
        let Ok(Ok(lag)) = lag else {
            return Err("The database cannot be read.".to_owned());
        };
        let lag = Duration::from_millis(lag.unsigned_abs());
        if lag > self.max_lag {
            return Err(format!(
                "The oldest job has waited for {} s.",
                lag.as_secs()
            ));
        }
        Ok(())
    }

    /// Brings the queue's gauges up to date, unless they were so a moment ago.
    pub(crate) async fn measure(&self, journal: &Journal) {
        let mut last = self.measured.lock().await;
        if last.is_some_and(|at| at.elapsed() < MEASURED) {
            return;
        }
        let asked = async { tokio::join!(journal.depth(), journal.lag()) };
        if let Ok((Ok(depth), Ok(lag))) = tokio::time::timeout(PATIENCE, asked).await {
            metric::queue(depth, lag);
        }
        // Also after a failure: a database in trouble is not to be asked more often.
        *last = Some(Instant::now());
    }

    async fn counts(&self, journal: &Journal) -> Result<Counts, Refused> {
        let mut last = self.counts.lock().await;
        if let Some((at, counts)) = &*last
            && at.elapsed() < COUNTED
        {
            return Ok(*counts);
        }
        let counts = journal.counts().await.map_err(|error| {
            tracing::warn!("the journal could not be counted: {error}");
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The database cannot be read.",
            )
        })?;
        *last = Some((Instant::now(), counts));
        Ok(counts)
    }
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
}

/// The process lives: it asks nobody else.
pub(crate) async fn healthz() -> Response {
    answer::json(StatusCode::OK, &Status { status: "alive" })
}

/// The process can do its work.
pub(crate) async fn readyz(State(house): State<Arc<House>>) -> Response {
    match house.health.ready(&house.journal).await {
        Ok(()) => answer::json(StatusCode::OK, &Status { status: "ready" }),
        Err(sentence) => Refused::new(StatusCode::SERVICE_UNAVAILABLE, sentence).into_response(),
    }
}

/// How many deliveries and jobs there are: numbers only, so anybody may know.
pub(crate) async fn status(State(house): State<Arc<House>>) -> Response {
    match house.health.counts(&house.journal).await {
        Ok(counts) => answer::json(StatusCode::OK, &counts),
        Err(refused) => refused.into_response(),
    }
}
