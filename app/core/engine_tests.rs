//! Which jobs follow from which event. What they do is tested as conversations.

use super::*;
use crate::event::CompletedRun;
use crate::model::{Actor, CommentId, IssueNumber, RunId};

fn repo() -> RepoName {
    "octo/shop".parse().unwrap()
}

fn comment(body: &str, bot: bool) -> Event {
    Event::Commented(Comment {
        repo: repo(),
        number: IssueNumber(7),
        on_pull_request: true,
        id: CommentId(1),
        url: None,
        author: Actor {
            id: None,
            login: "dev".to_owned(),
            bot,
        },
        body: body.to_owned(),
    })
}

fn run(pull_requests: &[u64]) -> Event {
    Event::RunCompleted(CompletedRun {
        repo: repo(),
        run: RunId(42),
        event: Some("pull_request".to_owned()),
        conclusion: Some("failure".to_owned()),
        pull_requests: pull_requests.iter().copied().map(IssueNumber).collect(),
    })
}

#[test]
fn a_run_of_one_pull_request_is_about_that_pull_request() {
    let jobs = jobs_for(&run(&[7]), Some(InstallationId(3)));
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].lane(), "octo/shop#7");
    assert_eq!(jobs[0].installation, Some(InstallationId(3)));
}

#[test]
fn a_run_of_none_or_many_is_looked_up_later() {
    for pull_requests in [&[][..], &[7, 8]] {
        assert_eq!(
            jobs_for(&run(pull_requests), None)[0].lane(),
            "octo/shop run 42"
        );
    }
}

#[test]
fn a_comment_becomes_a_job_for_each_command_but_never_for_a_bot() {
    assert_eq!(
        jobs_for(&comment("/waterline diagnose", false), None).len(),
        1
    );
    assert_eq!(
        jobs_for(
            &comment("/waterline diagnose\n/waterline nonsense", false),
            None
        )
        .len(),
        2
    );
    assert!(jobs_for(&comment("thanks!", false), None).is_empty());
    assert!(jobs_for(&comment("/waterline diagnose", true), None).is_empty());
}

#[test]
fn jobs_survive_the_journal() {
    for job in jobs_for(
        &comment("/waterline diagnose --run 3\n/waterline x", false),
        Some(InstallationId(9)),
    ) {
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }
}
