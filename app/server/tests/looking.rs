//! Looking in: health, counts, metrics and the page.

use std::time::Duration;

use super::support::{Talk, failed_run};
use crate::journal::tests::bench::{delivery, named_job};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_and_metrics_say_what_happened() {
    let talk = Talk::start().await;
    talk.deliver("g-1", "workflow_run", &failed_run(1, 0)).await;
    talk.deliver("g-2", "invented", b"{}").await;
    talk.until(|counts| counts.done == 1).await;
    let (status, text) = talk.get("/api/status").await;
    assert_eq!(status, 200);
    let wanted = r#"{"queued":0,"timers":0,"leased":0,"dead":0,"done":1,"deliveries":1}"#;
    assert!(text.ends_with(wanted), "{text}");
    let (status, metrics) = talk.get("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        r#"waterline_deliveries_total{event="workflow_run",outcome="stored"}"#,
        r#"waterline_deliveries_total{event="other",outcome="ignored"}"#,
        r#"waterline_jobs_total{capability="diagnose",outcome="done"}"#,
        r#"waterline_queue_depth{state="queued"} "#,
        "waterline_queue_lag_seconds ",
        "waterline_ack_seconds_bucket{le=",
        "waterline_job_seconds_bucket{capability=",
        "waterline_journal_commit_parts_bucket{le=\"256\"}",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(
        !metrics.contains("invented"),
        "no stranger's word becomes a label"
    );
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_waits_too_long_is_not_ready() {
    let talk = Talk::start_with(|settings| settings.workers = 1).await;
    assert_eq!(talk.get("/healthz").await.0, 200);
    assert_eq!(talk.get("/readyz").await.0, 200);
    let mut new = delivery("a", &[]);
    new.jobs = vec![named_job(1, "wait"), named_job(2, "plain")];
    let journal = talk.running.journal();
    journal.accept(new).await.unwrap();
    talk.work.started.notified().await;
    journal.clock().advance(Duration::from_secs(20));
    assert!(journal.lag().await.unwrap() >= 20_000);
    journal.clock().advance(Duration::from_secs(300));
    // An answer stands for half a second.
    let (status, text) = loop {
        match talk.get("/readyz").await {
            (200, _) => tokio::time::sleep(Duration::from_millis(20)).await,
            answer => break answer,
        }
    };
    assert_eq!(status, 503);
    assert!(text.contains("The oldest job has waited for 3"), "{text}");
    assert_eq!(talk.get("/healthz").await.0, 200, "it lives all the same");
    talk.work.go.notify_one();
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_and_escapes() {
    let talk = Talk::start().await;
    let mut new = delivery("<b>guid</b>", &[]);
    new.action = "<script>alert(1)</script>".to_owned();
    new.jobs = vec![named_job(1, "plain"), named_job(2, "refuse")];
    talk.running.journal().accept(new).await.unwrap();
    talk.until(|counts| counts.done == 1 && counts.dead == 1)
        .await;
    let (status, page) = talk.get("/").await;
    assert_eq!(status, 200);
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(
        head.contains("content-security-policy: default-src 'none'"),
        "{head}"
    );
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    for shown in [
        "did plain",
        "GitHub said no",
        "o/r#1",
        "Dead letters",
        "1 of 2 dead",
    ] {
        assert!(body.contains(shown), "{shown} in {body}");
    }
    for never in ["<script", "<b>guid", "http://", "https://", "src="] {
        assert!(!body.contains(never), "{never} in {body}");
    }
    talk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_for_this_machine_or_for_who_knows_the_token() {
    let ask = |more: &str| {
        format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n").into_bytes()
    };
    let talk = Talk::start().await;
    assert_eq!(talk.send(&ask("")).await.0, 200);
    assert_eq!(talk.send(&ask("x-forwarded-for: 1.2.3.4\r\n")).await.0, 403);
    talk.running.stop().await;

    let talk = Talk::start_with(|settings| settings.admin_token = Some("t0ken".into())).await;
    assert_eq!(talk.send(&ask("")).await.0, 401);
    assert_eq!(
        talk.send(&ask("authorization: Bearer t0ken\r\n")).await.0,
        200
    );
    talk.running.stop().await;
}
