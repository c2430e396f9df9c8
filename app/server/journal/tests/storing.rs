//! Deliveries: stored once, in company, and taken again when we failed them.

use std::time::Duration;

use futures_util::future::join_all;
use waterline_core::error::Error as Failure;

use super::bench::{delivery, named_job, on_both, with_postgres};
use crate::journal::{Accepted, Arg, Error, Journal, Options, Statement};

on_both! {
    async fn a_delivery_is_kept_with_its_payload_and_jobs(bench: Bench) {
        let journal = bench.open().await;
        let accepted = journal.accept(delivery("g1", &[1, 2])).await.unwrap();
        assert_eq!(accepted, Accepted::Stored);
        let rows = journal.recent_deliveries(10).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].jobs, rows[0].open, rows[0].dead), (2, 2, 0));
        assert_eq!((rows[0].event.as_str(), rows[0].action.as_str()), ("workflow_run", "completed"));
        assert_eq!(journal.payload("g1").await.unwrap().unwrap(), b"{\"guid\":\"g1\"}");
        assert_eq!(journal.payload("g2").await.unwrap(), None);
        let counts = journal.counts().await.unwrap();
        assert_eq!((counts.queued, counts.deliveries, counts.done), (2, 1, 0));
        journal.close().await;
    }
}

on_both! {
    async fn one_delivery_sent_a_thousand_times_runs_once(bench: Bench) {
        let journal = bench.open().await;
        let sent = (0..1_000).map(|_| journal.accept(delivery("same", &[1])));
        let accepted: Vec<Accepted> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(accepted.iter().filter(|a| **a == Accepted::Stored).count(), 1);
        assert_eq!(accepted.iter().filter(|a| **a == Accepted::Duplicate).count(), 999);
        let lease = journal.next().await.unwrap();
        journal.finish(&lease, "done", &[]).await.unwrap();
        assert!(journal.next_now().await.is_none());
        assert_eq!(journal.accept(delivery("same", &[1])).await.unwrap(), Accepted::Duplicate);
        assert!(journal.next_now().await.is_none());
        journal.close().await;
    }
}

on_both! {
    async fn deliveries_that_come_together_share_commits(bench: Bench) {
        let journal = bench.open().await;
        let before = journal.commits();
        let guids: Vec<String> = (0..800).map(|n| format!("g{n}")).collect();
        let sent = guids.iter().map(|guid| journal.accept(delivery(guid, &[7])));
        assert!(join_all(sent).await.into_iter().all(|a| a.unwrap() == Accepted::Stored));
        let commits = journal.commits() - before;
        // At most 256 in one, so four at least; the first may have gone alone.
        assert!((4..=40).contains(&commits), "{commits} commits for 800 deliveries");
        // And their jobs stand in the order in which they came, not in that of their names.
        for guid in guids.iter().take(12) {
            let lease = journal.next().await.unwrap();
            assert_eq!(&lease.delivery, guid);
            journal.finish(&lease, "", &[]).await.unwrap();
        }
        journal.close().await;
    }
}

on_both! {
    async fn a_redelivery_of_what_we_failed_is_taken(bench: Bench) {
        let journal = bench.open().await;
        let mut new = delivery("g", &[1]);
        new.jobs.push(named_job(2, "plan"));
        journal.accept(new.clone()).await.unwrap();
        let good = journal.next().await.unwrap();
        let bad = journal.next().await.unwrap();
        journal.finish(&good, "done", &[]).await.unwrap();
        // While one is at work, or waits, it is a duplicate.
        assert_eq!(journal.accept(new.clone()).await.unwrap(), Accepted::Duplicate);
        assert!(journal.fail(&bad, &Failure::Refused("no".into())).await.unwrap());
        assert_eq!(journal.accept(new.clone()).await.unwrap(), Accepted::Retaken { jobs: 1 });
        assert_eq!(journal.accept(new.clone()).await.unwrap(), Accepted::Duplicate);
        let again = journal.next().await.unwrap();
        assert_eq!((again.job.name(), again.attempt), ("plan", 1));
        journal.finish(&again, "", &[]).await.unwrap();
        assert!(journal.next_now().await.is_none(), "what was done stays done");
        assert_eq!(journal.accept(new).await.unwrap(), Accepted::Duplicate);
        journal.close().await;
    }
}

on_both! {
    async fn a_part_that_fails_harms_no_other(bench: Bench) {
        let journal = bench.open().await;
        let broken = Statement { sql: "INSERT INTO nowhere VALUES ($1)", args: vec![Arg::Int(1)] };
        let (a, b, c) = tokio::join!(
            journal.accept(delivery("a", &[1])),
            journal.run(broken),
            journal.accept(delivery("b", &[2])),
        );
        assert_eq!((a.unwrap(), c.unwrap()), (Accepted::Stored, Accepted::Stored));
        assert!(b.is_err());
        assert_eq!(journal.counts().await.unwrap().queued, 2);
        journal.close().await;
    }
}

on_both! {
    async fn what_a_database_cannot_keep_is_left_out(bench: Bench) {
        let journal = bench.open().await;
        let mut odd = delivery("g", &[1]);
        odd.action = "a\0b".to_owned();
        odd.jobs.push(named_job(3, "x\0y"));
        journal.accept(odd).await.unwrap();
        assert_eq!(journal.recent_deliveries(1).await.unwrap()[0].action, "ab");
        journal.next().await.unwrap();
        assert_eq!(journal.next().await.unwrap().job.name(), "x\0y", "JSON keeps it");
        journal.close().await;
    }
}

on_both! {
    async fn a_large_payload_comes_back_whole(bench: Bench) {
        let journal = bench.open_with(Options::default()).await;
        let mut large = delivery("large", &[]);
        let text: String = (0..400_000).map(|n| format!("{n:x},")).collect();
        large.payload = text.clone().into();
        journal.accept(large).await.unwrap();
        assert!(journal.payload("large").await.unwrap().unwrap() == text.as_bytes());
        journal.close().await;
        assert!(journal.accept(delivery("late", &[])).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_falls_silent_is_not_waited_for_and_found_again() {
    with_postgres("a_database_that_falls_silent", |bench| async move {
        let short = Duration::from_millis(300);
        let journal = Journal::open_within(&bench.place, Options::default(), short)
            .await
            .unwrap();
        let silence = bench.silence().await;
        let failed = journal.accept(delivery("a", &[1])).await;
        assert!(matches!(failed, Err(Error::Unreachable(_))), "{failed:?}");
        sqlx::Connection::close(silence).await.unwrap();
        let stored = journal.accept(delivery("a", &[1])).await.unwrap();
        assert_eq!(stored, Accepted::Stored);
        journal.close().await;
        bench
    })
    .await;
}
