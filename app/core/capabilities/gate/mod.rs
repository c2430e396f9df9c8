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
mod effects;
pub mod explain;
pub mod facts;
mod gather;
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
use crate::error::Result;
use crate::event::Event;
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
    /// The commit to deploy, instead of what the pull request or the step is about
    #[arg(long, value_name = "SHA")]
    pub sha: Option<crate::model::Sha>,
}

/// What only makes sense in a shell.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {
    /// Decide as of this moment instead of now, for facts from a file
    #[arg(long, value_name = "2026-03-02T12:00:00Z")]
    pub now: Option<Timestamp>,
    /// Ask again until it is allowed, at most for so long: `30m`
    #[arg(long, value_name = "TIME")]
    pub wait_for: Option<jiff::SignedDuration>,
}

impl Capability for Gate {
    const NAME: &'static str = "gate";
    const ABOUT: &'static str =
        "Say whether a deployment may go ahead, why not, and when that changes";
    const ASKED_BY: Permission = Permission::Read;
    const PERMISSIONS: &'static [Grant] = PERMISSIONS;
    const EVENTS: &'static [&'static str] = EVENTS;
    const KEYS: &'static [&'static str] = KEYS;
    type Args = Args;
    type Desk = Desk;
    type Rules = Policy;
    type Facts = Facts;
    type Verdict = Verdict;

    fn wants(event: &Event) -> Option<Subject> {
        match event {
            Event::DeploymentRequested(asking) => Some(Subject::Deployment(asking.clone())),
            Event::Changed { repo } => Some(Subject::Waiting { repo: repo.clone() }),
            _ => None,
        }
    }

    async fn gather(
        ports: &Ports,
        subject: &Subject,
        args: &Args,
        policy: &Policy,
    ) -> Result<Facts> {
        gather::gather(ports, subject, args, policy).await
    }

    fn complete(mut facts: Facts, desk: &Desk, now: Timestamp) -> Facts {
        facts.now = desk.now.or(facts.now).or(Some(now));
        facts
    }

    fn rules(config: &Config) -> std::result::Result<Policy, ConfigError> {
        config.based()?;
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

const PERMISSIONS: &[Grant] = &[
    (
        "actions",
        "read",
        "which runs wait, and whether they still do",
    ),
    (
        "checks",
        "write",
        "the checks on the commit that is deployed; `waterline/gate` on the pull requests",
    ),
    (
        "contents",
        "read",
        "the commits between what is live and what shall be",
    ),
    (
        "deployments",
        "write",
        "the answer to a deployment that waits; what is live",
    ),
    (
        "issues",
        "read",
        "acceptance criteria, incidents, and who changed a label",
    ),
    (
        "members",
        "read",
        "whether whoever approved is in the team that the policy names",
    ),
    (
        "pull_requests",
        "read",
        "the pull requests that are deployed, and their reviews",
    ),
];

const EVENTS: &[&str] = &[
    "check_run",
    "check_suite",
    "deployment_protection_rule",
    "deployment_status",
    "issues",
    "pull_request",
    "pull_request_review",
    "push",
];

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
