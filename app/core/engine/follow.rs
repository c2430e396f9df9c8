//! Jobs that follow from a job: a run's answer belongs on its pull requests, and what a person
//! says of a failure changes answers that stand already.

use super::Outcome;
use crate::capabilities::ALL;
use crate::error::Result;
use crate::event::{Job, Task, Trigger};
use crate::model::{RepoName, RunId, Subject};
use crate::port::Ports;

/// One job for each open pull request that the run belongs to. A run without one is nobody's
/// question, and gets no answer unasked.
pub(super) async fn run(ports: &Ports, job: &Job, repo: &RepoName, run: RunId) -> Result<Outcome> {
    let github = ports.github.as_ref();
    let run = github.run(repo, run).await?;
    let (Some(head), Some(branch)) = (&run.head_repo, &run.head_branch) else {
        return Ok(Outcome::quiet("the run's branch is gone"));
    };
    let pulls = github.pull_requests_from(repo, head, branch).await?;
    let follow: Vec<Job> = pulls
        .into_iter()
        .map(|pull| Job {
            subject: Subject::PullRequest {
                repo: repo.clone(),
                number: pull.number,
            },
            ..job.clone()
        })
        .collect();
    let summary = match follow.len() {
        0 => "the run belongs to no open pull request".to_owned(),
        1 => "handed to 1 pull request".to_owned(),
        n => format!("handed to {n} pull requests"),
    };
    Ok(Outcome {
        follow,
        ..Outcome::quiet(summary)
    })
}

/// Once something was said, the answers on this pull request that heed it are given anew. Others
/// learn of it with their next run.
pub(super) fn heeding(job: &Job) -> Vec<Job> {
    if !matches!(job.subject, Subject::PullRequest { .. }) {
        return Vec::new();
    }
    let anew = ALL.iter().filter(|entry| entry.heeds_sayings);
    anew.map(|entry| Job {
        task: Task::Perform {
            capability: entry.name.to_owned(),
            args: Vec::new(),
        },
        trigger: Trigger::Event,
        ..job.clone()
    })
    .collect()
}
