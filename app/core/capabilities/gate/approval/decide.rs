//! The decision: each rule by itself, then the tree, then what stops everything.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::facts::Facts;
use super::people::{banned, commits, unattributed};
use super::words::{Pattern, Tree};
use super::{ApprovalRules, Disapproval, Methods, Options, Rule};

/// What a rule, a tree or the whole comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Everything that it needs is there.
    Approved,
    /// Something is missing.
    Pending,
    /// Somebody who may has stopped it.
    Disapproved,
    /// It does not apply: that is no approval.
    Skipped,
    /// It cannot be known.
    Error,
}

/// An answer with its reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// The answer.
    pub decision: Answer,
    /// A stable word.
    pub reason_code: &'static str,
    /// One sentence.
    pub sentence: String,
}

fn decided(decision: Answer, reason_code: &'static str, sentence: impl Into<String>) -> Decided {
    Decided {
        decision,
        reason_code,
        sentence: sentence.into(),
    }
}

fn unknown(why: String) -> Decided {
    decided(Answer::Error, "facts_unavailable", why)
}

pub(super) fn decide(rules: &ApprovalRules, facts: &Facts) -> Decided {
    let stopped = rules.disapproval.as_ref().map(|d| stopped(d, facts));
    match stopped {
        Some(Err(why)) => return unknown(why),
        Some(Ok(Some(stopped))) => return stopped,
        _ => {}
    }
    // With policy-bot, no rule at all approves everything.
    match rules.approval.as_slice() {
        [] => decided(
            Answer::Pending,
            "no_policy",
            "no rule says who has to approve",
        ),
        [one] => of_tree(rules, one, facts),
        all => all_of(rules, all, facts),
    }
}

fn of_tree(rules: &ApprovalRules, tree: &Tree, facts: &Facts) -> Decided {
    match tree {
        Tree::Rule(name) => match rules.rules.iter().find(|rule| rule.name == *name) {
            Some(rule) => of_rule(rule, facts).unwrap_or_else(unknown),
            None => unknown(format!("there is no rule {name}")),
        },
        Tree::All { all } => all_of(rules, all, facts),
        Tree::Any { any } => any_of(rules, any, facts),
    }
}

/// Rules that do not apply do not count, unless none does.
fn all_of(rules: &ApprovalRules, trees: &[Tree], facts: &Facts) -> Decided {
    let all: Vec<Decided> = trees.iter().map(|t| of_tree(rules, t, facts)).collect();
    together(&all, &[Answer::Error, Answer::Pending, Answer::Approved])
}

fn any_of(rules: &ApprovalRules, trees: &[Tree], facts: &Facts) -> Decided {
    let all: Vec<Decided> = trees.iter().map(|t| of_tree(rules, t, facts)).collect();
    together(&all, &[Answer::Approved, Answer::Error, Answer::Pending])
}

/// The first of these answers that there is.
fn together(all: &[Decided], order: &[Answer]) -> Decided {
    let first = order
        .iter()
        .find_map(|o| all.iter().find(|d| d.decision == *o));
    let (decision, sentence) = match first {
        Some(first) => (first.decision, first.sentence.clone()),
        None => (Answer::Skipped, "no rule applies".to_owned()),
    };
    let code = match decision {
        Answer::Approved => "approved",
        Answer::Pending => "pending",
        Answer::Error => "facts_unavailable",
        Answer::Skipped | Answer::Disapproved => "skipped",
    };
    decided(decision, code, sentence)
}

fn of_rule(rule: &Rule, facts: &Facts) -> Result<Decided, String> {
    let name = &rule.name;
    if let Some(unmet) = rule.r#if.unmet(facts)? {
        let sentence = format!("{name} does not apply: {unmet}");
        return Ok(decided(
            Answer::Skipped,
            "predicate_not_satisfied",
            sentence,
        ));
    }
    let unmet = rule.requires.conditions.unmet(facts)?;
    let mut needed = rule.requires.count as usize;
    if needed > 0 && unattributed(facts, &rule.options)? {
        needed += 1;
    }
    let approvers = match needed {
        0 => Vec::new(),
        _ => approvers(rule, facts)?,
    };
    if approvers.len() < needed {
        let sentence = format!("{name}: {} of {needed} approvals", approvers.len());
        return Ok(decided(Answer::Pending, "approvals_missing", sentence));
    }
    if let Some(unmet) = unmet {
        let sentence = format!("{name}: not yet so: {unmet}");
        return Ok(decided(Answer::Pending, "conditions_missing", sentence));
    }
    Ok(match needed {
        // What is let through because of what it is has a word of its own.
        0 if rule.requires.conditions.is_empty() => {
            let code = match rule.r#if.is_empty() {
                true => "approved",
                false => "rule_applies",
            };
            let sentence = format!("{name} needs no approval");
            decided(Answer::Approved, code, sentence)
        }
        0 => decided(
            Answer::Approved,
            "approved",
            format!("{name}: all conditions hold"),
        ),
        _ => {
            let sentence = format!("{name}: approved by {}", approvers.join(", "));
            decided(Answer::Approved, "approved", sentence)
        }
    })
}

