//! Every night: history is learnt into a cache, from which a diagnosis knows a flake again.

use std::path::PathBuf;

use serde_json::json;
use waterline_standin::{FinishedJob, Level, Permissions, RunOn, payload};

use super::{granted, on_a_runner, workflow};
use crate::support::act::{Ran, Workshop};
use crate::support::posted;
use crate::talk::backfill::{broken, change, days_ago, passed, past};
use crate::talk::cart_job;

/// What `workflows/backfill.yml` grants.
fn may_read() -> Permissions {
    Permissions::of(&[("actions", Level::Read), ("pull_requests", Level::Read)])
}

/// `workflows/backfill.yml` runs in the night of this number.
async fn night(workshop: &Workshop, number: u32, permissions: Permissions) -> Ran {
    let token = workshop.token(permissions);
    let run = [format!("GITHUB_RUN_ID={number}")];
    let file = workflow("backfill.yml");
    workshop
        .run_with(&file, "schedule", &json!({}), &token, &run)
        .await
}

/// The workflow that the documentation shows, after CI has failed on a pull request.
async fn diagnosed(workshop: &Workshop, pull: u64, job: FinishedJob) -> Ran {
    let run = past(&workshop.github, RunOn::PullRequest(pull), &[job]);
    let told = payload::workflow_run(&workshop.github.world(), "octo/shop", run, "completed");
    let page = include_str!("../../docs/backfill.md");
    let (_, rest) = page
        .split_once("```yaml\n# .github/workflows/diagnose.yml\n")
        .unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    let token = workshop.token(granted());
    workshop
        .run(file, "workflow_run", &told.unwrap(), &token)
        .await
}

fn said(workshop: &Workshop, pull: u64) -> String {
    workshop.github.home().comments_of(pull)[0].body.clone()
}

/// The memory that a night has saved.
fn saved(workshop: &Workshop, night: u32) -> PathBuf {
    workshop.path(&format!("caches/waterline-memory-{night}-1/memory.sqlite"))
}

#[test]
fn what_a_night_has_learnt_is_known_in_the_morning() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        days_ago(&workshop.github, 3);
        let one = change(&workshop.github, "one").await;
        past(
            &workshop.github,
            RunOn::PullRequest(one),
            &[cart_job(), passed()],
        );

        let ran = night(&workshop, 1, may_read()).await;
        assert!(ran.passed, "{}", ran.printed());
        let summary = ran.summary();
        assert!(summary.contains("1 failure, 1 passed again"), "{summary}");
        assert!(saved(&workshop, 1).is_file());
        // The next night begins with what the first has kept, and keeps it anew.
        let ran = night(&workshop, 2, may_read()).await;
        assert!(
            ran.passed && ran.summary().contains("0 read now, 1 read before"),
            "{}",
            ran.printed()
        );
        assert!(saved(&workshop, 2).is_file());
        assert!(posted::posts(&workshop.github).is_empty());

        let two = change(&workshop.github, "two").await;
        let ran = diagnosed(&workshop, two, cart_job()).await;
        assert!(ran.passed, "{}", ran.printed());
        let comment = said(&workshop, two);
        assert!(comment.contains("known flake"), "{comment}");
        assert!(
            comment.contains("seen on 1 other pull request"),
            "{comment}"
        );
        workshop.close().await;
    });
}

#[test]
fn a_night_that_ends_at_the_quota_passes_and_the_next_goes_on() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        days_ago(&workshop.github, 3);
        for module in ["ant", "bee", "cat", "dog"] {
            past(&workshop.github, RunOn::Branch("main"), &[broken(module)]);
        }
        workshop.github.world().rate.limit = 6;
        let ran = night(&workshop, 1, may_read()).await;
        assert!(ran.passed, "{}", ran.printed());
        assert!(ran.summary().contains("Not done yet"), "{}", ran.summary());
        let outputs = ran.records.iter().filter(|r| r["command"] == "set-output");
        let waits = outputs.filter(|r| r["name"] == "conclusion" && r["arg"] == "wait");
        assert!(waits.count() > 0, "{:#?}", ran.records);
        workshop.github.world().rate.used.clear();
        workshop.github.world().rate.limit = 1_000;
        let ran = night(&workshop, 2, may_read()).await;
        let summary = ran.summary();
        assert!(ran.passed && !summary.contains("Not done"), "{summary}");
        assert!(summary.contains("3 read now, 1 read before"), "{summary}");
        workshop.close().await;
    });
}

#[test]
fn a_night_without_its_permission_fails_and_names_the_line_to_add() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        days_ago(&workshop.github, 3);
        past(&workshop.github, RunOn::Branch("main"), &[broken("ant")]);
        let none = Permissions::of(&[("contents", Level::Read)]);
        let ran = night(&workshop, 1, none).await;
        assert!(!ran.passed);
        let printed = ran.printed();
        assert!(
            printed.contains("Add `actions: read` below `permissions:`"),
            "{printed}"
        );
        workshop.close().await;
    });
}

#[test]
fn a_cache_that_holds_rubbish_does_not_fail_the_diagnosis() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        days_ago(&workshop.github, 3);
        let file = saved(&workshop, 9);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "::error::##[add-mask]x is no database").unwrap();
        let pull = change(&workshop.github, "two").await;
        let ran = diagnosed(&workshop, pull, cart_job()).await;
        assert!(ran.passed, "{}", ran.printed());
        assert!(said(&workshop, pull).contains("Expected: 12"));
        let notices = ran.commands("notice").join("\n");
        assert!(
            notices.contains("earlier failures are not known: "),
            "{notices}"
        );
        // Nor is it written to: the night says what is wrong, and what to do.
        let ran = night(&workshop, 10, may_read()).await;
        let printed = ran.printed();
        assert!(
            !ran.passed && printed.contains("delete it, or the cache"),
            "{printed}"
        );
        workshop.close().await;
    });
}
