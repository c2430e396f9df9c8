//! Rules that look at which files a pull request changes. A file that was moved counts by both its
//! paths, and where GitHub does not list all files, each rule is taken to be about them.

use super::super::case::{Case, pull};
use super::super::facts::Change;
use super::super::policy::{Globs, PathRule, RunbookRule};
use super::super::verdict::{Reason, State, said};
use super::approvals;

/// Whether a pull request changes one of these.
pub(super) fn touches(pr: &Change, globs: &Globs) -> bool {
    touched(pr, globs).is_some()
}

fn touched<'a>(pr: &'a Change, globs: &Globs) -> Option<&'a str> {
    let moved = pr.renamed.values().chain(pr.renamed.keys());
    pr.files
        .iter()
        .chain(moved)
        .find(|path| globs.is_match(path))
        .map(String::as_str)
}

/// Files that need more approvals.
pub(super) fn guarded(case: &Case<'_>, rule: &PathRule, pulls: &[&Change]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for pr in pulls {
        let why = match touched(pr, &rule.when) {
            Some(path) if pr.renamed.values().any(|old| old == path) => format!("moves {path}"),
            Some(path) => format!("changes {path}"),
            None if pr.files_truncated => {
                "has more files than the API lists, so every path rule applies".to_owned()
            }
            None => continue,
        };
        for mut reason in approvals::enough(case, &rule.approvals, &[pr], "paths") {
            if reason.state != State::Met {
                reason.sentence = format!("#{} {why}: {}", pr.number, reason.sentence);
            }
            reasons.push(reason);
        }
    }
    reasons
}

/// Risky changes come with a runbook.
pub(super) fn runbook(rule: &RunbookRule, pulls: &[&Change]) -> Vec<Reason> {
    const RULE: &str = "runbook";
    let mut reasons = Vec::new();
    for pr in pulls {
        let risky = touched(pr, &rule.when);
        if risky.is_none() && !pr.files_truncated {
            continue;
        }
        if touches(pr, &rule.r#in) || links(&pr.body, &rule.r#in) {
            let sentence = format!("#{} comes with a runbook", pr.number);
            reasons.push(Reason::met(RULE, said("ok", sentence), pull(pr.number)));
            continue;
        }
        let Some(risky) = risky.filter(|_| !pr.files_truncated) else {
            let sentence = format!("#{} has more files than the API lists", pr.number);
            let said = said("facts_unavailable", sentence);
            reasons.push(Reason::waiting(RULE, said, pull(pr.number)));
            continue;
        };
        let sentence = format!(
            "#{} changes {risky} but no {} (and links none)",
            pr.number, rule.r#in
        );
        let said = said("runbook_missing", sentence);
        // The files of a merged pull request stay as they are.
        reasons.push(match pr.state.as_str() {
            "open" => Reason::waiting(RULE, said, pull(pr.number)),
            _ => Reason::blocked(RULE, said, pull(pr.number)),
        });
    }
    reasons
}

/// Whether a text names a path that fits, alone or at the end of an address.
fn links(text: &str, globs: &Globs) -> bool {
    text.split(|c: char| c.is_whitespace() || "()[]<>`\"'".contains(c))
        .filter(|word| word.len() < 500)
        .any(|word| {
            let word = word.trim_end_matches(['.', ',', ';', ':']);
            let word = word.split(['#', '?']).next().unwrap_or_default();
            let starts = word.match_indices('/').map(|(at, _)| at + 1);
            std::iter::once(0)
                .chain(starts)
                .any(|at| globs.is_match(&word[at..]))
        })
}
