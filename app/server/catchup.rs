//! Asking GitHub for deliveries that it could not hand over: it never tries again by itself.
//!
//! On start and every few minutes, by one replica at a time. Each GUID of which no attempt has
//! arrived, and that the journal does not hold either, is asked for again, for as long as GitHub
//! keeps it: at first every five minutes, then the less often the longer it is missing, for what
//! GitHub cannot reach may stay so for hours (see `plan`).
//!
//! How fast: a request costs 5 points of the 900 a minute that GitHub's documentation grants, so
//! three a second can be kept up for ever. Somebody who waits for an answer after an outage should
//! not wait for long, so the first five hundred go at eight a second (a minute in all), the rest at
//! two and a half; and when GitHub objects, we wait for as long as it says.

mod plan;

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
use plan::{Plan, PutOff};

const NAME: &str = "catch-up";
/// A turn is renewed while it is used; it ends soon after its holder was killed.
const TURN: Duration = Duration::from_secs(30);
/// When to look whether another replica's turn is over.
const NOT_MY_TURN: Duration = Duration::from_secs(20);
/// Deliveries are listed from a little before the last time: clocks differ, and an attempt that
/// was under way then may have failed since.
const OVERLAP: Duration = Duration::from_secs(600);
/// GitHub keeps deliveries for three days, an Enterprise Server for seven. What is no longer kept
/// is not listed either.
const OLDEST: Duration = Duration::from_secs(7 * 86_400);
/// How long to wait after the first round that failed; each further wait is twice as long.
const AFTER_ERROR: Duration = Duration::from_secs(20);
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
    /// Deliveries that could not be asked for, or have been missing for too long.
    pub given_up: usize,
}

/// A round, and when the next is due for those that were put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) caught: Caught,
    /// Milliseconds since 1970.
    pub(crate) due: i64,
}

/// Catches up until it is aborted.
pub(crate) async fn run(journal: Journal, source: Arc<dyn Redeliveries>, every: Duration) {
    let started = journal.clock().now();
    let mut failures = 0;
    loop {
        let wait = match once(&journal, source.as_ref(), pace, started).await {
            Ok(Some(round)) => {
                failures = 0;
                tell(&round.caught);
                let due = (round.due - journal.clock().now()).max(1_000);
                Duration::from_millis(due.unsigned_abs()).min(every)
            }
            Ok(None) => NOT_MY_TURN.min(every),
            Err(error) => {
                tracing::warn!("missed deliveries could not be asked for: {error}");
                failures += 1;
                after_error(failures, every)
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// How long to wait after so many rounds that failed: somebody waits for what was missed, and
/// many a failure is over in seconds.
fn after_error(failures: u32, every: Duration) -> Duration {
    let times = 2_u32.saturating_pow(failures.saturating_sub(1));
    AFTER_ERROR.saturating_mul(times).min(every)
}

fn tell(caught: &Caught) {
    if *caught != Caught::default() {
        tracing::info!(
            asked = caught.asked,
            held = caught.held,
            given_up = caught.given_up,
            "asked GitHub for {} missed deliveries again",
            caught.asked
        );
    }
}

/// Catches up once; none where it is another replica's turn. `started` is when this process was.
pub(crate) async fn once(
    journal: &Journal,
    source: &dyn Redeliveries,
    pace: fn(usize) -> Duration,
    started: i64,
) -> Result<Option<Round>> {
    if !journal.take_turn(NAME, TURN).await.map_err(stored)? {
        return Ok(None);
    }
    let begun = journal.clock().now();
    let last = journal.mark(NAME).await.map_err(stored)?.unwrap_or(0);
    let before = PutOff::read(journal).await.map_err(stored)?;
    // What was put off is older than the list that we need otherwise. GitHub's list is long, so
    // it is read that far only when one of them is due, or when none of our rounds has been.
    let all = begun >= before.due || last < started;
    let since = if all { before.since.min(last) } else { last };
    let since = (since - millis(OVERLAP)).max(begun - millis(OLDEST));
    let since = Timestamp::from_millisecond(since).unwrap_or(Timestamp::UNIX_EPOCH);
    let failed = source.failed(since).await?;
    let Plan {
        ask: wanted,
        mut caught,
        put_off,
    } = plan::plan(journal, failed, begun, started)
        .await
        .map_err(stored)?;
    ask(journal, source, wanted, pace, &mut caught).await?;
    // Only now: what went wrong half-way is looked at again, from the same moment.
    let after = if all { put_off } else { put_off.and(before) };
    if after != before {
        after.write(journal).await.map_err(stored)?;
    }
    journal.set_mark(NAME, begun).await.map_err(stored)?;
    journal.end_turn(NAME).await.map_err(stored)?;
    let due = after.due;
    Ok(Some(Round { caught, due }))
}

async fn ask(
    journal: &Journal,
    source: &dyn Redeliveries,
    mut waiting: VecDeque<FailedDelivery>,
    pace: fn(usize) -> Duration,
    caught: &mut Caught,
) -> Result<()> {
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
                    // It was asked for, and need not be again with every long list.
                    journal.note_asked(&delivery.guid).await.map_err(stored)?;
                }
            },
        }
    }
    Ok(())
}

fn stored(error: crate::journal::Error) -> Error {
    Error::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_round_is_soon_repeated() {
        let every = Duration::from_secs(300);
        let waits: Vec<u64> = (1..=6).map(|n| after_error(n, every).as_secs()).collect();
        assert_eq!(waits, [20, 40, 80, 160, 300, 300]);
        assert_eq!(after_error(u32::MAX, every), every);
        let short = Duration::from_secs(3);
        assert_eq!(
            after_error(1, short),
            short,
            "never longer than a normal wait"
        );
    }

    #[test]
    fn five_hundred_are_asked_for_within_two_minutes() {
        let all: Duration = (1..500).map(pace).sum();
        assert!(all < Duration::from_secs(70), "{all:?}");
        // And what goes on for ever stays below 180 a minute, at 5 of 900 points each.
        assert!(pace(501) * 180 > Duration::from_secs(60));
    }
}
