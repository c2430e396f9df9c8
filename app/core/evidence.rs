//! Where a statement comes from.
//!
//! Whoever builds a finding must hand over its evidence, so a statement without any cannot be
//! made. Evidence is shown as links and printed as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{JobId, RunId, Sha};

/// One place that a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Lines of a job's log.
    Log {
        /// The job, where the log is one of GitHub's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job: Option<JobId>,
        /// The first line, from 1.
        first: u64,
        /// The last line.
        last: u64,
        /// The page that shows the first line, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// What GitHub says of a run or job: its conclusion, its steps.
    Page {
        /// The page that shows it.
        url: String,
    },
    /// A workflow run that shows the same, or that shows the opposite.
    Run {
        /// The run.
        run: RunId,
        /// The commit that it ran on.
        sha: Sha,
        /// Its page.
        url: String,
    },
    /// A report that a run left in an artifact, or that a person named.
    Report {
        /// The artifact's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        artifact: Option<String>,
        /// The file in it.
        file: String,
        /// The page of the run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// What a person said.
    Said {
        /// Their login.
        by: String,
        /// When.
        at: Timestamp,
        /// The comment that says it, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// A file that a pull request changes.
    File {
        /// Its path from the repository's root.
        path: String,
    },
}

/// One or more pieces of evidence; never none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Evidence>", into = "Vec<Evidence>")]
pub struct Proof {
    first: Evidence,
    more: Vec<Evidence>,
}

impl Proof {
    /// A proof of one piece.
    #[must_use]
    pub fn of(first: Evidence) -> Self {
        Self {
            first,
            more: Vec::new(),
        }
    }

    /// All pieces.
    pub fn iter(&self) -> impl Iterator<Item = &Evidence> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl TryFrom<Vec<Evidence>> for Proof {
    type Error = &'static str;
    fn try_from(mut all: Vec<Evidence>) -> Result<Self, Self::Error> {
        if all.is_empty() {
            return Err("a statement without evidence");
        }
        let first = all.remove(0);
        Ok(Self { first, more: all })
    }
}

impl From<Proof> for Vec<Evidence> {
    fn from(proof: Proof) -> Self {
        std::iter::once(proof.first).chain(proof.more).collect()
    }
}
