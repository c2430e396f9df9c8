//! How long this very commit has been live in another environment, without a break.
//!
//! GitHub marks a deployment inactive when the next one succeeds; the time until then counts. A
//! failure ends it, and pieces are not added up.

use jiff::{SignedDuration, Timestamp};

use super::super::case::Case;
use super::super::facts::Deployed;
use super::super::policy::{Soak, lasting};
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "soak";

pub(super) fn long_enough(case: &Case<'_>, rule: &Soak) -> Reason {
    if let Some(exception) = case.excepted(&rule.except) {
        return case.exempt(RULE, "soak", exception);
    }
    if let Some(unread) = case.unread(
        RULE,
        "previous",
        &format!("the deployments to {}", rule.r#in),
    ) {
        return unread;
    }
    let (sha, place) = (&case.asked.sha, &rule.r#in);
    let previous = &case.facts.previous;
    let here = || Fact::Commit { sha: sha.clone() };
    if !previous.deployments.is_empty() && !previous.environment.eq_ignore_ascii_case(place) {
        let sentence = format!("the deployments to {place} are not known");
        return Reason::waiting(RULE, said("facts_unavailable", sentence), here());
    }
    let mut all: Vec<&Deployed> = previous.deployments.iter().collect();
    all.sort_by_key(|d| d.at);
    if let Some(ahead) = all.iter().find(|d| d.at > case.now) {
        let by = lasting(ahead.at.duration_since(case.now));
        let sentence = format!(
            "{place} deployment {} is dated {by} in the future",
            ahead.id
        );
        let evidence = Fact::Deployment { id: ahead.id };
        return Reason::waiting(RULE, said("facts_unavailable", sentence), evidence);
    }
    let times = live(&all, sha);
    let now = case.now;
    let Some(best) = times.iter().max_by_key(|time| time.lasts(now)) else {
        return never(case, &all, place);
    };
    let wanted = rule.r#for;
    if best.lasts(now) >= wanted.0 {
        let sentence = format!("soaked {} in {place}", lasting(best.lasts(now)));
        return Reason::met(RULE, said("ok", sentence), Fact::Deployment { id: best.id });
    }
    if let Some(going) = times.iter().find(|time| time.until.is_none()) {
        let ready = going.since.checked_add(wanted.0).ok();
        let sentence = format!(
            "{} of {wanted} in {place}; ready at {}",
            lasting(going.lasts(now)),
            ready.map(|at| at.to_string()).unwrap_or_default()
        );
        let evidence = Fact::Deployment { id: going.id };
        return Reason::waiting(RULE, said("soaking", sentence), evidence).at(ready);
    }
    let how = best.replaced_by.map_or("failed".to_owned(), |other| {
        format!("was replaced by {other}")
    });
    let sentence = format!(
        "{sha} was live in {place} for {} only and {how}; deploy it to {place} again",
        lasting(best.lasts(now))
    );
    Reason::waiting(
        RULE,
        said("not_soaked", sentence),
        Fact::Deployment { id: best.id },
    )
}

fn never(case: &Case<'_>, all: &[&Deployed], place: &str) -> Reason {
    let sha = &case.asked.sha;
    let last = all.iter().rev().find(|d| d.state == "success");
    let mut sentence = match last {
        Some(other) if other.sha != *sha => format!("{place} ran {}, not {sha}", other.sha),
        _ => format!("{sha} has not been deployed to {place}"),
    };
    if case.facts.range.relation == "behind" {
        let here = case.environment;
        sentence =
            format!("{sha} was never live in {here}: treated as a forward deployment; {sentence}");
    }
    let evidence = Fact::Commit { sha: sha.clone() };
    Reason::waiting(RULE, said("not_soaked", sentence), evidence)
}

/// A time in which the commit was live.
struct Live<'a> {
    id: u64,
    since: Timestamp,
    until: Option<Timestamp>,
    replaced_by: Option<&'a str>,
}

impl Live<'_> {
    fn lasts(&self, now: Timestamp) -> SignedDuration {
        self.until.unwrap_or(now).duration_since(self.since)
    }
}

/// When a commit was live, oldest first; the last may still go on.
fn live<'a>(all: &[&'a Deployed], sha: &str) -> Vec<Live<'a>> {
    let mut times: Vec<Live<'a>> = Vec::new();
    for d in all {
        let going = times.last_mut().filter(|time| time.until.is_none());
        let works = d.state == "success";
        match going {
            Some(going) if works && d.sha != sha => {
                going.until = Some(d.at);
                going.replaced_by = Some(&d.sha);
            }
            Some(going)
                if d.sha == sha && matches!(d.state.as_str(), "failure" | "error" | "inactive") =>
            {
                going.until = Some(d.at);
            }
            None if works && d.sha == sha => times.push(Live {
                id: d.id,
                since: d.at,
                until: None,
                replaced_by: None,
            }),
            // Marked inactive first, and what replaced it at the same moment after.
            None if works => {
                if let Some(last) = times.last_mut().filter(|t| t.until == Some(d.at)) {
                    last.replaced_by = Some(&d.sha);
                }
            }
            _ => {}
        }
    }
    times
}
