//! What Waterline must not do: speak twice, speak to strangers' markers, loop.

use super::{cart_job, ci, comments, pull_request};
use crate::support::conversation;

#[test]
fn the_same_failure_again_changes_only_what_is_new() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let run = ci(house, pull, cart_job()).await;
        house.posted().await;
        // GitHub tells of the same run again under another delivery.
        house.github.home().tell_run(run, "completed").await;
        assert!(house.posted().await.is_empty());
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn a_strangers_marker_is_not_ours() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        house
            .github
            .home()
            .comment(
                pull,
                "dev",
                &format!("mine\n\n<!-- waterline diagnose octo/shop#{pull} digest=0 -->"),
            )
            .await
            .unwrap();
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        let said = comments(house, pull);
        assert!(said.len() == 2 && said[0].starts_with("mine"), "{said:?}");
    });
}

#[test]
fn our_own_writes_come_back_and_start_nothing() {
    conversation(async |house| {
        house.github.world().app.echo = true;
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn a_locked_conversation_keeps_its_check_and_nothing_is_tried_for_ever() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        house.github.home().lock(pull);
        ci(house, pull, cart_job()).await;
        assert_eq!(
            house.posted().await,
            ["check waterline/diagnose: neutral".to_owned()]
        );
        assert!(comments(house, pull).is_empty());
    });
}
