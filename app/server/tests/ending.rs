//! The end of a server: what runs may finish, what cannot is given back, and it does not take long.

use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection};
use tokio::io::AsyncWriteExt;

use super::support::{Talk, answer, failed_run, request, signature};
use crate::journal::tests::bench::{delivery, named_job, with_postgres};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_in_flight_may_end() {
    let talk = Talk::start().await;
    let mut new = delivery("a", &[]);
    new.jobs = vec![named_job(1, "wait"), named_job(1, "plain")];
    talk.running.journal().accept(new).await.unwrap();
    talk.work.started.notified().await;
    let Talk {
        running,
        work,
        folder,
    } = talk;
    let stopping = tokio::spawn(running.stop());
    work.go.notify_one();
    stopping.await.unwrap();
    assert_eq!(
        work.begun.lock().unwrap().len(),
        1,
        "no further one is begun"
    );

    let again = Talk::start_in(folder, |_| {}).await;
    again.until(|counts| counts.done == 2).await;
    assert_eq!(
        again.names(),
        ["plain"],
        "what waited goes on after the next start"
    );
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_does_not_end_is_given_back() {
    let talk = Talk::start_with(|settings| settings.stop_within = Duration::from_millis(50)).await;
    let mut new = delivery("a", &[]);
    new.jobs.push(named_job(1, "for ever"));
    talk.running.journal().accept(new).await.unwrap();
    talk.work.started.notified().await;
    let Talk {
        running, folder, ..
    } = talk;
    running.stop().await;
    let again = Talk::start_in(folder, |settings| {
        settings.stop_within = Duration::from_millis(50);
    })
    .await;
    again.work.started.notified().await;
    let rows = again.running.journal().recent_jobs(1).await.unwrap();
    assert_eq!(
        (rows[0].state.as_str(), rows[0].tries),
        ("leased", 1),
        "the try did not count"
    );
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_is_being_stored_is_answered() {
    let talk = Talk::start().await;
    let place = format!("sqlite:{}", talk.folder.path().join("w.db").display());
    let mut other = AnyConnection::connect(&place).await.unwrap();
    let lock = "BEGIN IMMEDIATE";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    let body = failed_run(1, 0);
    let request = request("late", "workflow_run", &signature(&body), &body);
    let mut stream = talk.connect().await;
    stream.write_all(&request).await.unwrap();
    // A second one, answered, shows that the server has come to the first.
    assert_eq!(talk.get("/healthz").await.0, 200);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let Talk {
        running, folder, ..
    } = talk;
    let addr = running.addr();
    let stopping = tokio::spawn(running.stop());
    while tokio::net::TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    other.close().await.unwrap();
    let (status, text) = answer(&mut stream).await;
    assert_eq!(status, 202, "{text}");
    stopping.await.unwrap();
    let again = Talk::start_in(folder, |_| {}).await;
    again.until(|counts| counts.done == 1).await;
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_still_arrives_does_not_hold_the_stop() {
    let talk = Talk::start().await;
    let body = failed_run(1, 1_000);
    let whole = request("slow", "workflow_run", &signature(&body), &body);
    let mut slow = talk.connect().await;
    slow.write_all(&whole[..whole.len() - 10]).await.unwrap();
    // One that was refused is read on, for the time being.
    let refused = request("", "workflow_run", &signature(&body), &body);
    let mut bad = talk.connect().await;
    bad.write_all(&refused[..refused.len() - 10]).await.unwrap();
    assert_eq!(talk.get("/healthz").await.0, 200);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    let (stopped, (status, text)) = tokio::join!(talk.running.stop(), answer(&mut slow));
    let () = stopped;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("is stopping"), "{text}");
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(900), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_falls_silent_does_not_hold_the_stop() {
    with_postgres("a_silent_database_and_a_stop", |bench| async move {
        let place = bench.place.clone();
        let mut talk = Talk::start_with(|settings| {
            settings.database_url = place;
            settings.stop_within = Duration::from_millis(50);
        })
        .await;
        let silence = bench.silence().await;
        // The writer waits for this one.
        let new = delivery("a", &[1]);
        let journal = talk.running.journal().clone();
        let storing = tokio::spawn(async move { journal.accept(new).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        talk.running.close_within = Duration::from_millis(100);
        let stopped = tokio::time::timeout(Duration::from_secs(5), talk.running.stop()).await;
        assert!(stopped.is_ok(), "the stop waits for the database");
        silence.close().await.unwrap();
        storing.abort();
        bench
    })
    .await;
}
