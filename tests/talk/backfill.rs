//! What history teaches: read once, in order, within the quota, and known again afterwards.

use std::process::{Command, Output};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use waterline_standin::{Fault, FaultKind, FinishedJob, Opening, RunOn, Standin};

use super::{cart_job, ci, comments};
use crate::support::{House, conversation, failing_log};

const SHOP: &str = "octo/shop";

/// Lets the story's clock stand so many days before now.
pub(crate) fn days_ago(github: &Standin, days: i64) {
    let back = SignedDuration::from_hours(24 * days);
    github.world().clock.now = Timestamp::now() - back;
}

/// A pull request of `dev` from this branch.
pub(crate) async fn change(github: &Standin, branch: &str) -> u64 {
    let opening = Opening {
        branch: branch.to_owned(),
        files: vec![(format!("src/{branch}.js"), Some("// new\n".to_owned()))],
        ..Opening::default()
    };
    github.home().open_pull_request(opening).await.unwrap()
}

/// A run of long ago with these attempts, of which no webhook told.
pub(crate) fn past(github: &Standin, on: RunOn<'_>, attempts: &[FinishedJob]) -> u64 {
    let mut world = github.world();
    let run = world.begin_run(SHOP, "CI", on).unwrap();
    for (index, job) in attempts.iter().enumerate() {
        if index > 0 {
            world.begin_attempt(SHOP, run, "dev").unwrap();
        }
        world.add_job(SHOP, run, job.clone()).unwrap();
        world.end_run(SHOP, run, &job.conclusion).unwrap();
    }
    run
}

pub(crate) fn passed() -> FinishedJob {
    FinishedJob::success("test")
}

/// A job that fails for a cause of its own.
pub(crate) fn broken(module: &str) -> FinishedJob {
    let line = format!("Error: Cannot find module '{module}'");
    FinishedJob::failure("test", failing_log("npm test", &[&line]).as_str())
}

/// How often each job's log was asked for.
fn logs(github: &Standin) -> Vec<String> {
    let asked = github.exchanges().into_iter();
    let asked = asked.filter(|e| e.method == "GET" && e.path.ends_with("/logs"));
    asked.map(|e| e.path).collect()
}

