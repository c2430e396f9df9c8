//! Is it me: a failure is compared with the base, with other pull requests, and with its re-runs.

use waterline_standin::{FinishedJob, Opening, RunOn};

use super::{cart_job, cart_log, ci, comments, pull_request};
use crate::support::{House, conversation, failing_log};

/// A pull request of `dev` from this branch that changes this file.
async fn change(house: &House, branch: &str, path: &str) -> u64 {
    let opening = Opening {
        branch: branch.to_owned(),
        files: vec![(path.to_owned(), Some(format!("// {branch}\n")))],
        ..Opening::default()
    };
    house
        .github
        .home()
        .open_pull_request(opening)
        .await
        .unwrap()
}

fn tip_of_main(house: &House) -> String {
    let world = house.github.world();
    let shop = world.repository("octo/shop").unwrap();
    shop.commit("heads/main").unwrap().sha.clone()
}

/// Runs CI on `main` to this end; the run's id.
async fn base(house: &House, job: FinishedJob) -> u64 {
    let home = house.github.home();
    let run = home.start_run(RunOn::Branch("main")).await.unwrap();
    let conclusion = job.conclusion.clone();
    home.finish_run(run, &conclusion, vec![job]).await.unwrap();
    run
}

async fn again(house: &House, run: u64, job: FinishedJob) {
    let home = house.github.home();
    home.rerun(run, "dev").await.unwrap();
    let conclusion = job.conclusion.clone();
    home.finish_run(run, &conclusion, vec![job]).await.unwrap();
}

fn passed() -> FinishedJob {
    FinishedJob::success("test")
}

/// The first comment on a pull request, once all jobs are done.
async fn said(house: &mut House, pull: u64) -> String {
    house.posted().await;
    comments(house, pull).first().cloned().unwrap_or_default()
}

/// The verdict and the cause stand in the first two lines.
fn begins(comment: &str, verdict: &str) {
    let lines: Vec<&str> = comment.lines().filter(|l| !l.is_empty()).collect();
    assert!(lines[0].contains(verdict), "{verdict} in {comment}");
    assert!(lines[1].contains("Expected: 12"), "{comment}");
}

#[test]
fn a_flake_is_known_again_on_another_pull_request() {
    conversation(async |house| {
        let first = change(house, "one", "src/list.js").await;
        let run = ci(house, first, cart_job()).await;
        let comment = said(house, first).await;
        begins(&comment, "inconclusive");
        again(house, run, passed()).await;
        let comment = said(house, first).await;
        assert!(comment.contains("without a change"), "{comment}");
        // The next one fails in another place of the same log, on another machine.
        let second = change(house, "two", "src/price.js").await;
        let log = cart_log().replace("src/cart.test.js:12:24", "src/cart.test.js:15:24");
        let job = FinishedJob {
            name: "test (macos)".to_owned(),
            ..FinishedJob::failure("test", log.as_str())
        };
        let run = ci(house, second, job).await;
        let comment = said(house, second).await;
        begins(&comment, "known flake");
        assert!(
            comment.contains(
                "passed on a re-run at the same commit once; seen on 1 other pull request."
            ),
            "{comment}"
        );
        // It fails once more, then passes: two re-runs passed, one did not.
        again(house, run, cart_job()).await;
        house.posted().await;
        again(house, run, passed()).await;
        house.posted().await;
        let third = change(house, "three", "src/voucher.js").await;
        ci(house, third, cart_job()).await;
        let comment = said(house, third).await;
        assert!(
            comment.contains("2 of 3 times; seen on 2 other pull requests."),
            "{comment}"
        );
    });
}

#[test]
fn a_broken_base_is_named_with_run_and_commit() {
    conversation(async |house| {
        base(house, passed()).await;
        base(house, cart_job()).await;
        base(house, cart_job()).await;
        base(house, cart_job()).await;
        house.posted().await;
        let pull = change(house, "docs", "docs/readme.md").await;
        ci(house, pull, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "already broken on the base branch");
        let main = tip_of_main(house);
        for part in [
            "`main` has failed the same way since [run 2]",
            &format!("`{}`", &main[..7]),
            "up to its newest [run 4]",
            "✓✗✗✗ (3 failed",
        ] {
            assert!(comment.contains(part), "{part} in {comment}");
        }
        assert!(!comment.contains("This pull request changes"), "{comment}");
    });
}

#[test]
fn a_failure_that_the_base_does_not_know_is_new() {
    conversation(async |house| {
        base(house, passed()).await;
        house.posted().await;
        let pull = change(house, "cart", "src/cart.test.js").await;
        ci(house, pull, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "new with this change");
        for part in [
            "This pull request changes `src/cart.test.js`, which the failing test names.",
            "`main` does not fail this way: its newest [run 1]",
            "its last run",
        ] {
            assert!(comment.contains(part), "{part} in {comment}");
        }
    });
}

