//! `workflows/dismiss.yml`: without the App there is no memory, and whoever asks is told so.

use waterline_standin::{Level, Opening, payload};

use super::{ended, granted, on_a_runner, workflow};
use crate::support::act::Workshop;
use crate::support::posted;
use crate::talk::cart_job;

#[test]
fn a_step_has_no_memory_and_says_so() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let (pull, _) = ended(&workshop, Opening::default(), cart_job()).await;
        let mut permissions = granted();
        permissions.grant("issues", Level::Write);
        let token = workshop.token(permissions);
        let home = workshop.github.home();
        let command = "/waterline dismiss 1f0c9a7 it's the proxy";
        let said = home.comment(pull, "dev", command).await.unwrap();
        let told =
            payload::issue_comment(&workshop.github.world(), "octo/shop", said, "created", None)
                .unwrap();
        let file = workflow("dismiss.yml");
        let ran = workshop.run(&file, "issue_comment", &told, &token).await;
        assert!(ran.passed, "{}", ran.printed());
        assert_eq!(
            posted::posts(&workshop.github),
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        let answer = home.comments_of(pull).pop().unwrap().body;
        assert!(answer.contains("There is no memory here"), "{answer}");
        assert!(!answer.contains("proxy"), "{answer}");
        workshop.close().await;
    });
}
