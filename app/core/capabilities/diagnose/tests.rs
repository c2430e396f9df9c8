//! What is decided from which facts. The comments themselves stand in `tests/cases/diagnose`.

use waterline_log::{Category, Cause, LineRange, Location, Reading, StepFound};

use super::decide::{Outcome, decide};
use super::facts::{Change, Facts, JobFacts, Log, RunFacts};
use super::{Rules, render};
use crate::model::{IssueNumber, JobId, RunId, WorkflowId};
use crate::port::Run;
use crate::report::{Effect, Report};

pub(super) fn reading(lines: &[(u64, &str)]) -> Reading {
    let causes = lines.iter().map(|(at, text)| Cause {
        line_in_step: Some(at - 10),
        ..Cause::new(
            LineRange::one(*at),
            vec![(*text).to_owned()],
            "jest: failed test",
        )
    });
    Reading {
        lines: 500,
        bytes: 50_000,
        truncated: false,
        step: Some(StepFound {
            number: Some(4),
            name: "Run npm test".to_owned(),
            header: None,
            first_line: 11,
            last_line: 480,
        }),
        category: Category::Test,
        summary: "1 test failed".to_owned(),
        causes: causes.collect(),
        tests: vec!["cart › adds".to_owned()],
        locations: vec![
            Location {
                file: "/home/runner/work/shop/shop/src/cart.test.js".to_owned(),
                line: 12,
                column: None,
            },
            Location {
                file: "/usr/lib/node/x.js".to_owned(),
                line: 3,
                column: None,
            },
        ],
        exit_code: Some(1),
        suggestion: None,
    }
}

pub(super) fn job(id: u64, name: &str, log: Log) -> JobFacts {
    JobFacts {
        id: Some(JobId(id)),
        name: name.to_owned(),
        conclusion: Some("failure".to_owned()),
        url: Some(format!(
            "https://github.com/octo/shop/actions/runs/42/job/{id}"
        )),
        failed_step: Some("Run npm test".to_owned()),
        log,
    }
}

pub(super) fn read(lines: &[(u64, &str)]) -> Log {
    Log::Read {
        reading: Box::new(reading(lines)),
        cut: false,
    }
}

fn run(name: &str, conclusion: &str, digit: &str) -> Run {
    Run {
        id: RunId(42),
        attempt: 1,
        number: 5,
        workflow: WorkflowId(1),
        name: name.to_owned(),
        event: "pull_request".to_owned(),
        status: "completed".to_owned(),
        conclusion: Some(conclusion.to_owned()),
        head_sha: digit.repeat(40).parse().unwrap(),
        head_branch: Some("discount".to_owned()),
        head_repo: Some("octo/shop".parse().unwrap()),
        url: "https://github.com/octo/shop/actions/runs/42".to_owned(),
    }
}

pub(super) fn facts(runs: Vec<RunFacts>) -> Facts {
    Facts {
        at: "2026-11-24T10:00:00Z".parse().unwrap(),
        repo: Some("octo/shop".parse().unwrap()),
        pull_request: Some(Change {
            number: IssueNumber(7),
            head: "a".repeat(40).parse().unwrap(),
        }),
        issue: None,
        branch: None,
        asked_run: None,
        pending: 0,
        runs,
        past: super::past::Past::default(),
        faults: Vec::new(),
    }
}

pub(super) fn failed(jobs: Vec<JobFacts>) -> RunFacts {
    RunFacts {
        run: Some(run("CI", "failure", "a")),
        jobs: jobs.len(),
        failed: jobs,
        failed_before: None,
        fixed_by: None,
        reports: super::reports::Reports::default(),
    }
}

fn report(facts: &Facts) -> Report {
    render::render(facts, &decide(facts, &Rules::default()))
}

