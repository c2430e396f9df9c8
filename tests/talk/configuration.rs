//! `.github/waterline.yml`: a broken one is an answer, and a good one is obeyed.

use waterline_standin::FinishedJob;

use super::{ask, cart_job, ci, comments, configure, pull_request};
use crate::support::conversation;

#[test]
fn a_broken_configuration_is_a_red_check_with_line_and_column() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        configure(house, "diagnose:\n  coment: false\n");
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await, ["check waterline/config: failure"]);
        let head = house.github.home().head_of(pull);
        let checks = house.github.home().check_runs_of(&head);
        let check = checks
            .iter()
            .find(|c| c.name == "waterline/config")
            .unwrap();
        let title = check.output.title.as_deref().unwrap();
        assert!(
            title.contains("Line 2, column 3") && title.contains("`comment`"),
            "{title}"
        );
        // Once it is mended on the default branch, the check turns green with the next job.
        configure(house, "diagnose:\n  comment: true\n");
        ci(house, pull, cart_job()).await;
        let posted = house.posted().await;
        assert!(
            posted.contains(&"edit of a check: success".to_owned()),
            "{posted:?}"
        );
    });
}

#[test]
fn it_can_be_switched_off_or_narrowed() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        for text in [
            "diagnose: {enabled: false}\n",
            "diagnose: {only: {labels: [please]}}\n",
            "diagnose: {only: {branches: [release/*]}}\n",
            "diagnose: {only: {paths: [docs/**]}}\n",
            "diagnose: {ignore-workflows: [C*]}\n",
            "diagnose: {comment: false, check: false}\n",
        ] {
            configure(house, text);
            ci(house, pull, cart_job()).await;
            assert!(house.posted().await.is_empty(), "{text}");
        }
        configure(house, "diagnose: {check: false}\n");
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await, [format!("comment on #{pull}")]);
    });
}

#[test]
fn the_branch_under_judgement_does_not_configure() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let home = house.github.home();
        home.push_files(
            pull,
            &[(
                ".github/waterline.yml",
                Some("diagnose: {enabled: false}\n"),
            )],
        )
        .await
        .unwrap();
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn the_organisations_file_counts_too() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        let _ = house.github.repository("octo/.github");
        {
            let mut world = house.github.world();
            world
                .push_commit(
                    "octo/.github",
                    "main",
                    "dev",
                    "Configure",
                    &[(
                        ".github/waterline.yml",
                        Some("diagnose: {enabled: false}\n"),
                    )],
                )
                .unwrap();
        }
        ci(
            house,
            pull,
            FinishedJob {
                name: "test".to_owned(),
                ..cart_job()
            },
        )
        .await;
        assert!(house.posted().await.is_empty());
    });
}

#[test]
fn asked_for_what_is_switched_off_it_says_so() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        configure(house, "diagnose: {enabled: false}\n");
        assert_eq!(
            ask(house, pull, "dev", "/waterline diagnose").await,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        assert!(comments(house, pull)[1].contains("switched off"));
    });
}
