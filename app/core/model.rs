//! Ids and nouns, a newtype each, so that a run is never mistaken for a job.
//!
//! All of them are plain data that can be stored and read back. Nothing here knows what a
//! capability is, or how GitHub spells anything on the wire.

mod saying;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use saying::{About, Saying, Spoken};

/// Declares a numeric id with the traits that every id has.
macro_rules! numeric_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numeric_id! {
    /// An installation of the App on an account.
    InstallationId
    /// The number of an issue or a pull request; both share one sequence.
    IssueNumber
    /// A comment on an issue or a pull request.
    CommentId
    /// A workflow run, whatever its attempt.
    RunId
    /// A job of one attempt of a run.
    JobId
    /// An artifact of a run.
    ArtifactId
    /// A workflow file of a repository.
    WorkflowId
    /// A deployment to an environment.
    DeploymentId
}

/// A repository by owner and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    /// The account that owns the repository.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The repository's name without its owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why a text is not the name of a repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a repository: write OWNER/NAME")]
pub struct NotARepository(String);

impl FromStr for RepoName {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // GitHub's own alphabet. Anything else could change the path of a request.
        let fits = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.len() <= 100
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        match text.split_once('/') {
            Some((owner, name)) if fits(owner) && fits(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(NotARepository(text.chars().take(200).collect())),
        }
    }
}

impl TryFrom<String> for RepoName {
    type Error = NotARepository;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RepoName> for String {
    fn from(repo: RepoName) -> Self {
        repo.to_string()
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A commit by its full hash, 40 or 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

/// Why a text is not a commit's hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a commit is named by its full hash of 40 or 64 hexadecimal digits")]
pub struct NotASha;

impl Sha {
    /// The whole hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, as GitHub shows them.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

impl TryFrom<String> for Sha {
    type Error = NotASha;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex && matches!(text.len(), 40 | 64) {
            Ok(Self(text))
        } else {
            Err(NotASha)
        }
    }
}

impl FromStr for Sha {
    type Err = NotASha;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl From<Sha> for String {
    fn from(sha: Sha) -> Self {
        sha.0
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// By what a failure is known again, wherever it happens: a few hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A failure as it was seen in one attempt of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// By what it is known again.
    pub fingerprint: Fingerprint,
    /// The run.
    pub run: RunId,
    /// The attempt of that run.
    pub attempt: u32,
    /// The commit that it ran on, the same for all attempts.
    pub sha: Sha,
    /// The pull request that it ran for.
    pub pull_request: Option<IssueNumber>,
    /// The job's name.
    pub job: String,
    /// The page of the run.
    pub url: String,
    /// When it was seen.
    pub at: Timestamp,
    /// True where a later attempt of the same run passed.
    pub passed_again: bool,
}

/// Somebody who acts on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account's number, which stays when the login is renamed; where GitHub has named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The login, which can be renamed: fit for showing, not for authority.
    pub login: String,
    /// True for Apps and machine accounts that GitHub marks as bots.
    pub bot: bool,
}

/// What a person may do in a repository, least first, so that it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing.
    None,
    /// See the repository.
    Read,
    /// Manage issues and pull requests.
    Triage,
    /// Push.
    Write,
    /// Manage the repository without its dangerous settings.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    /// GitHub's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }
}

/// The issue, pull request, run, branch or deployment that an event and its jobs are about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// An issue that is no pull request.
    Issue {
        /// Where it lives.
        repo: RepoName,
        /// Its number.
        number: IssueNumber,
    },
    /// A pull request.
    PullRequest {
        /// The repository that it wants to change.
        repo: RepoName,
        /// Its number.
        number: IssueNumber,
    },
    /// A workflow run.
    Run {
        /// Where it ran.
        repo: RepoName,
        /// Its id.
        run: RunId,
    },
    /// A workflow on a branch of the repository itself.
    Branch {
        /// Where it runs.
        repo: RepoName,
        /// The branch.
        branch: String,
        /// The workflow.
        workflow: WorkflowId,
    },
    /// A deployment that asks whether it may go ahead.
    Deployment(Asking),
    /// All that waits in a repository.
    Waiting {
        /// The repository.
        repo: RepoName,
    },
}

/// A deployment that asks. GitHub promises little of what it says about one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asking {
    /// Where the workflow ran.
    pub repo: RepoName,
    /// The run that waits; none where a step asks for itself.
    #[serde(default)]
    pub run: Option<RunId>,
    /// The environment.
    pub environment: Option<String>,
    /// The deployment.
    pub deployment: Option<DeploymentId>,
    /// The commit.
    pub sha: Option<String>,
    /// The branch or tag, as it was given.
    pub reference: Option<String>,
    /// Where the event says that the answer goes to.
    #[serde(default)]
    pub callback: Option<String>,
}

impl Subject {
    /// The repository that the subject belongs to.
    #[must_use]
    pub fn repo(&self) -> &RepoName {
        match self {
            Self::Issue { repo, .. }
            | Self::PullRequest { repo, .. }
            | Self::Run { repo, .. }
            | Self::Branch { repo, .. }
            | Self::Waiting { repo }
            | Self::Deployment(Asking { repo, .. }) => repo,
        }
    }

    /// The number of the issue or pull request, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<IssueNumber> {
        match self {
            Self::Issue { number, .. } | Self::PullRequest { number, .. } => Some(*number),
            Self::Run { .. } | Self::Branch { .. } | Self::Deployment(_) | Self::Waiting { .. } => {
                None
            }
        }
    }
}

/// `o/r#7` for an issue or pull request, `o/r run 42` for a run, `o/r workflow 3 on main`. Jobs
/// with the same text run one after the other. A deployment is told by its run and environment, so
/// that whatever speaks of it has the same text.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue { repo, number } | Self::PullRequest { repo, number } => {
                write!(f, "{repo}#{number}")
            }
            Self::Run { repo, run } => write!(f, "{repo} run {run}"),
            Self::Branch {
                repo,
                branch,
                workflow,
            } => write!(f, "{repo} workflow {workflow} on {branch}"),
            Self::Waiting { repo } => write!(f, "{repo} deployments"),
            Self::Deployment(asking) => {
                let repo = &asking.repo;
                match (asking.run, asking.deployment) {
                    (Some(run), _) => write!(f, "{repo} deployment of run {run}")?,
                    (None, Some(id)) => write!(f, "{repo} deployment {id}")?,
                    (None, None) => write!(f, "{repo} deployment")?,
                }
                match &asking.environment {
                    // Environments have no case, and their names may hold anything.
                    Some(name) => write!(f, " to {}", name.to_lowercase().escape_debug()),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_cannot_change_the_path_of_a_request() {
        for bad in [
            "", "o", "o/", "/r", "o/r/x", "o/..", "../r", "o/r?x", "o/r#1", "o/r x",
        ] {
            assert!(bad.parse::<RepoName>().is_err(), "{bad}");
        }
        assert_eq!(
            "octo/web.shop_2-x".parse::<RepoName>().unwrap().to_string(),
            "octo/web.shop_2-x"
        );
    }

    #[test]
    fn a_commit_is_named_in_full() {
        assert!("abc1234".parse::<Sha>().is_err());
        assert!("A".repeat(40).parse::<Sha>().is_err());
        assert_eq!("a".repeat(40).parse::<Sha>().unwrap().short(), "aaaaaaa");
    }
}
