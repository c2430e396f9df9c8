//! `waterline policy` as it is used: files in, an answer and an exit code out.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use waterline_core::capabilities::gate::facts::{Change, Facts};
use waterline_core::capabilities::gate::{decide, import, policy_of, trial};
use waterline_core::config::ConfigFile;

use crate::contract::blocks;

const ENTERPRISE: &str = include_str!("cases/gate-enterprise.yml");
const GREEN: &str = include_str!("cases/gate-green.json");

const FREEZE: &str = "timezone: Europe/Berlin\nenvironments:\n  production:\n    freeze:\n      - {name: year end, from: \"2026-12-18T17:00\", to: \"2027-01-04T08:00\"}\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn policy(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .current_dir(folder)
        .arg("policy")
        .args(args)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["version"], 1);
    value
}

#[test]
fn check_says_fine_or_where_the_mistake_is() {
    let typo = ENTERPRISE.replace("pr.additions", "pr.aditions");
    let other = ENTERPRISE.replace("max-wait", "max-wiat");
    let files = [("a.yml", ENTERPRISE), ("b.yml", &typo), ("c.yml", &other)];
    let folder = folder(&files);
    let fine = policy(folder.path(), &["check", "a.yml"]);
    assert_eq!(fine.status.code(), Some(0), "{fine:?}");
    assert_eq!(out(&fine).trim(), "a.yml: fine, 2 environments");
    let fine = json(&policy(
        folder.path(),
        &["check", "a.yml", "--format", "json"],
    ));
    assert_eq!(fine["environments"], 2);
    for (file, place, near) in [
        ("b.yml", ":39:", "`additions`"),
        ("c.yml", ":19:", "`max-wait`"),
    ] {
        let wrong = policy(folder.path(), &["check", file]);
        let said = String::from_utf8(wrong.stderr.clone()).unwrap();
        assert_eq!(wrong.status.code(), Some(64), "{said}");
        assert!(out(&wrong).is_empty());
        assert!(
            said.contains(place) && said.contains(&format!("did you mean {near}")),
            "{said}"
        );
    }
    assert_eq!(
        policy(folder.path(), &["check", "none.yml"]).status.code(),
        Some(64)
    );
}

#[test]
fn test_runs_the_tests_beside_their_facts() {
    let tests = "- name: the clock stands still\n  environment: production\n  now: 2026-12-24T12:00:00Z\n  facts: fixtures/green.json\n  expect: {decision: wait, reason: frozen, until: 2027-01-04T07:00:00Z}\n";
    let wrong = tests.replace("decision: wait", "decision: allow");
    let folder = folder(&[
        (".github/waterline.yml", FREEZE),
        (".github/waterline.tests.yml", tests),
        (".github/wrong.yml", &wrong),
        (".github/fixtures/green.json", GREEN),
        ("lost.yml", tests),
    ]);
    let passed = policy(folder.path(), &["test"]);
    assert_eq!(passed.status.code(), Some(0), "{passed:?}");
    assert!(
        out(&passed).starts_with("pass  the clock stands still\n"),
        "{}",
        out(&passed)
    );
    let failed = policy(folder.path(), &["test", ".github/wrong.yml"]);
    assert_eq!(failed.status.code(), Some(1));
    let said = out(&failed);
    assert!(said.starts_with("FAIL  the clock"), "{said}");
    assert!(
        said.contains("decision: expected allow, came wait (frozen by"),
        "{said}"
    );
    let failed = policy(
        folder.path(),
        &["test", ".github/wrong.yml", "--format", "json"],
    );
    assert_eq!(json(&failed)["failed"], 1);
    // Facts that cannot be read are no test that passed.
    let lost = policy(folder.path(), &["test", "lost.yml"]);
    assert_eq!(lost.status.code(), Some(64));
}

#[test]
fn explain_speaks_of_one_environment_or_of_all() {
    let folder = folder(&[("a.yml", ENTERPRISE)]);
    let all = out(&policy(folder.path(), &["explain", "--policy", "a.yml"]));
    assert!(
        all.contains("staging (enforce)") && all.contains("production* (enforce)"),
        "{all}"
    );
    assert!(
        all.contains("  soak: the commit has been live in staging for 30m"),
        "{all}"
    );
    assert!(all.contains("Permissions: actions: read"), "{all}");
    let one = [
        "explain",
        "--policy",
        "a.yml",
        "--environment",
        "staging",
        "--format",
        "json",
    ];
    let one = json(&policy(folder.path(), &one));
    assert_eq!(one["environments"].as_array().unwrap().len(), 1);
    assert_eq!(one["environments"][0]["rules"][0]["rule"], "checks");
    let none = policy(
        folder.path(),
        &["explain", "--policy", "a.yml", "--environment", "test"],
    );
    assert_eq!(none.status.code(), Some(64));
}

