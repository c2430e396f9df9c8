//! The desk's files beside the log: problem matchers and reports, and the check of configurations.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::failing_log;

const FROST: &str = r#"{"problemMatcher": [{"owner": "frost-check", "pattern": [
  {"regexp": "^frost (\\S+):(\\d+) is wrong: (.+)$", "file": 1, "line": 2, "message": 3}]}]}"#;
const BROKEN: &str = r#"{"problemMatcher": [{"owner": "ahead", "pattern": [
  {"regexp": "^(?!ok)(.+)$", "message": 1}]}]}"#;
const TAP: &str = "TAP version 13\nnot ok 1 - adds the discount\n  ---\n  at: src/cart.test.js:12:3\n  ...\n1..1\n";

fn waterline(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(args)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

/// A folder with a log, matchers and reports.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let lines = [
        "frost src/cart.frost:12 is wrong: the sum is never returned",
        "and so on",
        "and so forth",
    ];
    write("build.log", &failing_log("./check.sh", &lines));
    write(
        "mute.log",
        &failing_log("make check", &["see the report", "bye"]),
    );
    write(".github/waterline/matchers/frost.json", FROST);
    write(".github/waterline/matchers/README.md", "no matcher");
    write(".github/waterline.yml", "diagnose: {check: false}\n");
    write("broken/a.json", BROKEN);
    write("out.tap", TAP);
    write("notes.txt", "nothing");
    folder
}

#[test]
fn matchers_of_a_file_or_a_folder_are_used() {
    let desk = desk();
    for flag in [
        "--matchers=.github/waterline/matchers",
        "--matchers=.github/waterline/matchers/frost.json",
        "--matcher=.github/waterline/matchers/frost.json",
    ] {
        let answer = waterline(
            desk.path(),
            &["diagnose", "build.log", flag, "--format=json"],
        );
        let json: Value = serde_json::from_slice(&answer.stdout).unwrap();
        assert_eq!(json["locations"][0], "src/cart.frost:12", "{flag}");
        assert_eq!(json["causes"][0]["why"], "problem matcher: frost-check");
    }
    let broken = waterline(desk.path(), &["diagnose", "build.log", "--matchers=broken"]);
    assert_eq!(broken.status.code(), Some(64));
    let said = String::from_utf8(broken.stderr).unwrap();
    assert!(
        said.contains("broken/a.json:2:14: pattern 1 of the matcher `ahead`"),
        "{said}"
    );
}

#[test]
fn the_configuration_s_check_checks_matchers_too() {
    let desk = desk();
    let fine = waterline(desk.path(), &["config", "check"]);
    let said = String::from_utf8(fine.stdout).unwrap();
    assert_eq!(fine.status.code(), Some(0), "{said}");
    for part in [
        "waterline.yml: fine",
        "matchers/frost.json: fine",
        "diagnose: {",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("README"), "{said}");
    for named in ["broken", "broken/a.json"] {
        let broken = waterline(desk.path(), &["config", "check", named]);
        assert_eq!(broken.status.code(), Some(64));
        let said = String::from_utf8(broken.stderr).unwrap();
        assert!(said.contains("broken/a.json:2:14: "), "{said}");
    }
    let missing = waterline(desk.path(), &["config", "check", "nowhere.json"]);
    assert_eq!(missing.status.code(), Some(64));
    std::fs::remove_dir_all(desk.path().join(".github/waterline")).unwrap();
    let without = waterline(desk.path(), &["config", "check"]);
    assert_eq!(without.status.code(), Some(0));
}

#[test]
fn a_report_names_what_the_log_hides() {
    let desk = desk();
    let args = ["diagnose", "mute.log", "--report=out.tap", "--format=json"];
    let answer = waterline(desk.path(), &args);
    let json: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(json["tests"][0], "adds the discount");
    assert_eq!(json["locations"][0], "src/cart.test.js:12");
    assert_eq!(json["reports"][0]["file"], "out.tap");
    let evidence = json["evidence"].as_array().unwrap();
    assert!(evidence.iter().any(|e| e["kind"] == "report"));
    let text = waterline(desk.path(), &["diagnose", "mute.log", "--report=out.tap"]);
    let said = String::from_utf8(text.stdout).unwrap();
    assert!(said.contains("(from out.tap)"), "{said}");
    let none = waterline(desk.path(), &["diagnose", "mute.log", "--report=notes.txt"]);
    assert_eq!(none.status.code(), Some(64));
    let said = String::from_utf8(none.stderr).unwrap();
    assert!(
        said.contains("notes.txt: this is neither JUnit XML"),
        "{said}"
    );
}
