//! A policy explained, tried and replayed: that every rule is spoken of, and that each says what
//! is so.

use super::facts::Facts;
use super::policy::Policy;
use super::replay::{Kept, Replayed};
use super::sources::SOURCES;
use super::tests::enterprise;
use super::trial::{self, Trial};
use super::verdict::Decision;
use super::{decide, explain, policy_of};
use crate::config::ConfigFile;

fn policy() -> Policy {
    policy_of(include_str!("../../../../tests/cases/gate-enterprise.yml")).unwrap()
}

#[test]
fn every_rule_that_gives_a_reason_is_explained() {
    let explained = explain::explain(&policy(), None);
    assert_eq!(explained.environments.len(), 2);
    let production = explain::explain(&policy(), Some("Production*"));
    let rules = &production.environments[0].rules;
    let mut facts = enterprise();
    facts.prs[0].files.push("infra/main.tf".to_owned());
    // `range`, `moved`, `pulls` and the like are no rules of a policy but what it stands on.
    let spoken = |rule: &str| rules.iter().any(|r| r.rule == rule);
    for rule in [
        "branches",
        "order",
        "windows",
        "freeze",
        "approvals",
        "codeowners",
        "paths",
        "checks",
        "labels",
        "issues",
        "incidents",
        "soak",
        "runbook",
        "preflight",
        "tls",
        "error-budget",
        "custom",
        "concurrency",
        "max-wait",
    ] {
        assert!(spoken(rule), "{rule}");
    }
    let said = decide(&facts, &policy());
    let own = [
        "range",
        "hotfix",
        "delivery",
        "facts",
        "pull-request",
        "hold",
        "ref",
    ];
    for reason in said
        .reasons
        .iter()
        .filter(|r| !own.contains(&r.rule.as_str()))
    {
        assert!(spoken(&reason.rule), "{reason:?}");
    }
}

#[test]
fn an_explanation_names_events_timers_and_permissions() {
    let explained = explain::explain(&policy(), None);
    let production = explained
        .environments
        .iter()
        .find(|e| e.environment == "production*");
    let rule = |name: &str| {
        production
            .unwrap()
            .rules
            .iter()
            .find(|r| r.rule == name)
            .unwrap()
    };
    let approvals = rule("approvals");
    assert_eq!(
        approvals.sentence,
        "2 people of owners or sre approved the head of each pull request, and none of them wrote any of it"
    );
    assert!(approvals.events.contains("pull_request_review"));
    assert_eq!(approvals.permissions["members"], "read");
    assert_eq!(rule("soak").timers, ["30m after it went live in staging"]);
    assert!(
        rule("custom")
            .sentence
            .contains("pr.additions + pr.deletions < 500")
    );
    assert!(!rule("custom").timers.is_empty() && rule("custom").events.contains("pull_request"));
    assert_eq!(explained.permissions["deployments"], "write");
    assert!(explained.events.contains("deployment_protection_rule"));
    let text = explain::text(&explained);
    assert!(text.contains("production* (enforce)"), "{text}");
    assert!(
        text.contains("windows: it begins on Mon, Tue, Wed, Thu from 09:00 until before 16:00"),
        "{text}"
    );
}

#[test]
fn each_source_says_when_it_is_looked_at_again() {
    for source in SOURCES {
        assert_eq!(source.polled, source.events.is_empty(), "{}", source.name);
    }
}

fn trials(text: &str) -> Result<Vec<Trial>, crate::config::ConfigError> {
    trial::read(&ConfigFile {
        name: "tests.yml".to_owned(),
        text: text.to_owned(),
    })
}

const TRIALS: &str = "
- name: all is met
  environment: production
  now: 2026-03-03T12:00:00Z
  facts: green.json
  expect: {decision: allow}
- name: year-end freeze
  environment: production
  now: 2026-12-24T12:00:00Z
  facts: green.json
  expect: {decision: wait, reason: frozen, until: 2027-01-04T07:00:00Z}
";

#[test]
fn a_test_of_a_policy_passes_or_shows_the_difference() {
    let policy = policy_of(
        "timezone: Europe/Berlin\nenvironments:\n  production:\n    freeze: [{name: year end, from: \"2026-12-18T17:00\", to: \"2027-01-04T08:00\"}]\n",
    );
    let policy = policy.unwrap();
    let all = trials(TRIALS).unwrap();
    for trial in &all {
        let outcome = trial::run(trial, enterprise(), &policy);
        assert!(outcome.passed, "{outcome:?}");
    }
    let mut other = all[1].clone();
    other.expect.decision = Decision::Allow;
    other.expect.reason = Some("ok".to_owned());
    other.expect.until = Some("2027-01-05T07:00:00Z".parse().unwrap());
    let outcome = trial::run(&other, enterprise(), &policy);
    assert!(!outcome.passed);
    assert_eq!(outcome.differences.len(), 3);
    assert!(outcome.differences[0].starts_with("decision: expected allow, came wait ("));
    assert_eq!(
        outcome.differences[2],
        "until: expected 2027-01-05T07:00:00Z, came 2027-01-04T07:00:00Z"
    );
}

#[test]
fn a_mistake_in_a_test_has_its_place() {
    let wrong = trials("- name: a\n  facts: a.json\n  expcet: {decision: allow}\n").unwrap_err();
    assert_eq!(wrong.line, 3);
    assert!(wrong.message.contains("did you mean `expect`"), "{wrong}");
    assert!(trials("[]").unwrap_err().message.contains("no test"));
}

fn kept(facts: Facts, verdict: Option<&str>, outcome: Option<&str>) -> Kept {
    let verdict = verdict.map(|v| serde_json::from_str(v).unwrap());
    Kept {
        id: Some("17".to_owned()),
        facts,
        verdict,
        outcome: outcome.map(str::to_owned),
    }
}

#[test]
fn a_replay_keeps_what_comes_out_otherwise() {
    let strict = policy();
    let open = policy_of("environments: {production: {}}").unwrap();
    let mut friday = enterprise();
    friday.now = Some("2026-03-06T12:00:00Z".parse().unwrap());
    let allowed = Some(r#"{"decision": "allow", "reason_code": "ok"}"#);
    let mut replayed = Replayed::default();
    replayed.add(&kept(enterprise(), allowed, Some("success")), &strict, None);
    assert_eq!((replayed.decisions, replayed.changed.len()), (1, 0));
    replayed.add(
        &kept(friday.clone(), allowed, Some("failure")),
        &strict,
        None,
    );
    assert_eq!(replayed.changed.len(), 1);
    assert_eq!(replayed.changed[0].after.decision, Decision::Wait);
    assert_eq!(
        (replayed.held_that_failed, replayed.held_that_went_well),
        (1, 0)
    );
    // Against another policy, what was decided then does not matter.
    replayed.add(&kept(friday, None, None), &strict, Some(&open));
    assert_eq!((replayed.changed.len(), replayed.without_before), (2, 0));
    assert_eq!(
        replayed.changed[1].before.as_ref().unwrap().decision,
        Decision::Allow
    );
}
