//! Once for a commit, and only what failed.

use super::Switch;
use super::decide::{Why, decide};
use super::facts::Facts;

fn facts(runs: &str, force: bool) -> Facts {
    let runs: serde_json::Value = serde_json::from_str(runs).unwrap();
    serde_json::from_value(serde_json::json!({
        "at": "2026-01-01T00:00:00Z", "repo": "octo/shop", "number": 7, "force": force, "runs": runs,
    }))
    .unwrap()
}

fn run(id: u64, workflow: u64, number: u64, attempt: u32, conclusion: &str) -> String {
    let status = if conclusion.is_empty() {
        "in_progress"
    } else {
        "completed"
    };
    format!(
        r#"{{"id": {id}, "attempt": {attempt}, "number": {number}, "workflow": {workflow}, "name": "W{workflow}",
        "event": "pull_request", "status": "{status}", "conclusion": "{conclusion}",
        "head_sha": "0123456789abcdef0123456789abcdef01234567", "head_branch": "x", "head_repo": null,
        "url": "https://github.com/octo/shop/actions/runs/{id}"}}"#
    )
}

#[test]
fn the_newest_failed_run_of_each_workflow_is_run_again_once() {
    let runs = [
        run(1, 1, 1, 1, "failure"),
        run(2, 1, 2, 1, "failure"),
        run(3, 2, 1, 1, "success"),
        run(4, 3, 1, 2, "failure"),
        run(5, 4, 1, 1, ""),
    ];
    let runs = format!("[{}]", runs.join(","));
    let verdict = decide(&facts(&runs, false));
    let again: Vec<u64> = verdict.again.iter().map(|a| a.run.0).collect();
    assert_eq!(again, [2]);
    let left: Vec<Why> = verdict.left.iter().map(|l| l.why).collect();
    assert_eq!(left, [Why::RunAgainBefore, Why::Running]);
    let forced = decide(&facts(&runs, true));
    let again: Vec<(u64, u32)> = forced.again.iter().map(|a| (a.run.0, a.attempt)).collect();
    assert_eq!(again, [(2, 2), (4, 3)]);
}

#[test]
fn it_is_on_without_a_configuration() {
    assert!(Switch::default().enabled);
}
