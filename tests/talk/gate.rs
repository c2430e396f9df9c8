//! A deployment that asks the gate: from "not yet" to "go ahead" with nothing but webhooks and time.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use waterline_standin::{GateReport, Opening, RunOn};

use super::{ask, comments};
use crate::support::{House, conversation};

pub(super) const PRODUCTION: &str = "production";

const CRITERIA: &str = "## Acceptance criteria\n- [ ] the sum is right\n";

/// What a human waits for at most before it is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a policy on the default branch, and tells the App.
pub(super) async fn policy(house: &House, text: &str) {
    let files = [(".github/waterline.yml", Some(text))];
    house
        .github
        .home()
        .push("main", "mona", &files)
        .await
        .unwrap();
}

/// What is on the default branch is live in production.
pub(super) async fn live(house: &House) {
    let home = house.github.home();
    let tip = home.start_run(RunOn::Branch("main")).await.unwrap();
    let sha = house.github.world().repository("octo/shop").unwrap().runs[&tip]
        .head_sha
        .clone();
    house
        .github
        .world()
        .end_run("octo/shop", tip, "success")
        .unwrap();
    home.deployed(&sha, PRODUCTION, "success").await.unwrap();
}

/// A pull request of `dev` that says so in its text.
pub(super) async fn opened(house: &House, body: &str) -> u64 {
    let opening = Opening {
        body: body.to_owned(),
        branch: "sum".to_owned(),
        ..Opening::default()
    };
    house
        .github
        .home()
        .open_pull_request(opening)
        .await
        .unwrap()
}

/// Somebody else than its author approves a pull request.
pub(super) async fn approve(house: &House, pull: u64) {
    let review = house.github.home().review(pull, "mona", "APPROVED").await;
    review.unwrap();
}

/// What was said to deployments since the last look; the check runs beside it are left out.
pub(super) async fn answers(house: &mut House) -> Vec<String> {
    let mut posted = house.posted().await;
    posted.retain(|one| !one.contains("waterline/gate") && !one.starts_with("edit of a check"));
    posted
}

/// Merges a pull request, and deploys what it became; the run that waits.
pub(super) async fn deploys(house: &House, pull: u64) -> u64 {
    let home = house.github.home();
    home.merge(pull, "mona").await.unwrap();
    let run = home.start_run(RunOn::Branch("main")).await.unwrap();
    home.request_deployment(run, PRODUCTION).await.unwrap();
    run
}

pub(super) fn said(house: &House, run: u64) -> Vec<GateReport> {
    house.github.home().gate_of(run)
}

pub(super) fn waits(run: u64) -> String {
    format!("deployment of {run}: waits")
}

pub(super) fn approved(run: u64) -> String {
    format!("deployment of {run}: approved")
}

pub(super) fn rejected(run: u64) -> String {
    format!("deployment of {run}: rejected")
}

