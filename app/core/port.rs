//! What may be asked of the world: the only async traits, and the files of a desk.
//!
//! `GitHub` reads, and carries out one effect at a time; `Memory` keeps decisions; `Out` shows a
//! report to whoever waits at a terminal or in a workflow step. Their types are small and ours:
//! how GitHub spells things stays behind them.

pub mod deploy;
mod memory;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;
pub use crate::model::{About, Saying, Sighting, Spoken};
use crate::model::{
    Actor, ArtifactId, IssueNumber, JobId, Permission, RepoName, RunId, Sha, WorkflowId,
};
use crate::report::{Decided, Effect};
pub use memory::{Decision, Memory, Notebook, POSTED, RECALLED, ReadAttempt, Sought};

/// Everything that gathering and publishing may use.
#[derive(Clone)]
pub struct Ports {
    /// GitHub, as one installation or one token sees it.
    pub github: Arc<dyn GitHub>,
    /// What Waterline remembers.
    pub memory: Arc<dyn Memory>,
    /// Whoever waits for the report here and now.
    pub out: Arc<dyn Out>,
    /// Who asked in a comment, and where; none for an event, a step or a shell.
    pub asked: Option<Asked>,
    /// The moment at which this job is done. It becomes a fact.
    pub now: Timestamp,
    /// False to show only: no effect is carried out.
    pub post: bool,
}

/// Whoever asked for something in a comment, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub by: Actor,
    /// The comment's page, where it is known.
    #[serde(default)]
    pub url: Option<String>,
}

/// Takes the bytes of a log, or of an artifact, as they come.
pub trait LogSink: Send {
    /// The next bytes, cut anywhere.
    fn push(&mut self, chunk: &[u8]);
}

/// What happened to a log, or an artifact, that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFetch {
    /// All of it was pushed.
    Whole,
    /// The cap was reached; the rest was left on the server.
    Cut,
    /// GitHub has none: expired, removed, or the job never started.
    Missing,
}

/// The questions that we ask GitHub, and the one way to act on it.
///
/// Lists are complete: whoever implements this follows the pages. Each method fails with
/// [`Error::Forbidden`](crate::error::Error::Forbidden) where the token lacks a permission.
#[async_trait]
pub trait GitHub: deploy::Deploys {
    /// A workflow run at its newest attempt.
    async fn run(&self, repo: &RepoName, run: RunId) -> Result<Run>;
    /// One attempt of a run, with what it came to.
    async fn run_attempt(&self, repo: &RepoName, run: RunId, attempt: u32) -> Result<Run>;
    /// All runs on a commit, each at its newest attempt.
    async fn runs_of_commit(&self, repo: &RepoName, sha: &Sha) -> Result<Vec<Run>>;
    /// The newest runs of a branch that an event started, newest first; one page of at most 100.
    /// Branches of all forks that have this name are among them.
    async fn runs_of_branch(&self, repo: &RepoName, branch: &str, event: &str) -> Result<Vec<Run>>;
    /// The ended runs that began in a span of time.
    async fn runs_created(&self, repo: &RepoName, span: Span) -> Result<Created>;
    /// What GitHub last said of the quota of whoever asks; none where it has said nothing, or has
    /// no limit.
    fn quota(&self, repo: &RepoName) -> Option<Quota>;
    /// The jobs of a run's attempt, with their steps.
    async fn jobs(&self, repo: &RepoName, run: RunId, attempt: u32) -> Result<Vec<RunJob>>;
    /// Streams a job's log into `sink`, at most `cap` bytes.
    async fn job_log(
        &self,
        repo: &RepoName,
        job: JobId,
        cap: u64,
        sink: &mut dyn LogSink,
    ) -> Result<LogFetch>;
    /// The artifacts that a run has left, over all its attempts; one page of at most 100. Those
    /// that have expired are not among them.
    async fn artifacts(&self, repo: &RepoName, run: RunId) -> Result<Vec<Artifact>>;
    /// Streams an artifact's ZIP archive into `sink`, at most `cap` bytes.
    async fn artifact(
        &self,
        repo: &RepoName,
        artifact: ArtifactId,
        cap: u64,
        sink: &mut dyn LogSink,
    ) -> Result<LogFetch>;
    /// A pull request.
    async fn pull_request(&self, repo: &RepoName, number: IssueNumber) -> Result<PullRequest>;
    /// The open pull requests of `repo` from a branch of `head` (which may be a fork).
    async fn pull_requests_from(
        &self,
        repo: &RepoName,
        head: &RepoName,
        branch: &str,
    ) -> Result<Vec<PullRequest>>;
    /// The newest pull requests of `repo` from a branch of `head`, open or not; at most 100.
    async fn pull_requests_ever_from(
        &self,
        repo: &RepoName,
        head: &RepoName,
        branch: &str,
    ) -> Result<Vec<PullRequest>>;
    /// The paths that a pull request changes, at most 3,000.
    async fn changed_files(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<String>>;
    /// A text file on the default branch, at most 1 MB; none where there is none.
    async fn file(&self, repo: &RepoName, path: &str) -> Result<Option<String>>;
    /// The files that lie in a folder on the default branch, at most 1,000; none where there is
    /// no such folder. What lies in folders below it is not among them.
    async fn folder(&self, repo: &RepoName, path: &str) -> Result<Vec<Listed>>;
    /// The branch that a repository has by default.
    async fn default_branch(&self, repo: &RepoName) -> Result<String>;
    /// What a person may do in a repository, as of now.
    async fn permission(&self, repo: &RepoName, login: &str) -> Result<Permission>;
    /// Carries out one effect. Doing it twice leaves one trace.
    async fn apply(&self, effect: &Effect) -> Result<Applied>;
}

/// What became of an effect; the texts are the addresses of its pages, where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Something new stands on GitHub.
    Created(Option<String>),
    /// Something that stood there was changed.
    Edited(Option<String>),
    /// It was so already, or there was nothing to edit.
    Unchanged,
}

