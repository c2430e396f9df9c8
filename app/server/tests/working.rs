//! The workers: what ends, what is tried again, and what is buried.

use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection};

use super::support::Talk;
use crate::journal::NewDelivery;
use crate::journal::tests::bench::{delivery, named_job};

/// A delivery with one named job in a lane.
fn ordered(guid: &str, lane: u64, name: &str) -> NewDelivery {
    let mut delivery = delivery(guid, &[]);
    delivery.jobs.push(named_job(lane, name));
    delivery
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_one_job_and_nothing_else() {
    let talk = Talk::start_with(|settings| settings.workers = 1).await;
    let journal = talk.running.journal();
    journal.accept(ordered("a", 1, "panic")).await.unwrap();
    journal.accept(ordered("b", 1, "plain")).await.unwrap();
    talk.until(|counts| counts.dead == 1 && counts.done == 1)
        .await;
    let dead = journal.dead_jobs(1).await.unwrap();
    assert!(
        dead[0].error.contains("mistake of its own"),
        "{}",
        dead[0].error
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_tried_again_until_it_is_given_up() {
    let talk = Talk::start_with(|settings| {
        settings.journal.max_tries = 3;
        settings.journal.backoff.first = Duration::from_millis(1);
    })
    .await;
    talk.running
        .journal()
        .accept(ordered("a", 1, "outage"))
        .await
        .unwrap();
    talk.until(|counts| counts.dead == 1).await;
    assert_eq!(talk.names(), ["outage"; 3]);
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_is_done_too() {
    let talk = Talk::start().await;
    talk.running
        .journal()
        .accept(ordered("a", 1, "lead"))
        .await
        .unwrap();
    talk.until(|counts| counts.done == 2).await;
    let begun = talk.work.begun.lock().unwrap().clone();
    assert_eq!(
        begun[1],
        ("follow".to_owned(), "a".to_owned()),
        "with the same delivery's name"
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_takes_too_long_is_stopped_and_tried_again() {
    let talk = Talk::start_with(|settings| {
        settings.job_limit = Duration::from_millis(20);
        settings.journal.max_tries = 2;
        settings.journal.backoff.first = Duration::from_millis(1);
    })
    .await;
    let journal = talk.running.journal();
    journal.accept(ordered("a", 1, "for ever")).await.unwrap();
    talk.until(|counts| counts.dead == 1).await;
    assert_eq!(talk.names().len(), 2);
    let dead = journal.dead_jobs(1).await.unwrap();
    assert!(
        dead[0].error.contains("took longer than"),
        "{}",
        dead[0].error
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_job_keeps_its_lease() {
    let talk = Talk::start_with(|settings| {
        settings.workers = 2;
        settings.journal.lease = Duration::from_millis(300);
    })
    .await;
    let journal = talk.running.journal();
    journal.accept(ordered("a", 1, "wait")).await.unwrap();
    talk.work.started.notified().await;
    // Past its first lease, by the journal's own clock.
    let begun = journal.clock().now();
    while journal.clock().now() < begun + 700 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    talk.work.go.notify_one();
    talk.until(|counts| counts.done == 1).await;
    assert_eq!(talk.names().len(), 1, "nobody else was given it");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_lease_cannot_be_renewed_is_stopped_in_time() {
    let talk = Talk::start_with(|settings| {
        settings.workers = 1;
        settings.stop_within = Duration::from_millis(50);
        settings.journal.lease = Duration::from_millis(400);
    })
    .await;
    let journal = talk.running.journal();
    journal.accept(ordered("a", 1, "for ever")).await.unwrap();
    talk.work.started.notified().await;
    // From here on a renewal waits for the lock, for longer than the lease lasts.
    let place = format!("sqlite:{}", talk.folder.path().join("w.db").display());
    let mut other = AnyConnection::connect(&place).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let locked = Instant::now();
    talk.work.cut.notified().await;
    let took = locked.elapsed();
    assert!(took < Duration::from_secs(2), "stopped after {took:?}");
    other.close().await.unwrap();
    talk.work.started.notified().await;
    assert_eq!(talk.names().len(), 2, "it runs again once that is over");
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_run_side_by_side_up_to_the_number_of_workers() {
    let talk = Talk::start_with(|settings| settings.workers = 3).await;
    let journal = talk.running.journal();
    for lane in 0..5 {
        journal
            .accept(ordered(&format!("g{lane}"), lane, "wait"))
            .await
            .unwrap();
    }
    talk.until(|counts| counts.leased == 3 && counts.queued == 2)
        .await;
    for done in 1..=5 {
        talk.work.go.notify_one();
        talk.until(|counts| counts.done >= done).await;
    }
    talk.running.stop().await;
}