fn approvers<'a>(rule: &Rule, facts: &'a Facts) -> Result<Vec<&'a str>, String> {
    let options = &rule.options;
    let banned = banned(facts, options)?;
    let pushed = match options.invalidate_on_push {
        true => last_push(facts, options)?,
        false => None,
    };
    let mut found: Vec<&str> = Vec::new();
    for said in said(facts, &options.methods, APPROVE, "approved") {
        let stale = match (&said.commit, pushed) {
            (Some(commit), _) if options.invalidate_on_push => **commit != facts.head_sha,
            (_, Some(pushed)) => said.at.is_none_or(|at| at <= pushed),
            (_, None) => false,
        };
        let edited = options.ignore_edited_comments && said.edited;
        if stale || edited || banned.contains(said.by) || found.contains(&said.by) {
            continue;
        }
        if rule.requires.from.has(facts, said.by)? {
            found.push(said.by);
        }
    }
    Ok(found)
}

/// The newest push of a commit that counts.
fn last_push(facts: &Facts, options: &Options) -> Result<Option<Timestamp>, String> {
    let commits = commits(facts, options)?;
    let pushed = commits.iter().filter_map(|c| facts.pushed_at.get(&c.sha));
    Ok(pushed.max().copied())
}

const APPROVE: &[&str] = &[":+1:", "👍"];
const STOP: &[&str] = &[":-1:", "👎"];

/// Something that somebody said and that counts.
struct Said<'a> {
    by: &'a str,
    at: Option<Timestamp>,
    edited: bool,
    commit: Option<&'a String>,
}

/// What was said that counts, oldest first.
fn said<'a>(facts: &'a Facts, methods: &Methods, usual: &[&str], state: &str) -> Vec<Said<'a>> {
    let mut found = Vec::new();
    let found_in = |patterns: &[Pattern], text: &str| patterns.iter().any(|p| p.is_in(text));
    for comment in &facts.comments {
        let own = unquoted(&comment.body);
        let holds = match &methods.comments {
            Some(words) => words.iter().any(|w| own.contains(w.as_str())),
            None => usual.iter().any(|w| own.contains(w)),
        };
        if holds || found_in(&methods.comment_patterns, &own) {
            found.push(Said {
                by: &comment.author,
                at: comment.created_at,
                edited: comment.edited_at.is_some(),
                commit: None,
            });
        }
    }
    let patterns = &methods.github_review_comment_patterns;
    if methods.github_review.unwrap_or(true) || !patterns.is_empty() {
        for review in newest(facts).into_values() {
            if review.state != state || !(patterns.is_empty() || found_in(patterns, &review.body)) {
                continue;
            }
            found.push(Said {
                by: &review.author,
                at: review.created_at,
                edited: review.edited_at.is_some(),
                commit: review.commit_id.as_ref(),
            });
        }
    }
    if let Some(body) = facts
        .body
        .as_ref()
        .filter(|b| found_in(&methods.body_patterns, &b.text))
    {
        found.push(Said {
            by: &body.author,
            at: body.created_at,
            edited: body.edited_at.is_some(),
            commit: None,
        });
    }
    found.sort_by_key(|said| said.at);
    found
}

/// A person's newest opinion takes back the earlier one.
fn newest(facts: &Facts) -> BTreeMap<&str, &super::Review> {
    let mut newest: BTreeMap<&str, &super::Review> = BTreeMap::new();
    for review in facts.reviews.iter().filter(|r| r.state != "commented") {
        let known = newest.get(review.author.as_str());
        if known.is_none_or(|known| known.created_at <= review.created_at) {
            newest.insert(&review.author, review);
        }
    }
    newest
}

/// A comment without the lines that it quotes: whoever quotes an approval does not give one.
fn unquoted(text: &str) -> String {
    let own = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'));
    own.collect::<Vec<_>>().join("\n")
}

fn stopped(rule: &Disapproval, facts: &Facts) -> Result<Option<Decided>, String> {
    let no = |sentence: String| Ok(Some(decided(Answer::Disapproved, "disapproved", sentence)));
    if !rule.r#if.is_empty() && rule.r#if.unmet(facts)?.is_none() {
        return no("it is of a kind that is not approved".to_owned());
    }
    if rule.requires.is_empty() {
        return Ok(None);
    }
    facts.need("comments")?;
    let methods = &rule.options.methods;
    let last = |all: Vec<Said<'_>>| -> Result<Option<(Option<Timestamp>, String)>, String> {
        let mut last = None;
        for said in all {
            if rule.requires.has(facts, said.by)? {
                last = Some((said.at, said.by.to_owned()));
            }
        }
        Ok(last)
    };
    let against = last(said(facts, &methods.disapprove, STOP, "changes_requested"))?;
    let revoked = last(said(facts, &methods.revoke, APPROVE, "approved"))?;
    match (against, revoked) {
        (Some((at, _)), Some((later, _))) if later > at => Ok(None),
        (Some((_, by)), _) => no(format!("disapproved by {by}")),
        (None, _) => Ok(None),
    }
}