impl Applied {
    /// `created`, `edited` or `unchanged`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Edited(_) => "edited",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A file as the folder that it lies in lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path from the repository's root.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The newest attempt, from 1.
    pub attempt: u32,
    /// Its number within the workflow; grows.
    pub number: u64,
    /// The workflow that it is a run of.
    pub workflow: WorkflowId,
    /// The workflow's name.
    pub name: String,
    /// What started it: `pull_request`, `push`, …
    pub event: String,
    /// `completed`, `in_progress`, `queued`, …
    pub status: String,
    /// Where it is known.
    pub conclusion: Option<String>,
    /// The commit that it ran on.
    pub head_sha: Sha,
    /// The branch that it ran on.
    pub head_branch: Option<String>,
    /// The repository of that branch; a fork's may be gone.
    pub head_repo: Option<RepoName>,
    /// Its page.
    pub url: String,
}

/// A span of time in whole seconds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first second.
    pub from: Timestamp,
    /// Its last second.
    pub to: Timestamp,
}

/// The runs of a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// All of them, newest first.
    All(Vec<Began>),
    /// There are more than GitHub lists in answer to one question.
    TooMany,
}

/// A run of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Began {
    /// The run at its newest attempt.
    pub run: Run,
    /// When its first attempt was started.
    pub at: Timestamp,
    /// The open pull requests that GitHub counts it to.
    pub pull_requests: Vec<IssueNumber>,
}

/// How much may be asked of GitHub within the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests of a whole hour.
    pub limit: u64,
    /// Those that are left.
    pub left: u64,
    /// When the next hour begins.
    pub reset: Timestamp,
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunJob {
    /// Its id.
    pub id: JobId,
    /// Its name, with the matrix values.
    pub name: String,
    /// Where it is known.
    pub conclusion: Option<String>,
    /// Its page.
    pub url: String,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A step of a job, as the API gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number in links to the log.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Where it is known.
    pub conclusion: Option<String>,
    /// Whole seconds, RFC 3339.
    pub started_at: Option<String>,
    /// Whole seconds, RFC 3339.
    pub completed_at: Option<String>,
}

/// What a run has left as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// Its name.
    pub name: String,
    /// The size of its archive in bytes, as GitHub tells it.
    pub size: u64,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: IssueNumber,
    /// `open` or `closed`.
    pub open: bool,
    /// True while it is a draft.
    pub draft: bool,
    /// The labels' names.
    pub labels: Vec<String>,
    /// The commit at its head.
    pub head_sha: Sha,
    /// The branch that it comes from.
    pub head_branch: String,
    /// The repository that it comes from; a fork may be gone.
    pub head_repo: Option<RepoName>,
    /// The branch that it wants to change.
    pub base_branch: String,
}

/// Files that a person names at a shell. `-` is standard input.
pub trait Files {
    /// Opens one for reading.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read>>;

    /// The paths of the files in a folder, by name; nothing where it is no folder.
    ///
    /// # Errors
    /// A sentence, where the folder cannot be read.
    fn list(&self, path: &str) -> Result<Option<Vec<String>>>;
}

/// Whoever waits for a report here and now: a workflow step, a terminal, nobody.
#[async_trait]
pub trait Out: Send + Sync {
    /// Shows a report, as its reader asked for it: text, Markdown or JSON.
    async fn show(&self, decided: &Decided) -> Result<()>;
    /// Says something beside the report: a feature that is missing, and why.
    async fn note(&self, note: &str);
    /// The same where a permission of the token would bring it back, say `checks: write`.
    async fn lacks(&self, note: &str, permission: &str) {
        let _ = permission;
        self.note(note).await;
    }
}
