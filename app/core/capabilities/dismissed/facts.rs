//! What is known for the list: what was said in this repository.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{IssueNumber, RepoName, Saying, Subject};
use crate::port::Ports;
use crate::saying::needs_memory;

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
    /// What was said, newest first.
    pub sayings: Vec<Saying>,
}

pub(super) async fn gather(ports: &Ports, subject: &Subject) -> Result<Facts> {
    needs_memory(ports)?;
    let repo = subject.repo();
    Ok(Facts {
        at: ports.now,
        repo: repo.clone(),
        number: subject.number(),
        sayings: ports.memory.sayings(repo, ports.now).await?,
    })
}
