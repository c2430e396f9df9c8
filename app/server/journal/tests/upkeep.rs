//! Forgetting, turns and moments.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use waterline_core::model::{Fingerprint, IssueNumber, RepoName, RunId, Subject};
use waterline_core::port::{Decision, Memory as _, Sighting, Sought};

use super::bench::{delivery, on_both, with_postgres};
use crate::journal::Pruned;
use crate::memory::Kept;

const DAY: u64 = 86_400;

on_both! {
    async fn payloads_go_first_and_open_jobs_hold_their_delivery(bench: Bench) {
        let journal = bench.open().await;
        for n in 0..450 {
            // A lane each for the even ones; the odd ones have no jobs.
            let lanes: &[u64] = if n == 0 { &[1] } else { &[] };
            journal.accept(delivery(&format!("g{n}"), lanes)).await.unwrap();
        }
        assert_eq!(journal.prune().await.unwrap(), Pruned::default());
        journal.clock().advance(Duration::from_secs(8 * DAY));
        journal.accept(delivery("new", &[])).await.unwrap();
        let pruned = journal.prune().await.unwrap();
        assert_eq!((pruned.payloads, pruned.deliveries), (450, 0));
        assert_eq!(journal.payload("g3").await.unwrap(), None);
        assert!(journal.payload("new").await.unwrap().is_some());
        journal.clock().advance(Duration::from_secs(23 * DAY));
        let pruned = journal.prune().await.unwrap();
        assert_eq!((pruned.payloads, pruned.deliveries), (1, 449), "one still has a job to do");
        let lease = journal.next().await.unwrap();
        journal.finish(&lease, "", &[]).await.unwrap();
        assert_eq!(journal.prune().await.unwrap().deliveries, 1);
        let counts = journal.counts().await.unwrap();
        assert_eq!((counts.deliveries, counts.done), (1, 0), "its job went along");
        journal.close().await;
    }
}

on_both! {
    async fn a_turn_is_taken_by_one_and_ends(bench: Bench) {
        let journal = bench.open().await;
        let minute = Duration::from_secs(60);
        assert!(journal.take_turn("x", minute).await.unwrap());
        assert!(journal.take_turn("x", minute).await.unwrap(), "its holder prolongs it");
        assert_eq!(journal.mark("seen").await.unwrap(), None);
        journal.set_mark("seen", 7).await.unwrap();
        journal.set_mark("seen", 9).await.unwrap();
        assert_eq!(journal.mark("seen").await.unwrap(), Some(9));
        journal.close().await;
    }
}

on_both! {
    async fn what_is_held_and_what_was_asked_for_is_known(bench: Bench) {
        let journal = bench.open().await;
        let guids = ["g".to_owned(), "72d3162e-cc78-11e3-81ab-4c9367dc0958".to_owned()];
        journal.note_asked("h").await.unwrap();
        assert!(journal.asked(&guids).await.unwrap().is_empty());
        journal.note_asked(&guids[1]).await.unwrap();
        let first = journal.asked(&guids).await.unwrap()[&guids[1]];
        journal.clock().advance(Duration::from_secs(60));
        journal.note_asked(&guids[1]).await.unwrap();
        let again = journal.asked(&guids).await.unwrap()[&guids[1]];
        assert_eq!(again.first_at, first.first_at);
        assert!(again.last_at >= first.last_at + 60_000);
        journal.accept(delivery(&guids[1], &[])).await.unwrap();
        let held = journal.holds(&["g".into(), guids[1].clone(), "i".into()]).await.unwrap();
        assert_eq!(held.into_iter().collect::<Vec<_>>(), [guids[1].clone()]);
        journal.close().await;
    }
}

#[tokio::test]
async fn only_one_replica_has_the_turn() {
    with_postgres("only_one_replica_has_the_turn", |bench| async move {
        let (one, two) = (bench.open().await, bench.open().await);
        let minute = Duration::from_secs(60);
        assert!(one.take_turn("x", minute).await.unwrap());
        assert!(!two.take_turn("x", minute).await.unwrap());
        two.clock().advance(Duration::from_secs(61));
        assert!(two.take_turn("x", minute).await.unwrap(), "it ran out");
        two.end_turn("x").await.unwrap();
        assert!(one.take_turn("x", minute).await.unwrap());
        one.close().await;
        two.close().await;
        bench
    })
    .await;
}

on_both! {
    async fn decisions_are_recalled_by_capability_and_subject_newest_first(bench: Bench) {
        let journal = bench.open().await;
        let memory = Kept::new(journal.clone());
        let repo: RepoName = "octo/shop".parse().unwrap();
        let subject = |number| Subject::Issue { repo: repo.clone(), number: IssueNumber(number) };
        let at = |second| Timestamp::from_second(second).unwrap();
        for (capability, number, second) in
            [("posted", 1, 10), ("posted", 1, 20), ("posted", 2, 30), ("command", 1, 40)]
        {
            let decision = Decision {
                capability: capability.to_owned(),
                subject: subject(number),
                at: at(second),
                facts: json!({ "second": second }),
                verdict: json!({ "text": "ä" }),
            };
            memory.keep(&decision).await.unwrap();
        }
        let recalled = async |since| {
            let all = memory.recall("posted", &subject(1), at(since), 200).await.unwrap();
            all.iter().map(|d| d.facts["second"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(recalled(0).await, [20, 10]);
        assert_eq!(recalled(11).await, [20]);
        let all = journal.decisions("posted", None, 0, 2).await.unwrap();
        let subjects: Vec<&str> = all.iter().map(|row| row.subject.as_str()).collect();
        assert_eq!(subjects, ["octo/shop#2", "octo/shop#1"]);
        journal.close().await;
    }
}

on_both! {
    async fn a_failure_is_remembered_once_and_only_ever_turns_to_passed(bench: Bench) {
        let journal = bench.open().await;
        let memory = Kept::new(journal.clone());
        let repo: RepoName = "octo/shop".parse().unwrap();
        let seen = |print: &str, run, passed_again| Sighting {
            fingerprint: Fingerprint(print.to_owned()),
            run: RunId(run),
            attempt: 1,
            sha: "a".repeat(40).parse().unwrap(),
            pull_request: (run > 1).then_some(IssueNumber(run)),
            job: "test".to_owned(),
            url: String::new(),
            at: Timestamp::from_second(i64::try_from(run).unwrap()).unwrap(),
            passed_again,
        };
        memory.learn(&repo, &[seen("f", 1, false), seen("f", 2, false), seen("g", 2, false)]).await.unwrap();
        memory.learn(&repo, &[seen("f", 2, true)]).await.unwrap();
        memory.learn(&repo, &[seen("f", 2, false)]).await.unwrap();
        let since = |second| Timestamp::from_second(second).unwrap();
        let f = Sought::Failure(Fingerprint("f".to_owned()));
        let found = memory.sightings(&repo, &f, since(0)).await.unwrap();
        assert_eq!(found, [seen("f", 2, true), seen("f", 1, false)]);
        let found = memory.sightings(&repo, &f, since(2)).await.unwrap();
        assert_eq!(found, [seen("f", 2, true)]);
        let found = memory.sightings(&repo, &Sought::Run(RunId(2)), since(0)).await.unwrap();
        assert_eq!(found.len(), 2);
        let other = "octo/other".parse().unwrap();
        assert!(memory.sightings(&other, &f, since(0)).await.unwrap().is_empty());
        // They are from 1970, which is long ago.
        journal.prune().await.unwrap();
        assert!(memory.sightings(&repo, &f, since(0)).await.unwrap().is_empty());
        journal.close().await;
    }
}
