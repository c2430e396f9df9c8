//! Jobs that follow from a job: a run's answer belongs on its pull requests, and what a person
//! says of a failure changes answers that stand already.

use super::narrow::patterns;
use super::{Outcome, read_config};
use crate::capabilities::ALL;
use crate::capability::Entry;
use crate::error::Result;
use crate::event::{Job, Task, Trigger};
use crate::model::{RepoName, RunId, Subject};
use crate::port::{Ports, Run};

/// One job for each open pull request that the run belongs to. A run without one is nobody's
/// question, and gets no answer unasked.
pub(super) async fn run(ports: &Ports, job: &Job, entry: &Entry, run: RunId) -> Result<Outcome> {
    let (github, repo) = (ports.github.as_ref(), job.subject.repo());
    let run = github.run(repo, run).await?;
    let (Some(head), Some(branch)) = (&run.head_repo, &run.head_branch) else {
        return Ok(Outcome::quiet("the run's branch is gone"));
    };
    let pulls = github.pull_requests_from(repo, head, branch).await?;
    let mut follow: Vec<Job> = pulls
        .into_iter()
        .map(|pull| Job {
            subject: Subject::PullRequest {
                repo: repo.clone(),
                number: pull.number,
            },
            ..job.clone()
        })
        .collect();
    let mut summary = match follow.len() {
        0 => "the run belongs to no open pull request".to_owned(),
        1 => "handed to 1 pull request".to_owned(),
        n => format!("handed to {n} pull requests"),
    };
    if is_watched(ports, entry, repo, &run).await? {
        summary = format!("{summary}; {branch} is watched");
        follow.push(Job {
            subject: Subject::Branch {
                repo: repo.clone(),
                branch: branch.clone(),
                workflow: run.workflow,
            },
            ..job.clone()
        });
    }
    Ok(Outcome {
        follow,
        ..Outcome::quiet(summary)
    })
}

/// Whether the configuration asks for an answer about this branch itself. A configuration that is
/// broken says so where people are, on pull requests.
async fn is_watched(ports: &Ports, entry: &Entry, repo: &RepoName, run: &Run) -> Result<bool> {
    let (Some(head), Some(branch)) = (&run.head_repo, &run.head_branch) else {
        return Ok(false);
    };
    if run.event != "push" || head != repo {
        return Ok(false);
    }
    let github = ports.github.as_ref();
    let Ok(config) = read_config(github, repo).await? else {
        return Ok(false);
    };
    let Some(branches) = (entry.watches)(&config).filter(|_| config.is_enabled(entry.name)) else {
        return Ok(false);
    };
    if branches.is_empty() {
        return Ok(github.default_branch(repo).await? == *branch);
    }
    Ok(patterns(&branches).is_match(branch))
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
