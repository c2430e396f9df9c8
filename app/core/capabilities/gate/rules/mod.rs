//! The rules, one file for each family. A rule is a plain function of the case: it knows which
//! facts it reads, and says what it found in one sentence.
//!
//! Their order is the order in which reasons are shown, and of several that stand in the way the
//! first gives the reason code.

mod approval;
mod approvals;
mod checks;
mod custom;
mod files;
mod flow;
mod incidents;
mod issues;
mod labels;
mod range;
mod soak;
mod supply;
mod times;

use super::case::{Case, branch, unavailable};
use super::facts::Change;
use super::policy::{Approvals, Require};
use super::sources::SOURCES;
use super::verdict::{Fact, Reason, said};

/// Every rule of the environment, and of each service that the deployment touches.
pub(super) fn all(case: &Case<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(unknown_sources(case));
    reasons.extend(flow::branches(case));
    reasons.extend(flow::moved(case));
    reasons.extend(flow::order(case));
    reasons.extend(range::explained(case));
    reasons.extend(flow::open_pulls(case));
    reasons.extend(times::windows(case));
    reasons.extend(times::freezes(case));
    reasons.extend(flow::held(case));
    let pulls: Vec<&Change> = case.facts.prs.iter().collect();
    reasons.extend(required(
        case,
        &case.rules.require,
        &pulls,
        approvals_of(case),
    ));
    if let Some(rules) = &case.policy.approval_rules {
        reasons.extend(approval::held(case, rules, &pulls));
    }
    reasons.extend(hotfix(case, &pulls));
    for (name, service) in &case.policy.services {
        let touched = |pr: &&&Change| pr.files_truncated || files::touches(pr, &service.paths);
        let touching: Vec<&Change> = pulls.iter().filter(touched).copied().collect();
        if touching.is_empty() {
            let evidence = Fact::Policy {
                key: format!("services.{name}.paths"),
            };
            let sentence = format!("{name}: not touched");
            reasons.push(Reason::met("services", said("ok", sentence), evidence));
        } else {
            let approvals = service.require.approvals.as_ref();
            reasons.extend(required(case, &service.require, &touching, approvals));
        }
    }
    reasons.extend(flow::concurrency(case));
    reasons
}

/// A source that no rule knows may be one that all rest on.
fn unknown_sources(case: &Case<'_>) -> Vec<Reason> {
    let known = |name: &str| SOURCES.iter().any(|s| s.name == name) || name.starts_with("team:");
    let errors = case.facts.errors.iter().filter(|(name, _)| !known(name));
    errors
        .map(|(name, error)| unavailable("facts", name, name, error))
        .collect()
}

/// A hotfix branch has approvals of its own.
fn approvals_of<'a>(case: &Case<'a>) -> Option<&'a Approvals> {
    let hotfix = case.rules.hotfix.as_ref().filter(|_| case.hotfix);
    let own = hotfix.and_then(|h| h.approvals.as_ref());
    own.or(case.rules.require.approvals.as_ref())
}

fn required(
    case: &Case<'_>,
    require: &Require,
    pulls: &[&Change],
    approvals: Option<&Approvals>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(approvals) = approvals {
        reasons.extend(approvals::enough(case, approvals, pulls, "approvals"));
    }
    if require.codeowners {
        reasons.extend(approvals::codeowners(case, pulls));
    }
    for rule in &require.paths {
        reasons.extend(files::guarded(case, rule, pulls));
    }
    if let Some(checks) = &require.checks {
        reasons.extend(checks::passed(case, checks));
    }
    if let Some(labels) = &require.labels {
        reasons.extend(labels::right(case, labels, pulls));
    }
    if let Some(issues) = &require.issues {
        reasons.extend(issues::done(case, issues, pulls));
    }
    if let Some(incidents) = &require.incidents {
        reasons.push(incidents::none_open(case, incidents));
    }
    if let Some(soak) = &require.soak {
        reasons.push(soak::long_enough(case, soak));
    }
    if let Some(runbook) = &require.runbook {
        reasons.extend(files::runbook(runbook, pulls));
    }
    if require.preflight.is_some() {
        reasons.push(supply::secrets(case));
    }
    if let Some(tls) = &require.tls {
        reasons.extend(supply::certificates(case, tls));
    }
    if let Some(budget) = &require.error_budget {
        reasons.push(supply::budget(case, budget));
    }
    reasons.extend(custom::held(case, &require.custom, pulls));
    reasons
}

/// What a hotfix needs besides.
fn hotfix(case: &Case<'_>, pulls: &[&Change]) -> Vec<Reason> {
    use super::policy::BackPort;
    let Some(rule) = case.rules.hotfix.as_ref().filter(|_| case.hotfix) else {
        return Vec::new();
    };
    let name = branch(&case.asked.reference).unwrap_or_default();
    let evidence = || Fact::Policy {
        key: "hotfix".to_owned(),
    };
    let missing = pulls.iter().find(|pr| pr.backport_pr.is_none());
    match missing {
        Some(pr) if rule.back_port == BackPort::Required => {
            let sentence = format!(
                "#{} is not on its way to {} (a back-port is required)",
                pr.number, case.facts.repo.default_branch
            );
            let said = said("backport_missing", sentence);
            vec![Reason::waiting("hotfix", said, evidence())]
        }
        _ => {
            let ports: Vec<String> = pulls
                .iter()
                .filter_map(|pr| pr.backport_pr.map(|n| format!("#{n}")))
                .collect();
            let sentence = match ports.is_empty() {
                true => format!("{name} is a hotfix branch"),
                false => format!("{name} is a hotfix branch; back-port {}", ports.join(", ")),
            };
            vec![Reason::met("hotfix", said("hotfix", sentence), evidence())]
        }
    }
}
