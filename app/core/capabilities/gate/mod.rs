//! `gate`: whether a deployment may go ahead, why not, and when that changes.
//!
//! Typed rules, each a plain function of the facts: from that follow the explanation, the events
//! that make it look again, and the next moment at which it can change. Whatever cannot be known
//! is a reason to wait.

pub mod approval;
mod calendar;
mod case;
mod commands;
pub mod custom;
mod decide;
pub mod explain;
pub mod facts;
pub mod import;
mod overrides;
pub mod policy;
mod render;
pub mod replay;
mod rules;
mod sources;
mod spoken;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told_tests;
pub mod trial;
pub mod verdict;
mod wall;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::capability::{Capability, Grant};
use crate::config::{Config, ConfigError, ConfigFile};
use crate::error::{Error, Result};
use crate::model::{Permission, Subject};
use crate::port::Ports;
use crate::report::Report;
use facts::Facts;
use policy::Policy;
use verdict::Verdict;

/// The capability.
pub struct Gate;

/// What a person may say behind `/waterline gate`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// The environment to deploy to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
}

/// What only makes sense in a shell.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {
    /// Decide as of this moment instead of now, for facts from a file
    #[arg(long, value_name = "2026-03-02T12:00:00Z")]
    pub now: Option<Timestamp>,
}

impl Capability for Gate {
    const NAME: &'static str = "gate";
    const ABOUT: &'static str =
        "Say whether a deployment may go ahead, why not, and when that changes";
    const ASKED_BY: Permission = Permission::Read;
    const PERMISSIONS: &'static [Grant] = &[];
    const KEYS: &'static [&'static str] = KEYS;
    type Args = Args;
    type Desk = Desk;
    type Rules = Policy;
    type Facts = Facts;
    type Verdict = Verdict;

    async fn gather(_: &Ports, _: &Subject, _: &Args) -> Result<Facts> {
        let text = "the gate reads its facts from a file: `--facts FACTS.json`";
        Err(Error::Usage(text.to_owned()))
    }

    fn complete(mut facts: Facts, desk: &Desk, now: Timestamp) -> Facts {
        facts.now = desk.now.or(facts.now).or(Some(now));
        facts
    }

    fn rules(config: &Config) -> std::result::Result<Policy, ConfigError> {
        config.whole()
    }

    fn without_rules(_: &Facts, error: &ConfigError) -> Option<Verdict> {
        Some(decide::invalid(error.to_string()))
    }

    fn decide(facts: &Facts, policy: &Policy) -> Verdict {
        decide(facts, policy)
    }

    fn render(facts: &Facts, verdict: &Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn json(_: &Facts, verdict: &Verdict) -> Value {
        json!(verdict)
    }
}

/// The keys of the configuration that are the gate's.
pub const KEYS: &[&str] = &[
    "version",
    "extends",
    "gate",
    "timezone",
    "service",
    "teams",
    "approval-rules",
    "environments",
    "services",
    "commands",
];

/// Decides about what the facts tell: a deployment, or a comment with a command.
#[must_use]
pub fn decide(facts: &Facts, policy: &Policy) -> Verdict {
    let now = facts.now.unwrap_or(Timestamp::UNIX_EPOCH);
    match &facts.event.comment {
        Some(comment) => commands::comment(facts, comment, policy),
        None => decide::deployment(facts, policy, now),
    }
}

/// Reads the policy out of the text of a configuration.
///
/// # Errors
/// What is wrong, with its line and column.
pub fn policy_of(text: &str) -> std::result::Result<Policy, ConfigError> {
    let file = ConfigFile {
        name: crate::config::PATH.to_owned(),
        text: text.to_owned(),
    };
    Config::read(vec![file], KEYS)?.whole()
}
