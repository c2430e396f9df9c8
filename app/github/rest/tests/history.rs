//! Runs of a span of time, the quota, and pull requests that are closed by now.

use jiff::{SignedDuration, Timestamp};
use waterline_core::model::{IssueNumber, RunId};
use waterline_core::port::{Began, Created, Span};
use waterline_standin::{Opening, RunOn};

use crate::fixture::{House, shop};

/// A run of `main` that ended, a minute after the one before.
fn ended(house: &House) -> (u64, Timestamp) {
    let mut world = house.standin.world();
    world.clock.advance(SignedDuration::from_mins(1));
    let run = world
        .begin_run("octo/shop", "CI", RunOn::Branch("main"))
        .unwrap();
    world.end_run("octo/shop", run, "success").unwrap();
    let at = world.repository("octo/shop").unwrap().runs[&run].created_at;
    (run, at)
}

#[tokio::test]
async fn runs_are_listed_by_when_they_began() {
    let house = House::open().await;
    let runs: Vec<(u64, Timestamp)> = (0..3).map(|_| ended(&house)).collect();
    house
        .standin
        .world()
        .begin_run("octo/shop", "CI", RunOn::Branch("main"))
        .unwrap();
    let port = house.port().await;
    assert_eq!(port.quota(&shop()), None, "nobody has been asked");
    let created = async |from: usize, to: usize| {
        let span = Span {
            from: runs[from].1,
            to: runs[to].1,
        };
        match port.runs_created(&shop(), span).await.unwrap() {
            Created::All(found) => found,
            Created::TooMany => panic!("too many"),
        }
    };
    let ids = |found: &[Began]| found.iter().map(|b| b.run.id).collect::<Vec<_>>();
    let found = created(0, 2).await;
    assert_eq!(
        ids(&found),
        [2, 1, 0].map(|n: usize| RunId(runs[n].0)),
        "newest first"
    );
    assert_eq!(found[0].at, runs[2].1);
    assert_eq!(ids(&created(1, 1).await), [RunId(runs[1].0)]);
    let quota = port.quota(&shop()).unwrap();
    assert_eq!(quota.limit, 5_000);
    assert!((4_990..5_000).contains(&quota.left), "{quota:?}");
    assert!(quota.reset > Timestamp::now());
}

#[tokio::test]
async fn more_than_github_lists_is_told_and_not_cut() {
    let house = House::open().await;
    let runs: Vec<(u64, Timestamp)> = (0..4).map(|_| ended(&house)).collect();
    let (from, to) = (runs[0].1, runs[3].1);
    house.standin.world().listed_runs = 3;
    let found = house
        .port()
        .await
        .runs_created(&shop(), Span { from, to })
        .await;
    assert_eq!(found, Ok(Created::TooMany));
}

#[tokio::test]
async fn a_pull_request_is_found_after_it_was_closed() {
    let house = House::open().await;
    let opening = Opening {
        branch: "old".into(),
        ..Opening::default()
    };
    let number = house
        .standin
        .home()
        .open_pull_request(opening)
        .await
        .unwrap();
    let run = {
        let mut world = house.standin.world();
        let run = world
            .begin_run("octo/shop", "CI", RunOn::PullRequest(number))
            .unwrap();
        world.end_run("octo/shop", run, "failure").unwrap();
        run
    };
    let port = house.port().await;
    let at = house.standin.world().repository("octo/shop").unwrap().runs[&run].created_at;
    let listed = async || match port.runs_created(&shop(), Span { from: at, to: at }).await {
        Ok(Created::All(found)) => found[0].pull_requests.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(listed().await, [IssueNumber(number)]);
    {
        let mut world = house.standin.world();
        let shop = world.repository_mut("octo/shop").unwrap();
        shop.issues.get_mut(&number).unwrap().open = false;
    }
    assert_eq!(listed().await, [], "GitHub counts it to open ones only");
    let open = port
        .pull_requests_from(&shop(), &shop(), "old")
        .await
        .unwrap();
    assert!(open.is_empty());
    let ever = port
        .pull_requests_ever_from(&shop(), &shop(), "old")
        .await
        .unwrap();
    assert_eq!(
        ever.iter().map(|p| p.number).collect::<Vec<_>>(),
        [IssueNumber(number)]
    );
}
