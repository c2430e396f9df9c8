//! `actions/gate` on a real runner: a job that deploys only when the one before it was let through.

use serde_json::json;

use super::{on_a_runner, workflow};
use crate::step_gate::{granted, merged};
use crate::support::act::Workshop;
use crate::support::posted;

#[test]
fn the_job_behind_the_gate_runs_only_when_it_is_let_through() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        workshop.file("Makefile", "deploy:\n\t@echo deployed it\n");
        let (pull, sha) = merged(&workshop.github).await;
        let before = posted::posts(&workshop.github).len();
        let patience = format!("wait-for: 1s\n          sha: {sha}");
        let file = workflow("gate-step.yml").replace("wait-for: 30m", &patience);
        let told = json!({ "ref": "refs/heads/main" });
        let token = workshop.token(granted());
        let ran = workshop.run(&file, "push", &told, &token).await;
        let printed = ran.printed();
        assert!(!ran.passed && !printed.contains("deployed it"), "{printed}");
        assert!(ran.summary().contains("0/1 approvals"), "{printed}");

        let home = workshop.github.home();
        home.review(pull, "mona", "APPROVED").await.unwrap();
        let ran = workshop.run(&file, "push", &told, &token).await;
        let printed = ran.printed();
        assert!(ran.passed && printed.contains("deployed it"), "{printed}");
        assert!(ran.summary().contains("may go ahead"), "{printed}");
        assert_eq!(
            posted::posts(&workshop.github).len(),
            before,
            "a step posts nothing"
        );
        workshop.close().await;
    });
}
