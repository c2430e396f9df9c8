//! `waterline policy test`: the tests of a policy, each with its facts.

use std::path::Path;

use clap::ArgMatches;
use serde_json::json;
use waterline_core::capabilities::gate::facts::Facts;
use waterline_core::capabilities::gate::policy::Policy;
use waterline_core::capabilities::gate::trial::{self, Outcome, Trial};

use super::{answer, file, path, read};
use crate::exit::{Ended, Failure};

pub(super) fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    let tests = path(matches, "file");
    let policy = read(&path(matches, "policy"))?;
    let folder = tests.parent().unwrap_or(Path::new(""));
    let mut outcomes = Vec::new();
    for test in trial::read(&file(&tests)?)? {
        outcomes.push(outcome(&test, folder, &policy)?);
    }
    let failed = outcomes.iter().filter(|o| !o.passed).count();
    let object = json!({"tests": outcomes, "failed": failed});
    answer(matches, &object, || table(&outcomes, failed));
    Ok(if failed == 0 { Ended::Done } else { Ended::No })
}

fn outcome(test: &Trial, folder: &Path, policy: &Policy) -> Result<Outcome, Failure> {
    let path = folder.join(&test.facts);
    let wrong = |e: &dyn std::fmt::Display| {
        Failure::Usage(format!(
            "{} (facts of `{}`): {e}",
            path.display(),
            test.name
        ))
    };
    let text = std::fs::read(&path).map_err(|e| wrong(&e))?;
    let facts: Facts = serde_json::from_slice(&text).map_err(|e| wrong(&e))?;
    Ok(trial::run(test, facts, policy))
}

fn table(outcomes: &[Outcome], failed: usize) -> String {
    let mut lines = Vec::new();
    for outcome in outcomes {
        let sign = if outcome.passed { "pass" } else { "FAIL" };
        lines.push(format!("{sign}  {}", outcome.name));
        lines.extend(outcome.differences.iter().map(|d| format!("        {d}")));
    }
    lines.push(format!("{} tests, {failed} failed", outcomes.len()));
    lines.join("\n")
}
