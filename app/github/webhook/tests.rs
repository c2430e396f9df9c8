//! Real payloads become events, and nothing that anybody sends is too odd to answer.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// The payloads of `@octokit/webhooks-examples`, by event.
fn examples() -> BTreeMap<String, Vec<Value>> {
    let text = include_bytes!("../testdata/octokit-webhooks-examples.json");
    serde_json::from_slice(text).unwrap()
}

fn parsed(event: &str, payload: &Value) -> Incoming {
    parse(event, payload.to_string().as_bytes()).unwrap()
}

#[test]
fn all_real_payloads_are_read() {
    let (mut all, mut named, mut events) = (0, 0, BTreeMap::new());
    for (event, payloads) in examples() {
        for payload in payloads {
            let incoming = parsed(&event, &payload);
            assert_eq!(
                incoming.action.as_deref(),
                payload["action"].as_str(),
                "{event}"
            );
            let installation = payload["installation"]["id"].as_u64();
            assert_eq!(
                incoming.installation.map(|id| id.0),
                installation,
                "{event}"
            );
            let repo = payload["repository"]["full_name"].as_str();
            assert_eq!(
                incoming.repo.map(|repo| repo.to_string()).as_deref(),
                repo,
                "{event}"
            );
            named += usize::from(repo.is_some());
            *events.entry(event.clone()).or_insert(0) += usize::from(incoming.event.is_some());
            all += 1;
        }
    }
    events.retain(|_, acted_on| *acted_on > 0);
    assert_eq!((all, named), (329, 280));
    let acted_on = [
        ("check_run", 3),
        ("check_suite", 4),
        ("deployment_status", 4),
        ("issue_comment", 5),
        ("issues", 8),
        ("pull_request", 15),
        ("pull_request_review", 4),
        ("push", 2),
        ("workflow_run", 3),
    ];
    let acted_on = acted_on.map(|(event, count)| (event.to_owned(), count));
    assert_eq!(events, BTreeMap::from(acted_on));
}

#[test]
fn a_deployment_that_asks_is_read_for_what_is_there() {
    let callback = "https://api.github.com/repos/o/r/actions/runs/42/deployment_protection_rule";
    let whole = serde_json::json!({
        "action": "requested",
        "environment": "production",
        "deployment_callback_url": callback,
        "deployment": { "id": 7, "sha": "abc", "ref": "main" },
        "repository": { "id": 1, "full_name": "o/r" },
        "sender": { "login": "dev" },
    });
    let asking = |payload: &Value| match parsed("deployment_protection_rule", payload).event {
        Some(Event::DeploymentRequested(asking)) => Some(asking),
        _ => None,
    };
    let read = asking(&whole).unwrap();
    assert_eq!(read.run, Some(RunId(42)));
    assert_eq!(read.deployment.map(|id| id.0), Some(7));
    assert_eq!(read.callback.as_deref(), Some(callback));
    // Only action, repository and sender are promised.
    let mut less = whole.clone();
    for key in ["environment", "deployment"] {
        less.as_object_mut().unwrap().remove(key);
    }
    let read = asking(&less).unwrap();
    assert_eq!((read.environment, read.deployment), (None, None));
    // Without the run nobody could be answered.
    for odd in [
        "",
        "https://api.github.com/repos/o/r/actions/runs/x/deployment_protection_rule",
    ] {
        less["deployment_callback_url"] = odd.into();
        assert_eq!(asking(&less), None, "{odd}");
    }
}

#[test]
fn a_comment_becomes_an_event() {
    let payload: Value =
        serde_json::from_str(include_str!("../testdata/issue_comment.json")).unwrap();
    let incoming = parsed("issue_comment", &payload);
    assert_eq!(incoming.installation, Some(InstallationId(3_001)));
    assert_eq!(incoming.repo.as_ref().unwrap().to_string(), "octo/shop");
    let expected = Comment {
        repo: "octo/shop".parse().unwrap(),
        number: IssueNumber(7),
        on_pull_request: true,
        id: CommentId(3_105_550_001),
        url: Some("https://github.com/octo/shop/pull/7#issuecomment-3105550001".into()),
        author: Actor {
            id: Some(2_002),
            login: "mona".into(),
            bot: false,
        },
        body: "/waterline diagnose\r\n".into(),
    };
    assert_eq!(incoming.event, Some(Event::Commented(expected)));
    for action in ["edited", "deleted", "pinned"] {
        let mut other = payload.clone();
        other["action"] = action.into();
        assert_eq!(parsed("issue_comment", &other).event, None);
    }
    let mut elsewhere = payload;
    elsewhere["issue"]["pull_request"] = Value::Null;
    let event = parsed("issue_comment", &elsewhere).event;
    assert!(matches!(event, Some(Event::Commented(comment)) if !comment.on_pull_request));
}

#[test]
fn a_bot_is_known_by_its_type_or_its_login() {
    for (user, bot) in [
        (json!({ "login": "mona", "type": "User" }), false),
        (json!({ "login": "mona" }), false),
        (json!({ "login": "renovate", "type": "Bot" }), true),
        (json!({ "login": "waterline[bot]", "type": null }), true),
    ] {
        let payload = json!({
            "action": "created",
            "repository": { "full_name": "octo/shop" },
            "issue": { "number": 7 },
            "comment": { "id": 1, "body": null, "user": user },
        });
        let Some(Event::Commented(comment)) = parsed("issue_comment", &payload).event else {
            panic!("no event of {payload}");
        };
        assert_eq!((comment.author.bot, comment.body.as_str()), (bot, ""));
    }
}

