//! What is asked of GitHub about deployments, and about the changes that they bring.
//!
//! Small types of our own, as plain data. Where GitHub lists fewer things than there are, a
//! `truncated` beside the list says so, because half a list proves nothing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{DeploymentId, IssueNumber, RepoName, RunId};

/// The questions about deployments. All answers are as of now.
#[async_trait]
pub trait Deploys: Send + Sync {
    /// The address of the API, without a slash at its end: `https://api.github.com`.
    fn api_url(&self) -> &str;
    /// One deployment.
    async fn deployment(&self, repo: &RepoName, id: DeploymentId) -> Result<Deployment>;
    /// The newest deployments to an environment, newest first; one page of at most 100.
    async fn deployments(&self, repo: &RepoName, environment: &str) -> Result<Vec<Deployment>>;
    /// The states of a deployment, oldest first.
    async fn deployment_states(&self, repo: &RepoName, id: DeploymentId) -> Result<Vec<Reached>>;
    /// How two commits are related, and the commits that only the second has, oldest first.
    async fn compare(&self, repo: &RepoName, base: &str, head: &str) -> Result<Comparison>;
    /// The pull requests that a commit came through.
    async fn pulls_of_commit(&self, repo: &RepoName, sha: &str) -> Result<Vec<IssueNumber>>;
    /// A pull request, with what is said of it.
    async fn pull(&self, repo: &RepoName, number: IssueNumber) -> Result<Pull>;
    /// The files that a pull request changes.
    async fn pull_files(&self, repo: &RepoName, number: IssueNumber) -> Result<Touched>;
    /// The commits of a pull request, by all parents; GitHub lists at most 250.
    async fn pull_commits(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Made>>;
    /// The reviews of a pull request, oldest first.
    async fn reviews(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Opinion>>;
    /// What happened to the labels of a pull request, oldest first.
    async fn labellings(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Labelling>>;
    /// The issues that a pull request closes.
    async fn closing_issues(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Closing>>;
    /// The logins of who is in a team, `organisation/team`, at this moment.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::error::Error::NotFound) where there is no such team.
    async fn team_members(&self, team: &str) -> Result<Vec<String>>;
    /// The check runs on a commit, of all Apps.
    async fn checks(&self, repo: &RepoName, sha: &str) -> Result<Checks>;
    /// The open issues with a label; pull requests are none.
    async fn issues_labelled(&self, repo: &RepoName, label: &str) -> Result<Vec<Labelled>>;
    /// The deployments that wait for a protection rule.
    async fn waiting(&self, repo: &RepoName) -> Result<Vec<Waiting>>;
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its number.
    pub id: DeploymentId,
    /// The commit.
    pub sha: String,
    /// The branch or tag, as it was given.
    pub reference: String,
    /// `deploy` unless somebody says otherwise.
    pub task: String,
    /// The environment.
    pub environment: String,
    /// Who asked: fit for showing, not for authority.
    pub creator: String,
    /// When.
    pub created_at: Timestamp,
}

/// A state that a deployment reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// GitHub's word: `success`, `in_progress`, `inactive`, …
    pub state: String,
    /// When.
    pub at: Timestamp,
}

/// Two commits compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// `ahead`, `behind`, `identical` or `diverged`.
    pub relation: String,
    /// The commits that only the second has, oldest first.
    pub commits: Vec<Made>,
    /// True where there are more than could be listed.
    pub truncated: bool,
}

/// A commit as somebody made it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Made {
    /// Its hash.
    pub sha: String,
    /// Whom GitHub takes for its author; none where the e-mail is nobody's.
    pub author: Option<String>,
    /// Its parents.
    pub parents: Vec<String>,
}

/// Somebody on GitHub.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// The login, which can change hands.
    pub login: String,
    /// The number, which cannot.
    pub id: u64,
    /// `User`, `Bot`, …
    #[serde(rename = "type")]
    pub kind: String,
}

/// A pull request, with what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// What it is called.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Who opened it.
    pub author: Account,
    /// `open`, `closed` or `merged`.
    pub state: String,
    /// True while it is a draft.
    pub draft: bool,
    /// The branch that it changes.
    pub base: String,
    /// The branch that it comes from.
    pub head: String,
    /// True where that branch is in another repository, or in one that is gone.
    pub from_fork: bool,
    /// The commit at its head.
    pub head_sha: String,
    /// The commit that it became.
    pub merge_sha: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// How many commits it has.
    pub commits: u64,
    /// How many files it changes.
    pub files: u64,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
}

/// The files that a pull request changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Their paths.
    pub files: Vec<String>,
    /// Where files were moved: the new path, and the old one.
    pub renamed: BTreeMap<String, String>,
}

/// A review as somebody gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Who; nobody where the account is gone.
    pub by: Account,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// The commit that was looked at.
    pub commit: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// Something that happened to a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelling {
    /// `labeled` or `unlabeled`.
    pub event: String,
    /// The label.
    pub label: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// An issue that a pull request closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// What it says.
    pub body: String,
    /// Who changed its text last, and when; nobody where it stands as it was written.
    pub edited: Option<(String, Timestamp)>,
}

/// The check runs on a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// Those that are listed.
    pub runs: Vec<Checked>,
    /// True where there are more.
    pub truncated: bool,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The App that reports it.
    pub app_id: u64,
    /// That App's short name.
    pub app_slug: Option<String>,
    /// `completed`, `in_progress`, …
    pub status: String,
    /// Where it is known.
    pub conclusion: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
}

/// An open issue with a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Its number.
    pub number: u64,
    /// All its labels.
    pub labels: Vec<String>,
}

/// A deployment that waits for a protection rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The run.
    pub run: RunId,
    /// The environment that it waits for.
    pub environment: String,
    /// The commit.
    pub sha: String,
}
