//! Rules of a repository's own. One that speaks of `pr` is asked about each pull request. What
//! cannot be evaluated is not met, and where the clock alone can turn it, the moment is found by
//! asking again for later ones.

use jiff::Timestamp;

use super::super::case::{Case, pull};
use super::super::custom::{Custom, Expression, Failed, STEPS, World};
use super::super::facts::{Change, Facts};
use super::super::verdict::{Fact, Reason, said};

pub(super) const RULE: &str = "custom";

/// How far ahead the clock is looked at, and in which steps: each offset from UTC is a multiple of
/// a quarter of an hour.
const AHEAD: i64 = 8 * 24 * 4;
const STEP: i64 = 15 * 60;

/// Every rule of one's own.
pub(super) fn held(case: &Case<'_>, rules: &[Custom], pulls: &[&Change]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for rule in rules {
        let sources = rule.when.iter().chain([&rule.assert]);
        let mut sources = sources.flat_map(|e| e.sources());
        let unread = sources.find_map(|source| case.unread(RULE, source, &format!("the {source}")));
        if let Some(unread) = unread {
            reasons.push(unread);
            continue;
        }
        // With the same facts, whichever pull request is asked about.
        let steps = steps(rule, case.facts);
        if any(rule, Expression::is_about_pulls) {
            let share = STEPS / pulls.len().max(1) as u64;
            let judged = pulls
                .iter()
                .map(|pr| judge(case, rule, Some(pr), (steps, share)));
            reasons.extend(judged);
        } else {
            reasons.push(judge(case, rule, None, (steps, STEPS)));
        }
    }
    reasons
}

fn any(rule: &Custom, is: impl Fn(&Expression) -> bool) -> bool {
    is(&rule.assert) || rule.when.as_ref().is_some_and(is)
}

/// One answer, where it takes not more steps than it may; else there is none.
fn judge(case: &Case<'_>, rule: &Custom, pr: Option<&Change>, (steps, most): (u64, u64)) -> Reason {
    let evidence = || match pr {
        Some(pr) => pull(pr.number),
        None => Fact::Commit {
            sha: case.asked.sha.clone(),
        },
    };
    let about = pr.map_or(String::new(), |pr| format!("#{}: ", pr.number));
    let key = Fact::Policy {
        key: format!("custom.{}", rule.name),
    };
    let waits = |code, sentence| Reason::waiting(RULE, said(code, sentence), evidence()).and(key);
    let answer = match steps > most {
        true => Err(Failed::TooCostly),
        false => met(rule, &world(case, pr, case.now)),
    };
    let (code, why) = match answer {
        Ok(true) => {
            let sentence = format!("{about}{} holds", rule.name);
            return Reason::met(RULE, said("ok", sentence), evidence());
        }
        Ok(false) => {
            let message = rule.message.clone();
            let why = message.unwrap_or_else(|| format!("{} does not hold", rule.name));
            ("custom_not_met", why)
        }
        Err(Failed::Unknown) => (
            "facts_unavailable",
            format!("{}: not all facts could be read; retrying", rule.name),
        ),
        Err(Failed::Arithmetic) => (
            "custom_not_met",
            format!("{} cannot be computed with these numbers", rule.name),
        ),
        Err(Failed::TooCostly) => (
            "custom_not_met",
            format!("{} would take too long with so many facts", rule.name),
        ),
    };
    // Many later moments are asked about, so only where one answer is cheap.
    let cheap = steps.saturating_mul(AHEAD.unsigned_abs()) <= most;
    let next = match code {
        "custom_not_met" if cheap && any(rule, Expression::is_about_time) => turns(case, rule, pr),
        _ => None,
    };
    waits(code, format!("{about}{why}")).at(next)
}

fn world<'a>(case: &Case<'a>, pull: Option<&'a Change>, now: Timestamp) -> World<'a> {
    World {
        facts: case.facts,
        asked: case.asked,
        environment: case.environment,
        now,
        pull,
    }
}

fn steps(rule: &Custom, facts: &Facts) -> u64 {
    let when = rule.when.as_ref().map_or(0, |when| when.steps(facts));
    when.saturating_add(rule.assert.steps(facts))
}

fn met(rule: &Custom, world: &World<'_>) -> Result<bool, Failed> {
    if let Some(when) = &rule.when
        && !when.holds(world)?
    {
        return Ok(true);
    }
    rule.assert.holds(world)
}

/// The first quarter of an hour at which the rule holds, with everything else as it is.
fn turns(case: &Case<'_>, rule: &Custom, pr: Option<&Change>) -> Option<Timestamp> {
    let begin = case.now.as_second().div_euclid(STEP) * STEP;
    for step in 1..=AHEAD {
        let at = Timestamp::from_second(begin + step * STEP).ok()?;
        match met(rule, &world(case, pr, at)) {
            Ok(true) => return Some(at),
            Ok(false) => {}
            Err(_) => return None,
        }
    }
    None
}
