//! Asking GitHub for what it could not hand over.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use waterline_core::error::{Error, Result};
use waterline_github::FailedDelivery;

use crate::catchup::{Caught, Redeliveries, once};
use crate::journal::tests::bench::{Bench, delivery, with_postgres};
use crate::journal::{Clock, Journal};

/// A GitHub that failed to hand over deliveries 0 to `count`.
#[derive(Default)]
struct Missed {
    count: u64,
    asked: Mutex<Vec<u64>>,
    since: Mutex<Vec<Timestamp>>,
    /// What it answers first, instead of doing it.
    objections: Mutex<Vec<Error>>,
}

#[async_trait]
impl Redeliveries for Missed {
    async fn failed(&self, since: Timestamp) -> Result<Vec<FailedDelivery>> {
        self.since.lock().unwrap().push(since);
        let failed = (0..self.count).map(|id| FailedDelivery {
            id,
            guid: format!("g{id}"),
            event: "workflow_run".to_owned(),
            delivered_at: Timestamp::UNIX_EPOCH,
        });
        Ok(failed.collect())
    }

    async fn redeliver(&self, id: u64) -> Result<()> {
        if let Some(error) = self.objections.lock().unwrap().pop() {
            return Err(error);
        }
        self.asked.lock().unwrap().push(id);
        Ok(())
    }
}

/// One round of a server that has run for long.
async fn round(journal: &Journal, source: &dyn Redeliveries) -> Caught {
    let round = once(journal, source, at_once, 0).await;
    round.unwrap().unwrap().caught
}

