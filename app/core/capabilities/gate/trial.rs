//! Tests of a policy, `.github/waterline.tests.yml`: facts, a moment and an environment, and what
//! is expected of them. The files are read elsewhere; here they are judged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::policy::Policy;
use super::verdict::{Decision, Verdict};
use crate::config::{ConfigError, ConfigFile};

/// One test of a policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// What it is called.
    pub name: String,
    /// The environment to deploy to; the facts' where it is missing.
    #[serde(default)]
    pub environment: Option<String>,
    /// The moment; the facts' where it is missing.
    #[serde(default)]
    pub now: Option<Timestamp>,
    /// The file of facts, from the folder of the tests.
    pub facts: String,
    /// What is expected.
    pub expect: Expected,
}

/// What is expected of a decision.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The decision.
    pub decision: Decision,
    /// The reason code, where it matters.
    #[serde(default)]
    pub reason: Option<String>,
    /// When the clock alone will have turned it, where that matters.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// How a test went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The test.
    pub name: String,
    /// Whether everything was as expected.
    pub passed: bool,
    /// What was not: what was expected, and what came.
    pub differences: Vec<String>,
}

/// Reads a file of tests.
///
/// # Errors
/// What is wrong, with its line and column, or that there is no test in it.
pub fn read(file: &ConfigFile) -> Result<Vec<Trial>, ConfigError> {
    let trials: Vec<Trial> = crate::config::read_whole(file)?;
    if trials.is_empty() {
        return Err(ConfigError {
            file: file.name.clone(),
            line: 1,
            column: 1,
            message: "there is no test in it".to_owned(),
        });
    }
    Ok(trials)
}

/// Runs a test.
#[must_use]
pub fn run(trial: &Trial, mut facts: Facts, policy: &Policy) -> Outcome {
    facts.now = trial.now.or(facts.now);
    if let Some(environment) = &trial.environment {
        facts.event.environment = Some(environment.clone());
    }
    let differences = match facts.now {
        Some(_) => compare(&trial.expect, &super::decide(&facts, policy)),
        None => vec!["neither the test nor its facts say `now`".to_owned()],
    };
    Outcome {
        name: trial.name.clone(),
        passed: differences.is_empty(),
        differences,
    }
}

fn compare(expected: &Expected, verdict: &Verdict) -> Vec<String> {
    let mut found = Vec::new();
    if expected.decision != verdict.decision {
        let (want, is) = (expected.decision.word(), verdict.decision.word());
        found.push(format!(
            "decision: expected {want}, came {is} ({})",
            said(verdict)
        ));
    }
    if let Some(want) = expected
        .reason
        .as_ref()
        .filter(|want| **want != verdict.reason_code)
    {
        let is = &verdict.reason_code;
        found.push(format!(
            "reason: expected {want}, came {is} ({})",
            said(verdict)
        ));
    }
    if expected.until.is_some() && expected.until != verdict.until {
        let shown =
            |at: Option<Timestamp>| at.map_or("never by itself".to_owned(), |at| at.to_string());
        let (want, is) = (shown(expected.until), shown(verdict.until));
        found.push(format!("until: expected {want}, came {is}"));
    }
    found
}

/// The sentence of the reason that counts most.
pub(super) fn said(verdict: &Verdict) -> String {
    let by_code = verdict
        .reasons
        .iter()
        .find(|r| r.code == verdict.reason_code);
    let reason = by_code.or(verdict.reasons.first());
    reason.map_or_else(|| verdict.reason_code.clone(), |r| r.sentence.clone())
}
