//! What GitHub refuses although its description allows it.

use serde_json::{Value, json};
use waterline_standin::RunOn;

use crate::client::House;

const CHECKS: &str = "/repos/octo/shop/check-runs";

#[tokio::test]
async fn comments_end_at_65_536_characters() {
    let house = House::new().await;
    let token = house.token();
    let path = "/repos/octo/shop/issues/1/comments";
    let full = "ä".repeat(65_536);
    let made = house.post(path, &token, json!({ "body": full })).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_u64().unwrap();
    let long = house
        .post(path, &token, json!({ "body": format!("{full}x") }))
        .await;
    assert_eq!(long.status, 422);
    let error = &long.json()["errors"][0];
    assert_eq!(error["resource"], "IssueComment");
    assert!(error["message"].as_str().unwrap().contains("too long"));
    let edit = format!("/repos/octo/shop/issues/comments/{id}");
    assert_eq!(
        house
            .patch(&edit, &token, json!({ "body": format!("{full}x") }))
            .await
            .status,
        422
    );
    assert_eq!(
        house
            .post(path, &token, json!({ "body": " " }))
            .await
            .status,
        422
    );
    assert_eq!(
        house
            .post(
                "/repos/octo/shop/issues/99/comments",
                &token,
                json!({ "body": "x" })
            )
            .await
            .status,
        404
    );
    house.done();
}

fn annotation(line: u64) -> Value {
    json!({
        "path": "a.rs", "start_line": line, "end_line": line,
        "annotation_level": "warning", "message": "m",
    })
}

#[tokio::test]
async fn check_runs_have_their_limits() {
    let house = House::new().await;
    let token = house.token();
    let sha = house.github.home().head_of(1);
    let with = |extra: Value| {
        let mut body = json!({ "name": "waterline", "head_sha": sha });
        for (key, value) in extra.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let output = |key: &str, value: Value| {
        let mut output = json!({ "title": "t", "summary": "s" });
        output[key] = value;
        json!({ "output": output })
    };
    let action = |label: &str| json!({ "label": label, "description": "d", "identifier": "i" });
    let many: Vec<Value> = (1..=51).map(annotation).collect();
    let mut wide = annotation(1);
    wide["end_line"] = 2.into();
    wide["start_column"] = 1.into();
    for refused in [
        json!({ "status": "completed" }),
        json!({ "completed_at": "2026-01-01T00:00:00Z" }),
        json!({ "status": "in_progress", "conclusion": "success" }),
        json!({ "conclusion": "stale" }),
        output("summary", "s".repeat(65_536).into()),
        output("text", "s".repeat(65_536).into()),
        output("annotations", many.clone().into()),
        output("annotations", json!([wide])),
        json!({ "output": { "summary": "no title" } }),
        json!({ "actions": [action("a"), action("b"), action("c"), action("d")] }),
        json!({ "actions": [action("a label of more than twenty")] }),
        json!({ "head_sha": "0".repeat(40) }),
    ] {
        let answer = house.post(CHECKS, &token, with(refused.clone())).await;
        let shown: String = refused.to_string().chars().take(90).collect();
        assert_eq!(answer.status, 422, "{shown}");
    }
    let first = output("annotations", many[..50].into());
    let made = house.post(CHECKS, &token, with(first)).await.json();
    let path = format!("{CHECKS}/{}", made["id"]);
    let second = output("annotations", many[..1].into());
    let mut second = second;
    second["conclusion"] = "failure".into();
    let done = house.patch(&path, &token, second).await.json();
    assert_eq!(done["status"], "completed", "a conclusion completes");
    assert_eq!(
        done["output"]["annotations_count"], 51,
        "annotations add up"
    );
    let page = house
        .get(&format!("{path}/annotations?per_page=100"), &token)
        .await
        .json();
    assert_eq!(page.as_array().unwrap().len(), 51);
}

#[tokio::test]
async fn an_app_changes_only_its_own_check_runs() {
    let house = House::new().await;
    let shop = house.github.home();
    let run = shop.start_run(RunOn::PullRequest(1)).await.unwrap();
    let jobs = vec![waterline_standin::FinishedJob::failure("build", "no\n")];
    let job = shop.finish_run(run, "failure", jobs).await.unwrap()[0];
    let answer = house
        .patch(
            &format!("{CHECKS}/{job}"),
            &house.token(),
            json!({ "name": "mine" }),
        )
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        shop.check_runs_of(&shop.head_of(1))[0].app,
        "github-actions"
    );
    house.done();
}

#[tokio::test]
async fn the_gate_takes_ten_reports_and_one_verdict() {
    let house = House::new().await;
    let shop = house.github.home();
    let run = shop.start_run(RunOn::Branch("main")).await.unwrap();
    shop.request_deployment(run, "production").await.unwrap();
    let token = house.token();
    let path = format!("/repos/octo/shop/actions/runs/{run}/deployment_protection_rule");
    let report = json!({ "environment_name": "production", "comment": "x".repeat(1_024) });
    for _ in 0..10 {
        assert_eq!(house.post(&path, &token, report.clone()).await.status, 204);
    }
    assert_eq!(
        house.post(&path, &token, report).await.status,
        422,
        "the eleventh"
    );
    let long = json!({ "environment_name": "production", "state": "approved", "comment": "x".repeat(1_025) });
    assert_eq!(house.post(&path, &token, long).await.status, 422);
    let other = json!({ "environment_name": "staging", "state": "approved" });
    assert_eq!(house.post(&path, &token, other).await.status, 422);
    let verdict = json!({ "environment_name": "production", "state": "rejected", "comment": "no" });
    assert_eq!(house.post(&path, &token, verdict.clone()).await.status, 204);
    assert_eq!(
        house.post(&path, &token, verdict).await.status,
        422,
        "it is decided"
    );
    let gate = shop.gate_of(run);
    assert_eq!(gate.len(), 11);
    assert_eq!(gate[10].state.as_deref(), Some("rejected"));
    let ended = house
        .get(&format!("/repos/octo/shop/actions/runs/{run}"), &token)
        .await
        .json();
    assert_eq!(
        (&ended["status"], &ended["conclusion"]),
        (&json!("completed"), &json!("failure"))
    );
    house.done();
}

#[tokio::test]
async fn a_reaction_counts_once() {
    let house = House::new().await;
    let shop = house.github.home();
    let comment = shop.comment(1, "dev", "/waterline help").await.unwrap();
    let path = format!("/repos/octo/shop/issues/comments/{comment}/reactions");
    let token = house.token();
    let eyes = json!({ "content": "eyes" });
    assert_eq!(house.post(&path, &token, eyes.clone()).await.status, 201);
    assert_eq!(house.post(&path, &token, eyes).await.status, 200);
    let found = shop.reactions_of(comment);
    assert_eq!((found.len(), found[0].user.as_str()), (1, "waterline[bot]"));
    house.done();
}
