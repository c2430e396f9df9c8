//! The decision: is this our business, is there a policy for it, what do the rules say, and what
//! follows from all of that together.
//!
//! Pure, and closed by default: whatever cannot be known is a reason to wait, and what nobody has
//! written a rule for is refused.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::case::Case;
use super::facts::{Asked, Facts};
use super::overrides;
use super::policy::{Environment, Mode, Policy, fits, lasting};
use super::rules;
use super::verdict::{Decision, Fact, Reason, State, Verdict, said};

/// Codes that say how a deployment came to be allowed, the most telling first.
const ALLOWED_BY: &[&str] = &[
    "override",
    "rollback",
    "incident_fix",
    "hotfix",
    "revert",
    "identical",
];

/// Decides about a deployment.
pub(super) fn deployment(facts: &Facts, policy: &Policy, now: Timestamp) -> Verdict {
    if let Some(ignored) = not_ours(facts) {
        return alone(Decision::Ignore, ignored);
    }
    let (environment, asked) = match named(facts) {
        Ok(named) => named,
        Err(reason) => return alone(Decision::Block, *reason),
    };
    let rules = match rules_for(policy, environment) {
        Ok(Some(rules)) => rules,
        Ok(None) => return alone(Decision::Block, unlisted(facts, policy, environment)),
        Err(reason) => return alone(Decision::Block, *reason),
    };
    if rules.mode == Mode::Off {
        let sentence = format!("the gate of {environment} is off");
        return alone(Decision::Allow, met("mode", "off", sentence, "mode"));
    }
    let case = Case::new(facts, policy, environment, rules, asked, now);
    let reasons = overrides::apply(&case, rules::all(&case));
    let verdict = patience(&case, together(reasons));
    lenient(rules.mode, verdict)
}

/// A delivery that asks nothing of us, or nothing that we may answer.
fn not_ours(facts: &Facts) -> Option<Reason> {
    let (event, repo) = (&facts.event, &facts.repo);
    if let (Some(named), Some(own)) = (event.installation_id, repo.installation_id)
        && named != own
    {
        let sentence = format!(
            "the payload names installation {named}, {} belongs to {own}",
            repo.full_name
        );
        return Some(met(
            "delivery",
            "installation_mismatch",
            sentence,
            "installation",
        ));
    }
    let host = repo.api_host.as_deref().unwrap_or("api.github.com");
    if let Some(url) = &event.deployment_callback_url
        && !is_on(url, host)
    {
        let sentence = format!("deployment_callback_url is not on {host}");
        return Some(met("delivery", "bad_callback", sentence, "callback"));
    }
    let deployment = event.deployment.as_ref()?;
    let environment = event.environment.as_deref().unwrap_or_default();
    let before = facts.answered.iter().find(|a| {
        a.deployment == deployment.id && a.environment.eq_ignore_ascii_case(environment)
    })?;
    let sentence = format!(
        "deployment {} was answered already: {}",
        deployment.id, before.state
    );
    let evidence = Fact::Deployment { id: deployment.id };
    Some(Reason::met(
        "delivery",
        said("duplicate", sentence),
        evidence,
    ))
}

/// Whether an address is one of this host: `https` unless the host says otherwise, and nothing
/// before or behind the name.
fn is_on(url: &str, host: &str) -> bool {
    let rest = match host.contains("://") {
        true => url.strip_prefix(host),
        false => url
            .strip_prefix("https://")
            .and_then(|rest| rest.strip_prefix(host)),
    };
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// GitHub promises neither the environment nor the deployment.
fn named(facts: &Facts) -> Result<(&str, &Asked), Box<Reason>> {
    let event = &facts.event;
    let environment = event
        .environment
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let blocked = |what: &str| {
        let evidence = Fact::Source {
            name: "event".to_owned(),
            said: event.kind.clone(),
        };
        let sentence = format!("the event names no {what}");
        Box::new(Reason::blocked(
            "delivery",
            said("event_incomplete", sentence),
            evidence,
        ))
    };
    match (environment, &event.deployment) {
        (Some(environment), Some(asked)) if !asked.sha.is_empty() => Ok((environment, asked)),
        (None, _) => Err(blocked("environment")),
        _ => Err(blocked("deployment")),
    }
}

/// The rules of an environment: its own, or those of the longest pattern that fits; none of its
/// own where a repository has rules for its services alone. Names of environments have no case on
/// GitHub.
pub(super) fn rules_for<'a>(
    policy: &'a Policy,
    name: &str,
) -> Result<Option<&'a Environment>, Box<Reason>> {
    static NONE: LazyLock<Environment> = LazyLock::new(Environment::default);
    let Some(all) = &policy.environments else {
        return Ok((!policy.services.is_empty()).then_some(&*NONE));
    };
    let name = name.to_lowercase();
    let mut best: Option<(&str, &Environment)> = None;
    for (pattern, rules) in all {
        let Some(rules) = rules else { continue };
        if pattern.to_lowercase() == name {
            return Ok(Some(rules));
        }
        let longer = best.is_none_or(|(known, _)| pattern.len() > known.len());
        let fitting = fits(&pattern.to_lowercase(), &name).map_err(|why| {
            let evidence = key("environments");
            Box::new(Reason::blocked(
                "policy",
                said("policy_invalid", why),
                evidence,
            ))
        })?;
        if longer && fitting {
            best = Some((pattern, rules));
        }
    }
    Ok(best.map(|(_, rules)| rules))
}

