//! Jobs: in order within a lane, side by side across lanes, tried again, and buried.

use std::time::Duration;

use waterline_core::error::Error as Failure;

use super::bench::{delivery, job, on_both, waiting};
use crate::journal::{Journal, Options};

fn outage() -> Failure {
    Failure::Unavailable("GitHub is down".to_owned())
}

on_both! {
    async fn a_lane_is_served_one_by_one_and_oldest_first(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1, 1, 2])).await.unwrap();
        journal.accept(delivery("b", &[1])).await.unwrap();
        let first = journal.next().await.unwrap();
        let other = journal.next().await.unwrap();
        assert_eq!(first.what(), ("a".into(), "o/r#1".into()));
        assert_eq!(other.what(), ("a".into(), "o/r#2".into()));
        let mut blocked = waiting(&journal);
        assert!(blocked.now().await.is_none(), "both lanes are taken");
        journal.finish(&first, "", &[]).await.unwrap();
        let second = blocked.now().await.unwrap();
        assert_eq!(second.what(), ("a".into(), "o/r#1".into()));
        journal.finish(&second, "", &[]).await.unwrap();
        assert_eq!(journal.next().await.unwrap().what(), ("b".into(), "o/r#1".into()));
        journal.close().await;
    }
}

on_both! {
    async fn a_retry_that_waits_holds_its_lane_back_and_no_other(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        journal.accept(delivery("b", &[1, 2])).await.unwrap();
        let first = journal.next().await.unwrap();
        assert!(!journal.fail(&first, &outage()).await.unwrap());
        assert_eq!(journal.next().await.unwrap().what(), ("b".into(), "o/r#2".into()));
        let mut blocked = waiting(&journal);
        assert!(blocked.now().await.is_none());
        assert_eq!(journal.lag().await.unwrap(), 0, "what waits for its lane is no lag");
        journal.clock().advance(Duration::from_secs(3));
        let again = blocked.now().await.unwrap();
        assert_eq!((again.what().0.as_str(), again.attempt), ("a", 2));
        journal.close().await;
    }
}

/// The look at `o/r#1` so many seconds from now.
fn timer(journal: &Journal, seconds: i64) -> waterline_core::event::Job {
    let at = journal.clock().now() + seconds * 1_000;
    waterline_core::event::Job {
        due: Some(jiff::Timestamp::from_millisecond(at).unwrap()),
        ..job(1)
    }
}

on_both! {
    async fn a_lane_has_one_timer_which_waits_for_its_time_and_holds_nobody_up(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        journal.accept(delivery("b", &[1])).await.unwrap();
        let first = journal.next().await.unwrap();
        journal.finish(&first, "", &[timer(&journal, 60)]).await.unwrap();
        let second = journal.next().await.unwrap();
        assert_eq!(second.what(), ("b".into(), "o/r#1".into()), "the lane goes on");
        journal.finish(&second, "", &[timer(&journal, 30)]).await.unwrap();
        let counts = journal.counts().await.unwrap();
        assert_eq!((counts.queued, counts.timers), (0, 1), "the later one takes its place");
        let mut sleeping = waiting(&journal);
        assert!(sleeping.now().await.is_none());
        journal.clock().advance(Duration::from_secs(31));
        let look = sleeping.now().await.unwrap();
        assert_eq!(look.what(), ("b".into(), "o/r#1 later".into()));
        journal.finish(&look, "", &[]).await.unwrap();
        journal.clock().advance(Duration::from_secs(60));
        assert!(waiting(&journal).now().await.is_none(), "the first is gone");
        journal.close().await;
    }
}

