//! Conversations: signed webhooks in, comments out.

pub(crate) mod backfill;
mod broken;
mod commands;
mod configuration;
mod diagnose;
mod dismiss;
mod door;
mod gate;
mod gate_wrong;
mod matchers;
mod memory_file;
mod outages;
mod quiet;
mod reports;
mod rerun;
mod verdict;

use waterline_standin::{FinishedJob, Opening, RunOn};

use crate::support::{House, failing_log};

/// A log whose cause is a failed test at `src/cart.test.js:12`.
pub(crate) fn cart_log() -> String {
    failing_log(
        "npm test",
        &[
            "> shop@1.0.0 test",
            "> jest",
            "",
            "PASS src/list.test.js",
            "FAIL src/cart.test.js",
            "  ● cart › adds the discount",
            "",
            "    expect(received).toBe(expected) // Object.is equality",
            "",
            "    Expected: 12",
            "    Received: 13",
            "",
            "      10 |   const cart = new Cart();",
            "      11 |   cart.add(13);",
            "    > 12 |   expect(cart.total()).toBe(12);",
            "         |                        ^",
            "",
            "      at Object.<anonymous> (src/cart.test.js:12:24)",
            "",
            "Tests:       1 failed, 8 passed, 9 total",
            "npm error Test failed.  See above for more details.",
        ],
    )
}

/// The job of that log.
pub(crate) fn cart_job() -> FinishedJob {
    FinishedJob::failure("test", cart_log().as_str())
        .steps(&[("Check out", "success"), ("Run npm test", "failure")])
}

/// Opens a pull request of `dev` and returns its number.
pub(crate) async fn pull_request(house: &House) -> u64 {
    house
        .github
        .home()
        .open_pull_request(Opening::default())
        .await
        .unwrap()
}

/// Runs CI on a pull request to this end.
pub(crate) async fn ci(house: &House, pull: u64, job: FinishedJob) -> u64 {
    let home = house.github.home();
    let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
    let conclusion = job.conclusion.clone();
    home.finish_run(run, &conclusion, vec![job]).await.unwrap();
    run
}

/// The text of the comments on a pull request.
pub(crate) fn comments(house: &House, pull: u64) -> Vec<String> {
    house
        .github
        .home()
        .comments_of(pull)
        .into_iter()
        .map(|c| c.body)
        .collect()
}

/// Puts this text into `.github/waterline.yml` on the default branch.
pub(crate) fn configure(house: &House, text: &str) {
    let mut world = house.github.world();
    world
        .push_commit(
            "octo/shop",
            "main",
            "dev",
            "Configure",
            &[(".github/waterline.yml", Some(text))],
        )
        .unwrap();
}

/// A person comments, and all jobs end; what was posted.
pub(crate) async fn ask(house: &mut House, number: u64, login: &str, body: &str) -> Vec<String> {
    house
        .github
        .home()
        .comment(number, login, body)
        .await
        .unwrap();
    house.posted().await
}
