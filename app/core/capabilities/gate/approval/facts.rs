//! What a decision about approvals may know: one pull request with its commits, its conversation
//! and what people are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

/// A pull request, for approval rules.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Facts {
    pub owner: String,
    pub repo: String,
    pub author: String,
    pub head_sha: String,
    pub head_ref: String,
    pub base_ref: String,
    pub title: String,
    pub labels: Vec<String>,
    pub body: Option<Body>,
    pub files: Vec<File>,
    pub commits: Vec<Commit>,
    pub comments: Vec<Comment>,
    pub reviews: Vec<Review>,
    /// Conclusions of checks and states of statuses, by name.
    pub statuses: BTreeMap<String, String>,
    /// Conclusions of the newest runs, by the path of the workflow.
    pub workflow_runs: BTreeMap<String, Vec<String>>,
    pub orgs: BTreeMap<String, Vec<String>>,
    pub teams: BTreeMap<String, Vec<String>>,
    pub permissions: BTreeMap<String, super::super::policy::Level>,
    /// When each commit was pushed.
    pub pushed_at: BTreeMap<String, Timestamp>,
    /// What could not be read, and why.
    pub errors: BTreeMap<String, String>,
    /// What was not asked for: a rule that needs it has no answer.
    #[serde(skip)]
    pub unread: BTreeSet<&'static str>,
    /// Of whom it is known what they are; of everybody where this is missing.
    #[serde(skip)]
    pub known: Option<BTreeSet<String>>,
}

/// The text of the pull request.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Body {
    pub text: String,
    pub author: String,
    pub created_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
}

/// A file that is changed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct File {
    pub path: String,
    pub status: String,
    pub additions: u64,
    pub deletions: u64,
}

/// A commit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Commit {
    pub sha: String,
    pub author: String,
    pub committer: String,
    pub parents: Vec<String>,
    pub via_web: bool,
    pub signature: Option<Signature>,
}

/// The signature of a commit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Signature {
    pub valid: bool,
    pub signer: String,
    pub key_id: String,
}

/// A comment.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Comment {
    pub author: String,
    pub body: String,
    pub created_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
}

/// A review.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "GitHub's own words")]
pub struct Review {
    pub author: String,
    pub state: String,
    pub body: String,
    pub created_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
    /// The commit that was looked at, where that is known: then no date is needed.
    pub commit_id: Option<String>,
}

impl Commit {
    /// Who wrote it, as far as GitHub knows. Of a commit made on the web, GitHub is the committer.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        let committer = match self.via_web {
            true => "",
            false => self.committer.as_str(),
        };
        let both = [self.author.as_str(), committer];
        both.into_iter().filter(|login| !login.is_empty())
    }
}

impl Facts {
    /// An error where something was not read.
    pub(super) fn need(&self, what: &'static str) -> Result<(), String> {
        match (self.errors.get(what), self.unread.contains(what)) {
            (Some(error), _) => Err(format!("cannot read {what} ({error}); retrying")),
            (None, true) => Err(format!("{what} are not known here")),
            (None, false) => Ok(()),
        }
    }
}
