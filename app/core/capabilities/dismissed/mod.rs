//! `dismissed`: what people dismissed and called flaky, by whom, until when, and how to take it back.
//!
//! Whoever may read the repository may ask: what is not told is nobody's secret.

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
use crate::port::Ports;
use crate::report::Report;

/// The capability.
pub struct Dismissed;

/// There is nothing to say behind `/waterline dismissed`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {}

impl Capability for Dismissed {
    const NAME: &'static str = "dismissed";
    const ABOUT: &'static str = "List what was dismissed or called flaky, by whom and until when";
    const ASKED_BY: Permission = Permission::Read;
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
        _: &Args,
        _: &Switch,
    ) -> Result<facts::Facts> {
        facts::gather(ports, subject).await
    }

    fn decide(facts: &facts::Facts, _: &Switch) -> decide::Verdict {
        decide::decide(facts)
    }

    fn render(facts: &facts::Facts, verdict: &decide::Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "dismissed": verdict.dismissed, "flaky": verdict.flaky })
    }
}
