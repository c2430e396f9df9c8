//! What is said to whoever called a test flaky.

use super::decide::{TESTS, Verdict};
use super::facts::Facts;
use crate::line;
use crate::report::{Block, Conclusion, Document, Report, code, strong};
use crate::saying::{self, NAME};

/// The most names that are offered.
const OFFERED: usize = 10;

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let (title, reason_code) = title(verdict);
    let mut blocks = vec![Block::Paragraph(line![strong(title.clone())])];
    blocks.extend(more(verdict));
    let document = Document { blocks };
    let conclusion = match verdict {
        Verdict::Flaky { .. } | Verdict::TakenBack { .. } => Conclusion::Success,
        _ => Conclusion::Neutral,
    };
    let said = (title, conclusion, reason_code);
    Report::answer("flaky", &facts.repo, facts.number, said, document)
}

fn title(verdict: &Verdict) -> (String, &'static str) {
    match verdict {
        Verdict::Flaky { sayings, .. } if sayings.len() == 1 => {
            ("A known flake from now on".to_owned(), "flaky")
        }
        Verdict::Flaky { sayings, .. } => {
            let title = format!("{} known flakes from now on", sayings.len());
            (title, "flaky")
        }
        Verdict::TakenBack { .. } => ("A known flake no longer".to_owned(), "taken-back"),
        Verdict::NotFlaky => ("No such test was said to be flaky".to_owned(), "not-flaky"),
        Verdict::Unknown { .. } => {
            let title = "No finding with failing tests has that id here";
            (title.to_owned(), "unknown")
        }
        Verdict::Ambiguous { .. } => ("That could mean several tests".to_owned(), "ambiguous"),
        Verdict::TooMuch => {
            let title = format!(
                "A test's name has 1 to {NAME} characters, and an id stands for at most {TESTS} tests; nothing was kept"
            );
            (title, "too-much")
        }
    }
}

fn more(verdict: &Verdict) -> Vec<Block> {
    match verdict {
        Verdict::Flaky { sayings, seen } => {
            let items = sayings.iter().map(|saying| {
                let mut line = line![code(saying.title.clone()), ", said "];
                line.extend(saying::by(saying));
                line.extend(saying::why(saying));
                line
            });
            let mut blocks = vec![Block::List(items.collect())];
            if !seen {
                blocks.push(Block::Paragraph(line![
                    "The newest diagnosis here names no failing test like this; it counts where one fails."
                ]));
            }
            blocks.push(Block::Note(line![
                "It counts for the whole repository, and never against what was observed. ",
                code("/waterline flaky --undo TEST"),
                " takes it back, ",
                code("/waterline dismissed"),
                " lists all."
            ]));
            blocks
        }
        Verdict::TakenBack { sayings } => {
            let items = sayings.iter().map(|saying| {
                let mut line = line![code(saying.title.clone()), ", said "];
                line.extend(saying::by(saying));
                line
            });
            vec![Block::List(items.collect())]
        }
        Verdict::NotFlaky => vec![Block::Paragraph(line![
            code("/waterline dismissed"),
            " lists those that were, with ids."
        ])],
        Verdict::Unknown { candidates } | Verdict::Ambiguous { candidates } => offered(candidates),
        Verdict::TooMuch => Vec::new(),
    }
}

fn offered(candidates: &[String]) -> Vec<Block> {
    if candidates.is_empty() {
        return vec![Block::Paragraph(line![
            "The newest diagnosis here names no failing test."
        ])];
    }
    let names = candidates.iter().take(OFFERED);
    vec![
        Block::Paragraph(line!["Name one of these in full:"]),
        Block::List(names.map(|name| line![code(name.clone())]).collect()),
    ]
}
