//! The gate as a step: for repositories whose plan has no protection rules by Apps.

use std::process::{Command, Output};

use serde_json::Value;
use waterline_standin::{Level, Opening, Permissions, Standin, TokenKind, World};

use crate::support::house::judge;

const POLICY: &str = "environments:\n  production:\n    require:\n      approvals: 1\n";

/// The permissions of `workflows/gate-step.yml`.
pub(crate) fn granted() -> Permissions {
    let read = [
        "actions",
        "checks",
        "contents",
        "deployments",
        "issues",
        "pull_requests",
    ];
    Permissions::of(&read.map(|name| (name, Level::Read)))
}

/// A policy, something live, and a merged pull request; its number and commit.
pub(crate) async fn merged(github: &Standin) -> (u64, String) {
    let home = github.home();
    let files = [(".github/waterline.yml", Some(POLICY))];
    let live = home.push("main", "mona", &files).await.unwrap();
    home.deployed(&live, "production", "success").await.unwrap();
    let opening = Opening {
        branch: "sum".to_owned(),
        ..Opening::default()
    };
    let pull = home.open_pull_request(opening).await.unwrap();
    let sha = home.merge(pull, "mona").await.unwrap();
    (pull, sha)
}

/// Asks as a step would; the program runs beside the runtime that answers it.
async fn ask(github: &Standin, token: &str, args: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    command
        .args(["gate", "--repo", "octo/shop", "--format", "json"])
        .args(args)
        .env_remove("GITHUB_ACTIONS")
        .env("GITHUB_TOKEN", token)
        .env("GITHUB_API_URL", github.url());
    let output = tokio::task::spawn_blocking(move || command.output());
    let Output { status, stdout, .. } = output.await.unwrap().unwrap();
    (
        status.code(),
        serde_json::from_slice(&stdout).unwrap_or_default(),
    )
}

#[test]
fn the_exit_code_says_what_becomes_of_a_deployment() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let github = Standin::start_with(World::default(), judge())
            .await
            .unwrap();
        let (pull, sha) = merged(&github).await;
        let token = {
            let mut world = github.world();
            let repository = world.repository("octo/shop").unwrap().id;
            world.mint(TokenKind::Workflow {
                repository,
                permissions: granted(),
            })
        };
        let at = |environment| ["--environment", environment, "--sha", sha.as_str()];
        let (code, told) = ask(&github, &token, &at("production")).await;
        assert_eq!(
            (code, &told["reason_code"]),
            (Some(2), &"approvals_missing".into())
        );
        assert_eq!(
            (&told["decision"], &told["version"]),
            (&"wait".into(), &1.into())
        );
        let (code, told) = ask(&github, &token, &at("moon")).await;
        assert_eq!(
            (code, &told["reason_code"]),
            (Some(1), &"environment_unlisted".into())
        );

        // It is approved while the step waits.
        let patient = [&at("production")[..], &["--wait-for", "60s"]].concat();
        let (asked, reviewed) = tokio::join!(ask(&github, &token, &patient), async {
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            github.home().review(pull, "mona", "APPROVED").await
        });
        reviewed.unwrap();
        assert_eq!((asked.0, &asked.1["decision"]), (Some(0), &"allow".into()));

        let broken = [(".github/waterline.yml", Some("environments: 3\n"))];
        github.home().push("main", "mona", &broken).await.unwrap();
        let (code, told) = ask(&github, &token, &at("production")).await;
        assert_eq!(
            (code, &told["reason_code"]),
            (Some(64), &"policy_invalid".into())
        );
        assert_eq!(github.violations(), Vec::<String>::new());
        github.stop().await;
    });
}
