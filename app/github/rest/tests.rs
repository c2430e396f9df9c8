//! The port against the stand-in: what is read, and that what is done twice leaves one trace.

mod artifacts;
mod checks;
mod comments;
mod deploys;
mod history;
mod logs;

use waterline_core::error::Error;
use waterline_core::model::{IssueNumber, Permission, RunId};
use waterline_standin::{self as standin, FinishedJob, Opening, RunOn};

use crate::fixture::{House, repo, shop};

#[tokio::test]
async fn a_run_and_its_jobs_are_read() {
    let house = House::open().await;
    let (run, job) = {
        let mut world = house.standin.world();
        let run = world
            .begin_run("octo/shop", "CI", RunOn::PullRequest(1))
            .unwrap();
        let job = world.add_job(
            "octo/shop",
            run,
            FinishedJob::failure("test (1, linux)", "x"),
        );
        world.end_run("octo/shop", run, "failure").unwrap();
        (run, job.unwrap())
    };
    let port = house.port().await;
    let read = port.run(&shop(), RunId(run)).await.unwrap();
    assert_eq!((read.id, read.attempt, read.number), (RunId(run), 1, 1));
    assert_eq!(
        (read.name.as_str(), read.event.as_str()),
        ("CI", "pull_request")
    );
    assert_eq!(
        (read.status.as_str(), read.conclusion.as_deref()),
        ("completed", Some("failure"))
    );
    assert_eq!(read.head_sha.as_str(), house.standin.home().head_of(1));
    assert_eq!(read.head_repo, Some(shop()));
    let branch = read.head_branch.clone().unwrap();
    assert_eq!(
        port.runs_of_branch(&shop(), &branch, "pull_request")
            .await
            .unwrap(),
        [read]
    );

    let jobs = port.jobs(&shop(), RunId(run), 1).await.unwrap();
    assert_eq!(
        (jobs[0].id.0, jobs[0].name.as_str()),
        (job, "test (1, linux)")
    );
    assert_eq!(jobs[0].conclusion.as_deref(), Some("failure"));
    assert!(jobs[0].completed_at.is_some());
    let steps: Vec<_> = jobs[0]
        .steps
        .iter()
        .map(|step| (step.number, step.name.as_str()))
        .collect();
    assert_eq!(
        steps,
        [(1, "Set up job"), (2, "Run make test"), (3, "Complete job")]
    );

    let error = port.run(&shop(), RunId(7)).await.unwrap_err();
    assert_eq!(error.to_string(), "run 7 of octo/shop was not found");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let house = House::open().await;
    house.standin.world().app.permissions.revoke("actions");
    let error = house.port().await.run(&shop(), RunId(7)).await.unwrap_err();
    assert_eq!(
        error,
        Error::Forbidden {
            action: "Reading run 7 of octo/shop".into(),
            permission: "actions: read".into()
        }
    );
}

#[tokio::test]
async fn a_pull_request_of_a_fork_is_found_by_its_branch() {
    let house = House::open().await;
    let opening = Opening {
        branch: "fix/a&b#c".into(),
        ..Opening::default()
    };
    let number = house
        .standin
        .home()
        .fork_pull_request("guest", opening)
        .await
        .unwrap();
    let port = house.port().await;
    let fork = repo("guest/shop");
    let found = port
        .pull_requests_from(&shop(), &fork, "fix/a&b#c")
        .await
        .unwrap();
    assert_eq!(
        found,
        [port
            .pull_request(&shop(), IssueNumber(number))
            .await
            .unwrap()]
    );
    assert_eq!(found[0].head_repo, Some(fork));
    assert!(found[0].open && !found[0].draft);
    assert_eq!(
        (found[0].head_branch.as_str(), found[0].base_branch.as_str()),
        ("fix/a&b#c", "main")
    );
    let other = port
        .pull_requests_from(&shop(), &repo("guest/another"), "fix/a&b#c")
        .await;
    assert_eq!(other.unwrap(), []);
    assert!(
        !port
            .changed_files(&shop(), IssueNumber(number))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_people_may_do_is_told_finely() {
    use standin::Permission as Role;
    let house = House::open().await;
    let home = house.standin.home();
    home.user("tria", Role::Triage);
    home.user("maint", Role::Maintain);
    let port = house.port().await;
    for (login, expected) in [
        ("mona", Permission::Admin),
        ("maint", Permission::Maintain),
        ("dev", Permission::Write),
        ("tria", Permission::Triage),
        ("guest", Permission::Read),
        ("nobody-at-all", Permission::None),
        ("../../../user", Permission::None),
        ("", Permission::None),
    ] {
        assert_eq!(
            port.permission(&shop(), login).await,
            Ok(expected),
            "{login}"
        );
    }
}

#[tokio::test]
async fn files_are_read_where_they_are_files() {
    let house = House::open().await;
    {
        let mut world = house.standin.world();
        let files = [
            (".github/waterline.yml", Some("diagnose:\n")),
            ("list.json", Some("[1]")),
        ];
        world
            .push_commit("octo/shop", "main", "mona", "Configure", &files)
            .unwrap();
    }
    let port = house.port().await;
    let file = async |path: &str| port.file(&shop(), path).await;
    assert_eq!(
        file(".github/waterline.yml").await.unwrap().as_deref(),
        Some("diagnose:\n")
    );
    assert_eq!(file("list.json").await.unwrap().as_deref(), Some("[1]"));
    assert_eq!(file("none.yml").await, Ok(None));
    assert_eq!(
        file(".github").await.unwrap_err().to_string(),
        "`.github` in octo/shop is a directory"
    );
    assert!(matches!(file("../x").await, Err(Error::Refused(_))));
}
