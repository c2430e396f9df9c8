//! What goes wrong on the way: GitHub down, limits, missing permissions, our own restart.

use waterline_standin::{Fault, FaultKind, FinishedJob, Level, Opening};

use super::{cart_job, ci, comments, pull_request};
use crate::support::{House, conversation};

const COMMENTS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

fn fault(house: &House, method: &str, path: &str, kind: FaultKind, times: u32) {
    house
        .github
        .world()
        .faults
        .push(Fault::once(method, path, kind).times(times));
}

#[test]
fn an_outage_of_github_is_waited_for() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        fault(
            house,
            "GET",
            "*",
            FaultKind::Status(502, "Bad gateway".to_owned()),
            3,
        );
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await.len(), 2);
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn a_comment_whose_answer_was_lost_is_not_written_twice() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        fault(house, "POST", COMMENTS, FaultKind::BrokenAfter, 1);
        ci(house, pull, cart_job()).await;
        house.settle().await;
        house.posted().await;
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn a_secondary_limit_is_honoured() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        fault(house, "POST", COMMENTS, FaultKind::Secondary(Some(3)), 1);
        ci(house, pull, cart_job()).await;
        house.posted().await;
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn a_missing_permission_takes_away_one_feature() {
    conversation(async |house| {
        house.github.with(|world| {
            let mut permissions = world.app.permissions.clone();
            permissions.grant("checks", Level::Read);
            world
                .installations
                .iter_mut()
                .for_each(|i| i.permissions = Some(permissions.clone()));
        });
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        assert_eq!(house.posted().await, [format!("comment on #{pull}")]);
    });
}

#[test]
fn the_log_may_be_out_of_reach() {
    conversation(async |house| {
        fault(
            house,
            "GET",
            "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
            FaultKind::Status(404, "Not Found".to_owned()),
            1,
        );
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        assert!(
            comments(house, pull)[0].contains("no log of this job"),
            "{:?}",
            comments(house, pull)
        );
    });
}

#[test]
fn deliveries_missed_while_we_were_down_are_asked_for_again() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        house.waterline.take().unwrap().kill();
        ci(house, pull, cart_job()).await;
        house.start();
        let start = std::time::Instant::now();
        while comments(house, pull).is_empty() {
            assert!(start.elapsed().as_secs() < 60, "{}", house.log());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(house.posted().await.len(), 2);
    });
}

/// `WATERLINE_TEST_MISSED` says how many runs were missed, each of three deliveries: with 160 it
/// is the 500 deliveries of the promised two minutes.
#[test]
fn a_long_outage_is_made_up_for_within_two_minutes() {
    let missed = std::env::var("WATERLINE_TEST_MISSED").ok();
    let missed: usize = missed.and_then(|n| n.parse().ok()).unwrap_or(40);
    conversation(async |house| {
        let pull = pull_request(house).await;
        house.waterline.take().unwrap().kill();
        let mut others = Vec::new();
        for n in 0..missed {
            if n % 10 == 0 {
                let opening = Opening {
                    branch: format!("change-{n}"),
                    ..Opening::default()
                };
                let home = house.github.home();
                others.push(home.open_pull_request(opening).await.unwrap());
            }
            ci(house, others[n / 10], FinishedJob::success("test")).await;
        }
        ci(house, pull, cart_job()).await;
        house.start();
        let start = std::time::Instant::now();
        let handled = async || house.status().await["deliveries"].as_u64().unwrap();
        while handled().await <= missed as u64 {
            assert!(start.elapsed().as_secs() < 120, "{}", house.log());
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(house.posted().await.len(), 2);
        eprintln!(
            "{missed} missed runs were handled after {:?}",
            start.elapsed()
        );
        assert_eq!(comments(house, pull).len(), 1);
    });
}

#[test]
fn no_token_goes_to_the_storage_of_logs_and_every_call_names_its_delivery() {
    conversation(async |house| {
        let pull = pull_request(house).await;
        ci(house, pull, cart_job()).await;
        house.posted().await;
        let exchanges = house.github.exchanges();
        let storage: Vec<_> = exchanges
            .iter()
            .filter(|e| e.host == waterline_standin::Host::Storage)
            .collect();
        assert!(!storage.is_empty() && storage.iter().all(|e| e.header("authorization").is_none()));
        for exchange in exchanges
            .iter()
            .filter(|e| e.path.starts_with("/repos/") && e.host == waterline_standin::Host::Api)
        {
            assert!(
                exchange.header("x-waterline-delivery").is_some(),
                "{} {}",
                exchange.method,
                exchange.path
            );
        }
    });
}
