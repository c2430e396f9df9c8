//! All that a decision about a deployment may know, as plain data.
//!
//! The form is a contract: stored decisions are replayed from it, tests are written in it, and
//! people edit it to ask "what if". What could not be read stands in `errors` under the name of
//! its source, and is never mistaken for something that is not there.

mod change;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use change::{
    Account, Change, Check, Commit, Incident, LabelEvent, LastEdit, LinkedIssue, Reverts, Review,
    Status,
};

/// All that the decision may know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The moment of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// What asked.
    pub event: Event,
    /// The repository, as GitHub knows it by now.
    pub repo: Repo,
    /// What is live in the environment; none before the first deployment.
    pub live: Option<Live>,
    /// The commits between what is live and what shall be.
    pub range: Range,
    /// The pull requests that these commits came through.
    pub prs: Vec<Change>,
    /// Check runs on any of the commits.
    pub checks: Vec<Check>,
    /// True where GitHub listed fewer check runs than there are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub checks_truncated: bool,
    /// Commit statuses on the commit: another name space.
    pub statuses: Vec<Status>,
    /// The checks that the default branch requires, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_checks: Option<Vec<RequiredCheck>>,
    /// Issues that are incidents.
    pub incidents: Vec<Incident>,
    /// What happened in the environment before this one.
    pub previous: Previous,
    /// Deployments to this environment, each state an entry of its own.
    pub target_deployments: Vec<Deployed>,
    /// What people have agreed to overlook.
    pub overrides: Vec<Override>,
    /// Deployments that people have stopped by a command.
    pub holds: Vec<Hold>,
    /// What this App has answered before.
    pub answered: Vec<Answered>,
    /// The text of the freeze calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// The secrets that the deployment reads, and those that exist; names only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
    /// The certificates of the hosts that were asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Vec<Certificate>>,
    /// What is left of error budgets, in percent, by objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<BTreeMap<String, serde_json::Value>>,
    /// What was reported on this deployment while it waited, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
    /// What could not be read, by source, and why.
    pub errors: BTreeMap<String, String>,
}

/// What asked for a decision.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// GitHub's name for it, with its action.
    #[serde(rename = "type")]
    pub kind: String,
    /// The environment; GitHub does not promise it.
    pub environment: Option<String>,
    /// The run that waits.
    pub run_id: Option<u64>,
    /// The delivery that told us.
    pub delivery_id: Option<String>,
    /// The installation that the payload names.
    pub installation_id: Option<u64>,
    /// The repository that the payload names.
    pub repository: Option<String>,
    /// What shall be deployed; GitHub does not promise it.
    pub deployment: Option<Asked>,
    /// Since when it waits.
    pub requested_at: Option<Timestamp>,
    /// Where GitHub wants the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_callback_url: Option<String>,
    /// The pull request below which somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<u64>,
    /// The comment that carries a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
}

/// A comment, with what its author may do at this moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// A stranger's Markdown.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// Their number, which outlives a renamed login.
    pub author_id: u64,
    /// `User`, `Bot`, …
    pub author_type: String,
    /// Their teams, as `organisation/team`.
    pub author_teams: Vec<String>,
    /// What they may do in the repository.
    pub author_permission: String,
    /// Whether it was ever edited.
    pub edited: bool,
}

/// A deployment that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Its number.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// The branch or tag, as it was given.
    #[serde(rename = "ref")]
    pub reference: String,
    /// `deploy` unless somebody says otherwise.
    pub task: String,
    /// Who asked: fit for showing, not for authority.
    pub creator: String,
    /// The branches of this repository that contain the commit, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_branches: Option<Vec<String>>,
}

/// The repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repo {
    /// `owner/name`.
    pub full_name: String,
    /// The branch that policy is read from.
    pub default_branch: String,
    /// The installation that it belongs to, looked up by the repository.
    pub installation_id: Option<u64>,
    /// The host of GitHub's API; `api.github.com` where none is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_host: Option<String>,
}

/// What is live.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Live {
    /// The commit.
    pub sha: String,
    /// Since when.
    pub deployed_at: Option<Timestamp>,
}

/// The commits between two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Range {
    /// What is live.
    pub base: Option<String>,
    /// What shall be.
    pub head: Option<String>,
    /// `ahead`, `behind`, `identical`, `diverged` or `unknown`.
    pub relation: String,
    /// The pull requests.
    pub prs: Vec<u64>,
    /// Commits that came through none.
    pub direct_commits: Vec<String>,
    /// True where GitHub listed fewer commits than there are.
    pub truncated: bool,
}

/// A check that a branch requires.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequiredCheck {
    /// Its name.
    pub name: String,
    /// The App that has to say so.
    pub app_id: Option<u64>,
}

/// The environment before this one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Previous {
    /// Its name.
    pub environment: String,
    /// What happened there, each state an entry of its own.
    pub deployments: Vec<Deployed>,
}

/// A deployment that reached a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// Its number.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// GitHub's word: `success`, `in_progress`, `inactive`, …
    pub state: String,
    /// When it reached it.
    pub at: Timestamp,
}

/// An agreement to overlook rules, for one commit in one environment, for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Its number.
    #[serde(default)]
    pub id: u64,
    /// Who asked.
    pub by: String,
    /// Their teams at this moment.
    #[serde(default)]
    pub by_teams: Vec<String>,
    /// Who agreed.
    #[serde(default)]
    pub agreed_by: Vec<String>,
    /// The commit.
    pub sha: String,
    /// The environment.
    pub environment: String,
    /// The rules, by name.
    pub rules: Vec<String>,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// True once it was taken back.
    #[serde(default)]
    pub revoked: bool,
    /// True where the comment was changed afterwards.
    #[serde(default)]
    pub comment_edited: bool,
}

/// A stop that a person has put on an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Who.
    pub by: String,
    /// The environment; all where none is said.
    #[serde(default)]
    pub environment: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The deployment.
    pub deployment: u64,
    /// The environment.
    pub environment: String,
    /// `approved` or `rejected`.
    pub state: String,
}

/// A report on a deployment that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// When.
    pub at: Timestamp,
    /// The reasons, as stable words.
    pub reasons: Vec<String>,
}

/// Secrets by name; their values are never read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preflight {
    /// What the deployment's workflow reads.
    pub needed: Vec<String>,
    /// What the environment has.
    pub environment_secrets: Vec<String>,
    /// What the repository has.
    pub repository_secrets: Vec<String>,
    /// What the organisation lends it.
    pub organization_secrets: Vec<String>,
}

/// A host's certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// The host.
    pub host: String,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Whether it is made out to that host.
    #[serde(default)]
    pub name_matches: bool,
}
