//! `diagnose`: is it me, which line, what now.
//!
//! `facts` reads the failed runs of a pull request (or one run) and their logs; `decide` says
//! what failed and why, or that it is fixed; `past` and `origin` tell whether it is the change's own; `render` makes one comment, one check run and the
//! annotations of it. A run that passed is answered with silence.

pub mod branch;
pub mod decide;
mod desk;
mod effects;
pub mod facts;
mod fingerprint;
mod history;
mod json;
mod learn;
pub mod lesson;
mod likeness;
mod logs;
pub mod matchers;
pub mod origin;
pub mod past;
mod render;
mod reported;
pub mod reports;
pub mod sayings;
#[cfg(test)]
mod tests;
mod told;
mod what_now;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capability::{Capability, Grant};
use crate::config::Only;
use crate::error::Result;
use crate::event::Event;
use crate::model::{Permission, Subject};
use crate::port::{Files, Ports, Sighting};
use crate::report::Report;

/// The capability.
pub struct Diagnose;

/// What a person may say behind `/waterline diagnose`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Diagnose this run instead of the newest runs
    #[arg(long, value_name = "ID")]
    pub run: Option<u64>,
}

/// The section `diagnose` of `.github/waterline.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rules {
    /// False switches the diagnosis off.
    pub enabled: bool,
    /// Narrows it to a part of the repository's pull requests.
    pub only: Only,
    /// Write one comment on the pull request.
    pub comment: bool,
    /// Write one check run, which is never red, with annotations on the lines.
    pub check: bool,
    /// Patterns of workflow names that are left alone.
    #[serde(deserialize_with = "crate::config::patterns")]
    pub ignore_workflows: Vec<String>,
    /// The most lines of a log that one finding shows, 1 to 15.
    #[schemars(range(min = 1, max = 15))]
    #[serde(deserialize_with = "one_to_fifteen")]
    pub lines: u8,
    /// What to do where a branch of the repository itself is broken.
    pub broken_base: BrokenBase,
}

/// What to do where a workflow that a push started fails on a branch of the repository itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct BrokenBase {
    /// Open one issue about it, and close it when the workflow passes there again.
    pub issue: bool,
    /// Patterns of branches; none for the default branch.
    #[serde(deserialize_with = "crate::config::patterns")]
    pub branches: Vec<String>,
}

/// The log reader gives at most fifteen lines, and without any there is no evidence.
fn one_to_fifteen<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<u8, D::Error> {
    let lines = u8::deserialize(deserializer)?;
    if (1..=15).contains(&lines) {
        return Ok(lines);
    }
    Err(serde::de::Error::custom("`lines` goes from 1 to 15"))
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            enabled: true,
            only: Only::default(),
            comment: true,
            check: true,
            ignore_workflows: Vec::new(),
            lines: 15,
            broken_base: BrokenBase::default(),
        }
    }
}

impl Capability for Diagnose {
    const NAME: &'static str = "diagnose";
    const ABOUT: &'static str =
        "Say why a workflow run failed: the step, the lines, the tests, the place in the code";
    const ASKED_BY: Permission = Permission::Triage;
    const PERMISSIONS: &'static [Grant] = &[
        ("actions", "read", "runs, their jobs and their logs"),
        (
            "checks",
            "write",
            "the check run `waterline/diagnose` with remarks on the lines",
        ),
        (
            "issues",
            "write",
            "the issue about a broken branch, where the configuration asks for one",
        ),
        (
            "pull_requests",
            "write",
            "the pull request of a run, and the comment on it",
        ),
    ];
    const EVENTS: &'static [&'static str] = &["workflow_run"];
    const HEEDS_SAYINGS: bool = true;
    type Args = Args;
    type Desk = desk::Desk;
    type Rules = Rules;
    type Facts = facts::Facts;
    type Verdict = decide::Verdict;

    fn wants(event: &Event) -> Option<Subject> {
        let Event::RunCompleted(run) = event else {
            return None;
        };
        // A push may be to a branch that is watched for its own sake, besides being a head.
        match run.pull_requests[..] {
            [number] if run.event.as_deref() != Some("push") => Some(Subject::PullRequest {
                repo: run.repo.clone(),
                number,
            }),
            _ => Some(Subject::Run {
                repo: run.repo.clone(),
                run: run.run,
            }),
        }
    }

    fn watches(rules: &Rules) -> Option<Vec<String>> {
        let wanted = &rules.broken_base;
        wanted.issue.then(|| wanted.branches.clone())
    }

    async fn gather(
        ports: &Ports,
        subject: &Subject,
        args: &Args,
        _: &Rules,
    ) -> Result<facts::Facts> {
        facts::gather(ports, subject, args).await
    }

    fn gather_files(
        files: &dyn Files,
        desk: &desk::Desk,
        now: Timestamp,
    ) -> Result<Option<facts::Facts>> {
        desk::gather(files, desk, now)
    }

    fn decide(facts: &facts::Facts, rules: &Rules) -> decide::Verdict {
        decide::decide(facts, rules)
    }

    fn render(facts: &facts::Facts, verdict: &decide::Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn learn(facts: &facts::Facts, _: &decide::Verdict) -> Vec<Sighting> {
        learn::learn(facts)
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json::json(facts, verdict)
    }
}
