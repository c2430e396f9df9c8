//! Asking GitHub for what it could not hand over.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use waterline_core::error::{Error, Result};
use waterline_github::FailedDelivery;

use crate::catchup::{Caught, Redeliveries, once};
use crate::journal::tests::bench::{Bench, delivery, with_postgres};

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
    let caught = once(&journal.0, &missed, at_once).await.unwrap().unwrap();
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
        (journal.0.clock().now() - since - 3 * 86_400_000).abs() < 60_000,
        "three days back"
    );
    journal.0.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_arrives_is_let_go() {
    let journal = Bench::sqlite().open_kept().await;
    let missed = Missed {
        count: 1,
        ..Missed::default()
    };
    for wanted in [(1, 0), (1, 0), (1, 0), (0, 1)] {
        let caught = once(&journal.0, &missed, at_once).await.unwrap().unwrap();
        assert_eq!((caught.asked, caught.given_up), wanted);
    }
    let since = missed.since.lock().unwrap().clone();
    assert!(
        since[1] > since[0],
        "the second time only what is new is listed"
    );
    journal.0.close().await;
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
    let caught = once(&journal.0, &missed, at_once).await.unwrap().unwrap();
    assert_eq!(caught.asked, 3);

    missed
        .objections
        .lock()
        .unwrap()
        .push(Error::Unavailable("down".to_owned()));
    assert!(once(&journal.0, &missed, at_once).await.is_err());
    let gone = Error::NotFound("delivery 1".to_owned());
    missed.objections.lock().unwrap().push(gone);
    let caught = once(&journal.0, &missed, at_once).await.unwrap().unwrap();
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
        assert_eq!(once(&two, &missed, at_once).await.unwrap(), None);
        one.end_turn("catch-up").await.unwrap();
        assert_eq!(
            once(&two, &missed, at_once).await.unwrap().unwrap().asked,
            1
        );
        one.close().await;
        two.close().await;
        bench
    })
    .await;
}
