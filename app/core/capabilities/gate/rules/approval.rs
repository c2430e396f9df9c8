//! `approval-rules` at the gate: each pull request is put into the form that they know. What the
//! gate does not read has no answer there, so a rule that needs it waits.

use std::collections::{BTreeMap, BTreeSet};

use super::super::approval::{Answer, ApprovalRules, Commit, Facts, File, Review};
use super::super::case::{Case, pull};
use super::super::facts::Change;
use super::super::policy::Level;
use super::super::verdict::{Reason, said};

pub(super) const RULE: &str = "approval-rules";

/// What the gate does not read.
const UNREAD: &[&str] = &[
    "comments",
    "organizations",
    "signatures",
    "workflow runs",
    "changes of single files",
];

/// The approval rules, for each pull request.
pub(super) fn held(case: &Case<'_>, rules: &ApprovalRules, pulls: &[&Change]) -> Vec<Reason> {
    let sources = ["prs", "commits", "reviews", "labels", "checks"];
    let unread = sources
        .iter()
        .find_map(|s| case.unread(RULE, s, &format!("the {s}")));
    match unread {
        Some(unread) => vec![unread],
        None => pulls.iter().map(|pr| judge(case, rules, pr)).collect(),
    }
}

fn judge(case: &Case<'_>, rules: &ApprovalRules, pr: &Change) -> Reason {
    let number = pr.number;
    let waits = |code, why: &str| {
        let sentence = format!("#{number}: {why}");
        Reason::waiting(RULE, said(code, sentence), pull(number))
    };
    if pr.files_truncated {
        return waits("facts_unavailable", "has more files than the API lists");
    }
    let decided = rules.decide(&facts(case, pr));
    match decided.decision {
        Answer::Approved => {
            let sentence = format!("#{number}: {}", decided.sentence);
            Reason::met(RULE, said("ok", sentence), pull(number))
        }
        Answer::Pending | Answer::Skipped => waits("approvals_missing", &decided.sentence),
        Answer::Disapproved => waits("changes_requested", &decided.sentence),
        Answer::Error => waits("facts_unavailable", &decided.sentence),
    }
}

fn facts(case: &Case<'_>, pr: &Change) -> Facts {
    let (owner, repo) = case
        .facts
        .repo
        .full_name
        .split_once('/')
        .unwrap_or_default();
    let mut facts = Facts {
        owner: owner.to_owned(),
        repo: repo.to_owned(),
        author: pr.author.login.clone(),
        head_sha: pr.head_sha.clone(),
        head_ref: pr.head.clone(),
        base_ref: pr.base.clone(),
        title: pr.title.clone(),
        labels: pr.labels.clone(),
        commits: commits(pr),
        statuses: checks(case),
        unread: UNREAD.iter().copied().collect(),
        ..Facts::default()
    };
    facts.files.extend(pr.files.iter().map(|path| File {
        path: path.clone(),
        ..File::default()
    }));
    let mut known = BTreeSet::new();
    // A bot never counts.
    for review in pr
        .reviews
        .iter()
        .filter(|r| r.kind == "User" || r.kind.is_empty())
    {
        facts.reviews.push(Review {
            author: review.user.clone(),
            state: review.state.to_lowercase(),
            created_at: review.at,
            commit_id: Some(review.commit_id.clone()),
            ..Review::default()
        });
        known.insert(review.user.clone());
        facts
            .teams
            .insert(review.user.clone(), review.teams.clone());
        if let Some(level) = Level::of(&review.permission) {
            facts.permissions.insert(review.user.clone(), level);
        }
    }
    facts.known = Some(known);
    let team = case
        .facts
        .errors
        .iter()
        .find(|(name, _)| name.starts_with("team:"));
    if let Some((name, error)) = team {
        facts
            .errors
            .insert("teams".to_owned(), format!("{name}: {error}"));
    }
    facts
}

/// Commits with their authors; where they were not read one by one, everybody who wrote any.
fn commits(pr: &Change) -> Vec<Commit> {
    let own = pr.commits.iter().map(|commit| Commit {
        sha: commit.sha.clone(),
        author: commit.author.clone().unwrap_or_default(),
        parents: commit.parents.clone(),
        ..Commit::default()
    });
    let others = pr.contributors.iter().chain(&pr.triggered_by);
    let others = others.map(|login| Commit {
        author: login.clone(),
        ..Commit::default()
    });
    own.chain(others).collect()
}

/// Checks on the commit that is deployed. Of several of one name, by whichever App, one that is
/// not good counts: a name alone proves nothing.
fn checks(case: &Case<'_>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for check in case.facts.checks.iter().filter(|c| c.sha == case.asked.sha) {
        let conclusion = check
            .conclusion
            .clone()
            .unwrap_or_else(|| "pending".to_owned());
        let known = found
            .entry(check.name.clone())
            .or_insert_with(|| conclusion.clone());
        if known == "success" {
            *known = conclusion;
        }
    }
    found
}