fn unlisted(facts: &Facts, policy: &Policy, environment: &str) -> Reason {
    if policy.environments.is_none() {
        let (repo, branch) = (&facts.repo.full_name, &facts.repo.default_branch);
        let sentence = format!(
            "{repo} has no {} with environments on {branch}",
            crate::config::PATH
        );
        return Reason::blocked(
            "policy",
            said("policy_missing", sentence),
            key("environments"),
        );
    }
    let sentence = format!("the policy has no rules for {environment}");
    Reason::blocked(
        "policy",
        said("environment_unlisted", sentence),
        key("environments"),
    )
}

/// A policy that cannot be read lets nothing through.
pub(super) fn invalid(sentence: String) -> Verdict {
    let evidence = key(crate::config::PATH);
    let reason = Reason::blocked("policy", said("policy_invalid", sentence), evidence);
    alone(Decision::Block, reason)
}

fn key(key: &str) -> Fact {
    Fact::Policy {
        key: key.to_owned(),
    }
}

fn met(rule: &str, code: &'static str, sentence: String, evidence: &str) -> Reason {
    Reason::met(rule, said(code, sentence), key(evidence))
}

/// A verdict of one reason.
pub(super) fn alone(decision: Decision, reason: Reason) -> Verdict {
    Verdict {
        decision,
        reason_code: reason.code.clone(),
        next_change: reason.next_change,
        until: None,
        reasons: vec![reason],
        would_be: None,
    }
}

/// What all reasons come to.
fn together(reasons: Vec<Reason>) -> Verdict {
    let first = |state| reasons.iter().find(|r| r.state == state);
    let waiting = || reasons.iter().filter(|r| r.state == State::Waiting);
    let (decision, code) = match (first(State::Blocked), first(State::Waiting)) {
        (Some(blocked), _) => (Decision::Block, blocked.code.clone()),
        (None, Some(waiting)) => (Decision::Wait, waiting.code.clone()),
        (None, None) => {
            let by = ALLOWED_BY
                .iter()
                .find(|by| reasons.iter().any(|r| r.code == **by));
            (Decision::Allow, by.copied().unwrap_or("ok").to_owned())
        }
    };
    let next_change = match decision {
        Decision::Wait => waiting().filter_map(|r| r.next_change).min(),
        _ => None,
    };
    let clock_alone = waiting().all(|r| r.next_change.is_some());
    let until = match decision {
        Decision::Wait if clock_alone => waiting().filter_map(|r| r.next_change).max(),
        _ => None,
    };
    Verdict {
        decision,
        reason_code: code,
        reasons,
        next_change,
        until,
        would_be: None,
    }
}

/// After `max-wait` a deployment is refused, with what it was still waiting for.
fn patience(case: &Case<'_>, mut verdict: Verdict) -> Verdict {
    let (Some(most), Some(since)) = (case.rules.max_wait, case.facts.event.requested_at) else {
        return verdict;
    };
    if verdict.decision != Decision::Wait {
        return verdict;
    }
    let waited = case.now.duration_since(since);
    if waited < most.0 {
        let end = since.checked_add(most.0).ok();
        verdict.next_change = verdict.next_change.into_iter().chain(end).min();
        return verdict;
    }
    let last = verdict.reasons.iter().find(|r| r.state == State::Waiting);
    let last = last.map_or(String::new(), |r| format!(": {}", r.sentence));
    let sentence = format!("waited {} (limit {most}){last}", lasting(waited));
    let reason = Reason::blocked(
        "max-wait",
        said("wait_expired", sentence),
        Fact::Clock { at: since },
    );
    verdict.decision = Decision::Block;
    verdict.reason_code = reason.code.clone();
    verdict.reasons.insert(0, reason);
    verdict.next_change = None;
    verdict.until = None;
    verdict
}

/// In the modes of a careful start everything is let through, and what would have been is kept.
fn lenient(mode: Mode, verdict: Verdict) -> Verdict {
    let code = match mode {
        Mode::Shadow => "shadow",
        Mode::Warn => "warn",
        Mode::Off | Mode::Enforce => return verdict,
    };
    if verdict.decision == Decision::Allow {
        return verdict;
    }
    Verdict {
        decision: Decision::Allow,
        reason_code: code.to_owned(),
        reasons: verdict.reasons.clone(),
        next_change: verdict.next_change,
        until: verdict.until,
        would_be: Some(Box::new(verdict)),
    }
}
