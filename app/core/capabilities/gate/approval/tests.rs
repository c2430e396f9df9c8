//! The cases of approvals: what policy-bot decides about its own files, taken over by `import`.

use serde_json::Value;

use super::super::import;
use super::{Answer, Decided};
use crate::config::ConfigFile;

const CASES: &str = include_str!("../../../../../tests/cases/gate-approvals.json");

/// Where policy-bot lets something through that nobody approved, and this does not.
const SAFER: &[&str] = &["pb-146", "pb-150", "pb-151", "pb-162"];

fn cases() -> Vec<Value> {
    let all: Value = serde_json::from_str(CASES).unwrap();
    all["cases"].as_array().unwrap().clone()
}

fn decide(case: &Value) -> Option<Decided> {
    let file = ConfigFile {
        name: ".policy.yml".to_owned(),
        text: case["policybot_yaml"].as_str().unwrap().to_owned(),
    };
    let imported = import::import(&file).ok()?;
    // What is printed means the same as what was read.
    let again: super::super::policy::Policy = super::super::policy_of(&imported.text).unwrap();
    let (rules, _) = import::rules(&file).ok()?;
    assert_eq!(
        again.approval_rules.as_ref(),
        Some(&rules),
        "{}",
        case["id"]
    );
    let facts = serde_json::from_value(case["facts"].clone()).unwrap();
    Some(rules.decide(&facts))
}

#[test]
fn every_case_of_policy_bot_is_decided_as_it_does() {
    let all = cases();
    assert_eq!(all.len(), 131);
    let (mut wrong, mut codes) = (Vec::new(), 0);
    for case in all
        .iter()
        .filter(|c| !SAFER.contains(&c["id"].as_str().unwrap()))
    {
        let decided = decide(case);
        let expected = &case["expected"];
        let decision = match &decided {
            Some(decided) => serde_json::to_value(decided.decision).unwrap(),
            None => Value::from("invalid_policy"),
        };
        if decision != expected["decision"] {
            wrong.push(format!(
                "{} {}: {decided:?} for {expected}",
                case["id"], case["name"]
            ));
        }
        let code = decided.map_or("parse_error", |d| d.reason_code);
        codes += usize::from(expected["reason_code"] == code);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The one rule of pb-161 does not apply, which the cases before it call by another name.
    assert_eq!(codes, all.len() - SAFER.len() - 1);
}

#[test]
fn what_nobody_approved_is_not_approved() {
    for case in cases()
        .iter()
        .filter(|c| SAFER.contains(&c["id"].as_str().unwrap()))
    {
        assert_eq!(case["expected"]["decision"], "approved");
        let decided = decide(case).unwrap();
        assert_eq!(
            decided.decision,
            Answer::Pending,
            "{}: {decided:?}",
            case["id"]
        );
    }
}

#[test]
fn what_has_no_counterpart_is_said() {
    let file = |text: &str| ConfigFile {
        name: ".policy.yml".to_owned(),
        text: text.to_owned(),
    };
    let text = "policy: {approval: [r]}\napproval_rules:\n- {name: r, description: d, options: {request_review: {enabled: true}}, requires: {count: 1, admins: true}}\n";
    let imported = import::import(&file(text)).unwrap();
    let said = imported.left_out.join("\n");
    assert!(
        said.contains("`description`") && said.contains("`request_review`"),
        "{said}"
    );
    let rule = &imported.policy["approval-rules"]["rules"][0];
    assert_eq!(rule["requires"]["from"]["permissions"][0], "admin");
    for refused in [
        "remote: acme/policies\n",
        "policy: {approval: [r]}\napproval_rules: [{name: r, if: {is_full_moon: true}}]\n",
        "policy: [r]\n",
    ] {
        assert!(import::import(&file(refused)).is_err(), "{refused}");
    }
}
