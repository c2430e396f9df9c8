//! Every route once, on a world where something lies in every box; the judge sees all of it.

use std::collections::BTreeSet;

use serde_json::json;
use waterline_standin::{Fault, FaultKind, TokenKind, operations};

use crate::client::{DESCRIPTION, House};
use crate::filled::{all_permissions, body, filled, path};

/// What takes something away comes last; what runs things again waits for what reads them.
fn ordered() -> Vec<(&'static str, &'static str)> {
    let mut order = operations();
    order.sort_by_key(|(method, path)| {
        let late = path.ends_with("rerun") || path.ends_with("failed-jobs");
        let last = *path == "/installation/token" || path.starts_with("/app-manifests");
        let kind = match *method {
            "GET" => 0,
            "POST" => 1,
            "PATCH" => 2,
            _ => 3,
        };
        (last, late, kind)
    });
    order
}

#[tokio::test]
async fn every_route_answers_as_github_describes_it() {
    let house = House::new().await;
    let mut ids = filled(&mut house.github.world());
    let ping = waterline_standin::payload::ping(&house.github.world());
    house.github.deliver("ping", ping).await;
    let delivery = house.github.world().deliveries[0].id;
    house.github.world().app.permissions = all_permissions();
    let token = house.token();
    let made = house
        .post(
            "/repos/octo/shop/check-runs",
            &token,
            json!({ "name": "first", "head_sha": ids.sha }),
        )
        .await;
    assert_eq!(made.status, 201);
    let check = made.json()["id"].as_u64().unwrap();
    let tree = house
        .get("/repos/octo/shop/git/trees/main?recursive=1", &token)
        .await
        .json();
    let blob = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["type"] == "blob")
        .unwrap();
    ids.blob = blob["sha"].as_str().unwrap().to_owned();

    for (method, template) in ordered() {
        let mut token = token.clone();
        if template.starts_with("/app") || template.ends_with("/installation") {
            token = house.jwt();
        } else if template == "/user" {
            token = house.github.mint(TokenKind::User("mona".to_owned()));
        }
        if template.contains("rerun") {
            house
                .github
                .world()
                .end_run("octo/shop", ids.run, "failure")
                .unwrap();
        }
        let path = path(template, &ids, check, delivery);
        let body = body(method, template, &ids.sha);
        let answer = house.send(method, &path, &token, &[], body).await;
        assert!(
            (200..400).contains(&answer.status),
            "{method} {path}: {} {}",
            answer.status,
            answer.message(),
        );
    }
    house.done();
}

#[tokio::test]
async fn lists_of_many_things_are_judged_too() {
    let house = House::new().await;
    let ids = filled(&mut house.github.world());
    house.github.world().app.permissions = all_permissions();
    let token = house.token();
    for path in [
        "/repos/octo/shop/pulls?state=all&per_page=1",
        "/repos/octo/shop/issues?state=all&labels=needs%20tests",
        "/repos/octo/shop/pulls?head=guest:discount",
        "/repos/octo/shop/actions/runs?event=pull_request&status=failure&branch=discount",
        "/repos/octo/shop/pulls/2",
        "/repos/octo/shop/contents/src",
        "/repos/octo/shop/compare/main...guest:discount",
        "/repos/octo/shop/issues/3",
    ] {
        let answer = house.get(path, &token).await;
        assert_eq!(answer.status, 200, "{path}");
        let found = answer.json();
        assert!(
            found.as_array().is_none_or(|list| !list.is_empty()),
            "{path} is empty"
        );
        assert_ne!(found["total_count"], 0, "{path} is empty");
    }
    let path = format!("/repos/octo/shop/commits/{}/pulls", ids.sha);
    assert_eq!(house.get(&path, &token).await.json()[0]["number"], 1);
    house.done();
}

#[test]
fn only_described_operations_are_served() {
    let described = DESCRIPTION.operations();
    let mut seen = BTreeSet::new();
    for (method, path) in operations() {
        assert!(
            seen.insert((method, path)),
            "{method} {path} is there twice"
        );
        let known = described.contains(&(method.to_owned(), path.to_owned()));
        assert!(
            known || ["/user", "/graphql"].contains(&path),
            "{method} {path} is not described"
        );
    }
}

#[tokio::test]
async fn a_wrong_request_is_a_violation() {
    let house = House::new().await;
    let token = house.token();
    house
        .post(
            "/repos/octo/shop/issues/1/comments",
            &token,
            json!({ "body": "x", "mood": 1 }),
        )
        .await;
    house.get("/repos/octo/shop/pulls?colour=red", &token).await;
    house
        .post(
            "/repos/octo/shop/issues",
            &token,
            json!({ "title": ["x"], "body": "y" }),
        )
        .await;
    house.get("/nowhere", &token).await;
    let found = house.github.violations().join("\n");
    for part in [
        "unknown properties: /mood",
        "\"colour\" is not",
        "request POST",
        "GET /nowhere: no operation",
    ] {
        assert!(found.contains(part), "{part} in {found}");
    }
}

#[tokio::test]
async fn a_fault_needs_no_credentials() {
    let house = House::new().await;
    house.github.world().faults.push(Fault::once(
        "GET",
        "/meta",
        FaultKind::Status(503, "Down".to_owned()),
    ));
    assert_eq!(house.get("/meta", "").await.status, 503);
    assert_eq!(house.get("/meta", "").await.status, 200);
}
