//! The action suite at work: every action and every file of `workflows/`, run by a real runner.
//!
//! GitHub is the stand-in, the release is packed from the program under test. `hostile` holds what
//! strangers try by titles, branch names, logs and inputs.

mod dismiss;
mod gate;
mod hostile;
mod nightly;
mod release;

use serde_json::{Value, json};
use waterline_standin::{FinishedJob, Level, Opening, Permissions, RunOn, TokenKind, payload};

use crate::support::act::{Ran, Workshop};
use crate::support::posted;
use crate::talk::cart_job;

/// What `workflows/diagnose.yml` grants.
pub(crate) fn granted() -> Permissions {
    Permissions::of(&[
        ("actions", Level::Read),
        ("checks", Level::Write),
        ("contents", Level::Read),
        ("pull_requests", Level::Write),
    ])
}

/// A file of `workflows/`, as it is copied.
pub(crate) fn workflow(name: &str) -> String {
    let path = format!("{}/workflows/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// CI ends on a pull request; its number, and what GitHub tells.
pub(crate) async fn ended(workshop: &Workshop, opening: Opening, job: FinishedJob) -> (u64, Value) {
    let home = workshop.github.home();
    let pull = home.open_pull_request(opening).await.unwrap();
    (pull, ended_again(workshop, pull, job).await)
}

/// CI ends once more.
async fn ended_again(workshop: &Workshop, pull: u64, job: FinishedJob) -> Value {
    let home = workshop.github.home();
    let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
    let conclusion = job.conclusion.clone();
    home.finish_run(run, &conclusion, vec![job]).await.unwrap();
    payload::workflow_run(&workshop.github.world(), "octo/shop", run, "completed").unwrap()
}

/// `workflows/diagnose.yml` runs after that, with a token of these permissions.
pub(crate) async fn diagnosed(workshop: &Workshop, told: &Value, permissions: Permissions) -> Ran {
    let token = workshop.token(permissions);
    let file = workflow("diagnose.yml");
    workshop.run(&file, "workflow_run", told, &token).await
}

/// Runs an async test.
pub(crate) fn on_a_runner(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story);
}

#[test]
fn after_a_failed_workflow_the_pull_request_hears_why_and_later_that_it_is_fixed() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let token = workshop.token(granted());
        let file = workflow("diagnose.yml");
        let ran = workshop.run(&file, "workflow_run", &told, &token).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(
            posted::posts(&workshop.github),
            [
                format!("comment on #{pull}"),
                "check waterline/diagnose: neutral".to_owned()
            ]
        );
        assert!(ran.summary().contains("Expected: 12"), "{}", ran.printed());
        assert_eq!(ran.commands("error").len(), 1, "one annotation on its line");

        let home = workshop.github.home();
        home.push_to_pull_request(pull).await.unwrap();
        let told = ended_again(&workshop, pull, FinishedJob::success("test")).await;
        let ran = workshop.run(&file, "workflow_run", &told, &token).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(
            posted::posts(&workshop.github)[2..],
            [format!("edit of the comment on #{pull}")]
        );
        assert!(home.comments_of(pull)[0].body.contains("Fixed"));
        workshop.close().await;
    });
}

/// From the README alone: one file of at most twenty lines.
#[test]
fn the_file_in_the_readme_is_enough() {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("```yaml\n# .github/workflows/").unwrap();
    let (name, rest) = rest.split_once('\n').unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    assert!(name.ends_with(".yml") && file.lines().count() <= 20);
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let token = workshop.token(granted());
        let ran = workshop.run(file, "workflow_run", &told, &token).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(posted::posts(&workshop.github).len(), 2);
        let said = &workshop.github.home().comments_of(pull)[0].body;
        assert!(said.contains("Expected: 12"), "{said}");
        workshop.close().await;
    });
}

/// A token of another App than Actions' own: its comments are known again too.
#[test]
fn with_the_token_of_an_app_nothing_is_posted_twice() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let id = workshop.github.world().installations[0].id;
        let token = workshop.github.mint(TokenKind::Installation {
            id,
            repositories: None,
            permissions: granted(),
        });
        let file = workflow("diagnose.yml");
        for _ in 0..2 {
            let ran = workshop.run(&file, "workflow_run", &told, &token).await;
            assert!(ran.passed, "{}", ran.printed());
        }
        let comments = workshop.github.home().comments_of(pull);
        assert_eq!(comments.len(), 1);
        assert_ne!(comments[0].author, "github-actions[bot]");
        workshop.close().await;
    });
}

#[test]
fn a_workflow_that_passed_is_answered_with_silence() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let job = FinishedJob::success("test");
        let (_, told) = ended(&workshop, Opening::default(), job).await;
        let ran = diagnosed(&workshop, &told, granted()).await;
        assert!(ran.passed, "{}", ran.printed());
        assert!(posted::posts(&workshop.github).is_empty());
        workshop.close().await;
    });
}