/// Waits until a run's deployment is answered.
async fn until_answered(house: &House, run: u64) {
    let start = Instant::now();
    while said(house, run).last().is_none_or(|r| r.state.is_none()) {
        assert!(start.elapsed() < PATIENCE, "no answer: {}", house.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn frozen(until: Timestamp) -> String {
    let wall = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let from = wall(until - SignedDuration::from_hours(48));
    format!(
        "environments:\n  production:\n    require:\n      approvals: 1\n      \
         issues: {{linked: true, acceptance-criteria: complete}}\n    freeze:\n      \
         - {{name: fair, from: \"{from}\", to: \"{}\"}}\n",
        wall(until)
    )
}

#[test]
fn a_deployment_goes_ahead_by_webhooks_and_time_alone() {
    conversation(async |house| {
        policy(
            house,
            &frozen(Timestamp::now() + SignedDuration::from_hours(24)),
        )
        .await;
        live(house).await;
        let issue = house
            .github
            .home()
            .open_issue("mona", "The sum", CRITERIA)
            .await
            .unwrap();
        let pull = opened(house, &format!("Fixes #{issue}")).await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        let first = &said(house, run)[0].comment;
        for part in [
            "not yet",
            "fair",
            "0/1 approvals",
            "0/1 acceptance criteria",
        ] {
            assert!(first.contains(part), "{part}: {first}");
        }
        assert!(first.chars().count() <= 1_024);
        // Nothing that counts: nothing is said.
        house
            .github
            .home()
            .label(pull, "dev", "sum", true)
            .await
            .unwrap();
        assert_eq!(answers(house).await, Vec::<String>::new());

        // The author's own word does not count; another's does.
        approve(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        let second = &said(house, run)[1].comment;
        assert!(!second.contains("approvals"), "{second}");

        let done = CRITERIA.replace("[ ]", "[x]");
        house
            .github
            .home()
            .edit_issue(issue, "mona", &done)
            .await
            .unwrap();
        assert_eq!(answers(house).await, [waits(run)]);
        let third = &said(house, run)[2].comment;
        assert!(
            third.contains("fair") && !third.contains("acceptance"),
            "{third}"
        );

        // The freeze ends sooner: nothing new to say, and then the clock alone lets it through.
        policy(
            house,
            &frozen(Timestamp::now() + SignedDuration::from_secs(4)),
        )
        .await;
        until_answered(house, run).await;
        assert_eq!(answers(house).await, [approved(run)]);
        assert_eq!(said(house, run).len(), 4);
    });
}

const APPROVED: &str = "environments:\n  production:\n    require:\n      approvals: 1\n";

#[test]
fn a_restart_in_the_middle_loses_nothing() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        house.waterline.take().unwrap().kill();
        approve(house, pull).await;
        house.start();
        until_answered(house, run).await;
        assert_eq!(answers(house).await, [approved(run)]);
    });
}

#[test]
fn two_runs_of_one_commit_are_answered_each() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        let first = deploys(house, pull).await;
        let github = &house.github;
        let second = github.home().start_run(RunOn::Branch("main")).await;
        let second = second.unwrap();
        let asked = github.home().request_deployment(second, PRODUCTION).await;
        asked.unwrap();
        let mut posted = answers(house).await;
        posted.sort();
        assert_eq!(posted, [waits(first), waits(second)]);
        approve(house, pull).await;
        let mut posted = answers(house).await;
        posted.sort();
        assert_eq!(posted, [approved(first), approved(second)]);
    });
}

#[test]
fn the_pull_requests_that_are_deployed_show_the_whole_answer() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        let check = "check waterline/gate: production: neutral".to_owned();
        assert_eq!(house.posted().await, [waits(run), check]);
        approve(house, pull).await;
        let edit = "edit of a check: success".to_owned();
        assert_eq!(house.posted().await, [approved(run), edit]);
        let head = house.github.home().head_of(pull);
        let checks = house.github.home().check_runs_of(&head);
        let summary = checks[0].output.summary.clone().unwrap();
        assert!(summary.contains("approved by mona"), "{summary}");
    });
}

#[test]
fn what_the_mode_lets_through_goes_ahead_and_what_is_wrong_is_said() {
    conversation(async |house| {
        let warn = APPROVED.replace("    require", "    mode: warn\n    require");
        policy(house, &warn).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [approved(run)]);
        let told = &said(house, run)[0].comment;
        assert!(told.contains("0/1 approvals"), "{told}");
    });
}

#[test]
fn a_person_is_told_what_the_gate_would_say_and_no_deployment_is_answered() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        let posted = ask(house, pull, "dev", "/waterline gate").await;
        assert_eq!(
            posted,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        let told = comments(house, pull).pop().unwrap();
        assert!(
            told.contains("is not merged") && told.contains("0/1 approvals"),
            "{told}"
        );
        approve(house, pull).await;
        house.github.home().merge(pull, "mona").await.unwrap();
        house.settle().await;
        ask(
            house,
            pull,
            "dev",
            "/waterline gate --environment production",
        )
        .await;
        let told = comments(house, pull);
        assert!(told.iter().any(|c| c.contains("may go ahead")), "{told:?}");
    });
}
