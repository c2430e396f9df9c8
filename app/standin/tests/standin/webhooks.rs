//! Webhooks go out signed, are remembered, and come again.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use waterline_standin::signature;

use crate::client::House;

/// An ear that takes one request a connection and answers what it is told.
async fn listen(status: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let mut chunk = [0; 65_536];
            loop {
                let read = stream.read(&mut chunk).await.unwrap();
                text.extend_from_slice(&chunk[..read]);
                let all = String::from_utf8_lossy(&text).into_owned();
                let head = all.split("\r\n\r\n").next().unwrap_or("").to_lowercase();
                let length = head
                    .lines()
                    .find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
                if read == 0 || length.is_some_and(|l| text.len() >= head.len() + 4 + l) {
                    ear.lock().unwrap().push(all);
                    break;
                }
            }
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, heard)
}

#[tokio::test]
async fn a_delivery_is_signed_and_remembered_and_comes_again() {
    let house = House::new().await;
    let (url, heard) = listen("202 Accepted").await;
    house.github.world().app.webhook_url = Some(url);
    let shop = house.github.home();
    shop.comment(1, "dev", "/waterline diagnose").await.unwrap();
    let first = house.github.world().deliveries[0].clone();
    assert_eq!(
        (
            first.event.as_str(),
            first.status.as_str(),
            first.redelivery
        ),
        ("issue_comment", "OK", false)
    );
    let text = heard.lock().unwrap()[0].clone();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let signed = signature("It's a Secret to Everybody", body.as_bytes());
    for line in [
        "x-github-event: issue_comment".to_owned(),
        format!("x-github-delivery: {}", first.guid),
        format!("x-hub-signature-256: {signed}"),
        "user-agent: GitHub-Hookshot/0123abc".to_owned(),
        "x-github-hook-installation-target-type: integration".to_owned(),
    ] {
        assert!(head.contains(&line), "{line} in\n{head}");
    }
    let answer = house
        .post(
            &format!("/app/hook/deliveries/{}/attempts", first.id),
            &house.jwt(),
            json!(null),
        )
        .await;
    assert_eq!(answer.status, 202);
    for _ in 0..200 {
        if house.github.world().deliveries.len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let again = house.github.world().deliveries[1].clone();
    assert_eq!(
        (&again.guid, again.redelivery, &again.body),
        (&first.guid, true, &first.body)
    );
    let listed = house
        .get("/app/hook/deliveries?per_page=1", &house.jwt())
        .await;
    assert_eq!(listed.json()[0]["id"], again.id);
    let link = listed.header("link").to_owned();
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    assert_eq!(
        house.get(next, &house.jwt()).await.json()[0]["id"],
        first.id
    );
}

#[tokio::test]
async fn a_failed_delivery_says_so() {
    let house = House::new().await;
    let (url, _) = listen("500 Oh").await;
    house.github.world().app.webhook_url = Some(url);
    let failed = house.github.deliver("ping", json!({ "zen": "x" })).await;
    assert_eq!((failed.status_code, failed.ok()), (500, false));
    house.github.world().app.webhook_url = Some("http://127.0.0.1:1/".to_owned());
    let lost = house.github.deliver("ping", json!({ "zen": "x" })).await;
    assert_eq!(
        (lost.status_code, lost.status.as_str()),
        (502, "failed to connect to host")
    );
    let path = "/app/hook/deliveries?status=failure";
    assert_eq!(
        house
            .get(path, &house.jwt())
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    house.done();
}

#[tokio::test]
async fn only_what_is_subscribed_and_installed_is_heard() {
    let house = House::new().await;
    let (url, heard) = listen("202 Accepted").await;
    house.github.world().app.webhook_url = Some(url);
    let shop = house.github.home();
    house
        .github
        .repository("elsewhere/open")
        .open_issue("mona", "t", "b")
        .await
        .unwrap();
    house
        .github
        .world()
        .app
        .events
        .retain(|event| event != "issues");
    shop.open_issue("mona", "t", "b").await.unwrap();
    house.github.world().installations[0].suspended = true;
    shop.comment(1, "dev", "hello").await.unwrap();
    assert!(heard.lock().unwrap().is_empty());
    house.github.world().installations[0].suspended = false;
    house.github.world().app.echo = true;
    house
        .post(
            "/repos/octo/shop/issues/1/comments",
            &house.token(),
            json!({ "body": "mine" }),
        )
        .await;
    for _ in 0..200 {
        if !heard.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let text = heard.lock().unwrap()[0].clone();
    assert!(
        text.contains("\"waterline[bot]\""),
        "our own comment comes back to us"
    );
    house.done();
}