#[test]
fn a_matrix_with_one_cause_is_one_finding() {
    let jobs = vec![
        job(1, "test (linux)", read(&[(131, "Expected: 12 in 5 ms")])),
        job(2, "test (macos)", read(&[(140, "Expected: 13 in 7 ms")])),
        job(3, "test (windows)", read(&[(99, "spawn ENOENT")])),
    ];
    let verdict = decide(&facts(vec![failed(jobs)]), &Rules::default());
    assert_eq!(verdict.findings.len(), 2);
    assert_eq!(verdict.findings[0].jobs.len(), 2);
}

#[test]
fn what_the_log_does_not_tell_is_inconclusive_and_comes_last() {
    let jobs = vec![
        job(1, "docs", Log::Missing),
        job(2, "test", read(&[(131, "Expected: 12")])),
    ];
    let verdict = decide(&facts(vec![failed(jobs)]), &Rules::default());
    assert_eq!(verdict.outcome, Outcome::Failed);
    assert_eq!(verdict.findings[1].category, Category::Inconclusive);
    let verdict = decide(
        &facts(vec![failed(vec![job(1, "docs", Log::Missing)])]),
        &Rules::default(),
    );
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn an_excerpt_keeps_to_its_length() {
    let lines: Vec<(u64, String)> = (100..200).map(|n| (n, format!("line {n}"))).collect();
    let lines: Vec<(u64, &str)> = lines.iter().map(|(n, l)| (*n, l.as_str())).collect();
    let facts = facts(vec![failed(vec![job(1, "test", read(&lines))])]);
    let verdict = decide(
        &facts,
        &Rules {
            lines: 3,
            ..Rules::default()
        },
    );
    assert_eq!(verdict.findings[0].excerpts.len(), 3);
}

#[test]
fn a_workflow_that_failed_before_and_passes_now_is_fixed() {
    let passed = RunFacts {
        run: Some(run("CI", "success", "b")),
        failed: Vec::new(),
        jobs: 0,
        failed_before: Some(run("CI", "failure", "a")),
        fixed_by: None,
        reports: super::reports::Reports::default(),
    };
    let facts = facts(vec![passed]);
    let report = report(&facts);
    assert_eq!(report.reason_code, "fixed");
    // It edits what it had said, and says nothing new.
    assert!(report.effects.iter().all(|e| matches!(
        e,
        Effect::Comment { create: false, .. } | Effect::Check { create: false, .. }
    )));
    let said = report.document.text();
    assert!(
        said.contains("failed at aaaaaaa, fixed by bbbbbbb"),
        "{said}"
    );
}

#[test]
fn remarks_stand_only_on_files_of_the_repository() {
    let report = report(&facts(vec![failed(vec![job(
        1,
        "test",
        read(&[(131, "Expected: 12")]),
    )])]));
    let places: Vec<_> = report
        .annotations
        .iter()
        .map(|a| (a.path.as_str(), a.line))
        .collect();
    assert_eq!(places, [("src/cart.test.js", 12)]);
}

#[test]
fn a_workflow_can_be_left_alone() {
    let facts = facts(vec![failed(vec![job(1, "test", read(&[(131, "x")]))])]);
    let verdict = decide(
        &facts,
        &Rules {
            ignore_workflows: vec!["C*".to_owned()],
            ..Rules::default()
        },
    );
    assert_eq!(verdict.outcome, Outcome::Passed);
}

#[test]
fn lines_are_linked_as_github_numbers_them() {
    let said = report(&facts(vec![failed(vec![job(
        9,
        "test",
        read(&[(131, "Expected: 12")]),
    )])]))
    .document
    .markdown(60_000);
    assert!(said.contains("/job/9#step:4:121"), "{said}");
}

#[test]
fn a_workflow_file_that_github_cannot_read_is_said() {
    let broken = RunFacts {
        run: Some(run("CI", "startup_failure", "a")),
        failed: Vec::new(),
        jobs: 0,
        failed_before: None,
        fixed_by: None,
        reports: super::reports::Reports::default(),
    };
    let verdict = decide(&facts(vec![broken]), &Rules::default());
    assert_eq!(
        (verdict.outcome, verdict.findings[0].category),
        (Outcome::Failed, Category::Config)
    );
}
