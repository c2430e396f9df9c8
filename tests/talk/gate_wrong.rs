//! What is wrong around a deployment never lets it through: forged, doubled, broken, not to be read.

use serde_json::Value;
use waterline_standin::{Fault, FaultKind, RunOn, payload, signature};

use super::door::{SECRET, knock, signed};
use super::gate::{
    PRODUCTION, answers, approve, approved, deploys, live, opened, policy, rejected, said, waits,
};
use crate::support::{House, conversation};

const APPROVED: &str = "environments:\n  production:\n    require:\n      approvals: 1\n";

/// Sends the App the request of a run's deployment as a delivery of its own, changed.
async fn request(house: &House, guid: &str, run: u64, change: impl FnOnce(&mut Value)) {
    let mut body = {
        let world = house.github.world();
        let deployments = &world.repository("octo/shop").unwrap().deployments;
        let (id, _) = deployments.last_key_value().unwrap();
        payload::deployment_protection_rule(&world, "octo/shop", run, *id).unwrap()
    };
    change(&mut body);
    let body = body.to_string().into_bytes();
    let good = signature(SECRET, &body);
    let headers = signed(guid, "deployment_protection_rule", &good);
    let (status, answer) = knock(house, &headers, body).await;
    assert_eq!(status, 202, "{answer}");
}

#[test]
fn s15_a_deployment_is_answered_once_however_often_it_asks() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        approve(house, pull).await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [approved(run)]);
        request(house, "again-1", run, |_| ()).await;
        request(house, "again-2", run, |_| ()).await;
        assert_eq!(answers(house).await, Vec::<String>::new());
        assert_eq!(said(house, run).len(), 1);
    });
}

#[test]
fn s16_a_callback_to_another_host_is_not_answered() {
    conversation(async |house| {
        policy(house, "environments:\n  production: {}\n").await;
        live(house).await;
        let run = house
            .github
            .home()
            .start_run(RunOn::Branch("main"))
            .await
            .unwrap();
        house.settle().await;
        // GitHub has asked, and its delivery was lost.
        let url = house.github.world().app.webhook_url.take();
        house
            .github
            .home()
            .request_deployment(run, PRODUCTION)
            .await
            .unwrap();
        house.github.world().app.webhook_url = url;
        request(house, "forged", run, |body| {
            let url = format!(
                "https://evil.example/repos/octo/shop/actions/runs/{run}/deployment_protection_rule"
            );
            body["deployment_callback_url"] = url.into();
        })
        .await;
        assert_eq!(answers(house).await, Vec::<String>::new());
        // The next thing that happens makes up for the lost delivery.
        let issue = house
            .github
            .home()
            .open_issue("mona", "Other", "x")
            .await
            .unwrap();
        house
            .github
            .home()
            .edit_issue(issue, "mona", "y")
            .await
            .unwrap();
        assert_eq!(answers(house).await, [approved(run)]);
    });
}

#[test]
fn s23_a_source_that_cannot_be_read_holds_a_deployment() {
    const SOURCES: &[&str] = &[
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
        "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
        "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        "/repos/{owner}/{repo}/compare/{basehead}",
        "/repos/{owner}/{repo}/deployments",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        "/graphql",
    ];
    conversation(async |house| {
        let rules = "environments:\n  production:\n    require:\n      approvals: 1\n      \
                     checks: [{name: build}]\n      issues: {linked: true}\n";
        policy(house, rules).await;
        live(house).await;
        let pull = opened(house, "").await;
        approve(house, pull).await;
        let run = deploys(house, pull).await;
        house.posted().await;
        for (index, source) in SOURCES.iter().enumerate() {
            let method = if source.ends_with("graphql") {
                "POST"
            } else {
                "GET"
            };
            let down = FaultKind::Status(502, "Bad gateway".to_owned());
            let fault = Fault::once(method, source, down).times(4);
            house.github.world().faults.push(fault);
            request(house, &format!("down-{index}"), run, |_| ()).await;
            house.posted().await;
            house.github.world().faults.clear();
            let all = said(house, run);
            assert!(all.iter().all(|r| r.state.is_none()), "{source}: {all:?}");
        }
        let all = said(house, run);
        assert!(all.len() <= 10, "{}", all.len());
        let told = all.iter().any(|r| r.comment.contains("cannot read"));
        assert!(told, "{all:?}");
    });
}

#[test]
fn a_policy_that_cannot_be_read_rejects_and_names_the_line() {
    conversation(async |house| {
        live(house).await;
        policy(
            house,
            "environments:\n  production:\n    require:\n      aprovals: 1\n",
        )
        .await;
        let home = house.github.home();
        let run = home.start_run(RunOn::Branch("main")).await.unwrap();
        home.request_deployment(run, PRODUCTION).await.unwrap();
        assert_eq!(answers(house).await, [rejected(run)]);
        let told = &said(house, run)[0].comment;
        assert!(
            told.contains("waterline.yml:4:7") && told.contains("approvals"),
            "{told}"
        );
    });
}

#[test]
fn an_event_without_environment_or_deployment_lets_nothing_through() {
    conversation(async |house| {
        policy(house, APPROVED).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        request(house, "less-1", run, |body| {
            body.as_object_mut().unwrap().remove("environment");
            body.as_object_mut().unwrap().remove("deployment");
        })
        .await;
        assert_eq!(answers(house).await, Vec::<String>::new());
        request(house, "less-2", run, |body| {
            body.as_object_mut().unwrap().remove("deployment");
        })
        .await;
        assert_eq!(answers(house).await, [rejected(run)]);
    });
}

/// Rules that no other rule makes anything read for.
#[test]
fn rules_of_ones_own_are_asked_about_what_is_deployed() {
    conversation(async |house| {
        let own = |assert: &str| {
            format!(
                "environments:\n  production:\n    require:\n      custom:\n        \
                 - {{name: own, assert: {assert}}}\n"
            )
        };
        policy(house, &own("pr.files.size() == 0")).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        assert!(said(house, run)[0].comment.contains("own does not hold"));
        policy(house, &own("pr.files.size() > 0")).await;
        assert_eq!(answers(house).await, [approved(run)]);
    });
}

#[test]
fn approval_rules_are_asked_about_what_is_deployed() {
    conversation(async |house| {
        let rules = "approval-rules:\n  approval: [reviewed]\n  rules:\n    - name: reviewed\n      \
            requires: {count: 1, from: {permissions: [write]}}\nenvironments:\n  production: {}\n";
        policy(house, rules).await;
        live(house).await;
        let pull = opened(house, "").await;
        let run = deploys(house, pull).await;
        assert_eq!(answers(house).await, [waits(run)]);
        approve(house, pull).await;
        assert_eq!(answers(house).await, [approved(run)]);
    });
}
