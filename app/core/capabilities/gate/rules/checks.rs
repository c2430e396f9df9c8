//! Checks on the very commit that is deployed, by App, name and commit: the newest of each counts.
//!
//! A commit status of the same name is something else: anybody who may write can set one.

use super::super::case::Case;
use super::super::facts::Check;
use super::super::policy::{App, CheckRule, Checks, OneCheck};
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "checks";

/// The number of the App that runs workflows, on github.com.
const GITHUB_ACTIONS: u64 = 15_368;

/// The checks passed.
pub(super) fn passed(case: &Case<'_>, rule: &Checks) -> Vec<Reason> {
    if let Some(unread) = case.unread(RULE, "checks", "the checks") {
        return vec![unread];
    }
    if case.facts.checks_truncated {
        let sentence = "GitHub lists fewer checks than there are on this commit".to_owned();
        let evidence = Fact::Commit {
            sha: case.asked.sha.clone(),
        };
        let said = said("facts_unavailable", sentence);
        return vec![Reason::waiting(RULE, said, evidence)];
    }
    let mut reasons: Vec<Reason> = match rule {
        Checks::List(list) => list.iter().map(|one| judge(case, one)).collect(),
        Checks::Named(CheckRule::AllRequired) => all_required(case),
    };
    // What failed is said before what is only missing.
    reasons.sort_by_key(|r| match r.code.as_str() {
        "check_not_success" => 0,
        "check_missing" => 1,
        "check_pending" => 2,
        _ => 3,
    });
    reasons
}

fn all_required(case: &Case<'_>) -> Vec<Reason> {
    let named = |name: &str, app: Option<u64>| OneCheck {
        name: name.to_owned(),
        app: app.map(App::Id),
        conclusions: vec!["success".to_owned()],
    };
    let wanted: Vec<OneCheck> = match &case.facts.required_checks {
        Some(required) => required.iter().map(|r| named(&r.name, r.app_id)).collect(),
        None => {
            let here = case.facts.checks.iter().filter(|c| c.sha == case.asked.sha);
            let mut all: Vec<_> = here.map(|c| (c.name.as_str(), Some(c.app_id))).collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter()
                .map(|(name, app)| named(name, app))
                .collect()
        }
    };
    if wanted.is_empty() {
        let sentence = format!("no check has run on {}", case.asked.sha);
        let evidence = Fact::Commit {
            sha: case.asked.sha.clone(),
        };
        return vec![Reason::waiting(
            RULE,
            said("check_missing", sentence),
            evidence,
        )];
    }
    wanted.iter().map(|one| judge(case, one)).collect()
}

fn judge(case: &Case<'_>, one: &OneCheck) -> Reason {
    let sha = &case.asked.sha;
    let evidence = Fact::Check {
        name: one.name.clone(),
        sha: sha.clone(),
    };
    let named = || case.facts.checks.iter().filter(|c| c.name == one.name);
    let of_app = |c: &&Check| is_of(c, one.app.as_ref());
    // Without an App in the policy, each App that reports this name has to be content.
    let mut apps: Vec<u64> = named()
        .filter(|c| c.sha == *sha)
        .filter(of_app)
        .map(|c| c.app_id)
        .collect();
    apps.sort_unstable();
    apps.dedup();
    let newest = |app: u64| {
        let own = named().filter(move |c| c.sha == *sha && c.app_id == app);
        // Never the order of a list.
        own.max_by_key(|c| (c.started_at, c.id))
    };
    let found: Vec<&Check> = apps.into_iter().filter_map(newest).collect();
    if found.is_empty() {
        let sentence = missing(case, one);
        return Reason::waiting(RULE, said("check_missing", sentence), evidence);
    }
    if let Some(open) = found.iter().find(|c| c.status != "completed") {
        let sentence = format!("{} is {}", one.name, open.status);
        return Reason::waiting(RULE, said("check_pending", sentence), evidence);
    }
    let bad = found.iter().find(|c| {
        let conclusion = c.conclusion.as_deref().unwrap_or_default();
        !one.conclusions.iter().any(|good| good == conclusion)
    });
    if let Some(bad) = bad {
        let conclusion = bad.conclusion.as_deref().unwrap_or("without a conclusion");
        let allowed = one.conclusions.join(", ");
        let sentence = format!("{} concluded {conclusion} (allowed: {allowed})", one.name);
        return Reason::waiting(RULE, said("check_not_success", sentence), evidence);
    }
    let conclusion = found.first().and_then(|c| c.conclusion.as_deref());
    let sentence = match conclusion {
        Some("success") | None => format!("{} passed", one.name),
        Some(other) => format!("{}: {other}", one.name),
    };
    Reason::met(RULE, said("ok", sentence), evidence)
}

fn is_of(check: &Check, app: Option<&App>) -> bool {
    match app {
        None => true,
        Some(App::Id(id)) => check.app_id == *id,
        Some(App::Slug(slug)) => match &check.app_slug {
            Some(own) => own == slug,
            None => slug == "github-actions" && check.app_id == GITHUB_ACTIONS,
        },
    }
}

/// Says what was found instead.
fn missing(case: &Case<'_>, one: &OneCheck) -> String {
    let sha = &case.asked.sha;
    let named = || case.facts.checks.iter().filter(|c| c.name == one.name);
    let mut sentence = format!("{} has not run on {sha}", one.name);
    if let Some(other) = named().find(|c| c.sha == *sha) {
        sentence = format!("{sentence}: the one by App {} is another's", other.app_id);
    } else if let Some(other) = named().find(|c| c.conclusion.as_deref() == Some("success")) {
        sentence = format!("{sentence} (it passed on {})", other.sha);
    } else if let Some(status) = case.facts.statuses.iter().find(|s| s.context == one.name) {
        let (name, who) = (&one.name, &status.creator);
        sentence = format!("{sentence} (a commit status named {name} by {who} is ignored)");
    }
    sentence
}