#[test]
fn the_last_step_of_a_job_reads_the_log_that_an_earlier_one_wrote() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let failing = "test:\n\t@echo 'src/cart.rs:3:9: error: expected ;'\n\t@exit 1\n";
        workshop.file("Makefile", failing);
        let told = json!({});
        let file = workflow("diagnose-in-job.yml");
        // Without any permission: nothing is asked of GitHub.
        let token = workshop.token(Permissions::of(&[]));
        let ran = workshop.run(&file, "pull_request", &told, &token).await;
        assert!(!ran.passed, "a diagnosis does not make a red job green");
        assert!(ran.summary().contains("expected ;"), "{}", ran.printed());
        assert!(workshop.github.exchanges().is_empty(), "GitHub was asked");

        workshop.file("Makefile", "test:\n\t@echo fine\n");
        let ran = workshop.run(&file, "pull_request", &told, &token).await;
        assert!(ran.passed && ran.summary().is_empty(), "{}", ran.printed());
        workshop.close().await;
    });
}

#[test]
fn a_missing_permission_takes_one_thing_away_and_names_the_line_to_add() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let mut permissions = granted();
        permissions.revoke("checks");
        let ran = diagnosed(&workshop, &told, permissions).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(
            posted::posts(&workshop.github),
            [format!("comment on #{pull}")]
        );
        let notices = ran.commands("notice").join("\n");
        assert!(notices.contains("`checks: write`"), "{notices}");
        workshop.close().await;
    });
}

#[test]
fn a_token_that_may_not_read_runs_ends_with_the_line_to_add() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (_, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let ran = diagnosed(
            &workshop,
            &told,
            Permissions::of(&[("contents", Level::Read)]),
        )
        .await;
        let said = ran.printed();
        assert!(said.contains("Add `actions: read`"), "{said}");
        assert!(posted::posts(&workshop.github).is_empty());
        workshop.close().await;
    });
}

#[test]
fn the_token_of_a_fork_gets_the_summary_and_a_green_step() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (_, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let ran = diagnosed(
            &workshop,
            &told,
            Permissions::of(&[
                ("actions", Level::Read),
                ("checks", Level::Read),
                ("contents", Level::Read),
                ("pull_requests", Level::Read),
            ]),
        )
        .await;
        assert!(ran.passed, "{}", ran.printed());
        assert!(posted::posts(&workshop.github).is_empty());
        assert!(ran.summary().contains("Expected: 12"), "{}", ran.printed());
        let notices = ran.commands("notice").join("\n");
        assert!(notices.contains("`pull-requests: write`"), "{notices}");
        workshop.close().await;
    });
}

/// The front door and `setup`, with outputs that a later step consumes.
#[test]
fn outputs_reach_the_steps_that_follow() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (_, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let run = told["workflow_run"]["id"].as_u64().unwrap();
        let file = format!(
            "name: CI\non: push\njobs:\n  all:\n    runs-on: ubuntu-latest\n    steps:\n\
             \x20     - id: setup\n        uses: waterline-dev/waterline/actions/setup@v0.1.0\n\
             \x20     - run: waterline --version\n\
             \x20     - id: front\n        uses: waterline-dev/waterline@v0.1.0\n        with:\n\
             \x20         command: diagnose\n          args: --run {run} --save-facts 'two words.json'\n\
             \x20     - run: |\n          echo \"got $VERSION $CONCLUSION $REASON\"\n\
             \x20         grep -c version \"$JSON\"\n          test -s \"$SUMMARY\" && test -s 'two words.json'\n\
             \x20       env:\n\
             \x20         VERSION: ${{{{ steps.setup.outputs.version }}}}\n\
             \x20         CONCLUSION: ${{{{ steps.front.outputs.conclusion }}}}\n\
             \x20         REASON: ${{{{ steps.front.outputs.reason-code }}}}\n\
             \x20         JSON: ${{{{ steps.front.outputs.json }}}}\n\
             \x20         SUMMARY: ${{{{ steps.front.outputs.summary }}}}\n"
        );
        let token = workshop.token(granted());
        let ran = workshop.run(&file, "push", &json!({}), &token).await;
        let printed = ran.printed();
        assert!(ran.passed, "{printed}");
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            printed.contains(&format!("waterline {version}")),
            "{printed}"
        );
        assert!(
            printed.contains(&format!("got {version} failure failed")),
            "{printed}"
        );
        assert!(posted::posts(&workshop.github).is_empty(), "without --post");
        workshop.close().await;
    });
}

#[test]
fn a_comment_runs_failed_jobs_again_in_a_repository_without_the_app() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, told) = ended(&workshop, Opening::default(), cart_job()).await;
        let run = told["workflow_run"]["id"].as_u64().unwrap();
        let mut permissions = granted();
        permissions.grant("actions", Level::Write);
        permissions.grant("issues", Level::Write);
        let token = workshop.token(permissions);
        let home = workshop.github.home();
        let said = home.comment(pull, "dev", "/waterline rerun").await.unwrap();
        let told =
            payload::issue_comment(&workshop.github.world(), "octo/shop", said, "created", None)
                .unwrap();
        let file = workflow("rerun.yml");
        let ran = workshop.run(&file, "issue_comment", &told, &token).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(
            posted::posts(&workshop.github),
            [
                "reaction eyes".to_owned(),
                format!("re-run of {run}"),
                format!("comment on #{pull}")
            ]
        );
        workshop.close().await;
    });
}
