//! A failing run becomes one comment that helps, and the comment turns when it is fixed.

use waterline_standin::{FinishedJob, Log, Opening, RunOn};

use super::{cart_job, ci, comments, pull_request};
use crate::support::{conversation, failing_log};

#[test]
fn a_failing_run_gets_one_comment_and_one_check() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        assert_eq!(
            house.posted().await,
            [
                format!("comment on #{pull}"),
                "check waterline/diagnose: neutral".to_owned()
            ]
        );
        let said = &comments(house, pull)[0];
        for part in [
            "test",
            "Run npm test",
            "Expected: 12",
            "cart › adds the discount",
            "src/cart.test.js:12",
            "#step:3:",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let head = house.github.home().head_of(pull);
        let checks = house.github.home().check_runs_of(&head);
        let check = checks
            .iter()
            .find(|c| c.name == "waterline/diagnose")
            .unwrap();
        let annotation = &check.annotations[0];
        assert_eq!(
            (annotation.path.as_str(), annotation.start_line),
            ("src/cart.test.js", 12)
        );
    });
}

#[test]
fn the_comment_turns_when_the_next_run_passes() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        let fix = house
            .github
            .home()
            .push_to_pull_request(pull)
            .await
            .unwrap();
        ci(house, pull, FinishedJob::success("test")).await;
        assert_eq!(
            house.posted().await,
            [format!("edit of the comment on #{pull}")]
        );
        let said = comments(house, pull);
        assert_eq!(said.len(), 1);
        assert!(
            said[0].contains("Fixed") && said[0].contains(&fix[..7]),
            "{}",
            said[0]
        );
        // And once more: nothing is new, so nothing is said.
        ci(house, pull, FinishedJob::success("test")).await;
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn a_run_that_passes_is_answered_with_silence() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, FinishedJob::success("test")).await;
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn a_run_without_a_pull_request_is_nobodys_question() {
    conversation(async |house| {
        let home = house.github.home();
        let run = home.start_run(RunOn::Branch("main")).await.unwrap();
        home.finish_run(run, "failure", vec![cart_job()])
            .await
            .unwrap();
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn a_fork_is_found_by_its_branch() {
    conversation(async |house| {
        let home = house.github.home();
        let pull = home
            .fork_pull_request("stranger", Opening::default())
            .await
            .unwrap();
        ci(house, pull, cart_job()).await;
        assert_eq!(
            house.posted().await,
            [
                format!("comment on #{pull}"),
                "check waterline/diagnose: neutral".to_owned()
            ]
        );
    });
}

/// The base's own runs of a branch of that name push the fork's out of GitHub's first page.
#[test]
fn a_fork_that_works_on_its_main_is_told_apart_from_a_busy_base() {
    conversation(async |house| {
        let opening = Opening {
            branch: "main".to_owned(),
            ..Opening::default()
        };
        let pull = house
            .github
            .home()
            .fork_pull_request("stranger", opening)
            .await
            .unwrap();
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        let home = house.github.home();
        for _ in 0..120 {
            let run = home.start_run(RunOn::Branch("main")).await.unwrap();
            let passed = vec![FinishedJob::success("test")];
            home.finish_run(run, "success", passed).await.unwrap();
        }
        assert!(house.posted().await.is_empty());
        let home = house.github.home();
        let fix = home.push_to_pull_request(pull).await.unwrap();
        ci(house, pull, FinishedJob::success("test")).await;
        assert_eq!(
            house.posted().await,
            [format!("edit of the comment on #{pull}")]
        );
        let said = &comments(house, pull)[0];
        assert!(said.contains("Fixed") && said.contains(&fix[..7]), "{said}");
    });
}

#[test]
fn two_workflows_share_one_comment() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        let home = house.github.home();
        let run = home
            .start_workflow("Lint", RunOn::PullRequest(pull))
            .await
            .unwrap();
        let log = failing_log(
            "eslint .",
            &[
                "/home/runner/work/shop/shop/src/a.js",
                "  3:7  error  'x' is assigned a value but never used  no-unused-vars",
                "",
                "✖ 1 problem (1 error, 0 warnings)",
            ],
        );
        home.finish_run(
            run,
            "failure",
            vec![FinishedJob::failure("lint", log.as_str())],
        )
        .await
        .unwrap();
        let posted = house.posted().await;
        assert_eq!(
            posted[0],
            format!("edit of the comment on #{pull}"),
            "{posted:?}"
        );
        let said = &comments(house, pull)[0];
        assert!(
            said.contains("no-unused-vars") && said.contains("Expected: 12"),
            "{said}"
        );
    });
}