#[test]
fn replay_says_what_comes_out_otherwise() {
    let mut frozen: Value = serde_json::from_str(GREEN).unwrap();
    frozen["now"] = "2026-12-24T12:00:00Z".into();
    let mut free = frozen.clone();
    free["now"] = "2026-11-24T12:00:00Z".into();
    let allow = serde_json::json!({"decision": "allow", "reason_code": "ok"});
    let line = |id: &str, facts: &Value| {
        serde_json::json!({"id": id, "facts": facts, "verdict": allow, "outcome": "failure"})
            .to_string()
    };
    let lines = format!("{}\n\n{}\n", line("d1", &frozen), line("d2", &free));
    let folder = folder(&[
        ("a.yml", FREEZE),
        ("open.yml", "environments: {production: {}}\n"),
        ("kept.jsonl", &lines),
        ("facts/one.json", &frozen.to_string()),
        ("facts/two.json", &free.to_string()),
    ]);
    let of = |args: &[&str]| {
        policy(
            folder.path(),
            &[&["replay", "--policy", "a.yml"], args].concat(),
        )
    };
    let kept = of(&["--decisions", "kept.jsonl"]);
    let said = out(&kept);
    assert!(
        said.starts_with("d1 production: allow (ok) -> wait (frozen): frozen by"),
        "{said}"
    );
    assert!(said.contains("2 decisions, 1 come out otherwise"), "{said}");
    assert!(
        said.contains("of those held or blocked, 1 failed later and 0 went well"),
        "{said}"
    );
    let kept = json(&of(&[
        "--facts-dir",
        "facts",
        "--against",
        "open.yml",
        "--format",
        "json",
    ]));
    assert_eq!(kept["decisions"], 2);
    assert_eq!(kept["changed"].as_array().unwrap().len(), 1);
    assert_eq!(kept["changed"][0]["id"], "one");
    assert_eq!(of(&[]).status.code(), Some(64));
}

#[test]
fn import_prints_a_policy_and_says_what_it_left_out() {
    let theirs = "policy:\n  approval:\n  - or: [owners, docs]\napproval_rules:\n- name: owners\n  description: two of them\n  requires: {count: 2, teams: [acme/owners]}\n- name: docs\n  if: {only_changed_files: {paths: ['^docs/']}}\n";
    let folder = folder(&[
        (".policy.yml", theirs),
        ("bad.yml", "policy: {approval: [gone]}\n"),
    ]);
    let imported = policy(folder.path(), &["import"]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    let said = String::from_utf8(imported.stderr.clone()).unwrap();
    assert!(
        said.contains("rule `owners`: `description` has no counterpart"),
        "{said}"
    );
    let ours = policy_of(&out(&imported)).unwrap();
    assert_eq!(ours.approval_rules.unwrap().rules.len(), 2);
    let bad = policy(folder.path(), &["import", "bad.yml"]);
    assert_eq!(bad.status.code(), Some(64));
    assert!(
        String::from_utf8(bad.stderr)
            .unwrap()
            .contains("unknown rule `gone`")
    );
}

#[test]
fn every_policy_of_the_page_is_read() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md");
    let text = std::fs::read_to_string(page).unwrap();
    let file = |text: String| ConfigFile {
        name: page.to_owned(),
        text,
    };
    let mut count = 0;
    for (line, block) in blocks(&text, &["yaml"]) {
        count += 1;
        let read = match block.lines().next().unwrap_or_default() {
            first if first.starts_with("# .github/waterline.tests.yml") => {
                trial::read(&file(block)).map(|_| ())
            }
            first if first.starts_with("# .policy.yml") => import::import(&file(block)).map(|_| ()),
            _ => policy_of(&block).map(|_| ()),
        };
        read.unwrap_or_else(|e| panic!("docs/policy.md:{line}: {e}"));
    }
    assert!(count >= 4, "the page shows {count}");
}

/// Facts as large as GitHub lets them become.
fn huge() -> Facts {
    let mut facts: Facts = serde_json::from_str(GREEN).unwrap();
    let files: Vec<String> = (0..3_000)
        .map(|n| format!("src/folder/file-{n}.rs"))
        .collect();
    let one = Change {
        files,
        ..facts.prs[0].clone()
    };
    facts.prs = (0..100)
        .map(|number| Change {
            number,
            ..one.clone()
        })
        .collect();
    facts
}

/// Loops within loops over long lists, texts that grow, and patterns.
fn hostile() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![Just("pr.title"), Just("f"), Just("'a'"), Just("pr.author")];
    let text = leaf
        .prop_map(str::to_owned)
        .prop_recursive(5, 40, 2, |inner| {
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} + {b})"))
        });
    let list = prop_oneof![
        Just("pr.files"),
        Just("pr.labels"),
        Just("range.prs.map(p, p.title)"),
        Just("pr.files.map(f, f + f)"),
        Just("pr.files.filter(f, pr.files.exists(g, g == f))"),
    ];
    (list.clone(), list, text, "[a-z(|)*+?]{0,12}").prop_map(|(a, b, text, pattern)| {
        format!(
            "{a}.all(f, {b}.exists(g, {text} == g || g.matches('{pattern}')) || {text}.contains(f))"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// S29: whatever is written, it is refused at once, too costly, or answered in bounded time.
    #[test]
    fn s29_no_expression_takes_long(text in hostile(), few in any::<bool>()) {
        let mut facts = huge();
        if few {
            facts.prs.truncate(1);
            facts.prs[0].files.truncate(400);
        }
        let rules = serde_json::json!({"environments": {"production": {"require": {"custom": [
            {"name": "a", "assert": text}]}}}});
        let began = Instant::now();
        if let Ok(policy) = policy_of(&rules.to_string()) {
            let verdict = decide(&facts, &policy);
            prop_assert!(verdict.reasons.iter().any(|r| r.rule == "custom"));
        }
        prop_assert!(began.elapsed() < Duration::from_secs(4), "{} {:?}", text, began.elapsed());
    }
}
