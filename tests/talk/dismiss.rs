//! What people say of failures: a dismissed finding is folded, a flaky test is a known flake, and
//! only people who may write decide it.

use sqlx::{Connection as _, Executor as _};
use waterline_standin::{FinishedJob, Opening, Permission, RunOn, TokenKind, UserKind};

use super::{ask, cart_job, ci, comments, pull_request};
use crate::support::{House, conversation, failing_log};

/// The diagnosis on a pull request, once all jobs are done.
async fn diagnosis(house: &mut House, pull: u64) -> String {
    house.posted().await;
    let all = comments(house, pull);
    let ours = all.iter().find(|c| c.contains("<!-- waterline diagnose "));
    ours.cloned().unwrap_or_default()
}

/// The newest answer of a command on a pull request.
fn answer(house: &House, pull: u64, command: &str) -> String {
    let mark = format!("<!-- waterline {command} ");
    let all = comments(house, pull);
    all.into_iter()
        .rfind(|c| c.contains(&mark))
        .unwrap_or_default()
}

/// The id that a comment offers.
fn id(comment: &str) -> String {
    let (_, rest) = comment.split_once("/waterline dismiss ").unwrap();
    rest.split(' ').next().unwrap().to_owned()
}

/// What was said is no longer true from now on.
async fn let_it_expire(house: &House) {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&house.database.url())
        .await
        .unwrap();
    let done = connection
        .execute("UPDATE sayings SET until = at + 1")
        .await;
    assert!(done.unwrap().rows_affected() > 0);
    connection.close().await.unwrap();
}

/// A column of the program's database.
async fn rows(house: &House, sql: &'static str) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&house.database.url())
        .await
        .unwrap();
    let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await;
    connection.close().await.unwrap();
    rows.unwrap()
}

/// Another failure beside the first.
fn two_jobs() -> Vec<FinishedJob> {
    let log = failing_log("npm run lint", &["Error: Cannot find module 'left-pad'"]);
    vec![cart_job(), FinishedJob::failure("lint", log.as_str())]
}

#[test]
fn a_dismissed_finding_is_folded_at_once_and_told_again_when_taken_back() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let first = diagnosis(house, pull).await;
        let id = id(&first);
        let command = format!("/waterline dismiss {id} it's the proxy's fault, see #3");
        let posted = ask(house, pull, "dev", &command).await;
        // The answer, and the diagnosis anew, with its check.
        for part in [
            "reaction eyes".to_owned(),
            format!("comment on #{pull}"),
            format!("edit of the comment on #{pull}"),
        ] {
            assert!(posted.contains(&part), "{part} in {posted:?}");
        }
        let comment = diagnosis(house, pull).await;
        let line = comment.lines().next().unwrap();
        assert!(line.contains("What failed has been dismissed"), "{comment}");
        for part in [
            "Dismissed by @",
            "it's the proxy",
            "(until 20",
            "Expected: 12",
        ] {
            assert!(comment.contains(part), "{part} in {comment}");
        }
        assert!(comment.starts_with("💤"), "{comment}");
        let said = answer(house, pull, "dismiss");
        assert!(said.contains(&format!("`{id}` **is dismissed**")), "{said}");
        // Another pull request, another person: the same failure is folded there from the start.
        let opening = Opening {
            branch: "other".to_owned(),
            ..Opening::default()
        };
        let home = house.github.home();
        let other = home.open_pull_request(opening).await.unwrap();
        ci(house, other, cart_job()).await;
        let there = diagnosis(house, other).await;
        assert!(there.contains("What failed has been dismissed"), "{there}");
        let command = format!("/waterline dismiss --undo {id}");
        ask(house, pull, "dev", &command).await;
        let comment = diagnosis(house, pull).await;
        assert!(
            comment.starts_with("❌") && !comment.contains("Dismissed by"),
            "{comment}"
        );
        let said = answer(house, pull, "dismiss");
        assert!(said.contains("**is told again**"), "{said}");
    });
}

#[test]
fn what_was_dismissed_hides_nothing_else() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let id = id(&diagnosis(house, pull).await);
        ask(
            house,
            pull,
            "dev",
            &format!("/waterline dismiss {id} known"),
        )
        .await;
        let home = house.github.home();
        let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
        home.finish_run(run, "failure", two_jobs()).await.unwrap();
        let comment = diagnosis(house, pull).await;
        let line = comment.lines().next().unwrap();
        assert!(line.contains("❌ **lint** failed"), "{comment}");
        assert!(comment.contains("Dismissed by @"), "{comment}");
    });
}

#[test]
fn two_people_who_dismiss_the_same_leave_one_record() {
    conversation(async |house| {
        house.github.user("mona", Permission::Write);
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let id = id(&diagnosis(house, pull).await);
        ask(
            house,
            pull,
            "dev",
            &format!("/waterline dismiss {id} the proxy"),
        )
        .await;
        ask(
            house,
            pull,
            "mona",
            &format!("/waterline dismiss {id} 'the proxy again'"),
        )
        .await;
        let said = answer(house, pull, "dismiss");
        assert!(said.contains("This replaces what was said by"), "{said}");
        ask(house, pull, "dev", "/waterline dismissed").await;
        let list = answer(house, pull, "dismissed");
        assert!(list.contains("Dismissed: 1; said to be flaky: 0"), "{list}");
        assert!(
            list.contains("mona") && list.contains("the proxy again"),
            "{list}"
        );
    });
}

