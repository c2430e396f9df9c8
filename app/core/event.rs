//! What happened on GitHub, in our own words, and the jobs that follow from it.
//!
//! A delivery and the event file of an Actions step become the same `Event`. An event that we do
//! not act on has no variant here: the door answers it and forgets it.

mod lines;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{
    Actor, Asking, CommentId, InstallationId, IssueNumber, RepoName, RunId, Subject,
};

pub(crate) use lines::command_lines;

/// One thing that happened, as far as Waterline cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody wrote a new comment. Edits and deletions are not events for us.
    Commented(Comment),
    /// A workflow run came to its end.
    RunCompleted(CompletedRun),
    /// A deployment asks whether it may go ahead.
    DeploymentRequested(Asking),
    /// Something changed that a waiting deployment may rest on: a review, a label, an issue, a
    /// check, a deployment, the policy.
    Changed {
        /// Where.
        repo: RepoName,
    },
}

/// A new comment on an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Where it stands.
    pub repo: RepoName,
    /// The issue or pull request below which it stands.
    pub number: IssueNumber,
    /// True below a pull request.
    pub on_pull_request: bool,
    /// The comment's id.
    pub id: CommentId,
    /// Its page, where GitHub has named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Actor,
    /// What it says: a stranger's Markdown.
    pub body: String,
}

/// A workflow run that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletedRun {
    /// Where it ran.
    pub repo: RepoName,
    /// Its id.
    pub run: RunId,
    /// What started it: `push`, `pull_request`, …
    pub event: Option<String>,
    /// `success`, `failure`, `cancelled` …; real deliveries have been seen without one.
    pub conclusion: Option<String>,
    /// The pull requests of this repository that GitHub names. Often empty, for forks always.
    pub pull_requests: Vec<IssueNumber>,
}

/// Why a job exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Trigger {
    /// An event that the capability wants: it may stay silent.
    Event,
    /// A comment by somebody who waits for an answer.
    Command {
        /// The comment that carries the command.
        comment: CommentId,
        /// Its page, where GitHub has named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Who wrote it; what they may do is looked up when the job runs.
        author: Actor,
    },
    /// A step of a workflow, or a person at a shell.
    Direct,
}

/// One thing to do on one subject. It is stored before GitHub gets its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What to do.
    pub task: Task,
    /// What it is about.
    pub subject: Subject,
    /// Why.
    pub trigger: Trigger,
    /// The installation to act through; none with a plain token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation: Option<InstallationId>,
    /// When to do it, where that is not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// The name of a job that waits for its time.
pub const TIMER: &str = "timer";

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// A capability, with the words that followed its name.
    Perform {
        /// The capability's name.
        capability: String,
        /// Its arguments, split as a shell would.
        args: Vec<String>,
    },
    /// One reply to a comment: the help, or what was wrong with a command.
    Reply {
        /// What to say, as plain text that is shown as a block of code.
        text: String,
        /// True where the command could not be understood.
        mistake: bool,
    },
}

impl Job {
    /// Jobs of one lane run one after the other; lanes run side by side. What waits for its time
    /// has a lane of its own, so that it holds nobody up.
    #[must_use]
    pub fn lane(&self) -> String {
        match self.due {
            Some(_) => format!("{} later", self.subject),
            None => self.subject.to_string(),
        }
    }

    /// What the job is called in logs and metrics: the capability, or the built-in task.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.due.is_some() {
            return TIMER;
        }
        match &self.task {
            Task::Perform { capability, .. } => capability,
            Task::Reply { .. } => "reply",
        }
    }

    /// The name, and the words behind it.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        let args = match &self.task {
            Task::Perform { args, .. } => args.as_slice(),
            Task::Reply { .. } => &[],
        };
        std::iter::once(self.name())
            .chain(args.iter().map(String::as_str))
            .collect()
    }
}
