//! Several workers, and several replicas on one PostgreSQL.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;

use super::bench::{Bench, admin, delivery, on_both, with_postgres};
use crate::journal::{Accepted, Journal};

/// What the workers saw: who is in a lane now, and what ran in which order.
#[derive(Default)]
struct Seen {
    busy: HashSet<String>,
    order: HashMap<String, Vec<i64>>,
}

/// Works until told to stop; panics where two are in one lane.
async fn work(journal: Journal, seen: Arc<Mutex<Seen>>, total: usize) {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), journal.next());
        let Ok(Ok(lease)) = next.await else { return };
        let lane = lease.job.lane();
        assert!(
            seen.lock().unwrap().busy.insert(lane.clone()),
            "{lane} is served twice at once"
        );
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        {
            let mut seen = seen.lock().unwrap();
            seen.busy.remove(&lane);
            seen.order.entry(lane).or_default().push(lease.id());
        }
        journal.finish(&lease, "", &[]).await.unwrap();
        if seen
            .lock()
            .unwrap()
            .order
            .values()
            .map(Vec::len)
            .sum::<usize>()
            == total
        {
            return;
        }
    }
}

async fn everything_runs_once(replicas: Vec<Journal>) {
    const JOBS: usize = 300;
    let seen = Arc::new(Mutex::new(Seen::default()));
    let workers: Vec<_> = (0..6)
        .map(|n| {
            tokio::spawn(work(
                replicas[n % replicas.len()].clone(),
                seen.clone(),
                JOBS,
            ))
        })
        .collect();
    let sent = (0..JOBS).map(|n| {
        let journal = &replicas[n % replicas.len()];
        journal.accept(delivery(&format!("g{n}"), &[n as u64 % 17]))
    });
    assert!(
        join_all(sent)
            .await
            .into_iter()
            .all(|a| a.unwrap() == Accepted::Stored)
    );
    // The workers that are parked when the last job ends are left to their journals' end.
    let done = async {
        while replicas[0].counts().await.unwrap().done < JOBS as i64 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done)
        .await
        .unwrap();
    for journal in &replicas {
        journal.close().await;
    }
    join_all(workers).await.into_iter().for_each(Result::unwrap);
    let seen = seen.lock().unwrap();
    let ids: HashSet<i64> = seen.order.values().flatten().copied().collect();
    assert_eq!(ids.len(), JOBS);
    assert_eq!(
        seen.order.values().map(Vec::len).sum::<usize>(),
        JOBS,
        "none ran twice"
    );
    if replicas.len() == 1 {
        assert!(
            seen.order.values().all(|ids| ids.is_sorted()),
            "each lane in order"
        );
    }
}

on_both! {
    async fn many_workers_run_everything_once(bench: Bench) {
        everything_runs_once(vec![bench.open().await]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_share_one_queue() {
    with_postgres("two_replicas_share_one_queue", |bench| async move {
        everything_runs_once(vec![bench.open().await, bench.open().await]).await;
        bench
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_take_the_same_deliveries_once() {
    async fn test(bench: Bench) -> Bench {
        let (one, two) = (bench.open().await, bench.open().await);
        let forth = (0..400).map(|n| one.accept(delivery(&format!("g{n}"), &[n])));
        let back = (0..400)
            .rev()
            .map(|n| two.accept(delivery(&format!("g{n}"), &[n])));
        let (forth, back) = tokio::join!(join_all(forth), join_all(back));
        let stored = forth
            .into_iter()
            .chain(back)
            .map(Result::unwrap)
            .filter(|accepted| *accepted == Accepted::Stored)
            .count();
        assert_eq!(stored, 400);
        assert_eq!(one.counts().await.unwrap().queued, 400);
        one.close().await;
        two.close().await;
        bench
    }
    with_postgres("two_replicas_take_the_same_deliveries_once", test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_takes_over_from_one_that_was_killed() {
    async fn test(bench: Bench) -> Bench {
        let (one, two) = (bench.open().await, bench.open().await);
        one.accept(delivery("a", &[1, 1])).await.unwrap();
        let held = one.next().await.unwrap();
        assert!(
            two.next_now().await.is_none(),
            "the lane is taken, wherever"
        );
        one.kill().await;
        two.clock().advance(Duration::from_secs(31));
        let taken = two.next_now().await.unwrap();
        assert_eq!((taken.id(), taken.attempt), (held.id(), 2));
        two.close().await;
        bench
    }
    with_postgres("a_replica_takes_over_from_one_that_was_killed", test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_cut_is_replaced() {
    with_postgres(
        "a_connection_that_was_cut_is_replaced",
        |bench| async move {
            let journal = bench.open().await;
            for round in 0..3 {
                let guid = format!("g{round}");
                assert_eq!(
                    journal.accept(delivery(&guid, &[1])).await.unwrap(),
                    Accepted::Stored
                );
                assert_eq!(journal.counts().await.unwrap().deliveries, round + 1);
                let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
                admin(&bench.place, cut).await;
            }
            assert_eq!(journal.next().await.unwrap().delivery, "g0");
            journal.close().await;
            bench
        },
    )
    .await;
}
