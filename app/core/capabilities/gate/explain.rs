//! A policy explained: each rule in one sentence, the events and timers after which it is looked
//! at again, and the permissions that it needs. All of it follows from the types of the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::policy::{Environment, Order, Policy, Require};
use super::sources::source;
use super::spoken::{Codeowners, Forward, Patience, Spoken};

/// What every decision rests on, whatever the rules are.
const ALWAYS: &[&str] = &["range", "prs", "deployments", "overrides"];

/// A policy in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The environments, in the order of the file's names.
    pub environments: Vec<ExplainedEnvironment>,
    /// Everything that has to be granted, with its level.
    pub permissions: BTreeMap<&'static str, &'static str>,
    /// Every event that makes a waiting deployment looked at again.
    pub events: BTreeSet<&'static str>,
}

/// An environment in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedEnvironment {
    /// Its name or pattern.
    pub environment: String,
    /// Whether the decision counts.
    pub mode: super::policy::Mode,
    /// Its rules.
    pub rules: Vec<ExplainedRule>,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedRule {
    /// Its name, as an override uses it.
    pub rule: String,
    /// The rule in one sentence.
    pub sentence: String,
    /// The events after which it is looked at again.
    pub events: BTreeSet<&'static str>,
    /// The moments at which it is looked at again.
    pub timers: Vec<String>,
    /// What reading its facts needs, with its level.
    pub permissions: BTreeMap<&'static str, &'static str>,
}

/// Explains a policy, or one environment of it.
#[must_use]
pub fn explain(policy: &Policy, only: Option<&str>) -> Explained {
    let all = policy.environments.iter().flatten();
    let environments: Vec<ExplainedEnvironment> = all
        .filter(|(name, _)| only.is_none_or(|only| only.eq_ignore_ascii_case(name)))
        .filter_map(|(name, rules)| rules.as_ref().map(|rules| environment(policy, name, rules)))
        .collect();
    let always = ALWAYS.iter().filter_map(|name| source(name));
    let mut permissions: BTreeMap<_, _> = always
        .clone()
        .flat_map(|s| s.permissions)
        .copied()
        .collect();
    let mut events: BTreeSet<_> = always.flat_map(|s| s.events).copied().collect();
    // The answer itself, and the run that waits for it.
    permissions.extend([("actions", "read"), ("deployments", "write")]);
    events.insert("deployment_protection_rule");
    for rule in environments.iter().flat_map(|e| &e.rules) {
        for (name, level) in &rule.permissions {
            permissions.entry(*name).or_insert(*level);
        }
        events.extend(&rule.events);
    }
    Explained {
        environments,
        permissions,
        events,
    }
}

fn environment(policy: &Policy, name: &str, rules: &Environment) -> ExplainedEnvironment {
    let mut said = Vec::new();
    if !rules.branches.is_empty() {
        said.push(rule(&rules.branches));
    }
    if rules.order == Order::ForwardOnly {
        said.push(rule(&Forward));
    }
    said.extend(rules.windows.iter().map(rule));
    said.extend(rules.freeze.iter().map(rule));
    said.extend(required(&rules.require));
    said.extend(policy.approval_rules.iter().map(rule));
    for (service, own) in &policy.services {
        said.extend(required(&own.require).into_iter().map(|mut rule| {
            rule.sentence = format!("where {service} changes: {}", rule.sentence);
            rule
        }));
    }
    said.extend(rules.concurrency.iter().map(rule));
    said.extend(rules.max_wait.map(Patience).iter().map(rule));
    ExplainedEnvironment {
        environment: name.to_owned(),
        mode: rules.mode,
        rules: said,
    }
}

fn required(require: &Require) -> Vec<ExplainedRule> {
    let mut said = Vec::new();
    said.extend(require.approvals.iter().map(rule));
    said.extend(require.codeowners.then(|| rule(&Codeowners)));
    said.extend(require.paths.iter().map(rule));
    said.extend(require.checks.iter().map(rule));
    said.extend(require.labels.iter().map(rule));
    said.extend(require.issues.iter().map(rule));
    said.extend(require.incidents.iter().map(rule));
    said.extend(require.soak.iter().map(rule));
    said.extend(require.runbook.iter().map(rule));
    said.extend(require.preflight.iter().map(rule));
    said.extend(require.tls.iter().map(rule));
    said.extend(require.error_budget.iter().map(rule));
    said.extend(require.custom.iter().map(rule));
    said
}

fn rule<R: Spoken>(rule: &R) -> ExplainedRule {
    let sources = rule.sources();
    let sources = sources.iter().filter_map(|name| source(name));
    let polled = sources.clone().filter(|s| s.polled);
    let polled = polled.map(|s| {
        format!(
            "from time to time, since nothing tells of a change ({})",
            s.name
        )
    });
    ExplainedRule {
        rule: R::RULE.to_owned(),
        sentence: rule.sentence(),
        events: sources.clone().flat_map(|s| s.events).copied().collect(),
        timers: rule.timer().into_iter().chain(polled).collect(),
        permissions: sources.flat_map(|s| s.permissions).copied().collect(),
    }
}

/// The explanation as plain text.
#[must_use]
pub fn text(explained: &Explained) -> String {
    let mut lines = Vec::new();
    for environment in &explained.environments {
        let mode = format!("{:?}", environment.mode).to_lowercase();
        lines.push(format!("{} ({mode})", environment.environment));
        for rule in &environment.rules {
            lines.push(format!("  {}: {}.", rule.rule, rule.sentence));
            let events = rule.events.iter().map(|event| (*event).to_owned());
            let again: Vec<String> = events.chain(rule.timers.iter().cloned()).collect();
            if !again.is_empty() {
                lines.push(format!("    looked at again: {}", again.join("; ")));
            }
            if !rule.permissions.is_empty() {
                lines.push(format!("    needs {}", granted(&rule.permissions)));
            }
        }
        lines.push(String::new());
    }
    let events: Vec<&str> = explained.events.iter().copied().collect();
    lines.push(format!("Events: {}", events.join(", ")));
    lines.push(format!("Permissions: {}", granted(&explained.permissions)));
    lines.join("\n")
}

fn granted(permissions: &BTreeMap<&str, &str>) -> String {
    let words: Vec<String> = permissions
        .iter()
        .map(|(name, level)| format!("{name}: {level}"))
        .collect();
    words.join(", ")
}
