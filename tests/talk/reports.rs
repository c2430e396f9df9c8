//! Reports in a run's artifacts: they name what the log hides, and never stand in a diagnosis's way.

use std::io::Write as _;

use waterline_standin::{Artifact, Fault, FaultKind, FinishedJob, RunOn};
use zip::write::SimpleFileOptions;

use super::{cart_job, ci, comments, pull_request};
use crate::support::{House, conversation, failing_log};

const JUNIT: &str = "<testsuites><testsuite name=\"cart\"><testcase classname=\"cart\" name=\"adds the discount\" \
    file=\"src/cart.test.js\" line=\"12\"><failure message=\"expected 12, received @mona\">\
    expected 12, received @mona\n  at src/cart.test.js:12:24</failure></testcase>\
    <testcase classname=\"cart\" name=\"is empty at first\"/></testsuite></testsuites>";

const SARIF: &str = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "frost"}}, "results": [{"ruleId": "lost-sum",
    "level": "error", "message": {"text": "the sum is never returned"}, "locations": [{"physicalLocation": {"artifactLocation":
    {"uri": "src/cart.frost"}, "region": {"startLine": 12}}}]}]}]}"#;

const LIST: &str = "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts";

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A job whose log says that something failed, and not what.
fn mute(name: &str) -> FinishedJob {
    let log = failing_log("make check", &["9 looked at", "the rest is in the report"]);
    FinishedJob::failure(name, log.as_str()).steps(&[("Run make check", "failure")])
}

/// Ends a run on the pull request with these jobs, which left these artifacts.
async fn run(house: &House, pull: u64, jobs: Vec<FinishedJob>, left: &[(&str, Vec<u8>)]) {
    let home = house.github.home();
    let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
    home.finish_run_quietly(run, "failure", jobs).unwrap();
    house.github.with(|world| {
        for (name, zip) in left {
            let (id, created_at) = (world.next_id(), world.tick());
            let artifact = Artifact {
                id,
                run_id: run,
                name: (*name).to_owned(),
                zip: zip.clone(),
                expired: false,
                created_at,
            };
            let repository = world.repository_mut("octo/shop").unwrap();
            repository.artifacts.insert(id, artifact);
        }
    });
    home.tell_run(run, "completed").await;
}

/// The paths of GitHub that were asked for artifacts.
fn asked(house: &House) -> usize {
    let all = house.github.exchanges();
    all.iter().filter(|e| e.path.contains("/artifacts")).count()
}

#[test]
fn a_junit_report_names_the_tests_that_the_log_hides() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let left = [
            ("dist", vec![0; 400_000]),
            ("test-results", zip(&[("out/junit.xml", JUNIT.as_bytes())])),
        ];
        run(house, pull, vec![mute("check")], &left).await;
        assert_eq!(house.posted().await.len(), 2);
        let said = &comments(house, pull)[0];
        for part in [
            "Test cart.adds the discount failed at src/cart.test.js:12",
            "(from artifact test-results, out/junit.xml)",
            "From artifact `test-results`, `out/junit.xml`:",
            "the rest is in the report",
            "Failing tests: `cart.adds the discount`",
            "Places: `src/cart.test.js:12`",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(!said.contains("is empty at first"), "{said}");
        assert_eq!(asked(house), 2, "one list, one archive");
        for exchange in house.github.exchanges() {
            let storage = exchange.path.starts_with("/storage");
            assert!(!storage || exchange.header("authorization").is_none());
        }
        let head = house.github.home().head_of(pull);
        let checks = house.github.home().check_runs_of(&head);
        let check = checks.iter().find(|c| c.name == "waterline/diagnose");
        assert_eq!(check.unwrap().annotations[0].start_line, 12);
    });
}

#[test]
fn a_sarif_report_gives_rule_and_place() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let left = [("sarif", zip(&[("frost.sarif", SARIF.as_bytes())]))];
        run(house, pull, vec![mute("lint")], &left).await;
        house.posted().await;
        let said = &comments(house, pull)[0];
        assert!(
            said.contains("lost-sum at src/cart.frost:12: the sum is never returned"),
            "{said}"
        );
        assert!(said.contains("Places: `src/cart.frost:12`"), "{said}");
    });
}

#[test]
fn a_report_that_two_jobs_could_have_left_is_told_of_the_run() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let left = [("junit", zip(&[("junit.xml", JUNIT.as_bytes())]))];
        run(house, pull, vec![mute("one"), mute("two")], &left).await;
        house.posted().await;
        let said = &comments(house, pull)[0];
        assert!(said.contains("❌ **CI** failed"), "{said}");
        assert!(said.contains("Failing tests: `cart.adds the discount`"));
    });
}

#[test]
fn a_bomb_is_a_note_and_the_diagnosis_stands() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let bomb = zip(&[
            ("bomb.xml", &vec![b' '; 30 << 20]),
            ("junit.xml", JUNIT.as_bytes()),
        ]);
        run(house, pull, vec![mute("check")], &[("junit", bomb)]).await;
        house.posted().await;
        let said = &comments(house, pull)[0];
        for part in [
            "1 note on how this was read",
            "Report `junit`",
            "unpacks to more than 10 MiB",
            "Failing tests: `cart.adds the discount`",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    });
}

#[test]
fn what_cannot_be_had_is_left_out_in_silence() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let report = || zip(&[("junit.xml", JUNIT.as_bytes())]);
        let forbidden = FaultKind::Status(403, "Resource not accessible by integration".to_owned());
        let fault = Fault::once("GET", LIST, forbidden);
        house.github.world().faults.push(fault);
        run(house, pull, vec![mute("check")], &[("junit", report())]).await;
        assert_eq!(house.posted().await.len(), 2);
        // Expired ones are listed, and not asked for.
        house.github.forget_exchanges();
        let home = house.github.home();
        home.push_to_pull_request(pull).await.unwrap();
        let begun = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
        home.finish_run_quietly(begun, "failure", vec![mute("check")])
            .unwrap();
        house.github.with(|world| {
            let (id, created_at) = (world.next_id(), world.tick());
            let artifact = Artifact {
                id,
                run_id: begun,
                name: "junit".to_owned(),
                zip: report(),
                expired: true,
                created_at,
            };
            let repository = world.repository_mut("octo/shop").unwrap();
            repository.artifacts.insert(id, artifact);
        });
        home.tell_run(begun, "completed").await;
        house.posted().await;
        assert_eq!(asked(house), 1);
        let said = &comments(house, pull)[0];
        assert!(said.contains("the rest is in the report"), "{said}");
        assert!(!said.contains("how this was read") && !said.contains("Failing tests"));
    });
}

#[test]
fn nothing_is_asked_for_where_nothing_can_be_gained() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        ci(house, pull, FinishedJob::success("test")).await;
        house.posted().await;
        let network = failing_log(
            "npm ci",
            &["npm error code ECONNRESET", "npm error network aborted"],
        );
        ci(house, pull, FinishedJob::failure("test", network.as_str())).await;
        house.posted().await;
        assert_eq!(asked(house), 0);
    });
}
