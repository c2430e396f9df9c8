//! `flaky`: a person says that a test is a known flake.
//!
//! It is remembered by the test's name for the whole repository, with who and when, and for 180
//! days. `diagnose` then calls a failure of that test alone a known flake, with who said so as its
//! evidence; what was observed weighs more. `--undo` takes it back.

pub mod decide;
pub mod facts;
mod render;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::capability::{Capability, Grant};
use crate::config::Only;
use crate::error::Result;
use crate::event::Event;
use crate::model::{Permission, Subject};
use crate::port::{Files, Ports, Spoken};
use crate::report::Report;

/// The capability.
pub struct Flaky;

/// What a person may say behind `/waterline flaky`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Take it back: the test is judged like any other
    #[arg(long)]
    pub undo: bool,
    /// The test's name, or the id of a finding for all its failing tests
    #[arg(
        value_name = "TEST",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub test: Vec<String>,
}

/// A shell has no flags of its own.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {}

/// The section `flaky` of `.github/waterline.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rules {
    /// False switches the command off.
    pub enabled: bool,
    /// Of no effect: it is only done when somebody asks.
    pub only: Only,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            enabled: true,
            only: Only::default(),
        }
    }
}

impl Capability for Flaky {
    const NAME: &'static str = "flaky";
    const ABOUT: &'static str = "Say that a test is a known flake";
    const ASKED_BY: Permission = Permission::Write;
    const PERMISSIONS: &'static [Grant] =
        &[("pull_requests", "write", "the answer to whoever asked")];
    const EVENTS: &'static [&'static str] = &[];
    type Args = Args;
    type Desk = Desk;
    type Rules = Rules;
    type Facts = facts::Facts;
    type Verdict = decide::Verdict;

    fn wants(_: &Event) -> Option<Subject> {
        None
    }

    async fn gather(ports: &Ports, subject: &Subject, args: &Args) -> Result<facts::Facts> {
        facts::gather(ports, subject, args).await
    }

    fn gather_files(_: &dyn Files, _: &Desk, _: Timestamp) -> Result<Option<facts::Facts>> {
        Ok(None)
    }

    fn decide(facts: &facts::Facts, _: &Rules) -> decide::Verdict {
        decide::decide(facts)
    }

    fn render(facts: &facts::Facts, verdict: &decide::Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn say(_: &facts::Facts, verdict: &decide::Verdict) -> Vec<Spoken> {
        match verdict {
            decide::Verdict::Flaky { sayings, .. } => {
                sayings.iter().cloned().map(Spoken::Said).collect()
            }
            decide::Verdict::TakenBack { sayings } => sayings
                .iter()
                .map(|s| Spoken::TakenBack(s.about.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "test": facts.test, "answer": verdict })
    }
}
