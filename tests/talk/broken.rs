//! A broken branch of the repository itself: one issue, edited while it fails, closed when it passes.

use waterline_standin::{FinishedJob, Level, RunOn};

use super::{cart_job, configure, pull_request};
use crate::support::{Database, House, Waterline, conversation, failing_log};

const ASKED: &str = "diagnose: {broken-base: {issue: true}}\n";

/// A run of this workflow on a branch that a push started; its id.
async fn pushed(house: &House, workflow: &str, branch: &str, job: FinishedJob) -> u64 {
    let home = house.github.home();
    let run = home.start_workflow(workflow, RunOn::Branch(branch)).await;
    let run = run.unwrap();
    let conclusion = job.conclusion.clone();
    home.finish_run(run, &conclusion, vec![job]).await.unwrap();
    run
}

async fn main(house: &mut House, job: FinishedJob) -> Vec<String> {
    pushed(house, "CI", "main", job).await;
    house.posted().await
}

fn passed() -> FinishedJob {
    FinishedJob::success("test")
}

/// Number, title, text and whether it is open, of the issues that Waterline opened.
fn issues(house: &House) -> Vec<(u64, String, String, bool)> {
    let world = house.github.world();
    let shop = world.repository("octo/shop").unwrap();
    let all = shop
        .issues
        .values()
        .filter(|i| i.author == "waterline[bot]");
    all.map(|i| (i.number, i.title.clone(), i.body.clone(), i.open))
        .collect()
}

/// What a person, or the time, does to an issue.
fn change(house: &House, number: u64, change: impl FnOnce(&mut waterline_standin::Issue)) {
    let mut world = house.github.world();
    let shop = world.repository_mut("octo/shop").unwrap();
    change(shop.issues.get_mut(&number).unwrap());
}