#[test]
fn a_base_that_fails_for_another_reason_is_no_excuse() {
    conversation(async |house| {
        let log = failing_log("npm test", &["Error: Cannot find module 'left-pad'"]);
        base(house, FinishedJob::failure("test", log.as_str())).await;
        house.posted().await;
        let pull = change(house, "docs", "docs/readme.md").await;
        ci(house, pull, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "new with this change");
        assert!(comment.contains("fails otherwise"), "{comment}");
    });
}

#[test]
fn a_base_that_passes_again_leaves_it_open() {
    conversation(async |house| {
        base(house, cart_job()).await;
        base(house, passed()).await;
        house.posted().await;
        let pull = change(house, "docs", "docs/readme.md").await;
        ci(house, pull, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "inconclusive");
        assert!(
            comment.contains("`main` failed the same way in [run 1]"),
            "{comment}"
        );
    });
}

#[test]
fn a_connection_that_failed_is_told_from_the_log() {
    conversation(async |house| {
        let log = failing_log(
            "npm ci",
            &[
                "npm error code ECONNRESET",
                "npm error network request to https://registry.npmjs.org/jest failed, reason: read ECONNRESET",
            ],
        );
        let pull = pull_request(house).await;
        ci(house, pull, FinishedJob::failure("test", log.as_str())).await;
        let comment = said(house, pull).await;
        assert!(
            comment
                .lines()
                .next()
                .is_some_and(|l| l.contains("infrastructure or network")),
            "{comment}"
        );
    });
}

#[test]
fn a_fork_is_compared_with_the_base_and_not_with_its_own_main() {
    conversation(async |house| {
        base(house, cart_job()).await;
        base(house, cart_job()).await;
        house.posted().await;
        let opening = Opening {
            branch: "main".to_owned(),
            ..Opening::default()
        };
        let home = house.github.home();
        let pull = home.fork_pull_request("stranger", opening).await.unwrap();
        ci(house, pull, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "already broken on the base branch");
        assert!(comment.contains("✗✗ (2 failed"), "{comment}");
    });
}

#[test]
fn a_matrix_has_one_finding_and_one_verdict() {
    conversation(async |house| {
        base(house, passed()).await;
        house.posted().await;
        let pull = change(house, "cart", "src/cart.test.js").await;
        let home = house.github.home();
        let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
        let job = |os: &str| FinishedJob {
            name: format!("test ({os})"),
            ..cart_job()
        };
        let jobs = ["ubuntu", "macos", "windows"].map(job).to_vec();
        home.finish_run(run, "failure", jobs).await.unwrap();
        let comment = said(house, pull).await;
        begins(&comment, "new with this change");
        assert_eq!(comment.matches("new with this change").count(), 1);
        // Learnt once as well: on the next pull request it was seen on one other.
        let other = change(house, "docs", "docs/readme.md").await;
        ci(house, other, cart_job()).await;
        let comment = said(house, other).await;
        assert!(
            comment.contains("seen on 1 other pull request, and no re-run"),
            "{comment}"
        );
    });
}

#[test]
fn a_rerun_that_fails_again_is_said() {
    conversation(async |house| {
        base(house, passed()).await;
        house.posted().await;
        let pull = change(house, "cart", "src/cart.test.js").await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        again(house, run, cart_job()).await;
        let comment = said(house, pull).await;
        begins(&comment, "new with this change");
        assert!(
            comment.contains("A re-run at the same commit failed the same way."),
            "{comment}"
        );
    });
}

/// What a diagnosis may cost, logs and posting included.
#[test]
fn a_diagnosis_asks_little() {
    conversation(async |house| {
        base(house, cart_job()).await;
        base(house, cart_job()).await;
        house.posted().await;
        let quiet = house.github.exchanges().len();
        let pull = pull_request(house).await;
        ci(house, pull, passed()).await;
        house.posted().await;
        let asked: Vec<String> = house.github.exchanges()[quiet..]
            .iter()
            .map(|e| format!("{} {}?{}", e.method, e.path, e.query))
            .collect();
        // Nothing failed: neither the base nor the changed files are asked for.
        assert!(
            asked
                .iter()
                .all(|a| !a.contains("/files") && !a.contains("branch=main")),
            "{asked:#?}"
        );
        let before = house.github.exchanges().len();
        ci(house, pull, cart_job()).await;
        house.posted().await;
        let asked: Vec<String> = house.github.exchanges()[before..]
            .iter()
            .filter(|e| e.method == "GET")
            .map(|e| format!("{}?{}", e.path, e.query))
            .collect();
        let jobs = asked.iter().filter(|a| a.contains("/jobs")).count();
        assert!(jobs <= 6, "{asked:#?}");
        assert!(asked.len() <= 20, "{} {asked:#?}", asked.len());
    });
}
