//! Every commit between what is live and what shall be came through a pull request that is known.
//!
//! "All of none" is never enough: where commits differ and no pull request was found, something
//! was missed.

use super::super::case::Case;
use super::super::policy::Require;
use super::super::spoken::Spoken as _;
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "range";

pub(super) fn explained(case: &Case<'_>) -> Vec<Reason> {
    let head = head(case);
    for source in ["range", "prs", "commits"] {
        if let Some(unread) = case.unread(RULE, source, "what is deployed") {
            return vec![unread];
        }
    }
    if case.rollback.is_some() {
        return Vec::new();
    }
    if case.facts.range.relation == "identical" {
        let said = said(
            "identical",
            format!("{head} is live already: nothing changes"),
        );
        return vec![Reason::met(RULE, said, commit(head))];
    }
    if !judges_pulls(case) {
        let missing = asks_pulls(case).then(|| truncated(case).or_else(|| pulls(case)));
        return Vec::from_iter(missing.flatten());
    }
    if let Some(reason) = history(case).or_else(|| pulls(case)) {
        return vec![reason];
    }
    if case.facts.live.is_some() {
        return Vec::new();
    }
    let pulls = case.facts.prs.iter();
    let judged: Vec<String> = pulls.map(|pr| format!("#{}", pr.number)).collect();
    let (to, judged) = (case.environment, judged.join(", "));
    let said = said("ok", format!("first deployment to {to}; judged {judged}"));
    vec![Reason::met(RULE, said, commit(head))]
}

fn head<'a>(case: &Case<'a>) -> &'a str {
    case.facts.range.head.as_deref().unwrap_or(&case.asked.sha)
}

fn commit(sha: &str) -> Fact {
    Fact::Commit {
        sha: sha.to_owned(),
    }
}

/// What is wrong with the commits between the two.
fn history(case: &Case<'_>) -> Option<Reason> {
    let (range, head) = (&case.facts.range, head(case));
    let base = range.base.as_deref().unwrap_or("nothing");
    if range.relation == "diverged" && !case.hotfix && !case.rules.deploy_open_prs {
        let sentence = format!("{head} does not contain the live commit {base}");
        let said = said("history_rewritten", sentence);
        return Some(Reason::blocked(RULE, said, commit(head)));
    }
    if let Some(truncated) = truncated(case) {
        return Some(truncated);
    }
    let direct = range.direct_commits.first()?;
    let more = match range.direct_commits.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let sentence = format!("{direct}{more} came without a pull request");
    let said = said("unreviewed_commit", sentence);
    Some(Reason::blocked(RULE, said, commit(direct)))
}

/// GitHub does not list all of them.
fn truncated(case: &Case<'_>) -> Option<Reason> {
    let (range, head) = (&case.facts.range, head(case));
    let base = range.base.as_deref().unwrap_or("nothing");
    let sentence = format!("{base}..{head} has more commits than GitHub lists");
    let said = said("facts_unavailable", sentence);
    let waits = || Reason::waiting(RULE, said, commit(head));
    range.truncated.then(waits)
}

/// What is wrong with the pull requests that they came through.
fn pulls(case: &Case<'_>) -> Option<Reason> {
    let (range, head) = (&case.facts.range, head(case));
    let (named, read) = (range.prs.len(), case.facts.prs.len());
    if read == 0 && range.relation != "behind" {
        let base = range.base.as_deref().unwrap_or("nothing");
        let sentence = format!("{base}..{head} has commits but no pull request was found");
        let said = said("range_unexplained", sentence);
        return Some(Reason::blocked(RULE, said, commit(head)));
    }
    if named > read {
        let sentence = format!("{read} of the {named} pull requests could be read");
        let said = said("facts_unavailable", sentence);
        return Some(Reason::waiting(RULE, said, commit(head)));
    }
    None
}

/// Whether any rule judges each pull request, and every commit has to come through one.
fn judges_pulls(case: &Case<'_>) -> bool {
    case.hotfix
        || case.policy.approval_rules.is_some()
        || requires(case).any(|r| {
            r.approvals.is_some()
                || r.codeowners
                || r.issues.is_some()
                || r.labels.is_some()
                || r.runbook.is_some()
                || !r.paths.is_empty()
        })
}

/// Whether a rule of one's own asks about pull requests: it says nothing about none.
fn asks_pulls(case: &Case<'_>) -> bool {
    let of_pulls = ["prs", "commits", "reviews", "labels", "issues"];
    let mut custom = requires(case).flat_map(|r| &r.custom);
    custom.any(|own| own.sources().iter().any(|source| of_pulls.contains(source)))
}

/// What the environment requires, and each service.
fn requires<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Require> {
    let services = case.policy.services.values();
    std::iter::once(&case.rules.require).chain(services.map(|service| &service.require))
}
