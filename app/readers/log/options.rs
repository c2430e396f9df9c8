//! What a caller may tell the reader besides the log itself: the steps as GitHub's API
//! describes them, a passing run to compare with, problem matchers, and a length.

use serde::{Deserialize, Serialize};

use crate::{Baseline, Matcher};

/// How a log is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The job's steps as GitHub's API lists them; empty when they are not known.
    pub steps: Vec<StepMeta>,
    /// What a passing run of the same job said.
    pub baseline: Option<Baseline>,
    /// A repository's own problem matchers.
    pub matchers: Vec<Matcher>,
    /// The most lines an excerpt may hold.
    pub max_lines: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            baseline: None,
            matchers: Vec::new(),
            max_lines: 15,
        }
    }
}

/// One step of a job, in the words of GitHub's jobs API. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepMeta {
    /// The step's number, as links to log lines use it.
    pub number: u32,
    /// The step's name.
    pub name: String,
    /// `success`, `failure`, `cancelled`, `skipped`, or nothing yet.
    pub conclusion: Option<String>,
    /// When it started, to the second.
    pub started_at: Option<String>,
    /// When it ended, to the second.
    pub completed_at: Option<String>,
}

impl StepMeta {
    /// Whether the step ended with this conclusion.
    pub(crate) fn concluded(&self, word: &str) -> bool {
        self.conclusion.as_deref() == Some(word)
    }
}
