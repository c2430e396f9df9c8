//! The pull requests of a deployment and what hangs on them: reviews, issues, labels, checks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::port::deploy::{Account, Made as Commit};

/// A pull request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
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
    /// True where that branch is in another repository.
    pub from_fork: bool,
    /// The commit at its head.
    pub head_sha: String,
    /// The commit that it became.
    pub merge_sha: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// What happened to its labels, oldest first.
    pub label_events: Vec<LabelEvent>,
    /// The paths that it changes.
    pub files: Vec<String>,
    /// Where files were moved: the new path, and the old one.
    pub renamed: BTreeMap<String, String>,
    /// True where GitHub listed fewer files than there are.
    pub files_truncated: bool,
    /// The logins of everybody who wrote a commit of it, by all parents.
    pub contributors: Vec<String>,
    /// Its commits, where they were read.
    pub commits: Vec<Commit>,
    /// The person who had a bot open it.
    pub triggered_by: Option<String>,
    /// The reviews, in any order.
    pub reviews: Vec<Review>,
    /// The issues that it closes.
    pub linked_issues: Vec<LinkedIssue>,
    /// Who owns each changed path, by the CODEOWNERS of its base.
    pub codeowners: Option<BTreeMap<String, Vec<String>>>,
    /// The pull request that it takes back.
    pub reverts: Option<Reverts>,
    /// The pull request that carries it to the default branch.
    pub backport_pr: Option<u64>,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
}

/// Something that happened to a label.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelEvent {
    /// `labeled` or `unlabeled`.
    pub event: String,
    /// The label.
    pub label: String,
    /// Who did it.
    pub actor: String,
    /// Their teams at this moment.
    pub actor_teams: Vec<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// A review.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    /// Who.
    pub user: String,
    /// Their number.
    pub id: u64,
    /// `User`, `Bot`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// The commit that was looked at.
    pub commit_id: String,
    /// When.
    pub at: Option<Timestamp>,
    /// Their teams at this moment.
    pub teams: Vec<String>,
    /// What they may do in the repository at this moment.
    pub permission: String,
}

/// An issue that a pull request closes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkedIssue {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// How many acceptance criteria it lists, where they were counted.
    pub acceptance_total: Option<u64>,
    /// How many of them are met.
    pub acceptance_done: Option<u64>,
    /// What it says, where they were not counted.
    pub body: Option<String>,
    /// Who changed it last.
    pub last_edit: Option<LastEdit>,
}

/// The last change of an issue's text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastEdit {
    /// Who.
    pub editor: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// That a pull request takes another back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reverts {
    /// The other.
    pub number: u64,
    /// True where the trees say so too.
    pub exact: bool,
    /// True where the other is live.
    pub live: bool,
}

/// A check run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The App that reports it.
    pub app_id: u64,
    /// That App's short name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_slug: Option<String>,
    /// The commit.
    pub sha: String,
    /// `completed`, `in_progress`, …
    pub status: String,
    /// Where it is known.
    pub conclusion: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
}

/// A commit status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Its name.
    pub context: String,
    /// `success`, `failure`, …
    pub state: String,
    /// Who set it: anybody who may write.
    pub creator: String,
}

/// An issue that is an incident.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// Its number.
    pub number: u64,
    /// `sev1`, …
    pub severity: String,
    /// The services that it is about; all where none is said.
    pub services: Vec<String>,
    /// `open` or `closed`.
    pub state: String,
}
