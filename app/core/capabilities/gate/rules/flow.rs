//! From which branch, in which order, and how many at once; and that the branch has not moved.

use super::super::case::{Case, branch, date, pull};
use super::super::policy::{Allow, Concurrency, Order};
use super::super::verdict::{Fact, Reason, said};

fn policy(key: &str) -> Fact {
    Fact::Policy {
        key: key.to_owned(),
    }
}

/// The branch is one of those that may be deployed, and the commit is on it.
pub(super) fn branches(case: &Case<'_>) -> Option<Reason> {
    const RULE: &str = "branches";
    let allowed = &case.rules.branches;
    if allowed.is_empty() {
        return None;
    }
    let reference = &case.asked.reference;
    let to = case.environment;
    let refused = |sentence: String| {
        let said = said("branch_not_allowed", sentence);
        Some(Reason::blocked(RULE, said, policy("branches")))
    };
    let fits = |b: &str| allowed.is_match(b);
    let Some(name) = branch(reference) else {
        return refused(format!("{reference} is no branch; {to} takes {allowed}"));
    };
    if !fits(name) && !case.hotfix {
        return refused(format!(
            "{name} may not deploy to {to} (allowed: {allowed})"
        ));
    }
    // A fork's commits can be reached through this repository too; a branch contains them or not.
    let contained = |on: &Vec<String>| {
        on.iter()
            .any(|b| branch(b).is_some_and(fits) || (case.hotfix && branch(b) == Some(name)))
    };
    if case
        .asked
        .on_branches
        .as_ref()
        .is_some_and(|on| !contained(on))
    {
        let sha = &case.asked.sha;
        return refused(format!(
            "{sha} is on none of the branches that {to} takes ({allowed})"
        ));
    }
    let said = said("ok", format!("{name} may deploy to {to}"));
    Some(Reason::met(RULE, said, policy("branches")))
}

/// The branch still stands at the commit that shall be deployed.
pub(super) fn moved(case: &Case<'_>) -> Option<Reason> {
    let (asked, name) = (case.asked, branch(&case.asked.reference)?);
    // A branch that others push to goes on while a deployment waits; that is no harm.
    let mut open = case.facts.prs.iter().filter(|pr| pr.state == "open");
    let now_at = &open.find(|pr| pr.head == name)?.head_sha;
    if *now_at == asked.sha {
        return None;
    }
    let sentence = format!("{name} is at {now_at}; this deployment is of {}", asked.sha);
    let evidence = Fact::Commit {
        sha: now_at.clone(),
    };
    Some(Reason::blocked(
        "branches",
        said("ref_moved", sentence),
        evidence,
    ))
}

/// Deployments do not go backwards, unless they are rollbacks.
pub(super) fn order(case: &Case<'_>) -> Option<Reason> {
    const RULE: &str = "order";
    let asked = case.asked;
    let evidence = || Fact::Commit {
        sha: asked.sha.clone(),
    };
    if let Some(to) = case.rollback {
        let sentence = format!("rollback to {} (live {})", asked.sha, date(to.at));
        return Some(Reason::met(RULE, said("rollback", sentence), evidence()));
    }
    if case.rules.order != Order::ForwardOnly || case.facts.range.relation != "behind" {
        return None;
    }
    let live = case
        .facts
        .live
        .as_ref()
        .map_or("what is live", |live| live.sha.as_str());
    let sentence = format!(
        "{} is behind {live}, which is live; ask for a rollback if this is meant",
        asked.sha
    );
    Some(Reason::blocked(
        RULE,
        said("superseded", sentence),
        evidence(),
    ))
}

/// Pull requests that are deployed before they are merged.
pub(super) fn open_pulls(case: &Case<'_>) -> Vec<Reason> {
    const RULE: &str = "open-prs";
    let mut reasons = Vec::new();
    for pr in case.facts.prs.iter().filter(|pr| pr.state == "open") {
        let number = pr.number;
        if !case.rules.deploy_open_prs {
            let sentence = format!("#{number} is not merged");
            reasons.push(Reason::waiting(
                RULE,
                said("not_merged", sentence),
                pull(number),
            ));
        } else if pr.draft && case.rules.draft == Allow::Deny {
            let sentence = format!("#{number} is a draft");
            reasons.push(Reason::waiting(RULE, said("draft", sentence), pull(number)));
        }
    }
    reasons
}

/// A person has stopped deployments.
pub(super) fn held(case: &Case<'_>) -> Vec<Reason> {
    let here = |name: &Option<String>| {
        let name = name.as_ref();
        name.is_none_or(|name| name.eq_ignore_ascii_case(case.environment))
    };
    let holds = case
        .facts
        .holds
        .iter()
        .filter(|hold| here(&hold.environment));
    let say = |hold: &super::super::facts::Hold| {
        let why = match hold.reason.is_empty() {
            true => String::new(),
            false => format!(": {}", hold.reason),
        };
        let sentence = format!("held by {} since {}{why}", hold.by, hold.at);
        Reason::waiting("hold", said("held", sentence), Fact::Clock { at: hold.at })
    };
    holds.map(say).collect()
}

/// Not more deployments at once than agreed; those that were asked for earlier go first.
pub(super) fn concurrency(case: &Case<'_>) -> Option<Reason> {
    const RULE: &str = "concurrency";
    let (most, stale_after) = match case.rules.concurrency? {
        Concurrency::Number(most) => (most, None),
        Concurrency::Full { max, stale_after } => (max, stale_after),
    };
    if let Some(unread) = case.unread(RULE, "deployments", "the deployments") {
        return Some(unread);
    }
    let mut newest: Vec<&super::super::facts::Deployed> = Vec::new();
    for deployed in &case.facts.target_deployments {
        match newest.iter_mut().find(|known| known.id == deployed.id) {
            Some(known) if known.at <= deployed.at => *known = deployed,
            Some(_) => {}
            None => newest.push(deployed),
        }
    }
    let heard_of = |at| stale_after.is_none_or(|after| case.now.duration_since(at) < after.0);
    let under_way: Vec<_> = newest
        .into_iter()
        .filter(|d| d.id != case.asked.id && heard_of(d.at))
        .filter(|d| match d.state.as_str() {
            "in_progress" => true,
            "queued" | "pending" | "waiting" => d.id < case.asked.id,
            _ => false,
        })
        .collect();
    if (under_way.len() as u64) < u64::from(most.max(1)) {
        let sentence = format!("{} of {most} deployments under way", under_way.len());
        return Some(Reason::met(
            RULE,
            said("ok", sentence),
            policy("concurrency"),
        ));
    }
    let first = under_way.first()?;
    let sentence = format!(
        "deployment {} ({}) to {} is {} since {}",
        first.id,
        first.sha,
        case.environment,
        first.state.replace('_', " "),
        first.at
    );
    let stale = stale_after.and_then(|after| first.at.checked_add(after.0).ok());
    let evidence = Fact::Deployment { id: first.id };
    Some(Reason::waiting(RULE, said("busy", sentence), evidence).at(stale))
}
