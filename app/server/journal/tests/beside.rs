//! Keeping what history teaches beside a server that runs, and reading a file of unknown origin.

use std::path::Path;

use futures_util::future::join_all;
use jiff::Timestamp;
use waterline_core::manifest::Origin;
use waterline_core::model::{Fingerprint, RepoName, RunId};
use waterline_core::port::{Memory as _, Notebook as _, ReadAttempt, Sighting, Sought};

use super::bench::{Bench, admin, delivery, on_both};
use crate::Remembered;
use crate::journal::{Accepted, Error, Journal, Options};
use crate::memory::Kept;

fn repo() -> RepoName {
    "octo/shop".parse().unwrap()
}

fn seen(run: u64) -> Sighting {
    Sighting {
        fingerprint: Fingerprint("0badcafe".to_owned()),
        run: RunId(run),
        attempt: 1,
        sha: "a".repeat(40).parse().unwrap(),
        pull_request: None,
        job: "test".to_owned(),
        url: "https://github.com/octo/shop/actions/runs/1".to_owned(),
        at: Timestamp::now(),
        passed_again: false,
    }
}

fn read(run: u64, attempt: u32) -> ReadAttempt {
    ReadAttempt {
        run: RunId(run),
        attempt,
        began: Timestamp::now(),
    }
}

on_both! {
    async fn what_was_read_is_noted_with_what_it_taught_and_forgotten_with_it(bench: Bench) {
        let journal = Journal::open_beside(&bench.place, Options::default()).await.unwrap();
        let memory = Kept::new(journal.clone());
        memory.learn_from(&repo(), &[seen(1)], &read(1, 2)).await.unwrap();
        memory.learn_from(&repo(), &[], &read(1, 1)).await.unwrap();
        let old = ReadAttempt { began: Timestamp::UNIX_EPOCH, ..read(2, 1) };
        memory.learn_from(&repo(), &[], &old).await.unwrap();
        let since = async |at| memory.read_so_far(&repo(), at).await.unwrap();
        let all = since(Timestamp::UNIX_EPOCH).await;
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [(RunId(1), 2), (RunId(2), 1)]);
        let day_ago = Timestamp::now() - jiff::SignedDuration::from_hours(24);
        assert_eq!(since(day_ago).await.len(), 1);
        let other = "octo/other".parse().unwrap();
        assert!(memory.read_so_far(&other, Timestamp::UNIX_EPOCH).await.unwrap().is_empty());
        let of_run = memory.sightings(&repo(), &Sought::Run(RunId(1)), day_ago).await.unwrap();
        assert_eq!(of_run.len(), 1);
        journal.forget_sightings().await.unwrap();
        assert_eq!(since(Timestamp::UNIX_EPOCH).await.len(), 1);
        journal.close().await;
    }
}

on_both! {
    async fn a_server_loses_nothing_while_history_is_learnt_beside_it(bench: Bench) {
        let server = bench.open().await;
        server.accept(delivery("leased", &[7])).await.unwrap();
        let lease = server.next().await.unwrap();
        let beside = Journal::open_beside(&bench.place, Options::default()).await.unwrap();
        let memory = Kept::new(beside.clone());
        let deliveries = async {
            for n in 0..120 {
                let stored = server.accept(delivery(&format!("d{n}"), &[100 + n])).await.unwrap();
                assert_eq!(stored, Accepted::Stored);
            }
        };
        let repo = repo();
        let lessons = async {
            for n in 0..120 {
                memory.learn_from(&repo, &[seen(n + 1)], &read(n + 1, 1)).await.unwrap();
            }
        };
        let work = async {
            for _ in 0..60 {
                let lease = server.next().await.unwrap();
                server.finish(&lease, "", &[]).await.unwrap();
            }
        };
        tokio::join!(deliveries, lessons, work);
        beside.close().await;
        // What the server had leased stayed its own.
        server.finish(&lease, "", &[]).await.unwrap();
        let counts = server.counts().await.unwrap();
        assert_eq!((counts.deliveries, counts.done, counts.dead), (121, 61, 0));
        let known = Kept::new(server.clone()).read_so_far(&repo, Timestamp::UNIX_EPOCH).await;
        assert_eq!(known.unwrap().len(), 120);
        server.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_makes_tables_beneath_a_server_of_another_version() {
    let bench = Bench::sqlite();
    let server = bench.open().await;
    let older =
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    admin(&format!("sqlite:{}", bench.place), older).await;
    let beside = Journal::open_beside(&bench.place, Options::default()).await;
    let said = beside.err().unwrap().to_string();
    assert!(said.contains("of another version"), "{said}");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_may_start_while_history_is_learnt() {
    let bench = Bench::sqlite();
    let beside = Journal::open_beside(&bench.place, Options::default())
        .await
        .unwrap();
    let server = bench.open().await;
    let two = join_all([
        server.accept(delivery("a", &[1])),
        server.accept(delivery("b", &[2])),
    ]);
    assert!(two.await.iter().all(Result::is_ok));
    Kept::new(beside.clone())
        .learn(&repo(), &[seen(1)])
        .await
        .unwrap();
    beside.close().await;
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_read_where_it_is_ours_and_its_words_are_replaced() {
    let bench = Bench::sqlite();
    let journal = Journal::open_beside(&bench.place, Options::default())
        .await
        .unwrap();
    let hostile = Sighting {
        job: "@octo/all".to_owned(),
        url: "https://evil.example".to_owned(),
        ..seen(42)
    };
    let odd = Sighting {
        fingerprint: Fingerprint("##[error]".to_owned()),
        ..seen(42)
    };
    let memory = Kept::new(journal.clone());
    memory.learn(&repo(), &[hostile, odd]).await.unwrap();
    journal.close().await;
    let path = Path::new(&bench.place);
    let with = |end: &str| std::path::PathBuf::from(format!("{}{end}", bench.place));
    assert!(!with("-wal").exists(), "all of it is in the one file");
    Remembered::check(path).await.unwrap();
    Remembered::check(&with(".none")).await.unwrap();
    let file = Remembered::open(path, Origin::github()).await.unwrap();
    let found = file
        .sightings(&repo(), &Sought::Run(RunId(42)), Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    let [only] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(only.url, "https://github.com/octo/shop/actions/runs/42");
    assert_eq!(
        (only.job.as_str(), only.fingerprint.0.as_str()),
        ("", "0badcafe")
    );
    let missing = Remembered::open(&with(".none"), Origin::github()).await;
    assert!(matches!(missing.err(), Some(Error::File { .. })));
}