#[test]
fn a_matrix_that_fails_for_one_reason_is_said_once() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let home = house.github.home();
        let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
        let job = |os: &str| FinishedJob {
            name: format!("test ({os})"),
            ..cart_job()
        };
        home.finish_run(
            run,
            "failure",
            ["ubuntu", "macos", "windows"].map(job).to_vec(),
        )
        .await
        .unwrap();
        house.posted().await;
        let said = &comments(house, pull)[0];
        assert_eq!(said.matches("Received: 13").count(), 1, "{said}");
        assert!(said.contains("3 of 3 jobs failed"), "{said}");
    });
}

#[test]
fn a_log_that_is_gone_is_inconclusive() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(
            house,
            pull,
            FinishedJob::ended("test", "failure", Log::Expired),
        )
        .await;
        house.posted().await;
        let said = &comments(house, pull)[0];
        assert!(said.contains("no log of this job"), "{said}");
    });
}

#[test]
fn strangers_text_pings_nobody_and_secrets_stay_home() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let secret = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
        let line = format!(
            "Error: @octocat <img src=x> `x` [x](https://evil.example) token={secret} fixes #1"
        );
        let log = failing_log(
            "./deploy.sh",
            &[
                &line,
                "::add-mask::nothing",
                "##[error]src/a.rs:1: @everyone",
            ],
        );
        ci(house, pull, FinishedJob::failure("test", log.as_str())).await;
        house.posted().await;
        let said = comments(house, pull).join("\n");
        assert!(
            said.contains("octocat") && !said.contains(&secret),
            "{said}"
        );
        let outside: String = said.split("```").step_by(2).collect();
        assert!(
            !outside.contains("@octocat")
                && !outside.contains("<img")
                && !outside.contains("](https://evil"),
            "{outside}"
        );
        for exchange in house.github.exchanges() {
            let body = String::from_utf8_lossy(&exchange.body).into_owned();
            assert!(
                !body.contains(&secret),
                "{} {}",
                exchange.method,
                exchange.path
            );
        }
    });
}

#[test]
fn twenty_deliveries_at_once_leave_one_comment() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let home = house.github.home();
        let mut runs = Vec::new();
        for number in 0..20 {
            let run = home
                .start_workflow(&format!("CI {number}"), RunOn::PullRequest(pull))
                .await
                .unwrap();
            home.finish_run_quietly(run, "failure", vec![cart_job()])
                .unwrap();
            runs.push(run);
        }
        let tell = runs.iter().map(|run| home.tell_run(*run, "completed"));
        futures_util::future::join_all(tell).await;
        let posted = house.posted().await;
        assert_eq!(
            posted
                .iter()
                .filter(|p| p.starts_with("comment on"))
                .count(),
            1,
            "{posted:?}"
        );
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn a_rerun_that_passes_is_a_fix_without_a_change() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        let home = house.github.home();
        home.rerun(run, "dev").await.unwrap();
        // While it runs, what was said stands.
        let lint = home
            .start_workflow("Lint", RunOn::PullRequest(pull))
            .await
            .unwrap();
        home.finish_run(lint, "success", vec![FinishedJob::success("lint")])
            .await
            .unwrap();
        assert!(house.posted().await.is_empty());
        let home = house.github.home();
        home.finish_run(run, "success", vec![FinishedJob::success("test")])
            .await
            .unwrap();
        let posted = house.posted().await;
        assert_eq!(
            posted,
            [
                format!("edit of the comment on #{pull}"),
                "check waterline/diagnose: success".to_owned()
            ]
        );
        let said = &comments(house, pull)[0];
        assert!(said.contains("without a change"), "{said}");
    });
}

#[test]
fn a_run_can_be_asked_about_below_an_issue() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        let home = house.github.home();
        let issue = home.open_issue("dev", "CI is red", "Why?").await.unwrap();
        let ask = format!("/waterline diagnose --run {run}\n/waterline nonsense");
        home.comment(issue, "dev", &ask).await.unwrap();
        let posted = house.posted().await;
        assert_eq!(
            posted
                .iter()
                .filter(|p| p.starts_with("comment on"))
                .count(),
            2,
            "{posted:?}"
        );
        let said = comments(house, issue);
        assert!(
            said[1].contains("Expected: 12") && said[2].contains("nonsense"),
            "{said:?}"
        );
    });
}

#[test]
fn what_to_do_is_said_where_the_tool_itself_makes_it_certain() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let log = failing_log(
            "npm ci",
            &[
                "npm error code EUSAGE",
                "npm error",
                "npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.",
                "npm error",
                "npm error Missing: left-pad@1.3.0 from lock file",
            ],
        );
        ci(house, pull, FinishedJob::failure("build", log.as_str())).await;
        house.posted().await;
        let said = &comments(house, pull)[0];
        assert!(
            said.contains("**What now:**") && said.contains("`npm install`"),
            "{said}"
        );
    });
}
