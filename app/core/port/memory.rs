//! What Waterline keeps from one job to the next: decisions, failures that were seen, what people
//! said of them, and which runs were read for that.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{Fingerprint, RepoName, RunId, Saying, Sighting, Spoken, Subject};

/// Under this name Memory keeps what was posted.
pub const POSTED: &str = "posted";

/// A decision as it is kept for audit and replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Which capability decided.
    pub capability: String,
    /// About what.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
    /// What it knew.
    pub facts: serde_json::Value,
    /// What it decided.
    pub verdict: serde_json::Value,
}

/// Which sightings are sought in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// Those of one failure, wherever it was.
    Failure(Fingerprint),
    /// Those of one run, whatever failed.
    Run(RunId),
}

/// What Waterline keeps from one job to the next.
#[async_trait]
pub trait Memory: Send + Sync {
    /// Keeps sightings. One that is known only ever turns from failed to passed again.
    async fn learn(&self, repo: &RepoName, sightings: &[Sighting]) -> Result<()>;
    /// The newest sightings since a moment, newest first, at most 50.
    async fn sightings(
        &self,
        repo: &RepoName,
        sought: &Sought,
        since: Timestamp,
    ) -> Result<Vec<Sighting>>;
    /// The newest sighting of each failure whose fingerprint begins with these hexadecimal
    /// digits, newest first, at most 20.
    async fn alike(&self, repo: &RepoName, digits: &str, since: Timestamp)
    -> Result<Vec<Sighting>>;
    /// False where all of this is forgotten when the job ends.
    fn lasts(&self) -> bool;
    /// Keeps what was said, or forgets it. Of each thing the newest saying is kept, and no other.
    async fn say(&self, repo: &RepoName, spoken: &Spoken) -> Result<()>;
    /// What holds at a moment, newest first, at most 1,000.
    async fn sayings(&self, repo: &RepoName, now: Timestamp) -> Result<Vec<Saying>>;
    /// Keeps a decision with its facts.
    async fn keep(&self, decision: &Decision) -> Result<()>;
    /// What was kept of a capability about a subject since a moment, newest first, at most so much.
    async fn recall(
        &self,
        capability: &str,
        subject: &Subject,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<Decision>>;
}

/// As much as anybody asks for at once: see [`Memory::recall`].
pub const RECALLED: u32 = 200;

/// A run's attempt that a backfill has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAttempt {
    /// The run.
    pub run: RunId,
    /// The attempt; those before it are read too.
    pub attempt: u32,
    /// When the run began.
    pub began: Timestamp,
}

/// A memory that also keeps how far a backfill has come, so that nothing is read twice.
#[async_trait]
pub trait Notebook: Memory {
    /// Up to which attempt each run of a repository was read, of those that began since a moment.
    async fn read_so_far(&self, repo: &RepoName, since: Timestamp) -> Result<BTreeMap<RunId, u32>>;
    /// Keeps what an attempt has taught, and that it was read.
    async fn learn_from(
        &self,
        repo: &RepoName,
        sightings: &[Sighting],
        read: &ReadAttempt,
    ) -> Result<()>;
}
