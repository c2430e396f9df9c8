//! What is known when somebody asks for a re-run: the newest run of each workflow on the commit
//! at the head, or the one run that was named.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Args;
use crate::error::{Error, Result};
use crate::model::{IssueNumber, RepoName, RunId, Sha, Subject};
use crate::port::{Ports, Run};

/// All that the decision may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// When they were read.
    pub at: Timestamp,
    /// The repository.
    pub repo: RepoName,
    /// The issue or pull request below which somebody asked.
    #[serde(default)]
    pub number: Option<IssueNumber>,
    /// The commit at the head of the pull request.
    #[serde(default)]
    pub head: Option<Sha>,
    /// The one run that was named.
    #[serde(default)]
    pub asked_run: Option<RunId>,
    /// Whether what was run again already is run again.
    #[serde(default)]
    pub force: bool,
    /// The runs, each at its newest attempt.
    pub runs: Vec<Run>,
}

pub(super) async fn gather(ports: &Ports, subject: &Subject, args: &Args) -> Result<Facts> {
    let github = ports.github.as_ref();
    let repo = subject.repo();
    let mut facts = Facts {
        at: ports.now,
        repo: repo.clone(),
        number: subject.number(),
        head: None,
        asked_run: args.run.map(RunId),
        force: args.force,
        runs: Vec::new(),
    };
    if let Subject::Run { run, .. } = subject {
        facts.asked_run = facts.asked_run.or(Some(*run));
    }
    match (subject, facts.asked_run) {
        (_, Some(run)) => facts.runs.push(github.run(repo, run).await?),
        (Subject::PullRequest { number, .. }, None) => {
            let pull = github.pull_request(repo, *number).await?;
            facts.runs = github.runs_of_commit(repo, &pull.head_sha).await?;
            facts.head = Some(pull.head_sha);
        }
        _ => {
            let text = "say which run: an issue has none of its own (`--run ID`)";
            return Err(Error::Usage(text.to_owned()));
        }
    }
    Ok(facts)
}
