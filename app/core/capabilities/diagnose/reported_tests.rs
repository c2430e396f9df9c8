//! Which job a report completes, and what of it is shown.

use waterline_log::Category;
use waterline_report::{Failure, Kind, Report};

use super::super::Rules;
use super::super::decide::{Outcome, decide};
use super::super::facts::{JobFacts, Log, RunFacts};
use super::super::reports::{Reports, Told};
use super::super::tests::{facts, failed, job, read, reading};
use super::*;

fn failure(class: &str, name: &str, line: u32) -> Failure {
    Failure {
        name: name.to_owned(),
        class: Some(class.to_owned()),
        file: Some("/home/runner/work/shop/shop/src/cart.test.js".to_owned()),
        line: Some(line),
        message: format!("{name} is wrong"),
        excerpt: vec![format!("{name} is wrong"), "and more".to_owned()],
    }
}

fn told(kind: Kind, failures: Vec<Failure>) -> Told {
    Told {
        artifact: Some("junit".to_owned()),
        report: Report {
            file: "out/junit.xml".to_owned(),
            kind,
            failures,
            more: 0,
        },
    }
}

fn left(jobs: Vec<JobFacts>, read: Vec<Told>) -> RunFacts {
    let reports = Reports {
        read,
        notes: Vec::new(),
    };
    RunFacts {
        reports,
        ..failed(jobs)
    }
}

/// A log that hides what failed.
fn vague() -> Log {
    let mut reading = reading(&[(131, "see the report")]);
    reading.category = Category::Script;
    reading.tests.clear();
    reading.locations.clear();
    for cause in &mut reading.causes {
        cause.why = "the last words before the exit".to_owned();
    }
    Log::Read {
        reading: Box::new(reading),
        cut: false,
    }
}

fn findings(run: RunFacts) -> Vec<Finding> {
    decide(&facts(vec![run]), &Rules::default()).findings
}

#[test]
fn a_test_that_the_log_names_keeps_its_sentence_and_gains_places_and_siblings() {
    let junit = told(
        Kind::Junit,
        vec![failure("cart", "adds", 30), failure("cart", "removes", 40)],
    );
    let jobs = vec![
        job(1, "test", read(&[(131, "Expected: 12")])),
        job(2, "lint", vague()),
    ];
    let found = findings(left(jobs, vec![junit]));
    let test = found.iter().find(|f| f.jobs[0].name == "test").unwrap();
    // The log's spelling says more; the other test is known from the report alone.
    assert_eq!(test.tests, ["cart › adds", "cart.removes"]);
    assert_eq!(test.summary, "1 test failed");
    assert!(test.locations.contains(&"src/cart.test.js:30".to_owned()));
    assert!(test.reported.is_empty());
    let kinds: Vec<_> = test.evidence.iter().collect();
    assert!(matches!(
        kinds[..],
        [Evidence::Log { .. }, Evidence::Report { .. }]
    ));
    let lint = found.iter().find(|f| f.jobs[0].name == "lint").unwrap();
    assert!(lint.tests.is_empty(), "it was the other job's");
}

#[test]
fn where_the_log_is_silent_the_report_stands_with_its_source() {
    for log in [vague(), Log::Missing] {
        let print = super::super::fingerprint::of_job("test", &log);
        let junit = told(Kind::Junit, vec![failure("cart", "adds", 30)]);
        let run = left(vec![job(1, "test", log)], vec![junit]);
        let verdict = decide(&facts(vec![run]), &Rules::default());
        assert_eq!(verdict.outcome, Outcome::Failed);
        let found = &verdict.findings[0];
        assert_eq!(found.category, Category::Test);
        assert_eq!(
            found.summary,
            "Test cart.adds failed at src/cart.test.js:30: adds is wrong (from artifact junit, out/junit.xml)"
        );
        assert_eq!(found.reported.len(), 1);
        assert_eq!(found.fingerprint, print, "the fingerprint is the log's");
    }
}

#[test]
fn a_report_about_other_tests_than_the_log_names_is_left_aside() {
    let other = told(Kind::Junit, vec![failure("stock", "counts", 3)]);
    let log = read(&[(131, "Expected: 12")]);
    let found = findings(left(vec![job(1, "test", log)], vec![other]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].tests, ["cart › adds"]);
}

#[test]
fn a_report_of_no_job_in_particular_is_the_run_s() {
    let junit = told(Kind::Junit, vec![failure("cart", "adds", 30)]);
    let jobs = vec![job(1, "one", vague()), job(2, "two", vague())];
    let found = findings(left(jobs, vec![junit]));
    let of_run = found.iter().find(|f| f.jobs.is_empty()).unwrap();
    assert_eq!(of_run.tests, ["cart.adds"]);
    assert!(
        found
            .iter()
            .filter(|f| !f.jobs.is_empty())
            .all(|f| f.tests.is_empty())
    );
}

#[test]
fn a_network_failure_is_no_matter_of_reports() {
    let mut reading = reading(&[(131, "ECONNRESET")]);
    reading.category = Category::Network;
    reading.tests.clear();
    let log = Log::Read {
        reading: Box::new(reading),
        cut: false,
    };
    let junit = told(Kind::Junit, vec![failure("cart", "adds", 30)]);
    let found = findings(left(vec![job(1, "test", log)], vec![junit]));
    assert_eq!((found.len(), found[0].tests.len()), (1, 0));
}
