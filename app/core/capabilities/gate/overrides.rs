//! Overlooking a rule: by whom, for which commit in which environment, agreed by whom, how long.
//!
//! One that does not hold is not made to fit: it counts for nothing, and the rule's own sentence
//! says why.

use super::case::{Case, unavailable};
use super::facts::Override;
use super::policy::Overrides;
use super::verdict::{Fact, Reason, State, said};

/// Lets those reasons through that somebody may overlook and did.
pub(super) fn apply(case: &Case<'_>, reasons: Vec<Reason>) -> Vec<Reason> {
    let Some(rule) = &case.rules.overrides else {
        return reasons;
    };
    if let Some(error) = case.facts.errors.get("overrides") {
        // Nothing is overlooked on hearsay.
        let mut reasons = reasons;
        if reasons.iter().any(|r| r.state != State::Met) {
            reasons.push(unavailable(
                "overrides",
                "overrides",
                "the overrides",
                error,
            ));
        }
        return reasons;
    }
    reasons
        .into_iter()
        .map(|reason| look(case, rule, reason))
        .collect()
}

fn look(case: &Case<'_>, rule: &Overrides, mut reason: Reason) -> Reason {
    if reason.state == State::Met || reason.code == "policy_invalid" {
        return reason;
    }
    let about = |o: &&Override| o.rules.iter().any(|r| same(r, &reason.rule));
    let mut why_not = None;
    for one in case.facts.overrides.iter().filter(about) {
        match refused(case, rule, one, &reason) {
            None => return overlooked(one, &reason),
            Some(why) => why_not = Some(why),
        }
    }
    if let Some(why) = why_not {
        reason.sentence = format!("{}; {why}", reason.sentence);
    }
    reason
}

fn overlooked(one: &Override, reason: &Reason) -> Reason {
    let agreed = match one.agreed_by.is_empty() {
        true => String::new(),
        false => format!(" (agreed: {})", one.agreed_by.join(", ")),
    };
    let sentence = format!(
        "{} overridden by {}{agreed} until {}: {} ({})",
        reason.rule, one.by, one.expires, one.reason, reason.sentence
    );
    let evidence = Fact::Source {
        name: "overrides".to_owned(),
        said: format!("override {} by {}", one.id, one.by),
    };
    Reason::met(&reason.rule, said("override", sentence), evidence).at(Some(one.expires))
}

/// Why an override does not hold; none where it does.
fn refused(case: &Case<'_>, rule: &Overrides, one: &Override, reason: &Reason) -> Option<String> {
    let (by, sha) = (&one.by, &case.asked.sha);
    if rule.never.iter().any(|never| same(never, &reason.rule)) {
        return Some(format!("{} cannot be overridden", reason.rule));
    }
    if one.revoked {
        return Some(format!("the override of {by} was taken back"));
    }
    if one.comment_edited {
        return Some(format!("the override of {by} was edited afterwards"));
    }
    if one.sha != *sha {
        return Some(format!(
            "the override of {by} is for {}, not {sha}",
            one.sha
        ));
    }
    if !same(&one.environment, case.environment) {
        let (theirs, ours) = (&one.environment, case.environment);
        return Some(format!("the override of {by} is for {theirs}, not {ours}"));
    }
    let teams = case.teams(&rule.by);
    if !one
        .by_teams
        .iter()
        .any(|own| teams.iter().any(|team| same(own, team)))
    {
        return Some(format!("{by} may not override"));
    }
    if one.reason.trim().is_empty() {
        return Some("an override needs a reason".to_owned());
    }
    let mut others: Vec<String> = one
        .agreed_by
        .iter()
        .map(|who| who.to_ascii_lowercase())
        .collect();
    others.retain(|who| !same(who, by));
    others.sort_unstable();
    others.dedup();
    let missing = (rule.approvals as usize).saturating_sub(others.len());
    match missing {
        0 => {}
        1 => return Some(format!("override needs one more person than {by}")),
        n => return Some(format!("override needs {n} more people than {by}")),
    }
    let lasts = one.expires.duration_since(one.at);
    if let Some(most) = rule.max.filter(|most| lasts > most.0) {
        let lasts = super::policy::lasting(lasts);
        return Some(format!("override of {lasts} is longer than {most}"));
    }
    if one.at > case.now {
        return Some(format!("the override of {by} is dated in the future"));
    }
    if one.expires <= case.now {
        return Some(format!("override of {by} expired {}", one.expires));
    }
    None
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
