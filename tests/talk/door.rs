//! The door: what is let in, and the one sentence for what is not.

use serde_json::{Value, json};
use waterline_standin::{payload, signature};

use super::{cart_job, ci, comments, pull_request};
use crate::support::{House, conversation};

/// A status, and the headers and body that lead to it.
type Case<'a> = (u16, Vec<(&'a str, &'a str)>, Vec<u8>);

pub(super) const SECRET: &str = "It's a Secret to Everybody";

pub(super) async fn knock(house: &House, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Value) {
    let mut request = reqwest::Client::new().post(format!("{}/webhook", house.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

pub(super) fn signed<'a>(
    guid: &'a str,
    event: &'a str,
    signature: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("content-type", "application/json"),
        ("x-github-event", event),
        ("x-github-delivery", guid),
        ("x-hub-signature-256", signature),
    ]
}

#[test]
fn what_is_wrong_is_refused_with_one_sentence() {
    conversation(async |house| {
        let body = json!({"zen": "Keep it logically awesome."})
            .to_string()
            .into_bytes();
        let good = signature(SECRET, &body);
        let forged = signature("guess", &body);
        let cases: Vec<Case<'_>> = vec![
            (401, signed("g-1", "ping", &forged), body.clone()),
            (401, signed("g-1", "ping", "sha256=zz"), body.clone()),
            (401, signed("g-1", "ping", &good), b"{}".to_vec()),
            (
                400,
                signed("g-1", "ping", &good)[..3]
                    .iter()
                    .filter(|h| h.0 != "x-github-event")
                    .copied()
                    .chain([("x-hub-signature-256", &*good)])
                    .collect(),
                body.clone(),
            ),
            (
                400,
                signed("g-1", "ping", &good)
                    .into_iter()
                    .filter(|h| h.0 != "x-github-delivery")
                    .collect(),
                body.clone(),
            ),
        ];
        for (expected, headers, body) in cases {
            let (status, answer) = knock(house, &headers, body).await;
            assert_eq!(status, expected, "{headers:?} {answer}");
            assert!(
                answer["error"].as_str().is_some_and(|e| e.len() > 10),
                "{answer}"
            );
        }
        let broken = b"{\"zen\": ".to_vec();
        let (status, answer) = knock(
            house,
            &signed("g-2", "workflow_run", &signature(SECRET, &broken)),
            broken.clone(),
        )
        .await;
        assert_eq!(status, 400, "{answer}");
        let large = vec![b' '; 26 * 1024 * 1024];
        let (status, _) = knock(house, &signed("g-3", "ping", &good), large).await;
        assert_eq!(status, 413);
        let (status, _) = knock(house, &signed("g-4", "never_heard_of", &good), body.clone()).await;
        assert!((200..300).contains(&status), "an unknown event is no error");
        let (status, _) = knock(house, &signed("g-5", "ping", &good), body).await;
        assert!((200..300).contains(&status));
    });
}

#[test]
fn a_form_is_as_good_as_json() {
    conversation(async |house| {
        let json = json!({"zen": "Half measures are as bad as nothing at all."}).to_string();
        let body: String = format!(
            "payload={}",
            json.bytes()
                .map(|b| format!("%{b:02X}"))
                .collect::<String>()
        );
        let sign = signature(SECRET, body.as_bytes());
        let mut headers = signed("g-6", "ping", &sign);
        headers[0].1 = "application/x-www-form-urlencoded";
        let (status, answer) = knock(house, &headers, body.into_bytes()).await;
        assert!((200..300).contains(&status), "{answer}");
    });
}

#[test]
fn one_delivery_sent_a_thousand_times_runs_once() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        let body = {
            let world = house.github.world();
            payload::workflow_run(&world, "octo/shop", run, "completed")
                .unwrap()
                .to_string()
                .into_bytes()
        };
        let before = house.status().await["done"].as_u64().unwrap();
        let sign = signature(SECRET, &body);
        let headers = signed("the-same", "workflow_run", &sign);
        for _ in 0..20 {
            let knocks = (0..50).map(|_| knock(house, &headers, body.clone()));
            for (status, answer) in futures_util::future::join_all(knocks).await {
                assert!((200..300).contains(&status), "{answer}");
            }
        }
        house.settle().await;
        assert_eq!(house.status().await["done"].as_u64().unwrap(), before + 1);
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn health_readiness_and_metrics_answer() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        for path in ["/healthz", "/readyz"] {
            let answer = reqwest::get(format!("{}{path}", house.url()))
                .await
                .unwrap();
            assert_eq!(answer.status(), 200, "{path}");
        }
        let metrics = reqwest::get(format!("{}/metrics", house.url()))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        for name in [
            "waterline_deliveries_total",
            "waterline_ack_seconds",
            "waterline_queue_depth",
            "waterline_jobs_total",
            "waterline_github_requests_total",
        ] {
            assert!(metrics.contains(name), "{name} in\n{metrics}");
        }
        let page = reqwest::get(house.url()).await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.headers().get("content-security-policy").is_some());
        let page = page.text().await.unwrap();
        assert!(
            page.contains("workflow_run") && page.contains("octo/shop#"),
            "{page}"
        );
    });
}

#[test]
fn the_page_shows_what_was_posted_and_links_to_it() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        let page = reqwest::get(house.url())
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        for part in [
            "comment created",
            "check run waterline/diagnose created",
            "Expected: 12",
            &format!("octo/shop/pull/{pull}#issuecomment-"),
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    });
}
