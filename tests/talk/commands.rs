//! `/waterline …` in a comment: who may ask, what counts, and what is answered.

use waterline_standin::{FinishedJob, Permission, UserKind};

use super::{ask, cart_job, ci, comments, pull_request};
use crate::support::conversation;

#[test]
fn a_command_is_accepted_and_answered() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, FinishedJob::success("test")).await;
        assert!(house.posted().await.is_empty());
        assert_eq!(
            ask(house, pull, "dev", "/waterline diagnose").await,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        assert!(comments(house, pull)[1].contains("Nothing failed"));
    });
}

#[test]
fn a_run_can_be_named() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        assert_eq!(
            ask(house, pull, "dev", &format!("/wl diagnose --run {run}")).await,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
    });
}

#[test]
fn a_mistake_gets_one_reply() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        assert_eq!(
            ask(house, pull, "dev", "/waterline diagnoze").await,
            [
                "reaction confused".to_owned(),
                format!("comment on #{pull}")
            ]
        );
        assert!(
            comments(house, pull)[1].contains("'diagnose'"),
            "{:?}",
            comments(house, pull)
        );
        assert_eq!(
            ask(house, pull, "dev", "/waterline help").await,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        assert!(comments(house, pull)[3].contains("Say why a workflow run failed"));
    });
}

#[test]
fn two_commands_in_one_comment_get_an_answer_each() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let text = "/waterline diagnose --run 1\n/waterline diagnose --run 2";
        let posted = ask(house, pull, "dev", text).await;
        let answers = posted.iter().filter(|p| p.starts_with("comment")).count();
        assert_eq!(answers, 2, "{posted:?}");
        assert_eq!(comments(house, pull).len(), 3);
    });
}

#[test]
fn whoever_asks_without_end_is_not_answered_without_end() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        for _ in 0..10 {
            let posted = ask(house, pull, "dev", "/waterline help").await;
            assert_eq!(posted[0], "reaction eyes");
        }
        assert_eq!(
            ask(house, pull, "dev", "/waterline help").await,
            ["reaction confused"]
        );
        // Others are still heard, in this conversation and elsewhere.
        house.github.user("second", Permission::Write);
        assert_eq!(ask(house, pull, "second", "/waterline help").await.len(), 2);
    });
}

#[test]
fn an_outsider_may_not_ask_and_is_not_argued_with() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        house.github.user("stranger", Permission::Read);
        assert_eq!(
            ask(house, pull, "stranger", "/waterline diagnose").await,
            ["reaction confused"]
        );
    });
}

#[test]
fn bots_edits_quotes_and_our_own_comments_are_not_commands() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let home = house.github.home();
        house.github.world().add_user("helper[bot]", UserKind::Bot);
        home.comment(pull, "helper[bot]", "/waterline diagnose")
            .await
            .unwrap();
        home.comment(pull, "waterline[bot]", "/waterline diagnose")
            .await
            .unwrap();
        home.comment(
            pull,
            "dev",
            "> /waterline diagnose\n\n`/waterline diagnose`",
        )
        .await
        .unwrap();
        let comment = home.comment(pull, "dev", "nothing to see").await.unwrap();
        home.edit_comment(comment, "/waterline diagnose")
            .await
            .unwrap();
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn an_issue_has_no_runs_and_says_so() {
    conversation(async |house| {
        let home = house.github.home();
        let issue = home
            .open_issue("dev", "The total is wrong", "By one.")
            .await
            .unwrap();
        home.comment(issue, "dev", "/waterline diagnose")
            .await
            .unwrap();
        assert_eq!(
            house.posted().await,
            ["reaction eyes".to_owned(), format!("comment on #{issue}")]
        );
        assert!(comments(house, issue)[1].contains("--run"));
    });
}
