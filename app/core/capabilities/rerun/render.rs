//! What is said to whoever asked, and what is done.

use super::decide::{Verdict, Why};
use super::facts::Facts;
use crate::line;
use crate::report::{Block, Conclusion, Document, Effect, Line, Report, code, link, strong};

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let title = title(verdict);
    let mut items: Vec<Line> = verdict
        .again
        .iter()
        .map(|again| {
            line![
                link(again.workflow.clone(), again.url.clone()),
                format!(": its failed jobs run again, attempt {}", again.attempt)
            ]
        })
        .collect();
    items.extend(verdict.left.iter().map(|left| {
        let mut line = line![link(left.workflow.clone(), left.url.clone()), ": "];
        line.extend(why(left.why));
        line
    }));
    let mut blocks = vec![Block::Paragraph(line![strong(title.clone())])];
    if !items.is_empty() {
        blocks.push(Block::List(items));
    }
    if let Some(head) = &facts.head {
        let text = format!("At commit {}.", head.short());
        blocks.push(Block::Note(line![text]));
    }
    let document = Document { blocks };
    Report {
        title,
        conclusion: match verdict.again.is_empty() {
            true => Conclusion::Neutral,
            false => Conclusion::Success,
        },
        reason_code: match verdict.again.is_empty() {
            true => "nothing-to-run".to_owned(),
            false => "run-again".to_owned(),
        },
        effects: effects(facts, verdict, &document),
        document,
        annotations: Vec::new(),
        only_if_asked: false,
        again: None,
    }
}

fn title(verdict: &Verdict) -> String {
    match (verdict.again.len(), verdict.left.len()) {
        (0, 0) => "Nothing failed, so nothing is run again".to_owned(),
        (0, _) => "Nothing is run again".to_owned(),
        (1, _) => "The failed jobs of one run are run again".to_owned(),
        (n, _) => format!("The failed jobs of {n} runs are run again"),
    }
}

fn why(why: Why) -> Line {
    match why {
        Why::Running => line!["has not ended yet"],
        Why::NotFailed => line!["did not fail"],
        Why::RunAgainBefore => line![
            "was run again at this commit already; ",
            code("/waterline rerun --force"),
            " does it once more"
        ],
    }
}

/// First what was asked for, then the answer.
fn effects(facts: &Facts, verdict: &Verdict, document: &Document) -> Vec<Effect> {
    let again = verdict.again.iter().map(|again| Effect::Rerun {
        repo: facts.repo.clone(),
        run: again.run,
        attempt: again.attempt,
    });
    let answer = Effect::answer("rerun", &facts.repo, facts.number, document);
    again.chain(answer).collect()
}
