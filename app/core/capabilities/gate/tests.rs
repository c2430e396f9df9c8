//! The cases of the gate, its attacks by number, and what holds for every policy and every fact.

use proptest::prelude::*;
use serde_json::Value;

use super::facts::Facts;
use super::verdict::{Decision, State, Verdict};
use super::{decide, policy_of};

const CASES: &str = include_str!("../../../../tests/cases/gate.json");

fn cases() -> Vec<Value> {
    let all: Value = serde_json::from_str(CASES).unwrap();
    all["cases"].as_array().unwrap().clone()
}

fn case(id: &str) -> Value {
    let all = cases();
    all.into_iter().find(|case| case["id"] == id).unwrap()
}

fn facts(case: &Value) -> Facts {
    let mut facts: Facts = serde_json::from_value(case["facts"].clone()).unwrap();
    facts.now = Some(case["now"].as_str().unwrap().parse().unwrap());
    facts
}

fn judge(case: &Value) -> Verdict {
    judge_by(
        &facts(case),
        case["waterline_policy"].as_str().unwrap_or_default(),
    )
}

pub(super) fn judge_by(facts: &Facts, policy: &str) -> Verdict {
    match policy_of(policy) {
        Ok(policy) => decide(facts, &policy),
        Err(error) => super::decide::invalid(error.to_string()),
    }
}

