//! The issues behind the pull requests, and whether what they ask for is done.
//!
//! An issue is read as Markdown: a box in a code block or a comment is no criterion, and a heading
//! without boxes is none that is met.

use pulldown_cmark::{Event as Md, Options, Parser, Tag, TagEnd};

use super::super::case::{Case, pull};
use super::super::facts::{Change, LinkedIssue};
use super::super::policy::{Criteria, Issues, TickedBy};
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "issues";

pub(super) fn done(case: &Case<'_>, rule: &Issues, pulls: &[&Change]) -> Vec<Reason> {
    if let Some(unread) = case.unread(RULE, "issues", "the linked issues") {
        return vec![unread];
    }
    let mut reasons = Vec::new();
    for pr in pulls {
        if pr.linked_issues.is_empty() {
            let sentence = format!("#{} links no issue", pr.number);
            reasons.push(Reason::waiting(
                RULE,
                said("issue_missing", sentence),
                pull(pr.number),
            ));
            continue;
        }
        for issue in &pr.linked_issues {
            let reason = match rule.acceptance_criteria {
                Some(Criteria::Complete) => complete(rule, pr, issue),
                None => {
                    let sentence = format!("#{} is behind #{}", issue.number, pr.number);
                    Reason::met(RULE, said("ok", sentence), evidence(issue))
                }
            };
            reasons.push(reason.and(pull(pr.number)));
        }
    }
    reasons
}

fn evidence(issue: &LinkedIssue) -> Fact {
    Fact::Issue {
        number: issue.number,
    }
}

fn complete(rule: &Issues, pr: &Change, issue: &LinkedIssue) -> Reason {
    let number = issue.number;
    let counted = match (issue.acceptance_total, issue.acceptance_done, &issue.body) {
        (Some(total), Some(done), _) => Some(Counted {
            heading: true,
            total,
            done,
        }),
        (_, _, Some(body)) => Some(count(body)),
        _ => None,
    };
    let Some(Counted {
        heading,
        total,
        done,
    }) = counted
    else {
        let sentence = format!("#{number}: its acceptance criteria are not known");
        return Reason::waiting(RULE, said("facts_unavailable", sentence), evidence(issue));
    };
    if total == 0 {
        let sentence = match heading {
            true => format!("#{number} has a section \"Acceptance criteria\" without check boxes"),
            false => format!("#{number} has no section \"Acceptance criteria\""),
        };
        return Reason::waiting(RULE, said("criteria_missing", sentence), evidence(issue));
    }
    if done < total {
        let sentence = format!("#{number}: {done}/{total} acceptance criteria");
        return Reason::waiting(RULE, said("criteria_open", sentence), evidence(issue));
    }
    let editor = issue.last_edit.as_ref().map(|edit| edit.editor.as_str());
    let wrote = |who: &str| {
        who.eq_ignore_ascii_case(&pr.author.login)
            || pr.contributors.iter().any(|c| c.eq_ignore_ascii_case(who))
    };
    match editor.filter(|who| rule.ticked_by == TickedBy::NotAuthor && wrote(who)) {
        Some(who) => {
            let sentence = format!(
                "#{number} was last edited by {who}, who wrote #{}",
                pr.number
            );
            Reason::waiting(
                RULE,
                said("criteria_self_ticked", sentence),
                evidence(issue),
            )
        }
        None => {
            let sentence = format!("#{number}: {done}/{total} acceptance criteria");
            Reason::met(RULE, said("ok", sentence), evidence(issue))
        }
    }
}

/// The check boxes below a heading about acceptance criteria.
struct Counted {
    heading: bool,
    total: u64,
    done: u64,
}

fn count(body: &str) -> Counted {
    let mut counted = Counted {
        heading: false,
        total: 0,
        done: 0,
    };
    let mut title: Option<String> = None;
    let mut inside = false;
    for event in Parser::new_ext(body, Options::ENABLE_TASKLISTS) {
        match event {
            Md::Start(Tag::Heading { .. }) => title = Some(String::new()),
            Md::End(TagEnd::Heading(_)) => {
                let title = title.take().unwrap_or_default().to_lowercase();
                inside =
                    title.contains("acceptance criteria") || title.contains("definition of done");
                counted.heading |= inside;
            }
            Md::Text(text) | Md::Code(text) => {
                if let Some(title) = &mut title {
                    title.push_str(&text);
                }
            }
            Md::TaskListMarker(ticked) if inside => {
                counted.total += 1;
                counted.done += u64::from(ticked);
            }
            _ => {}
        }
    }
    counted
}
