//! Webhook payloads are as GitHub describes them.

use serde_json::{Value, json};
use waterline_standin::{FinishedJob, Opening, RunOn, World, payload};

use crate::client::DESCRIPTION;

const AT: &str = "octo/shop";

/// A world with a pull request from a fork beside the one it has; that one's number.
fn with_fork() -> (World, u64) {
    let mut world = World::default();
    let fork = Opening {
        fork: Some("guest".to_owned()),
        author: "guest".to_owned(),
        ..Opening::default()
    };
    let number = fork.open(&mut world, AT).unwrap();
    (world, number)
}

fn judge(name: &str, payload: anyhow::Result<Value>) {
    assert_eq!(DESCRIPTION.webhook(name, &payload.unwrap()), Ok(()));
}

#[test]
fn of_runs_jobs_and_checks() {
    let (mut world, _) = with_fork();
    let run = world.begin_run(AT, "CI", RunOn::PullRequest(1)).unwrap();
    judge(
        "workflow-run-requested",
        payload::workflow_run(&world, AT, run, "requested"),
    );
    let failed = FinishedJob::failure("build", "no\n");
    let job = world.add_job(AT, run, failed).unwrap();
    world.end_run(AT, run, "failure").unwrap();
    judge(
        "workflow-run-completed",
        payload::workflow_run(&world, AT, run, "completed"),
    );
    judge(
        "workflow-job-completed",
        payload::workflow_job(&world, AT, job, "completed"),
    );
    for (name, action, button) in [
        ("check-run-completed", "completed", None),
        ("check-run-rerequested", "rerequested", None),
        (
            "check-run-requested-action",
            "requested_action",
            Some("again"),
        ),
    ] {
        judge(
            name,
            payload::check_run(&world, AT, job, action, "mona", button),
        );
    }
    world.add_environment(AT, "production").unwrap();
    let deployment = world
        .add_deployment(AT, "main", "production", "dev")
        .unwrap();
    let rule = payload::deployment_protection_rule(&world, AT, run, deployment);
    judge("deployment-protection-rule-requested", rule);
}

#[test]
fn of_talk_and_code() {
    let (mut world, foreign) = with_fork();
    let via = Some("waterline".to_owned());
    let ours = world
        .add_comment(AT, 1, "waterline[bot]", "Hm", via)
        .unwrap();
    let human = world.add_comment(AT, foreign, "mona", "Hm", None).unwrap();
    let issue = world.open_issue(AT, "mona", "Slow", "Very").unwrap();
    judge(
        "issue-comment-created",
        payload::issue_comment(&world, AT, human, "created", None),
    );
    judge(
        "issue-comment-edited",
        payload::issue_comment(&world, AT, ours, "edited", Some("H")),
    );
    judge(
        "issues-opened",
        payload::issues(&world, AT, issue, "opened"),
    );
    judge(
        "pull-request-opened",
        payload::pull_request(&world, AT, 1, "opened"),
    );
    judge(
        "pull-request-synchronize",
        payload::pull_request(&world, AT, foreign, "synchronize"),
    );
    judge(
        "pull-request-closed",
        payload::pull_request(&world, AT, foreign, "closed"),
    );
    judge("push", payload::push(&world, AT, "discount"));
    judge(
        "installation-created",
        payload::installation(&world, 3_001, "created"),
    );
    judge("ping", Ok(payload::ping(&world)));
    let nothing = DESCRIPTION.webhook("push", &json!({}));
    assert!(nothing.is_err(), "the judge can say no");
}

#[test]
fn a_forks_pull_request_is_not_listed_in_its_run() {
    let (mut world, number) = with_fork();
    let mut of = |number| {
        let run = world
            .begin_run(AT, "CI", RunOn::PullRequest(number))
            .unwrap();
        payload::workflow_run(&world, AT, run, "requested").unwrap()["workflow_run"].clone()
    };
    assert_eq!(of(1)["pull_requests"][0]["number"], 1);
    let foreign = of(number);
    assert_eq!(foreign["pull_requests"], json!([]));
    assert_eq!(foreign["head_repository"]["full_name"], "guest/shop");
}
