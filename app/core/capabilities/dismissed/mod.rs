//! `dismissed`: what people dismissed and called flaky, by whom, until when, and how to take it back.
//!
//! Whoever may read the repository may ask: what is not told is nobody's secret.

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
use crate::port::{Files, Ports};
use crate::report::Report;

/// The capability.
pub struct Dismissed;

/// There is nothing to say behind `/waterline dismissed`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {}

/// A shell has no flags of its own.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {}

/// The section `dismissed` of `.github/waterline.yml`.
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

impl Capability for Dismissed {
    const NAME: &'static str = "dismissed";
    const ABOUT: &'static str = "List what was dismissed or called flaky, by whom and until when";
    const ASKED_BY: Permission = Permission::Read;
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

    async fn gather(ports: &Ports, subject: &Subject, _: &Args) -> Result<facts::Facts> {
        facts::gather(ports, subject).await
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

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "dismissed": verdict.dismissed, "flaky": verdict.flaky })
    }
}