#[test]
fn it_is_opened_once_edited_and_closed_with_one_word() {
    conversation(async |house| {
        configure(house, ASKED);
        assert!(main(house, passed()).await.is_empty());
        assert_eq!(main(house, cart_job()).await, ["issue"]);
        let (number, title, body, open) = issues(house).remove(0);
        assert!(open && title == "CI fails on main", "{title}");
        for part in [
            "**CI** has failed on `main` since [run 2]",
            "Expected: 12",
            "/waterline dismiss ",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
        // No comment, however often it fails.
        for _ in 0..2 {
            let edit = format!("edit of issue #{number}");
            assert_eq!(main(house, cart_job()).await, [edit]);
        }
        let body = issues(house).remove(0).2;
        assert!(
            body.contains("since [run 2]") && body.contains("up to its newest [run 4]"),
            "{body}"
        );
        // The same delivery once more changes nothing.
        let home = house.github.home();
        let runs = home.start_run(RunOn::Branch("main")).await.unwrap();
        home.finish_run(runs, "success", vec![passed()])
            .await
            .unwrap();
        let closed = [
            format!("comment on #{number}"),
            format!("issue #{number} closed"),
        ];
        assert_eq!(house.posted().await, closed);
        house.github.home().tell_run(runs, "completed").await;
        assert!(house.posted().await.is_empty());
        let said = super::comments(house, number);
        assert!(
            said.len() == 1 && said[0].contains("Green again in [run 5]"),
            "{said:?}"
        );
        let (_, _, body, open) = issues(house).remove(0);
        assert!(!open && body.contains("Expected: 12"), "{body}");
        assert!(main(house, passed()).await.is_empty());
    });
}

#[test]
fn a_branch_that_comes_and_goes_has_one_issue_and_another_after_a_week() {
    conversation(async |house| {
        configure(house, ASKED);
        main(house, cart_job()).await;
        let number = issues(house)[0].0;
        main(house, passed()).await;
        // The stand-in has a clock of its own, which is not to matter here.
        change(house, number, |issue| {
            issue.closed_at = Some("2100-01-01T00:00:00Z".parse().unwrap());
        });
        assert_eq!(
            main(house, cart_job()).await,
            [format!("issue #{number} open")]
        );
        main(house, passed()).await;
        assert_eq!(super::comments(house, number).len(), 2);
        change(house, number, |issue| {
            issue.closed_at = Some("2020-01-01T00:00:00Z".parse().unwrap());
        });
        assert_eq!(main(house, cart_job()).await, ["issue"]);
        let all = issues(house);
        assert!(all.len() == 2 && !all[0].3 && all[1].3, "{all:?}");
    });
}

#[test]
fn what_a_person_has_closed_stays_closed_until_it_was_green() {
    conversation(async |house| {
        configure(house, ASKED);
        main(house, cart_job()).await;
        let number = issues(house)[0].0;
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        change(house, number, |issue| issue.set_open(false, now));
        assert!(main(house, cart_job()).await.is_empty());
        let noted = main(house, passed()).await;
        assert_eq!(noted, [format!("edit of issue #{number}")]);
        assert!(super::comments(house, number).is_empty());
        main(house, cart_job()).await;
        let open = issues(house).iter().filter(|i| i.3).count();
        assert_eq!(open, 1);
    });
}

#[test]
fn many_runs_at_once_open_one_issue_for_each_workflow() {
    conversation(async |house| {
        configure(house, ASKED);
        // Where several replicas may share a database, another one takes its part of the jobs.
        let folder = tempfile::tempdir().unwrap();
        let replica = matches!(house.database, Database::Postgres(_)).then(|| {
            let (url, secret) = (house.database.url(), "unused");
            Waterline::start(&url, house.github.url(), secret, folder.path())
        });
        for _ in 0..4 {
            pushed(house, "CI", "main", cart_job()).await;
            pushed(house, "Docs", "main", cart_job()).await;
        }
        house.posted().await;
        let titles: Vec<String> = issues(house).into_iter().map(|i| i.1).collect();
        assert_eq!(titles.len(), 2, "{titles:?}");
        for title in ["CI fails on main", "Docs fails on main"] {
            assert!(titles.iter().any(|t| t == title), "{titles:?}");
        }
        drop(replica);
    });
}

#[test]
fn it_is_asked_for_by_the_configuration_and_for_these_branches() {
    conversation(async |house| {
        assert!(main(house, cart_job()).await.is_empty());
        house.github.with(|world| {
            let shop = world.repository_mut("octo/shop").unwrap();
            let tip = shop.refs["heads/main"].clone();
            shop.refs.insert("heads/release/1".to_owned(), tip);
        });
        configure(
            house,
            "diagnose: {broken-base: {issue: true, branches: [release/*]}}\n",
        );
        assert!(main(house, cart_job()).await.is_empty());
        pushed(house, "CI", "release/1", cart_job()).await;
        assert_eq!(house.posted().await, ["issue"]);
        assert_eq!(issues(house)[0].1, "CI fails on release/1");
    });
}

#[test]
fn the_network_breaks_no_branch_and_a_dismissed_failure_neither() {
    conversation(async |house| {
        configure(house, ASKED);
        let log = failing_log(
            "npm ci",
            &[
                "npm error code ECONNRESET",
                "npm error network read ECONNRESET",
            ],
        );
        assert!(
            main(house, FinishedJob::failure("test", log.as_str()))
                .await
                .is_empty()
        );
        main(house, cart_job()).await;
        let (number, _, body, _) = issues(house).remove(0);
        let (_, rest) = body.split_once("/waterline dismiss ").unwrap();
        let id = rest.split(' ').next().unwrap();
        let command = format!("/waterline dismiss {id} known here");
        super::ask(house, number, "dev", &command).await;
        main(house, passed()).await;
        change(house, number, |issue| {
            issue.closed_at = Some("2020-01-01T00:00:00Z".parse().unwrap());
        });
        assert!(main(house, cart_job()).await.is_empty());
        assert_eq!(issues(house).len(), 1);
    });
}

#[test]
fn a_push_to_a_branch_that_is_a_head_too_is_told_in_both_places() {
    conversation(async |house| {
        configure(
            house,
            "diagnose: {broken-base: {issue: true, branches: ['*']}}\n",
        );
        let pull = pull_request(house).await;
        let branch = {
            let world = house.github.world();
            let shop = world.repository("octo/shop").unwrap();
            let head = shop.issues[&pull].pull_request.as_ref().unwrap();
            head.head_branch.clone()
        };
        pushed(house, "CI", &branch, cart_job()).await;
        let posted = house.posted().await;
        assert!(posted.contains(&"issue".to_owned()), "{posted:?}");
        assert!(
            posted.contains(&format!("comment on #{pull}")),
            "{posted:?}"
        );
    });
}

#[test]
fn without_the_permission_nothing_is_posted_and_the_permission_is_named() {
    conversation(async |house| {
        configure(house, ASKED);
        house.github.with(|world| {
            let mut permissions = world.app.permissions.clone();
            permissions.grant("issues", Level::Read);
            let all = world.installations.iter_mut();
            all.for_each(|i| i.permissions = Some(permissions.clone()));
        });
        assert!(main(house, cart_job()).await.is_empty());
        let log = house.log();
        assert!(
            log.contains("no issue: it needs the permission `issues: write`"),
            "{log}"
        );
    });
}

/// GitHub's lists may lack an issue for minutes after it was opened.
#[test]
fn the_issue_is_found_by_memory_before_it_stands_in_a_list() {
    conversation(async |house| {
        configure(house, ASKED);
        main(house, cart_job()).await;
        let number = issues(house)[0].0;
        let asked = |house: &House| {
            let calls = house.github.exchanges();
            let lists = calls
                .iter()
                .filter(|e| e.method == "GET" && e.path.ends_with("/issues"));
            lists.count()
        };
        let before = asked(house);
        let edit = format!("edit of issue #{number}");
        assert_eq!(main(house, cart_job()).await, [edit]);
        assert_eq!(asked(house), before);
    });
}
