//! What is known when somebody calls a test flaky: the failing tests of the newest diagnosis here,
//! and what was said before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Args;
use crate::error::Result;
use crate::model::{IssueNumber, RepoName, Saying, Subject};
use crate::port::{Asked, Ports};
use crate::saying::{self, Diagnosed};

/// All that the decision may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// When it was asked.
    pub at: Timestamp,
    /// The repository.
    pub repo: RepoName,
    /// The issue or pull request below which somebody asked.
    #[serde(default)]
    pub number: Option<IssueNumber>,
    /// Who asked.
    pub asked: Asked,
    /// The test or the id, as it was written.
    pub test: String,
    /// Whether it is taken back.
    #[serde(default)]
    pub undo: bool,
    /// What the newest diagnosis here found.
    #[serde(default)]
    pub diagnosed: Vec<Diagnosed>,
    /// What was said, and holds.
    #[serde(default)]
    pub sayings: Vec<Saying>,
}

pub(super) async fn gather(ports: &Ports, subject: &Subject, args: &Args) -> Result<Facts> {
    let asked = saying::asked(ports)?;
    let repo = subject.repo();
    Ok(Facts {
        at: ports.now,
        repo: repo.clone(),
        number: subject.number(),
        asked,
        test: args.test.join(" ").trim().to_owned(),
        undo: args.undo,
        diagnosed: saying::diagnosed(ports, subject).await?,
        sayings: ports.memory.sayings(repo, ports.now).await?,
    })
}