#[test]
fn every_case_is_decided_as_written() {
    let all = cases();
    assert!(all.len() > 100);
    let mut wrong = Vec::new();
    for case in &all {
        let verdict = judge(case);
        let (decision, expected) = (
            serde_json::to_value(verdict.decision).unwrap(),
            &case["expected"],
        );
        let same =
            decision == expected["decision"] && expected["reason_code"] == verdict.reason_code;
        let next = expected
            .get("next_change")
            .map(|at| at.as_str().unwrap().parse().ok());
        if !same || next.is_some_and(|next| next != verdict.next_change) {
            wrong.push(format!("{} {}: {verdict:?}", case["id"], case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What must not be let through, by the number of the attack in the specification.
macro_rules! attacks {
    ($($name:ident: $($case:literal => $decision:ident $code:literal),+;)+) => {$(
        #[test]
        fn $name() {
            $(
                let verdict = judge(&case($case));
                assert_eq!(verdict.decision, Decision::$decision, "{}", $case);
                assert_eq!(verdict.reason_code, $code, "{}", $case);
            )+
        }
    )+};
}

attacks! {
    s1_an_outsider_gives_a_command: "dg-153" => Refuse "not_allowed", "dg-154" => Refuse "not_allowed", "dg-161" => Refuse "not_allowed";
    s2_a_push_after_the_approval: "dg-137" => Block "ref_moved", "dg-037" => Wait "approvals_stale";
    s3_a_forged_date: "dg-037" => Wait "approvals_stale";
    s4_the_change_brings_its_own_policy: "dg-061" => Wait "codeowners_missing", "dg-131" => Wait "approvals_missing", "dg-132" => Wait "approvals_missing";
    s5_a_check_of_the_same_name: "dg-078" => Wait "check_missing", "dg-079" => Allow "ok";
    s6_green_on_another_commit: "dg-080" => Wait "check_missing";
    s7_an_edited_comment: "dg-159" => Ignore "edited";
    s8_a_hidden_command: "dg-155" => Ignore "no_command", "dg-156" => Ignore "no_command", "dg-157" => Ignore "no_command", "dg-158" => Ignore "no_command", "dg-058" => Block "policy_invalid";
    s10_a_bot_approves: "dg-043" => Wait "approvals_missing", "dg-044" => Wait "approvals_missing", "dg-045" => Wait "approvals_missing";
    s11_own_code_by_the_second_parent: "dg-041" => Wait "approvals_missing", "dg-042" => Wait "approvals_missing";
    s12_an_approval_of_another_head: "dg-037" => Wait "approvals_stale";
    s13_a_label_taken_away_by_a_triager: "dg-019" => Wait "frozen", "dg-088" => Wait "blocking_label";
    s14_another_installation: "dg-140" => Ignore "installation_mismatch";
    s15_the_same_delivery_again: "dg-138" => Ignore "duplicate";
    s16_a_callback_elsewhere: "dg-141" => Ignore "bad_callback";
    s20_a_rollback_that_is_none: "dg-033" => Wait "not_soaked", "dg-126" => Wait "approvals_missing", "dg-134" => Block "superseded";
    s21_hidden_in_volume: "dg-121" => Wait "approvals_missing";
    s22_all_of_none: "dg-091" => Wait "issue_missing", "dg-093" => Wait "criteria_missing", "dg-117" => Block "range_unexplained";
    s24_an_override_abused: "dg-102" => Wait "frozen", "dg-103" => Wait "frozen", "dg-105" => Wait "frozen", "dg-106" => Wait "frozen", "dg-107" => Wait "frozen", "dg-108" => Wait "frozen", "dg-110" => Wait "check_not_success";
    s25_an_outsider_requests_changes: "dg-051" => Allow "ok";
    s26_a_team_that_is_gone: "dg-054" => Block "policy_invalid";
}

#[test]
fn s9_a_login_that_changed_hands() {
    let case = case("dg-057");
    let policy = |users: &str| {
        format!(
            "environments: {{production: {{require: {{approvals: {{count: 1, users: [{users}]}}}}}}}}"
        )
    };
    let facts = facts(&case);
    let id = facts.prs[0].reviews[0].id;
    let who = &facts.prs[0].reviews[0].user;
    assert_eq!(
        judge_by(&facts, &policy(&format!("\"{who}#{id}\""))).decision,
        Decision::Allow
    );
    let other = judge_by(&facts, &policy(&format!("\"{who}#{}\"", id + 1)));
    assert_eq!(other.reason_code, "approvals_missing");
}

#[test]
fn s19_a_commit_that_no_allowed_branch_contains() {
    let case = case("dg-127");
    let mut facts = facts(&case);
    let policy = case["waterline_policy"].as_str().unwrap();
    let asked = facts.event.deployment.as_mut().unwrap();
    asked.reference = "main".to_owned();
    asked.on_branches = Some(vec!["attacker/main".to_owned()]);
    assert_eq!(judge_by(&facts, policy).reason_code, "branch_not_allowed");
    let asked = facts.event.deployment.as_mut().unwrap();
    asked.on_branches = Some(vec!["main".to_owned()]);
    assert_eq!(judge_by(&facts, policy).decision, Decision::Allow);
    // A tag that is called like a branch is no branch.
    facts.event.deployment.as_mut().unwrap().reference = "refs/tags/main".to_owned();
    assert_eq!(judge_by(&facts, policy).reason_code, "branch_not_allowed");
}

const ENTERPRISE: &str = include_str!("../../../../tests/cases/gate-enterprise.yml");

#[test]
fn s23_no_source_of_facts_that_fails_lets_anything_through() {
    let sources = [
        "range",
        "prs",
        "commits",
        "reviews",
        "codeowners",
        "checks",
        "labels",
        "issues",
        "incidents",
        "previous",
        "deployments",
        "calendar",
        "preflight",
        "tls",
        "budget",
        "overrides-api",
        "github",
        "team:acme/billing",
        "team:acme/sre",
    ];
    let all_met = enterprise();
    assert_eq!(
        judge_by(&all_met, ENTERPRISE).decision,
        Decision::Allow,
        "{:#?}",
        judge_by(&all_met, ENTERPRISE)
    );
    for source in sources {
        for error in [
            "502",
            "timeout",
            "403 rate limit, resets 2026-03-03T12:40:00Z",
            "",
        ] {
            let mut facts = all_met.clone();
            facts.errors.insert(source.to_owned(), error.to_owned());
            let verdict = judge_by(&facts, ENTERPRISE);
            assert_ne!(verdict.decision, Decision::Allow, "{source} {error}");
        }
    }
}

/// Facts that the whole of the enterprise example lets through.
pub(super) fn enterprise() -> Facts {
    serde_json::from_str(include_str!("../../../../tests/cases/gate-green.json")).unwrap()
}

#[test]
fn s29_a_large_policy_and_large_facts_are_decided_in_linear_time() {
    let mut facts = enterprise();
    let one = facts.prs[0].clone();
    for number in 1000..3000 {
        facts.prs.push(super::facts::Change {
            number,
            ..one.clone()
        });
        facts.range.prs.push(number);
    }
    let paths = "a".repeat(20_000);
    facts.prs[0].files.push(paths);
    assert_ne!(judge_by(&facts, ENTERPRISE).reasons.len(), 0);
}

#[test]
fn every_reason_has_evidence_and_a_sentence() {
    for case in cases() {
        for reason in judge(&case).reasons {
            assert!(
                !reason.evidence.is_empty() && !reason.sentence.is_empty(),
                "{reason:?}"
            );
        }
    }
}

#[test]
fn errors_name_line_and_column() {
    let error = |text: &str| policy_of(text).unwrap_err().to_string();
    let said = error("environments:\n  production:\n    require:\n      approvals: {cuont: 2}\n");
    assert!(
        said.contains(":4:") && said.contains("did you mean `count`"),
        "{said}"
    );
    let said = error("environments:\n  production:\n    require:\n      approvals: {count: 0}\n");
    assert!(
        said.contains(":4:") && said.contains("at least 1"),
        "{said}"
    );
    let said = error("timezone: CST\n");
    assert!(said.contains(":1:") && said.contains("IANA"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is taken away from facts that are let through, nothing else is let through for it,
    /// unless the rule is about what was taken.
    #[test]
    fn decisions_are_the_same_for_the_same_facts(at in 0..100_usize, seconds in 0_i64..40_000_000) {
        let all = cases();
        let case = &all[at % all.len()];
        let mut facts = facts(case);
        facts.now = facts.now.map(|now| now + jiff::SignedDuration::from_secs(seconds));
        let policy = case["waterline_policy"].as_str().unwrap_or_default();
        let (one, two) = (judge_by(&facts, policy), judge_by(&facts, policy));
        prop_assert_eq!(&one, &two);
        if one.decision == Decision::Allow && one.would_be.is_none() {
            prop_assert!(one.reasons.iter().all(|r| r.state == State::Met));
        }
        let replayed: Facts = serde_json::from_value(serde_json::to_value(&facts).unwrap()).unwrap();
        prop_assert_eq!(judge_by(&replayed, policy), one);
    }

    #[test]
    fn any_text_is_a_policy_or_an_error(text in "[ -~\\n\\t]{0,300}") {
        let _ = policy_of(&text);
    }

    #[test]
    fn any_rule_of_repetition_is_worked_out_or_refused(
        year in 1900..2030_i32,
        rule in "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY)(;INTERVAL=[0-9]{1,6})?(;COUNT=[0-9]{1,7})?(;UNTIL=20[0-9]{6}(T[0-9]{6}Z)?)?(;BYDAY=-?[0-9]?(MO|FR|SU),TU)?(;BYMONTH=(2|12))?(;BYMONTHDAY=(31|-31))?(;BYSETPOS=-1)?(;BYWEEKNO=53)?(;BYYEARDAY=366)?",
    ) {
        let mut facts = enterprise();
        facts.calendar = Some(format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:{year}0131T100000\r\nDURATION:PT1H\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR"
        ));
        let _ = judge_by(&facts, ENTERPRISE);
    }

    #[test]
    fn any_calendar_is_read_or_refused(text in "(BEGIN:VCALENDAR\\r\\n)?([A-Z;=:0-9TZ/ ]{0,40}\\r\\n){0,12}(END:VCALENDAR)?") {
        let mut facts = enterprise();
        facts.calendar = Some(text);
        let _ = judge_by(&facts, ENTERPRISE);
    }
}
