//! What is known when somebody dismisses a finding: the recent failures that the id could mean, what
//! the newest diagnosis here calls them, and what was said of them before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Args;
use crate::error::Result;
use crate::model::{IssueNumber, RepoName, Saying, Sighting, Subject};
use crate::port::{Asked, Ports};
use crate::saying::{self, Diagnosed, RECENT};

/// How many recent failures are offered where the id is unknown.
const OFFERED: usize = 5;

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
    /// The id, as it was written.
    pub id: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Whether it is taken back.
    #[serde(default)]
    pub undo: bool,
    /// What the newest diagnosis here found.
    #[serde(default)]
    pub diagnosed: Vec<Diagnosed>,
    /// The recent failures whose fingerprint begins with the id, each as it was seen last.
    #[serde(default)]
    pub alike: Vec<Sighting>,
    /// The newest failures of the repository, where none does.
    #[serde(default)]
    pub recent: Vec<Sighting>,
    /// What was said, and holds.
    #[serde(default)]
    pub sayings: Vec<Saying>,
}

pub(super) async fn gather(ports: &Ports, subject: &Subject, args: &Args) -> Result<Facts> {
    let asked = saying::asked(ports)?;
    let (repo, memory) = (subject.repo(), &ports.memory);
    let since = ports.now - RECENT;
    let mut facts = Facts {
        at: ports.now,
        repo: repo.clone(),
        number: subject.number(),
        asked,
        id: args.id.clone(),
        reason: args.reason.join(" ").trim().to_owned(),
        undo: args.undo,
        diagnosed: saying::diagnosed(ports, subject).await?,
        alike: Vec::new(),
        recent: Vec::new(),
        sayings: memory.sayings(repo, ports.now).await?,
    };
    if let Some(id) = saying::id(&args.id) {
        facts.alike = memory.alike(repo, &id, since).await?;
    }
    if facts.alike.is_empty() {
        facts.recent = memory.alike(repo, "", since).await?;
        facts.recent.truncate(OFFERED);
    }
    Ok(facts)
}
