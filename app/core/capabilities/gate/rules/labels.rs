//! Labels that must or must not stand on the pull requests, and who took one away: the permission
//! to triage is enough for that, so a label that is gone proves little by itself.

use super::super::case::{Case, pull};
use super::super::facts::{Change, LabelEvent};
use super::super::policy::Labels;
use super::super::verdict::{Reason, said};

const RULE: &str = "labels";

pub(super) fn right(case: &Case<'_>, rule: &Labels, pulls: &[&Change]) -> Vec<Reason> {
    if let Some(unread) = case.unread(RULE, "labels", "the labels") {
        return vec![unread];
    }
    let removers = case.teams(&rule.removal_by);
    pulls.iter().map(|pr| judge(rule, &removers, pr)).collect()
}

fn judge(rule: &Labels, removers: &[&str], pr: &Change) -> Reason {
    let number = pr.number;
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let has = |label: &String| pr.labels.iter().any(|own| same(own, label));
    let waits = |code, sentence| Reason::waiting(RULE, said(code, sentence), pull(number));
    for label in &rule.none_of {
        if has(label) {
            return waits("blocking_label", format!("#{number} has label {label}"));
        }
        let events = pr.label_events.iter().filter(|e| same(&e.label, label));
        let last = events.max_by_key(|e| e.at);
        let allowed = |e: &LabelEvent| {
            removers.is_empty()
                || e.actor_teams
                    .iter()
                    .any(|own| removers.iter().any(|team| same(own, team)))
        };
        if let Some(removal) = last.filter(|e| e.event == "unlabeled" && !allowed(e)) {
            let sentence = format!(
                "#{number}: {label} was removed by {}, who is not in {}",
                removal.actor,
                removers.join(" or ")
            );
            return waits("blocking_label", sentence);
        }
    }
    if let Some(label) = rule.all_of.iter().find(|label| !has(label)) {
        return waits("label_missing", format!("#{number} has no label {label}"));
    }
    if !rule.any_of.is_empty() && !rule.any_of.iter().any(has) {
        let sentence = format!(
            "#{number} has none of the labels {}",
            rule.any_of.join(", ")
        );
        return waits("label_missing", sentence);
    }
    let sentence = format!("#{number}: its labels do not stand in the way");
    Reason::met(RULE, said("ok", sentence), pull(number))
}
