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

use serde_json::{Value, json};

use crate::capability::{Capability, Grant, NoFlags};
use crate::config::Switch;
use crate::error::Result;
use crate::model::{Permission, Subject};
use crate::port::{Ports, Spoken};
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

impl Capability for Flaky {
    const NAME: &'static str = "flaky";
    const ABOUT: &'static str = "Say that a test is a known flake";
    const ASKED_BY: Permission = Permission::Write;
    const PERMISSIONS: &'static [Grant] =
        &[("pull_requests", "write", "the answer to whoever asked")];
    type Args = Args;
    type Desk = NoFlags;
    type Rules = Switch;
    type Facts = facts::Facts;
    type Verdict = decide::Verdict;

    async fn gather(
        ports: &Ports,
        subject: &Subject,
        args: &Args,
        _: &Switch,
    ) -> Result<facts::Facts> {
        facts::gather(ports, subject, args).await
    }

    fn decide(facts: &facts::Facts, _: &Switch) -> decide::Verdict {
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
