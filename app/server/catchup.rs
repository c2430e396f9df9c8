//! Asking GitHub for deliveries that it could not hand over: it never tries again by itself.
//!
//! On start and every few minutes, by one replica at a time. Each GUID of which no attempt has
//! arrived, and that the journal does not hold either, is asked for again, at most three times.
//!
//! How fast: a request costs 5 points of the 900 a minute that GitHub's documentation grants, so
//! three a second can be kept up for ever. Somebody who waits for an answer after an outage should
//! not wait for long, so the first five hundred go at eight a second (a minute in all), the rest at
//! two and a half; and when GitHub objects, we wait for as long as it says.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::time::Instant;
use waterline_core::error::{Error, Result};
use waterline_github::{App, FailedDelivery};

use crate::journal::{Journal, millis};
use crate::metric;

const NAME: &str = "catch-up";
/// A turn is renewed while it is used; it ends soon after its holder was killed.
const TURN: Duration = Duration::from_secs(30);
/// When to look whether another replica's turn is over.
const NOT_MY_TURN: Duration = Duration::from_secs(20);
/// Deliveries are listed from a little before the last time: clocks differ, and an attempt that
/// was under way then may have failed since.
const OVERLAP: Duration = Duration::from_secs(600);
/// GitHub keeps deliveries for three days.
const OLDEST: Duration = Duration::from_secs(3 * 86_400);
/// How often one delivery is asked for.
const MOST_ASKED: u32 = 3;
/// Requests under way at once.
const AT_ONCE: usize = 4;
/// Deliveries that go at the quick pace, and both paces.
const QUICK: usize = 500;
const QUICK_PAUSE: Duration = Duration::from_millis(125);
const STEADY_PAUSE: Duration = Duration::from_millis(400);

/// The pause after so many requests.
fn pace(sent: usize) -> Duration {
    if sent < QUICK {
        QUICK_PAUSE
    } else {
        STEADY_PAUSE
    }
}

/// Whoever knows which deliveries failed, and can send them again.
#[async_trait]
pub trait Redeliveries: Send + Sync {
    /// Deliveries since a moment of which no attempt arrived, oldest first.
    ///
    /// # Errors
    /// Whatever keeps the list from being complete.
    async fn failed(&self, since: Timestamp) -> Result<Vec<FailedDelivery>>;
    /// Asks for one again.
    ///
    /// # Errors
    /// Whatever keeps it from being sent.
    async fn redeliver(&self, id: u64) -> Result<()>;
}

#[async_trait]
impl Redeliveries for App {
    async fn failed(&self, since: Timestamp) -> Result<Vec<FailedDelivery>> {
        self.failed_deliveries(since).await
    }

    async fn redeliver(&self, id: u64) -> Result<()> {
        App::redeliver(self, id).await
    }
}

/// What one catch-up did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caught {
    /// Deliveries that were asked for again.
    pub asked: usize,
    /// Deliveries that are here already, whatever GitHub noted.
    pub held: usize,
    /// Deliveries that could not be asked for, or were asked for too often.
    pub given_up: usize,
}

/// Catches up until it is aborted.
pub(crate) async fn run(journal: Journal, source: Arc<dyn Redeliveries>, every: Duration) {
    loop {
        let wait = match once(&journal, source.as_ref(), pace).await {
            Ok(Some(caught)) if caught == Caught::default() => every,
            Ok(Some(caught)) => {
                tracing::info!(
                    asked = caught.asked,
                    held = caught.held,
                    given_up = caught.given_up,
                    "asked GitHub for {} missed deliveries again",
                    caught.asked
                );
                every
            }
            Ok(None) => NOT_MY_TURN.min(every),
            Err(error) => {
                tracing::warn!("missed deliveries could not be asked for: {error}");
                every
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Catches up once; none where it is another replica's turn.
pub(crate) async fn once(
    journal: &Journal,
    source: &dyn Redeliveries,
    pace: fn(usize) -> Duration,
) -> Result<Option<Caught>> {
    if !journal.take_turn(NAME, TURN).await.map_err(stored)? {
        return Ok(None);
    }
    let begun = journal.clock().now();
    let last = journal.mark(NAME).await.map_err(stored)?.unwrap_or(0);
    let since = (last - millis(OVERLAP)).max(begun - millis(OLDEST));
    let since = Timestamp::from_millisecond(since).unwrap_or(Timestamp::UNIX_EPOCH);
    let failed = source.failed(since).await?;
    let caught = ask(journal, source, failed, pace).await?;
    // Only now: what went wrong half-way is looked at again, from the same moment.
    journal.set_mark(NAME, begun).await.map_err(stored)?;
    journal.end_turn(NAME).await.map_err(stored)?;
    Ok(Some(caught))
}

async fn ask(
    journal: &Journal,
    source: &dyn Redeliveries,
    failed: Vec<FailedDelivery>,
    pace: fn(usize) -> Duration,
) -> Result<Caught> {
    let mut caught = Caught::default();
    let guids: Vec<String> = failed
        .iter()
        .map(|delivery| delivery.guid.clone())
        .collect();
    let held = journal.holds(&guids).await.map_err(stored)?;
    let exhausted = journal
        .exhausted(&guids, MOST_ASKED)
        .await
        .map_err(stored)?;
    let mut waiting = VecDeque::new();
    for delivery in failed {
        if held.contains(&delivery.guid) {
            // Stored, but answered too late, or its jobs died: a person may ask for it again.
            caught.held += 1;
        } else if exhausted.contains(&delivery.guid) {
            caught.given_up += 1;
        } else {
            waiting.push_back(delivery);
        }
    }
    let mut under_way = FuturesUnordered::new();
    let mut next_at = Instant::now();
    let mut sent = 0;
    while !waiting.is_empty() || !under_way.is_empty() {
        tokio::select! {
            () = tokio::time::sleep_until(next_at), if under_way.len() < AT_ONCE && !waiting.is_empty() => {
                let Some(delivery) = waiting.pop_front() else { continue };
                let id = delivery.id;
                under_way.push(async move { (delivery, source.redeliver(id).await) });
                sent += 1;
                next_at = Instant::now() + pace(sent);
            }
            Some((delivery, answer)) = under_way.next() => match answer {
                Ok(()) => {
                    metric::asked_again("asked");
                    caught.asked += 1;
                    journal.note_asked(&delivery.guid).await.map_err(stored)?;
                    journal.take_turn(NAME, TURN).await.map_err(stored)?;
                }
                Err(Error::RateLimited(wait)) => {
                    waiting.push_back(delivery);
                    next_at = next_at.max(Instant::now() + wait);
                    journal.take_turn(NAME, wait + TURN).await.map_err(stored)?;
                }
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    metric::asked_again("refused");
                    caught.given_up += 1;
                    tracing::warn!(delivery = %delivery.guid, event = %delivery.event,
                        "a missed delivery could not be asked for: {error}");
                }
            },
        }
    }
    Ok(caught)
}

fn stored(error: crate::journal::Error) -> Error {
    Error::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_are_asked_for_within_two_minutes() {
        let all: Duration = (1..500).map(pace).sum();
        assert!(all < Duration::from_secs(70), "{all:?}");
        // And what goes on for ever stays below 180 a minute, at 5 of 900 points each.
        assert!(pace(501) * 180 > Duration::from_secs(60));
    }
}