/// Runs it while GitHub goes on answering.
pub(crate) async fn end(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// It must end so; what it printed as JSON.
pub(crate) async fn json(mut command: Command, code: i32) -> Value {
    command.args(["--format", "json"]);
    let output = end(command).await;
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn history_teaches_the_app_a_flake_and_a_broken_main() {
    conversation(async |house| {
        days_ago(&house.github, 20);
        let one = change(&house.github, "one").await;
        past(
            &house.github,
            RunOn::PullRequest(one),
            &[cart_job(), passed()],
        );
        past(&house.github, RunOn::Branch("main"), &[passed()]);
        past(&house.github, RunOn::Branch("main"), &[broken("left-pad")]);
        past(&house.github, RunOn::Branch("main"), &[broken("left-pad")]);
        {
            // It was merged long ago; GitHub no longer counts the run to it.
            let mut world = house.github.world();
            let shop = world.repository_mut(SHOP).unwrap();
            shop.issues.get_mut(&one).unwrap().open = false;
        }
        let output = end(house.backfill(&["--days", "30"])).await;
        let said = text(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{said}{}",
            text(&output.stderr)
        );
        assert!(
            said.contains("Learnt from the history of octo/shop: 3 failures, 1 passed again"),
            "{said}"
        );
        assert!(
            said.contains("3 of them with a failure or a re-run"),
            "{said}"
        );

        days_ago(&house.github, 0);
        let two = change(&house.github, "two").await;
        ci(house, two, cart_job()).await;
        house.posted().await;
        let comment = comments(house, two).remove(0);
        assert!(
            comment.lines().next().unwrap().contains("known flake"),
            "{comment}"
        );
        let seen = "passed on a re-run at the same commit once; seen on 1 other pull request.";
        assert!(comment.contains(seen), "{comment}");
        // A failure of main stays main's, however well it is known.
        let three = change(&house.github, "three").await;
        ci(house, three, broken("left-pad")).await;
        house.posted().await;
        let comment = comments(house, three).remove(0);
        let first = comment.lines().next().unwrap();
        assert!(
            first.contains("already broken on the base branch"),
            "{comment}"
        );
    });
}

#[test]
fn what_was_read_is_not_read_again_and_a_later_rerun_is() {
    conversation(async |house| {
        days_ago(&house.github, 3);
        let pull = change(&house.github, "one").await;
        let run = past(&house.github, RunOn::PullRequest(pull), &[cart_job()]);
        past(&house.github, RunOn::Branch("main"), &[broken("left-pad")]);
        let first = json(house.backfill(&[]), 0).await;
        assert_eq!((&first["learnt"], &first["read"]), (&2.into(), &2.into()));
        let read = logs(&house.github).len();
        let second = json(house.backfill(&[]), 0).await;
        assert_eq!(
            (&second["learnt"], &second["known"]),
            (&0.into(), &2.into())
        );
        assert_eq!(logs(&house.github).len(), read, "nothing is read twice");

        house
            .github
            .world()
            .begin_attempt(SHOP, run, "dev")
            .unwrap();
        house.github.world().add_job(SHOP, run, passed()).unwrap();
        house.github.world().end_run(SHOP, run, "success").unwrap();
        let third = json(house.backfill(&[]), 0).await;
        assert_eq!(
            (&third["passed_again"], &third["read"]),
            (&1.into(), &1.into())
        );
        assert_eq!(logs(&house.github).len(), read);
    });
}

/// What the App has seen as it happened is not read again either, yet its re-run counts.
#[test]
fn what_the_app_saw_itself_is_only_completed() {
    conversation(async |house| {
        days_ago(&house.github, 1);
        let pull = change(&house.github, "one").await;
        let run = ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        house
            .github
            .world()
            .begin_attempt(SHOP, run, "dev")
            .unwrap();
        house.github.world().add_job(SHOP, run, passed()).unwrap();
        house.github.world().end_run(SHOP, run, "success").unwrap();
        let read = logs(&house.github).len();
        let learnt = json(house.backfill(&["--days", "2"]), 0).await;
        assert_eq!(
            (&learnt["learnt"], &learnt["passed_again"]),
            (&0.into(), &1.into())
        );
        assert_eq!(logs(&house.github).len(), read);
    });
}

#[test]
fn killed_midway_it_goes_on_where_it_stopped() {
    conversation(async |house| {
        days_ago(&house.github, 5);
        let modules = ["ant", "bee", "cat", "dog"];
        for module in modules {
            past(&house.github, RunOn::Branch("main"), &[broken(module)]);
        }
        // The newest is read first; the third that is read hangs.
        let jobs: Vec<u64> = {
            let world = house.github.world();
            let shop = world.repository(SHOP).unwrap();
            shop.jobs.keys().rev().copied().collect()
        };
        let path = |job: u64| format!("/repos/{SHOP}/actions/jobs/{job}/logs");
        let late = FaultKind::Delay(Duration::from_secs(5));
        let fault = Fault::once("GET", &path(jobs[2]), late);
        house.github.world().faults.push(fault);
        let mut child = house.backfill(&[]).spawn().unwrap();
        while !house.github.world().faults.is_empty() {
            assert_eq!(child.try_wait().unwrap(), None, "it ended too early");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let rest = json(house.backfill(&[]), 0).await;
        assert_eq!(
            (&rest["known"], &rest["read"]),
            (&2.into(), &2.into()),
            "{rest}"
        );
        assert_eq!(rest["learnt"], 2);
        // Until the call that was cut off has been answered too.
        tokio::time::sleep(Duration::from_secs(6)).await;
        let asked = logs(&house.github);
        let times = |job: u64| asked.iter().filter(|p| **p == path(job)).count();
        for job in [jobs[0], jobs[1], jobs[3]] {
            assert_eq!(times(job), 1, "{asked:?}");
        }
        assert!((1..=2).contains(&times(jobs[2])), "{asked:?}");
    });
}

#[test]
fn a_share_of_the_quota_is_left_to_others() {
    conversation(async |house| {
        days_ago(&house.github, 5);
        for module in ["ant", "bee", "cat", "dog", "elk", "fox"] {
            past(&house.github, RunOn::Branch("main"), &[broken(module)]);
        }
        house.github.world().rate.limit = 12;
        let output = end(house.backfill(&[])).await;
        let said = text(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{said}{}",
            text(&output.stderr)
        );
        assert!(
            said.contains("Not done yet") && said.contains("called after 20"),
            "{said}"
        );
        let used = |house: &House| {
            let world = house.github.world();
            let of = world.rate.used.iter();
            of.filter(|(who, _)| who.starts_with("installation"))
                .map(|(_, n)| *n)
                .sum::<u64>()
        };
        // One run costs two requests: its jobs and a log.
        assert!((6..=7).contains(&used(house)), "{}", used(house));
        // The next call asks once, hears how it stands, and leaves it at that.
        let again = json(house.backfill(&[]), 2).await;
        assert_eq!(
            (&again["complete"], &again["read"]),
            (&false.into(), &0.into())
        );
        assert!(again["go_on_at"].as_str().unwrap().ends_with('Z'));
        assert!(used(house) <= 8, "{}", used(house));

        house.github.world().rate.used.clear();
        house.github.world().rate.limit = 5_000;
        let rest = json(house.backfill(&[]), 0).await;
        assert_eq!(rest["complete"], true);
        assert_eq!(
            rest["known"].as_u64().unwrap() + rest["read"].as_u64().unwrap(),
            6
        );
        assert!(rest["known"].as_u64().unwrap() >= 2, "{rest}");
    });
}

#[test]
fn a_missing_permission_is_named() {
    conversation(async |house| {
        days_ago(&house.github, 5);
        let pull = change(&house.github, "one").await;
        past(&house.github, RunOn::PullRequest(pull), &[cart_job()]);
        house
            .github
            .world()
            .repository_mut(SHOP)
            .unwrap()
            .issues
            .get_mut(&pull)
            .unwrap()
            .open = false;
        let revoke = |name: &str| {
            let mut permissions = house.github.world().app.permissions.clone();
            permissions.revoke(name);
            let mut world = house.github.world();
            world
                .installations
                .iter_mut()
                .for_each(|i| i.permissions = Some(permissions.clone()));
        };
        revoke("pull_requests");
        let output = end(house.backfill(&[])).await;
        let said = text(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{said}{}",
            text(&output.stderr)
        );
        assert!(
            said.contains("1 failure,") && said.contains("pull_requests: read"),
            "{said}"
        );
        revoke("actions");
        let output = end(house.backfill(&[])).await;
        assert_eq!(output.status.code(), Some(3));
        let said = text(&output.stderr);
        assert!(
            said.contains("needs the permission `actions: read`"),
            "{said}"
        );
    });
}

#[test]
fn more_runs_than_github_lists_are_sliced() {
    conversation(async |house| {
        days_ago(&house.github, 5);
        for number in 0..9 {
            past(
                &house.github,
                RunOn::Branch("main"),
                &[broken(&"x".repeat(number + 3))],
            );
        }
        house.github.world().listed_runs = 4;
        let learnt = json(house.backfill(&[]), 0).await;
        assert_eq!(
            (&learnt["runs"], &learnt["unlisted"]),
            (&9.into(), &0.into()),
            "{learnt}"
        );
        assert_eq!(learnt["read"], 9);
        let lists = house.github.exchanges().into_iter();
        let lists = lists.filter(|e| e.path.ends_with("/actions/runs")).count();
        assert!((3..=60).contains(&lists), "{lists}");
    });
}