#[test]
fn a_finished_run_becomes_an_event() {
    let payload: Value =
        serde_json::from_str(include_str!("../testdata/workflow_run.json")).unwrap();
    let run = |payload: &Value| match parsed("workflow_run", payload).event {
        Some(Event::RunCompleted(run)) => run,
        other => panic!("{other:?}"),
    };
    let expected = CompletedRun {
        repo: "octo/shop".parse().unwrap(),
        run: RunId(9_876_543_210),
        event: Some("pull_request".into()),
        conclusion: Some("failure".into()),
        // The second one that GitHub names is of another repository.
        pull_requests: vec![IssueNumber(7)],
    };
    assert_eq!(run(&payload), expected);
    let mut odd = payload.clone();
    odd["workflow_run"]["conclusion"] = Value::Null;
    odd["workflow_run"]["pull_requests"] = Value::Null;
    odd["workflow_run"]["triggering_actor"] = json!(7);
    let bare = CompletedRun {
        conclusion: None,
        pull_requests: Vec::new(),
        ..expected
    };
    assert_eq!(run(&odd), bare);
    odd["action"] = "requested".into();
    assert_eq!(parsed("workflow_run", &odd).event, None);
}

#[test]
fn what_nobody_knows_is_no_error() {
    for (event, body) in [
        ("", "{}"),
        ("issue_comment", "{}"),
        (
            "issue_comment",
            r#"{"action":"created","comment":[],"issue":"x","repository":7}"#,
        ),
        (
            "workflow_run",
            r#"{"action":"completed","workflow_run":{"id":"7"}}"#,
        ),
        (
            "workflow_run",
            r#"{"action":{"completed":true},"installation":{"id":-1}}"#,
        ),
        (
            "hologram",
            r#"{"action":"projected","repository":{"full_name":"../x"}}"#,
        ),
    ] {
        let incoming = parse(event, body.as_bytes()).unwrap();
        assert_eq!(
            (incoming.event, incoming.repo, incoming.installation),
            (None, None, None)
        );
    }
}

#[test]
fn broken_json_is_refused_with_its_place_and_without_its_words() {
    for (body, said) in [
        (
            "{\n  \"action\": created}",
            "The body is not valid JSON (line 2, column 13).",
        ),
        (
            "{\"action\":",
            "The body ends in the middle of its JSON (line 1, column 10).",
        ),
        (
            "",
            "The body ends in the middle of its JSON (line 1, column 0).",
        ),
        (
            "\"s3cret\"",
            "The body is JSON, but not an event's object (line 1, column 8).",
        ),
        (
            "[]",
            "The body is JSON, but not an event's object (line 1, column 1).",
        ),
        ("{} {}", "The body is not valid JSON (line 1, column 4)."),
    ] {
        let refusal = parse("push", body.as_bytes()).unwrap_err();
        assert_eq!(
            (refusal.to_string().as_str(), refusal.status()),
            (said, 400),
            "{body}"
        );
    }
}

#[test]
fn a_form_carries_the_same_json() {
    let json = br#"{"action":"created"}"#;
    for kind in [
        None,
        Some("application/json"),
        Some("Application/JSON; charset=utf-8"),
    ] {
        assert!(matches!(body_json(kind, json), Ok(Cow::Borrowed(same)) if same == json));
    }
    let form = b"a=b&payload=%7B%22action%22%3A%22created%22%7D";
    let kind = Some("application/x-www-form-urlencoded");
    assert_eq!(body_json(kind, form).unwrap().as_ref(), json);
    assert_eq!(
        body_json(kind, b"a=b").unwrap_err().to_string(),
        "The form has no field named payload."
    );
    assert_eq!(
        body_json(Some("text/plain"), json).unwrap_err().status(),
        400
    );
}

/// Any JSON, a few levels deep, with the keys that we look for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("created"), Just("completed"), Just("octo/shop")].prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("action"),
        Just("issue"),
        Just("comment"),
        Just("workflow_run"),
        Just("pull_requests"),
        Just("repository"),
        Just("full_name"),
        Just("user"),
        Just("id"),
        Just("base"),
        Just("other"),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn every_object_is_read(value in any_json(), event in "issue_comment|workflow_run|push|.{0,8}") {
        let outcome = parse(&event, value.to_string().as_bytes());
        prop_assert_eq!(outcome.is_ok(), value.is_object());
    }

    #[test]
    fn a_mutated_payload_never_panics(at in 0.0..1.0f64, byte in any::<u8>(), cut in any::<bool>()) {
        for (event, text) in [
            ("issue_comment", include_str!("../testdata/issue_comment.json")),
            ("workflow_run", include_str!("../testdata/workflow_run.json")),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a short text"
            )]
            let at = (at * bytes.len() as f64) as usize;
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            let _ = parse(event, &bytes);
            let _ = body_json(Some("application/x-www-form-urlencoded"), &bytes);
        }
    }
}
