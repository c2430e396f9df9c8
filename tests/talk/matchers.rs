//! A repository's own problem matchers: from the default branch, and never in a diagnosis's way.

use waterline_standin::FinishedJob;

use super::{ci, comments, pull_request};
use crate::support::{House, conversation, failing_log};

/// A tool that nobody knows.
const FROST: &str = r#"{"problemMatcher": [{"owner": "frost-check", "pattern": [
  {"regexp": "^frost (\\S+):(\\d+) is wrong: (.+)$", "file": 1, "line": 2, "message": 3}]}]}"#;

/// A file with a pattern that needs backtracking.
const BROKEN: &str = r#"{"problemMatcher": [{"owner": "ahead", "pattern": [
  {"regexp": "^(?!ok)(.+)$", "message": 1}]}]}"#;

fn frost() -> FinishedJob {
    let log = failing_log(
        "./check.sh",
        &[
            "checking 3 files",
            "frost src/cart.frost:12 is wrong: the sum is never returned",
            "3 files looked at",
            "and that is that",
            "bye",
        ],
    );
    FinishedJob::failure("check", log.as_str()).steps(&[("Run ./check.sh", "failure")])
}

fn push(house: &House, files: &[(&str, Option<&str>)]) {
    let mut world = house.github.world();
    world
        .push_commit("octo/shop", "main", "dev", "Matchers", files)
        .unwrap();
}

#[test]
fn a_matcher_of_the_default_branch_finds_what_no_reader_knows() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        push(
            house,
            &[
                (".github/waterline/matchers/frost.json", Some(FROST)),
                (".github/waterline/matchers/README.md", Some("no matcher")),
            ],
        );
        ci(house, pull, frost()).await;
        assert_eq!(
            house.posted().await,
            [
                format!("comment on #{pull}"),
                "check waterline/diagnose: neutral".to_owned()
            ]
        );
        let said = &comments(house, pull)[0];
        assert!(said.contains("`src/cart.frost:12`"), "{said}");
        assert!(said.contains("the sum is never returned"), "{said}");
        assert!(!said.contains("note on how"), "{said}");
    });
}

#[test]
fn a_matcher_of_the_branch_under_judgement_does_not_count() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let home = house.github.home();
        home.push_files(
            pull,
            &[(".github/waterline/matchers/frost.json", Some(FROST))],
        )
        .await
        .unwrap();
        ci(house, pull, frost()).await;
        assert_eq!(house.posted().await.len(), 2);
        let said = &comments(house, pull)[0];
        assert!(!said.contains("Places"), "{said}");
    });
}

#[test]
fn a_broken_matcher_is_named_and_the_diagnosis_goes_on() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        push(
            house,
            &[
                (".github/waterline/matchers/a.json", Some(BROKEN)),
                (".github/waterline/matchers/b.json", Some(FROST)),
                (
                    ".github/waterline/matchers/c.json",
                    Some("{\"problemMatcher\": [}"),
                ),
            ],
        );
        ci(house, pull, frost()).await;
        assert_eq!(
            house.posted().await,
            [
                format!("comment on #{pull}"),
                "check waterline/config: failure".to_owned(),
                "check waterline/diagnose: neutral".to_owned()
            ]
        );
        let said = &comments(house, pull)[0];
        for part in [
            "src/cart.frost:12",
            "2 notes on how this was read",
            "matchers/a.json:2:14",
            "uses a negative lookahead",
            "matchers/c.json:1:21",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let head = house.github.home().head_of(pull);
        let checks = house.github.home().check_runs_of(&head);
        let check = checks
            .iter()
            .find(|c| c.name == "waterline/config")
            .unwrap();
        let title = check.output.title.as_deref().unwrap();
        assert!(title.starts_with("a.json, line 2: "), "{title}");
        // Once they are mended on the default branch, the check turns green with the next job.
        push(
            house,
            &[
                (".github/waterline/matchers/a.json", None),
                (".github/waterline/matchers/c.json", None),
            ],
        );
        ci(house, pull, frost()).await;
        let posted = house.posted().await;
        assert!(
            posted.contains(&"edit of a check: success".to_owned()),
            "{posted:?}"
        );
        assert!(!comments(house, pull)[0].contains("how this was read"));
    });
}
