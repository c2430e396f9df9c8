//! Every route once, on a world where something lies in every box; the judge sees all of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use waterline_standin::{
    Approval, Artifact, Fault, FaultKind, FinishedJob, Level, Log, Opening, Permissions, RunOn,
    Team, TokenKind, World, operations,
};

use crate::client::{DESCRIPTION, House};

/// The ids that the paths need.
struct Ids {
    comment: u64,
    run: u64,
    job: u64,
    artifact: u64,
    deployment: u64,
    sha: String,
    blob: String,
}

fn filled(world: &mut World) -> Ids {
    let at = "octo/shop";
    let fork = Opening {
        fork: Some("guest".to_owned()),
        author: "guest".to_owned(),
        labels: vec!["needs tests".to_owned()],
        draft: true,
        ..Opening::default()
    };
    fork.open(world, at).unwrap();
    world.open_issue(at, "mona", "Slow", "Very slow").unwrap();
    let comment = world.add_comment(at, 1, "mona", "Why?", None).unwrap();
    world
        .add_comment(at, 1, "waterline[bot]", "So.", Some("waterline".to_owned()))
        .unwrap();
    world.add_review(at, 1, "mona", "APPROVED", "Good").unwrap();
    world
        .push_commit(
            at,
            "main",
            "mona",
            "Tidy",
            &[("README.md", Some("# Shop\n"))],
        )
        .unwrap();
    let run = world.begin_run(at, "CI", RunOn::PullRequest(1)).unwrap();
    world.begin_run(at, "CI", RunOn::PullRequest(2)).unwrap();
    let job = world
        .add_job(at, run, FinishedJob::failure("build", "error: no\n"))
        .unwrap();
    world
        .add_job(
            at,
            run,
            FinishedJob::ended("old", "cancelled", Log::Expired),
        )
        .unwrap();
    world.end_run(at, run, "failure").unwrap();
    let environment = world.add_environment(at, "production").unwrap();
    environment.custom_rule = true;
    environment.wait_timer = 5;
    environment.reviewers.push("mona".to_owned());
    let deployment = world
        .add_deployment(at, "main", "production", "dev")
        .unwrap();
    let artifact = world.next_id();
    let created_at = world.tick();
    world.teams.push(Team {
        org: "octo".to_owned(),
        slug: "keepers".to_owned(),
        members: [("mona".to_owned(), true)].into(),
    });
    world
        .app
        .manifests
        .insert("c0de".to_owned(), json!({ "name": "Waterline" }));
    let repository = world.repository_mut(at).unwrap();
    repository.artifacts.insert(
        artifact,
        Artifact {
            id: artifact,
            run_id: run,
            name: "report".to_owned(),
            zip: vec![80, 75],
            expired: false,
            created_at,
        },
    );
    let sha = repository.pull_request(1).unwrap().1.head_sha.clone();
    let state = repository.runs.get_mut(&run).unwrap();
    state.waiting.push("production".to_owned());
    state.approvals.push(Approval {
        environments: vec!["production".to_owned()],
        state: "approved".to_owned(),
        user: "mona".to_owned(),
        comment: "Go".to_owned(),
    });
    Ids {
        comment,
        run,
        job,
        artifact,
        deployment,
        sha,
        blob: String::new(),
    }
}

