//! `/waterline rerun`: the failed jobs once more, for people who may, once for a commit.

use waterline_standin::{FinishedJob, Permission};

use super::{ask, cart_job, ci, comments, pull_request};
use crate::support::conversation;

#[test]
fn failed_jobs_are_run_again_once_and_a_second_time_only_by_force() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        assert_eq!(
            ask(house, pull, "dev", "/waterline rerun").await,
            [
                "reaction eyes".to_owned(),
                format!("re-run of {run}"),
                format!("comment on #{pull}")
            ]
        );
        assert!(comments(house, pull)[2].contains("attempt 2"));
        let ended = vec![cart_job()];
        let home = house.github.home();
        home.finish_run(run, "failure", ended).await.unwrap();
        house.posted().await;

        let again = ask(house, pull, "dev", "/waterline rerun").await;
        assert_eq!(
            again,
            [
                "reaction eyes".to_owned(),
                format!("edit of the comment on #{pull}")
            ]
        );
        assert!(comments(house, pull)[2].contains("--force"));
        let forced = ask(house, pull, "dev", "/waterline rerun --force").await;
        assert!(forced.contains(&format!("re-run of {run}")), "{forced:?}");
    });
}

#[test]
fn it_takes_the_right_to_write_and_something_that_failed() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, FinishedJob::success("test")).await;
        house.github.user("helper", Permission::Triage);
        assert_eq!(
            ask(house, pull, "helper", "/waterline rerun").await,
            ["reaction confused"]
        );
        assert_eq!(
            ask(house, pull, "dev", "/waterline rerun").await,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        assert!(comments(house, pull)[2].contains("Nothing failed"));
    });
}
