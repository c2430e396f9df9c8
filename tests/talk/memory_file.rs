//! A memory in a file of its own: filled with a plain token, read by a diagnosis, never trusted.

use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{Connection as _, Executor as _};
use waterline_standin::{Permissions, RunOn, Standin, TokenKind, World};

use super::backfill::{change, days_ago, end, json, passed, past};
use super::cart_job;
use crate::actions::{granted, on_a_runner};
use crate::support::house::judge;

async fn github() -> Standin {
    let github = Standin::start_with(World::default(), judge())
        .await
        .unwrap();
    days_ago(&github, 9);
    github
}

fn waterline(github: &Standin, permissions: Permissions, words: &[&str]) -> Command {
    let mut world = github.world();
    let repository = world.repository("octo/shop").unwrap().id;
    let token = world.mint(TokenKind::Workflow {
        repository,
        permissions,
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    command
        .args(words)
        .args(["--repo", "octo/shop"])
        .env_clear()
        .env("GITHUB_API_URL", github.url())
        .env("GITHUB_TOKEN", token)
        .stdin(Stdio::null());
    command
}

/// A history with a flake, and a new pull request that fails in the same way.
async fn flake(github: &Standin) -> u64 {
    let one = change(github, "one").await;
    past(github, RunOn::PullRequest(one), &[cart_job(), passed()]);
    let two = change(github, "two").await;
    past(github, RunOn::PullRequest(two), &[cart_job()]);
    two
}

/// What a diagnosis says with this memory: standard output and error.
async fn diagnosed(github: &Standin, pull: u64, memory: &Path) -> (String, String) {
    let (pull, memory) = (pull.to_string(), memory.to_str().unwrap());
    let words = ["diagnose", "--pull-request", &pull, "--memory", memory];
    let output = end(waterline(github, granted(), &words)).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("Expected: 12"), "{out}");
    (out, err)
}

#[test]
fn a_file_that_history_has_filled_tells_a_flake() {
    on_a_runner(async {
        let github = github().await;
        let pull = flake(&github).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("of my own/memory.sqlite");
        let (said, told) = diagnosed(&github, pull, &file).await;
        assert!(!said.contains("known flake"), "{said}");
        assert!(told.contains("is not there yet"), "{told}");

        let words = ["backfill", "--memory", file.to_str().unwrap()];
        let learnt = json(waterline(&github, granted(), &words), 0).await;
        assert_eq!(
            (&learnt["learnt"], &learnt["passed_again"]),
            (&2.into(), &1.into())
        );
        let before = std::fs::read(&file).unwrap();
        let (said, told) = diagnosed(&github, pull, &file).await;
        assert!(said.contains("known flake"), "{said}");
        assert!(said.contains("seen on 1 other pull request"), "{said}");
        assert!(told.is_empty(), "{told}");
        assert!(before == std::fs::read(&file).unwrap(), "it is only read");
        assert!(github.violations().is_empty(), "{:#?}", github.violations());
        github.stop().await;
    });
}

#[test]
fn it_waits_for_the_quota_where_it_is_told_to() {
    on_a_runner(async {
        let github = github().await;
        flake(&github).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memory.sqlite");
        {
            let mut world = github.world();
            // Of ten requests five are left to others, and the older run needs one more.
            world.rate.limit = 10;
            world.rate.reset = Some(world.clock.wall() + jiff::SignedDuration::from_secs(2));
        }
        let words = ["backfill", "--wait", "--memory", file.to_str().unwrap()];
        let mut command = waterline(&github, granted(), &words);
        command.stderr(Stdio::piped());
        let output = end(command).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("the quota is left to others until"), "{said}");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(shown.contains("2 read now"), "{shown}");
        github.stop().await;
    });
}

#[test]
fn days_that_would_be_forgotten_are_refused_with_a_reason() {
    for days in ["0", "91", "-3", "all"] {
        let output = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["backfill", "--repo", "octo/shop"])
            .arg(format!("--days={days}"))
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(64), "{days}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("forgotten after 90 days, so it goes from 1 to 90"),
            "{said}"
        );
    }
}

async fn changed(file: &Path, statements: &[&str]) {
    let mut connection = sqlx::SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    for statement in statements {
        let statement = sqlx::AssertSqlSafe((*statement).to_owned());
        connection.execute(statement).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[test]
fn a_file_that_is_damaged_or_made_up_costs_a_sentence_and_nothing_else() {
    on_a_runner(async {
        let github = github().await;
        let pull = flake(&github).await;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let good = path("good");
        let words = ["backfill", "--memory", good.to_str().unwrap()];
        json(waterline(&github, granted(), &words), 0).await;

        std::fs::write(path("text"), "::error::this is no database").unwrap();
        std::fs::write(path("empty"), "").unwrap();
        std::fs::create_dir(path("folder")).unwrap();
        let bytes = std::fs::read(&good).unwrap();
        std::fs::write(path("half"), &bytes[..bytes.len() / 2]).unwrap();
        let mut torn = bytes.clone();
        torn[8_192..].iter_mut().for_each(|b| *b ^= 0x5a);
        std::fs::write(path("torn"), torn).unwrap();
        for name in ["view", "trigger", "table"] {
            std::fs::copy(&good, path(name)).unwrap();
        }
        let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)";
        let view = format!("CREATE VIEW sightings AS {endless} SELECT x AS repo FROM n");
        changed(&path("view"), &["DROP TABLE sightings", &view]).await;
        let trigger = "CREATE TRIGGER t INSERT ON sightings BEGIN SELECT 1; END";
        changed(&path("trigger"), &[trigger]).await;
        let computed =
            "CREATE TABLE sightings (repo TEXT, at BIGINT AS (length(hex(zeroblob(400000000)))))";
        changed(&path("table"), &["DROP TABLE sightings", computed]).await;

        for name in [
            "text", "empty", "folder", "half", "torn", "view", "trigger", "table",
        ] {
            let (said, told) = diagnosed(&github, pull, &path(name)).await;
            assert!(!said.contains("known flake"), "{name}: {said}");
            let lines: Vec<&str> = told.lines().collect();
            assert_eq!(lines.len(), 1, "{name}: {told}");
            assert!(
                lines[0].contains("earlier failures are not known: "),
                "{name}: {told}"
            );
        }
        github.stop().await;
    });
}

#[test]
fn what_a_made_up_file_says_is_a_claim_and_no_instruction() {
    on_a_runner(async {
        let github = github().await;
        let pull = flake(&github).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memory.sqlite");
        let words = ["backfill", "--memory", file.to_str().unwrap()];
        json(waterline(&github, granted(), &words), 0).await;
        let hostile = "UPDATE sightings SET job = '##[error]@octo/all', \
            url = 'https://evil.example/<img src=x>'";
        changed(&file, &[hostile]).await;
        let (pull, memory) = (pull.to_string(), file.to_str().unwrap());
        for format in ["json", "markdown", "text"] {
            let words = [
                "diagnose",
                "--pull-request",
                &pull,
                "--memory",
                memory,
                "--format",
                format,
            ];
            let output = end(waterline(&github, granted(), &words)).await;
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains("flake"), "{said}");
            assert!(
                !said.contains("evil.example") && !said.contains("octo/all"),
                "{said}"
            );
        }
        github.stop().await;
    });
}