fn path(template: &str, ids: &Ids, check: u64, delivery: u64) -> String {
    let fill = [
        ("owner", "octo".to_owned()),
        ("repo", "shop".to_owned()),
        ("org", "octo".to_owned()),
        ("team_slug", "keepers".to_owned()),
        ("username", "mona".to_owned()),
        ("installation_id", "3001".to_owned()),
        ("issue_number", "1".to_owned()),
        ("pull_number", "1".to_owned()),
        ("comment_id", ids.comment.to_string()),
        ("name", "needs%20tests".to_owned()),
        ("run_id", ids.run.to_string()),
        ("attempt_number", "1".to_owned()),
        ("job_id", ids.job.to_string()),
        ("artifact_id", ids.artifact.to_string()),
        ("archive_format", "zip".to_owned()),
        ("check_run_id", check.to_string()),
        ("deployment_id", ids.deployment.to_string()),
        ("environment_name", "production".to_owned()),
        ("workflow_id", "ci.yml".to_owned()),
        ("delivery_id", delivery.to_string()),
        ("code", "c0de".to_owned()),
        ("sha", ids.sha.clone()),
        ("commit_sha", ids.sha.clone()),
        ("tree_sha", ids.sha.clone()),
        ("file_sha", ids.blob.clone()),
        ("path", "src/lib.rs".to_owned()),
        ("basehead", format!("main...{}", ids.sha)),
    ];
    let of_git = template.contains("/git/ref/");
    let name = if of_git { "heads/main" } else { "discount" };
    fill.iter()
        .chain([&("ref", name.to_owned())])
        .fold(template.to_owned(), |path, (key, value)| {
            path.replace(&format!("{{{key}}}"), value)
        })
}

fn body(method: &str, template: &str, sha: &str) -> Option<Value> {
    let last = template.rsplit('/').find(|part| !part.starts_with('{'))?;
    let body = match (method, last) {
        ("POST", "access_tokens") => {
            json!({ "repositories": ["shop"], "permissions": { "issues": "write" } })
        }
        ("POST", "comments") => json!({ "body": "Hello" }),
        ("PATCH", "comments") => json!({ "body": "Hello again" }),
        ("POST", "reactions") => json!({ "content": "eyes" }),
        ("POST", "issues") => json!({ "title": "New", "body": "Text", "labels": ["bug"] }),
        ("PATCH", "issues") => json!({ "state": "open", "title": "Other" }),
        ("POST", "labels") => json!({ "labels": ["needs tests"] }),
        ("POST", "assignees") => json!({ "assignees": ["dev"] }),
        ("POST", "reviews") => json!({ "event": "COMMENT", "body": "Hm" }),
        ("POST", "check-runs") => {
            json!({ "name": "waterline", "head_sha": sha, "status": "in_progress" })
        }
        ("PATCH", "check-runs") => json!({
            "conclusion": "neutral",
            "output": { "title": "T", "summary": "S", "annotations": [{
                "path": "src/lib.rs", "start_line": 1, "end_line": 1,
                "annotation_level": "failure", "message": "here",
            }] },
        }),
        ("POST", "statuses") if template.contains("/statuses/{sha}") => {
            json!({ "state": "success", "context": "ci" })
        }
        ("POST", "statuses") => json!({ "state": "in_progress", "description": "On its way" }),
        ("POST", "deployments") => {
            json!({ "ref": "main", "required_contexts": [], "auto_merge": false })
        }
        ("POST", "deployment_protection_rule") => json!({
            "environment_name": "production", "state": "approved", "comment": "Fine",
        }),
        _ => return None,
    };
    Some(body)
}

fn all_permissions() -> Permissions {
    let names = [
        "actions",
        "checks",
        "contents",
        "deployments",
        "issues",
        "members",
        "pull_requests",
        "statuses",
    ];
    Permissions::of(&names.map(|name| (name, Level::Write)))
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

    // What takes something away comes last, what ends runs waits for what reads them.
    let mut order = operations();
    order.sort_by_key(|(method, _)| match *method {
        "GET" => 0,
        "POST" => 1,
        "PATCH" => 2,
        _ => 3,
    });
    order.sort_by_key(|(_, path)| {
        usize::from(path.ends_with("rerun") || path.ends_with("failed-jobs"))
    });
    order.sort_by_key(|(_, path)| {
        usize::from(*path == "/installation/token" || path.starts_with("/app-manifests"))
    });
    for (method, template) in order {
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
        assert!(known || path == "/user", "{method} {path} is not described");
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
