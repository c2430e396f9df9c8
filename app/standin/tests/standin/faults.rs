//! Faults come when they are asked for, strike what they name, and are over.

use std::time::{Duration, Instant};

use serde_json::json;
use waterline_standin::{Fault, FaultKind, Standin, World};

use crate::client::House;

const ISSUE: &str = "/repos/{owner}/{repo}/issues/{issue_number}";

#[tokio::test]
async fn limits_are_scripted() {
    let house = House::new().await;
    let token = house.token();
    {
        let mut world = house.github.world();
        world
            .faults
            .push(Fault::once("GET", ISSUE, FaultKind::Secondary(Some(7))).times(2));
        world
            .faults
            .push(Fault::once("GET", ISSUE, FaultKind::TooMany(None)));
        world
            .faults
            .push(Fault::once("*", "*", FaultKind::Primary(30)));
    }
    let path = "/repos/octo/shop/issues/1";
    for _ in 0..2 {
        let answer = house.get(path, &token).await;
        assert_eq!((answer.status, answer.header("retry-after")), (403, "7"));
        assert!(answer.message().contains("secondary rate limit"));
    }
    let answer = house.get(path, &token).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, ""));
    let answer = house.get("/meta", "").await;
    assert_eq!(
        (answer.status, answer.header("x-ratelimit-remaining")),
        (403, "0")
    );
    assert_eq!(house.get(path, &token).await.status, 200);
}

#[tokio::test]
async fn connections_break_before_or_after_the_deed() {
    let house = House::new().await;
    let token = house.token();
    let comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
    let http = reqwest::Client::builder()
        .no_proxy()
        .user_agent("test")
        .build()
        .unwrap();
    let url = format!("{}/repos/octo/shop/issues/1/comments", house.github.url());
    for (kind, written) in [(FaultKind::Broken, 0), (FaultKind::BrokenAfter, 1)] {
        house
            .github
            .world()
            .faults
            .push(Fault::once("POST", comments, kind));
        let sent = http
            .post(&url)
            .bearer_auth(&token)
            .json(&json!({ "body": "x" }))
            .send()
            .await;
        assert!(sent.is_err(), "there is no answer");
        assert_eq!(house.github.home().comments_of(1).len(), written);
    }
    assert_eq!(
        house
            .github
            .exchanges()
            .iter()
            .filter(|e| e.status == 0)
            .count(),
        2
    );
}

#[tokio::test]
async fn answers_are_late_or_no_json() {
    let house = House::new().await;
    house.github.world().faults.push(Fault::once(
        "GET",
        "/meta",
        FaultKind::Delay(Duration::from_millis(150)),
    ));
    house
        .github
        .world()
        .faults
        .push(Fault::once("GET", "/rate_limit", FaultKind::Html(502)));
    let started = Instant::now();
    assert_eq!(house.get("/meta", "").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
    let page = house.get("/rate_limit", "").await;
    assert_eq!(page.status, 502);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_stopped_standin_is_gone() {
    let github = Standin::start(World::default()).await.unwrap();
    let url = format!("{}/meta", github.url());
    let http = reqwest::Client::builder()
        .no_proxy()
        .user_agent("test")
        .build()
        .unwrap();
    assert!(http.get(&url).send().await.is_ok());
    github.stop().await;
    assert!(http.get(&url).send().await.is_err());
}
