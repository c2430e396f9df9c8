//! `dismiss`: a person says that a finding is not worth telling.
//!
//! It is remembered by the failure's fingerprint for the whole repository, with who, why and when,
//! and for 180 days. `diagnose` shows what was dismissed folded, with these words instead of in
//! full: nothing disappears in silence. `--undo` takes it back.

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
pub struct Dismiss;

/// What a person may say behind `/waterline dismiss`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Take it back: the finding is told again
    #[arg(long, conflicts_with = "reason")]
    pub undo: bool,
    /// The finding's id, as the diagnosis shows it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why it is not worth telling, in your words
    #[arg(
        value_name = "REASON",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub reason: Vec<String>,
}

impl Capability for Dismiss {
    const NAME: &'static str = "dismiss";
    const ABOUT: &'static str = "Say that a finding of a diagnosis is not worth telling, and why";
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
            decide::Verdict::Dismissed { saying, .. } => vec![Spoken::Said(saying.clone())],
            decide::Verdict::TakenBack { saying } => {
                vec![Spoken::TakenBack(saying.about.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "id": facts.id, "answer": verdict })
    }
}