on_both! {
    async fn a_job_that_never_works_is_buried_with_its_error(bench: Bench) {
        let journal = bench.open_with(Options { max_tries: 3, ..Options::default() }).await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        for attempt in 1..=3 {
            let lease = take_after(&journal, 3_600).await;
            assert_eq!(lease.attempt, attempt);
            assert_eq!(journal.fail(&lease, &outage()).await.unwrap(), attempt == 3);
        }
        journal.clock().advance(Duration::from_secs(90_000));
        assert!(journal.next_now().await.is_none());
        let dead = journal.dead_jobs(10).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0].error, "given up after 3 tries: GitHub is down");
        assert_eq!((dead[0].state.as_str(), dead[0].tries), ("dead", 3));
        assert_eq!(journal.recent_deliveries(1).await.unwrap()[0].dead, 1);
        journal.close().await;
    }
}

async fn take_after(journal: &Journal, seconds: u64) -> crate::journal::Lease {
    journal.clock().advance(Duration::from_secs(seconds));
    journal.next_now().await.unwrap()
}

on_both! {
    async fn what_cannot_work_later_is_not_tried_again(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1, 1])).await.unwrap();
        let lease = journal.next().await.unwrap();
        assert!(journal.fail(&lease, &Failure::NotFound("o/r#1".into())).await.unwrap());
        assert_eq!(journal.dead_jobs(1).await.unwrap()[0].error, "o/r#1 was not found");
        journal.next().await.unwrap();
        journal.close().await;
    }
}

on_both! {
    async fn a_rate_limit_costs_no_try(bench: Bench) {
        let journal = bench.open_with(Options { max_tries: 1, ..Options::default() }).await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        for _ in 0..5 {
            let lease = take_after(&journal, 61).await;
            assert_eq!(lease.attempt, 1);
            let limit = Failure::RateLimited(Duration::from_secs(60));
            assert!(!journal.fail(&lease, &limit).await.unwrap());
            assert!(journal.next_now().await.is_none());
        }
        journal.close().await;
    }
}

on_both! {
    async fn what_follows_is_queued_with_the_end_of_its_job(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        let lease = journal.next().await.unwrap();
        journal.finish(&lease, "commented", &[job(1), job(5)]).await.unwrap();
        let follow = [journal.next().await.unwrap(), journal.next().await.unwrap()];
        assert_eq!(follow[0].what(), ("a".into(), "o/r#1".into()));
        assert_eq!(follow[1].what(), ("a".into(), "o/r#5".into()));
        let rows = journal.recent_jobs(10).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[2].state.as_str(), rows[2].summary.as_str()), ("done", "commented"));
        // Ending it twice changes nothing, and queues nothing.
        assert!(journal.finish(&lease, "again", &[job(9)]).await.is_err());
        assert_eq!(journal.recent_jobs(10).await.unwrap().len(), 3);
        journal.close().await;
    }
}

on_both! {
    async fn a_job_of_another_version_is_buried_not_looped(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        let sql = "UPDATE jobs SET job = '{\"task\":\"unknown\"}'";
        journal.run(crate::journal::Statement { sql, args: Vec::new() }).await.unwrap();
        assert!(journal.next_now().await.is_none());
        let dead = journal.dead_jobs(1).await.unwrap();
        assert!(dead[0].error.starts_with("written by another version"), "{}", dead[0].error);
        journal.close().await;
    }
}

on_both! {
    async fn a_long_queue_of_one_lane_hides_no_other(bench: Bench) {
        let journal = bench.open().await;
        let lanes: Vec<u64> = vec![1; 1_500].into_iter().chain([2, 3]).collect();
        journal.accept(delivery("long", &lanes)).await.unwrap();
        let mut leases = Vec::new();
        for lane in ["o/r#1", "o/r#2", "o/r#3"] {
            let lease = journal.next_now().await.unwrap();
            assert_eq!(lease.job.lane(), lane);
            leases.push(lease);
        }
        assert!(journal.next_now().await.is_none(), "each lane has its job");
        assert_eq!(journal.lag().await.unwrap(), 0);
        journal.finish(&leases[2], "", &[]).await.unwrap();
        journal.finish(&leases[0], "", &[]).await.unwrap();
        assert_eq!(journal.next_now().await.unwrap().id(), leases[0].id() + 1);
        journal.close().await;
    }
}
