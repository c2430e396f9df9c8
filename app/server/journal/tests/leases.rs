//! Leases: lost, prolonged, given back, and taken over from a process that was killed.

use std::time::Duration;

use super::bench::{delivery, job, on_both, waiting};
use crate::journal::{Accepted, Error, Journal, Options};

on_both! {
    async fn a_lease_that_ran_out_is_somebody_elses(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        let slow = journal.next().await.unwrap();
        assert!(journal.next_now().await.is_none());
        journal.clock().advance(Duration::from_secs(31));
        let fresh = journal.next_now().await.unwrap();
        assert_eq!((fresh.id(), fresh.attempt), (slow.id(), 2));
        assert!(matches!(journal.finish(&slow, "late", &[job(9)]).await, Err(Error::LeaseLost)));
        assert!(matches!(journal.renew(&slow).await, Err(Error::LeaseLost)));
        assert!(matches!(journal.release(&slow).await, Err(Error::LeaseLost)));
        assert_eq!(journal.recent_jobs(10).await.unwrap().len(), 1, "no follow-up of the loser");
        journal.finish(&fresh, "in time", &[]).await.unwrap();
        assert_eq!(journal.recent_jobs(1).await.unwrap()[0].summary, "in time");
        journal.close().await;
    }
}

on_both! {
    async fn a_lease_that_is_renewed_is_kept(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        let lease = journal.next().await.unwrap();
        for _ in 0..5 {
            journal.clock().advance(Duration::from_secs(20));
            journal.renew(&lease).await.unwrap();
            assert!(journal.next_now().await.is_none());
        }
        journal.finish(&lease, "", &[]).await.unwrap();
        journal.close().await;
    }
}

on_both! {
    async fn a_job_given_back_runs_at_once_and_has_lost_no_try(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        let lease = journal.next().await.unwrap();
        journal.release(&lease).await.unwrap();
        assert_eq!(journal.next_now().await.unwrap().attempt, 1);
        journal.close().await;
    }
}

on_both! {
    async fn who_stops_waiting_takes_no_job_along(bench: Bench) {
        let journal = bench.open().await;
        let mut gone = waiting(&journal);
        assert!(gone.now().await.is_none());
        drop(gone);
        journal.accept(delivery("a", &[1])).await.unwrap();
        assert_eq!(journal.next_now().await.unwrap().attempt, 1);
        journal.close().await;
    }
}

on_both! {
    async fn nothing_accepted_is_lost_in_a_crash(bench: Bench) {
        let journal = bench.open().await;
        for n in 0..20 {
            journal.accept(delivery(&format!("g{n}"), &[n])).await.unwrap();
        }
        let held = journal.next().await.unwrap();
        let done = journal.next().await.unwrap();
        journal.finish(&done, "", &[]).await.unwrap();
        journal.kill().await;

        let journal = bench.open().await;
        if !bench.is_sqlite() {
            // Another replica may be alive, for all we know: its lease has to run out.
            journal.clock().advance(Duration::from_secs(31));
            journal.look().await;
        }
        let first = journal.next_now().await.unwrap();
        assert_eq!((first.id(), first.attempt), (held.id(), 2), "what was held goes on, oldest first");
        for _ in 2..20 {
            let lease = journal.next().await.unwrap();
            assert_eq!(lease.attempt, 1);
        }
        assert!(journal.next_now().await.is_none());
        assert_eq!(journal.accept(delivery("g7", &[7])).await.unwrap(), Accepted::Duplicate);
        journal.close().await;
    }
}

on_both! {
    async fn a_job_that_kills_its_process_is_not_run_for_ever(bench: Bench) {
        let options = || Options { max_tries: 2, ..Options::default() };
        let mut journal = bench.open_with(options()).await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        for attempt in 1..=2 {
            if !bench.is_sqlite() {
                journal.clock().advance(Duration::from_secs(31 * attempt));
                journal.look().await;
            }
            let lease = journal.next_now().await.unwrap();
            assert_eq!(u64::from(lease.attempt), attempt);
            journal.kill().await;
            journal = bench.open_with(options()).await;
        }
        journal.clock().advance(Duration::from_secs(31 * 3));
        assert!(journal.next_now().await.is_none());
        let dead = journal.dead_jobs(1).await.unwrap();
        assert_eq!(dead[0].error, "the process that ran it went away before it was done");
        journal.close().await;
    }
}

on_both! {
    async fn a_close_gives_back_what_is_held(bench: Bench) {
        let journal = bench.open().await;
        journal.accept(delivery("a", &[1])).await.unwrap();
        journal.next().await.unwrap();
        journal.close().await;
        assert!(matches!(journal.next().await, Err(Error::Closed)));
        let journal = bench.open().await;
        assert_eq!(journal.next_now().await.unwrap().attempt, 1);
        journal.close().await;
    }
}

#[tokio::test]
async fn one_file_serves_one_process() {
    let bench = super::bench::Bench::sqlite();
    let journal = bench.open().await;
    let second = Journal::open(&bench.place, Options::default())
        .await
        .err()
        .unwrap();
    assert!(matches!(second, Error::InUse(_)), "{second}");
    journal.close().await;
    bench.open().await.close().await;
}
