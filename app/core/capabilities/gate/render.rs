//! The decision for people: the first line says it, then each rule with its sign and its reason,
//! then when it changes by itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::effects;
use super::facts::Facts;
use super::verdict::{Decision, Fact, Reason, State, Verdict};
use crate::line;
use crate::report::{Block, Conclusion, Document, Inline, Line, Report, code, link, strong};

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let title = title(facts, verdict);
    let mut blocks = vec![Block::Paragraph(line![strong(title.clone())])];
    let first = verdict.reasons.iter().find(|r| r.state != State::Met);
    if let (Decision::Wait | Decision::Block, Some(first)) = (verdict.decision, first) {
        blocks.push(Block::Paragraph(line![first.sentence.clone()]));
    }
    if let Some(next) = verdict.next_change {
        blocks.push(Block::Paragraph(changes(verdict, next)));
    }
    if !verdict.reasons.is_empty() {
        let rows = verdict.reasons.iter().map(|reason| row(facts, reason));
        blocks.push(Block::Table {
            header: vec![
                line![""],
                line!["Rule"],
                line!["What is so"],
                line!["Evidence"],
            ],
            rows: rows.collect(),
        });
    }
    if let Some(sha) = facts.event.deployment.as_ref().map(|asked| &asked.sha) {
        // Without the moment: the same answer is then not written anew with each look.
        let text = format!("Decided about {sha}.");
        blocks.push(Block::Note(line![text]));
    }
    let document = Document { blocks };
    Report {
        title,
        conclusion: conclusion(verdict),
        reason_code: verdict.reason_code.clone(),
        effects: effects::of(facts, verdict, &document),
        again: effects::again(facts, verdict),
        document,
        annotations: Vec::new(),
        only_if_asked: false,
    }
}

fn conclusion(verdict: &Verdict) -> Conclusion {
    match (verdict.decision, verdict.reason_code.as_str()) {
        (Decision::Allow, _) => Conclusion::Success,
        (Decision::Block, "policy_invalid") => Conclusion::Invalid,
        (Decision::Block | Decision::Refuse, _) => Conclusion::Blocked,
        (Decision::Wait, "facts_unavailable") => Conclusion::Unknown,
        (Decision::Wait, _) => Conclusion::Wait,
        (Decision::Ignore, _) => Conclusion::Neutral,
    }
}

/// One line: what becomes of it, and of what.
fn title(facts: &Facts, verdict: &Verdict) -> String {
    let environment = facts.event.environment.as_deref().unwrap_or("deployment");
    if facts.event.comment.is_some() {
        let sentence = verdict.reasons.first().map(|r| r.sentence.clone());
        return sentence.unwrap_or_default();
    }
    match (verdict.decision, &verdict.would_be) {
        (Decision::Allow, Some(would)) => {
            let would = match would.decision {
                Decision::Block => "block",
                _ => "wait",
            };
            format!("{environment}: allowed; it would {would}, and the mode lets it through")
        }
        (Decision::Allow, None) => format!("{environment}: may go ahead"),
        (Decision::Wait, _) => format!("{environment}: not yet"),
        (Decision::Block, _) => format!("{environment}: no"),
        (Decision::Refuse, _) => format!("{environment}: refused"),
        (Decision::Ignore, _) => format!("{environment}: nothing to decide"),
    }
}

fn changes(verdict: &Verdict, next: Timestamp) -> Line {
    match verdict.until {
        Some(until) if until == next => {
            line![format!("It changes by itself at {}.", shown(Some(next)))]
        }
        Some(until) => line![format!("It changes by itself by {}.", shown(Some(until)))],
        None => line![format!(
            "It is looked at again at {}, and whenever something changes.",
            shown(Some(next))
        )],
    }
}

fn row(facts: &Facts, reason: &Reason) -> Vec<Line> {
    let mut evidence: Line = Vec::new();
    for fact in &reason.evidence {
        if !evidence.is_empty() {
            evidence.push(Inline::from(", "));
        }
        evidence.push(place(facts, fact));
    }
    vec![
        line![reason.state.sign()],
        line![reason.rule.clone()],
        line![reason.sentence.clone()],
        evidence,
    ]
}

fn place(facts: &Facts, fact: &Fact) -> Inline {
    let repo = &facts.repo.full_name;
    let page = |path: String| format!("{}/{repo}/{path}", web(facts));
    match fact {
        Fact::Policy { key } => code(key.clone()),
        Fact::PullRequest { number } => link(format!("#{number}"), page(format!("pull/{number}"))),
        Fact::Issue { number } => link(format!("#{number}"), page(format!("issues/{number}"))),
        Fact::Commit { sha } | Fact::Check { sha, .. } => {
            let short: String = sha.chars().take(7).collect();
            link(short, page(format!("commit/{sha}")))
        }
        Fact::Deployment { id } => Inline::from(format!("deployment {id}")),
        Fact::Clock { at } => Inline::from(shown(Some(*at))),
        Fact::Source { name, said } => code(
            format!("{name}: {said}")
                .chars()
                .take(120)
                .collect::<String>(),
        ),
    }
}

/// Where the pages are: the host of the API, without its own name for it.
fn web(facts: &Facts) -> String {
    let api = facts.repo.api_host.as_deref().unwrap_or("api.github.com");
    match api.contains("://") {
        true => api.to_owned(),
        false => format!("https://{}", api.strip_prefix("api.").unwrap_or(api)),
    }
}

/// `2026-03-02 12:00 UTC`.
fn shown(at: Option<Timestamp>) -> String {
    let shown = |at: Timestamp| {
        let at = at.to_zoned(TimeZone::UTC);
        at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    };
    at.map_or_else(|| "an unknown moment".to_owned(), shown)
}