fn at_once(_: usize) -> Duration {
    Duration::ZERO
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_missed_delivery_is_asked_for_once_and_what_is_here_never() {
    let journal = Bench::sqlite().open_kept().await;
    let missed = Missed {
        count: 200,
        ..Missed::default()
    };
    journal.0.accept(delivery("g3", &[1])).await.unwrap();
    let caught = round(&journal.0, &missed).await;
    assert_eq!(
        caught,
        Caught {
            asked: 199,
            held: 1,
            given_up: 0
        }
    );
    let mut asked = missed.asked.lock().unwrap().clone();
    asked.sort_unstable();
    let wanted: Vec<u64> = (0..200).filter(|id| *id != 3).collect();
    assert_eq!(asked, wanted);
    let since = missed.since.lock().unwrap()[0].as_millisecond();
    assert!(
        (journal.0.clock().now() - since - 7 * 86_400_000).abs() < 60_000,
        "as far back as an Enterprise Server keeps them"
    );
    journal.0.close().await;
}

/// One delivery that GitHub tries to hand over whenever it is asked to, in vain.
struct Hopeless {
    clock: Clock,
    newest: AtomicI64,
    asked: Mutex<Vec<i64>>,
    listed: Mutex<Vec<i64>>,
}

#[async_trait]
impl Redeliveries for Hopeless {
    async fn failed(&self, since: Timestamp) -> Result<Vec<FailedDelivery>> {
        self.listed.lock().unwrap().push(since.as_millisecond());
        let at = Timestamp::from_millisecond(self.newest.load(Ordering::Relaxed)).unwrap();
        let one = FailedDelivery {
            id: 1,
            guid: "g".to_owned(),
            event: "workflow_run".to_owned(),
            delivered_at: at,
        };
        Ok(Vec::from_iter((at >= since).then_some(one)))
    }

    async fn redeliver(&self, _: u64) -> Result<()> {
        let now = self.clock.now();
        self.newest.store(now, Ordering::Relaxed);
        self.asked.lock().unwrap().push(now);
        Ok(())
    }
}

impl Hopeless {
    fn new(journal: &Journal) -> Self {
        Self {
            clock: journal.clock().clone(),
            newest: AtomicI64::new(journal.clock().now()),
            asked: Mutex::default(),
            listed: Mutex::default(),
        }
    }

    fn times(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_arrive_is_asked_for_ever_more_rarely_until_github_forgets_it() {
    let bench = Bench::sqlite().open_kept().await;
    let journal = &bench.0;
    let hopeless = Hopeless::new(journal);
    assert_eq!(round(journal, &hopeless).await.asked, 1);
    assert_eq!(round(journal, &hopeless).await, Caught::default());
    // An hour in which nobody can be reached.
    for _ in 0..12 {
        journal.clock().advance(minutes(5));
        round(journal, &hopeless).await;
    }
    let early = hopeless.times();
    assert!((7..=9).contains(&early), "{early} times in an hour");
    // It can be reached again: by now that is seen soon. And what is put off gets lost by no
    // round that does not list it.
    let lists = hopeless.listed.lock().unwrap().len();
    let mut given_up = 0;
    for _ in 0..10 * 24 {
        journal.clock().advance(minutes(60));
        given_up += round(journal, &hopeless).await.given_up;
    }
    let asked = hopeless.asked.lock().unwrap().clone();
    assert!((15..30).contains(&asked.len()), "{} in all", asked.len());
    let (first, last) = (asked[0], asked[asked.len() - 1]);
    assert!(last - first > 100 * 3_600_000, "given up too early");
    assert!(last - first < 168 * 3_600_000 && given_up > 0, "or never");
    let listed = hopeless.listed.lock().unwrap()[lists..].to_vec();
    let long = listed
        .windows(2)
        .filter(|pair| pair[1] - pair[0] < 3_000_000);
    assert!(long.count() < 45, "the long list is read only when due");
    bench.0.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_asks_anew_for_what_was_put_off() {
    let bench = Bench::sqlite().open_kept().await;
    let journal = &bench.0;
    let hopeless = Hopeless::new(journal);
    for _ in 0..20 {
        round(journal, &hopeless).await;
        journal.clock().advance(minutes(15));
    }
    while round(journal, &hopeless).await.asked == 0 {
        journal.clock().advance(minutes(5));
    }
    let before = hopeless.times();
    journal.clock().advance(minutes(20));
    assert_eq!(round(journal, &hopeless).await.asked, 0, "put off");
    journal.clock().advance(minutes(1));
    let started = journal.clock().now();
    let again = once(journal, &hopeless, at_once, started).await;
    assert_eq!(again.unwrap().unwrap().caught.asked, 1);
    let next = once(journal, &hopeless, at_once, started).await;
    assert_eq!(next.unwrap().unwrap().caught.asked, 0, "but only once");
    assert_eq!(hopeless.times(), before + 1);
    bench.0.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_is_waited_for_and_an_outage_is_taken_up_again() {
    let journal = Bench::sqlite().open_kept().await;
    let missed = Missed {
        count: 3,
        ..Missed::default()
    };
    let limit = Error::RateLimited(Duration::from_millis(5));
    missed
        .objections
        .lock()
        .unwrap()
        .extend([limit.clone(), limit]);
    let caught = round(&journal.0, &missed).await;
    assert_eq!(caught.asked, 3);

    journal.0.clock().advance(minutes(6));
    missed
        .objections
        .lock()
        .unwrap()
        .push(Error::Unavailable("down".to_owned()));
    assert!(once(&journal.0, &missed, at_once, 0).await.is_err());
    journal.0.clock().advance(minutes(6));
    let gone = Error::NotFound("delivery 1".to_owned());
    missed.objections.lock().unwrap().push(gone);
    let caught = round(&journal.0, &missed).await;
    assert_eq!((caught.asked, caught.given_up), (2, 1));
    journal.0.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_do_not_ask_at_once() {
    with_postgres("two_replicas_do_not_ask_at_once", |bench| async move {
        let (one, two) = (bench.open().await, bench.open().await);
        assert!(
            one.take_turn("catch-up", Duration::from_secs(30))
                .await
                .unwrap()
        );
        let missed = Missed {
            count: 1,
            ..Missed::default()
        };
        assert_eq!(once(&two, &missed, at_once, 0).await.unwrap(), None);
        one.end_turn("catch-up").await.unwrap();
        assert_eq!(round(&two, &missed).await.asked, 1);
        one.close().await;
        two.close().await;
        bench
    })
    .await;
}