#[test]
fn a_secret_in_a_reason_is_kept_nowhere() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let id = id(&diagnosis(house, pull).await);
        let secret = format!("ghp_{}", "a1B2c3D4".repeat(5).split_at(36).0);
        let command = format!("/waterline dismiss {id} with {secret} it passes");
        ask(house, pull, "dev", &command).await;
        let mut seen = vec![answer(house, pull, "dismiss"), diagnosis(house, pull).await];
        assert!(
            seen.iter().all(|text| text.contains("it passes")),
            "{seen:?}"
        );
        seen.extend(rows(house, "SELECT reason FROM sayings").await);
        seen.extend(rows(house, "SELECT job FROM jobs").await);
        assert!(seen.len() > 4);
        for text in seen {
            assert!(!text.contains(&secret), "{text}");
        }
    });
}

#[test]
fn an_unknown_id_keeps_nothing_and_names_what_could_be_meant() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let first = diagnosis(house, pull).await;
        let posted = ask(house, pull, "dev", "/waterline dismiss 0000000 what is it").await;
        assert_eq!(
            posted,
            ["reaction eyes".to_owned(), format!("comment on #{pull}")]
        );
        let said = answer(house, pull, "dismiss");
        assert!(said.contains("No recent failure has that id"), "{said}");
        assert!(said.contains(&id(&first)), "{said}");
        assert_eq!(diagnosis(house, pull).await, first);
    });
}

#[test]
fn outsiders_bots_and_edits_dismiss_nothing() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let first = diagnosis(house, pull).await;
        let command = format!("/waterline dismiss {} x\n/waterline flaky {0}", id(&first));
        for (login, level) in [("stranger", None), ("reader", Some(Permission::Read))] {
            if let Some(level) = level {
                house.github.user(login, level);
            }
            let posted = ask(house, pull, login, &command).await;
            assert!(
                posted.iter().all(|p| p == "reaction confused"),
                "{login}: {posted:?}"
            );
        }
        house
            .github
            .world()
            .add_user("renovate[bot]", UserKind::Bot);
        let bot = ask(house, pull, "renovate[bot]", &command).await;
        assert!(bot.is_empty(), "{bot:?}");
        let home = house.github.home();
        let comment = home.comment(pull, "dev", "thanks!").await.unwrap();
        home.edit_comment(comment, &command).await.unwrap();
        assert!(house.posted().await.is_empty());
        assert_eq!(diagnosis(house, pull).await, first);
    });
}

#[test]
fn a_test_that_was_said_to_be_flaky_is_a_known_flake_and_no_excuse_for_others() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        diagnosis(house, pull).await;
        ask(
            house,
            pull,
            "dev",
            "/waterline flaky cart > adds the discount",
        )
        .await;
        let said = answer(house, pull, "flaky");
        assert!(said.contains("A known flake from now on"), "{said}");
        let comment = diagnosis(house, pull).await;
        let line = comment.lines().next().unwrap();
        assert!(line.contains("known flake"), "{comment}");
        assert!(comment.contains("was said to be flaky by "), "{comment}");
        let home = house.github.home();
        let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
        home.finish_run(run, "failure", two_jobs()).await.unwrap();
        let comment = diagnosis(house, pull).await;
        assert_eq!(comment.matches("known flake").count(), 1, "{comment}");
        assert!(comment.contains("**lint** failed"), "{comment}");
        ask(
            house,
            pull,
            "dev",
            "/waterline flaky --undo 'cart > adds the discount'",
        )
        .await;
        let comment = diagnosis(house, pull).await;
        assert!(!comment.contains("known flake"), "{comment}");
    });
}

#[test]
fn what_was_said_does_not_last_for_ever() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        let id = id(&diagnosis(house, pull).await);
        let both = format!("/waterline dismiss {id} known\n/waterline flaky {id}");
        ask(house, pull, "dev", &both).await;
        let comment = diagnosis(house, pull).await;
        assert!(comment.contains("Dismissed by @"), "{comment}");
        ask(house, pull, "dev", "/waterline dismissed").await;
        let list = answer(house, pull, "dismissed");
        assert!(list.contains("Dismissed: 1; said to be flaky: 1"), "{list}");
        let_it_expire(house).await;
        ask(house, pull, "dev", "/waterline diagnose").await;
        let comment = diagnosis(house, pull).await;
        assert!(
            comment.starts_with("❌") && !comment.contains("flak"),
            "{comment}"
        );
        ask(house, pull, "dev", "/waterline dismissed").await;
        let list = answer(house, pull, "dismissed");
        assert!(list.contains("Nothing is dismissed"), "{list}");
    });
}

#[test]
fn a_shell_has_no_memory_and_says_so() {
    conversation(async |house| {
        let pull = pull_request(house).await.to_string();
        let token = {
            let mut world = house.github.world();
            let repository = world.repository("octo/shop").unwrap().id;
            let permissions = world.app.permissions.clone();
            world.mint(TokenKind::Workflow {
                repository,
                permissions,
            })
        };
        for words in [
            &["dismiss", "1f0c9a7", "the proxy"][..],
            &["dismiss", "--undo", "1f0c9a7"],
            &["flaky", "a test"],
            &["dismissed"],
        ] {
            let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_waterline"));
            let (name, rest) = words.split_first().unwrap();
            command
                .arg(name)
                .args(["--repo", "octo/shop", "--pull-request", &pull])
                .args(rest)
                .env("GITHUB_API_URL", house.github.url())
                .env("GITHUB_TOKEN", &token)
                .env_remove("GITHUB_ACTIONS");
            let output = command.output().await.unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(64), "{words:?}: {said}");
            assert!(
                said.contains("There is no memory here"),
                "{words:?}: {said}"
            );
        }
    });
}
