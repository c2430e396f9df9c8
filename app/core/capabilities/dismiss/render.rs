//! What is said to whoever dismissed something.

use super::decide::Verdict;
use super::facts::Facts;
use crate::line;
use crate::model::Sighting;
use crate::report::{Block, Conclusion, Document, Line, Report, code, strong};
use crate::saying::{self, FEWEST, REASON};

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let (title, reason_code) = title(verdict);
    let mut blocks = vec![Block::Paragraph(first(verdict, &title))];
    blocks.extend(more(facts, verdict));
    let document = Document { blocks };
    let conclusion = match verdict {
        Verdict::Dismissed { .. } | Verdict::TakenBack { .. } => Conclusion::Success,
        _ => Conclusion::Neutral,
    };
    let said = (title, conclusion, reason_code);
    Report::answer("dismiss", &facts.repo, facts.number, said, document)
}

/// The title; an id in plain text could be taken for a commit's.
fn first(verdict: &Verdict, title: &str) -> Line {
    let (Verdict::Dismissed { saying, .. } | Verdict::TakenBack { saying }) = verdict else {
        return line![strong(title)];
    };
    let id = saying.about.id();
    let id = saying::short(&id);
    let rest = title.strip_prefix(id).unwrap_or(title);
    line![code(id), " ", strong(rest.trim_start())]
}

fn title(verdict: &Verdict) -> (String, &'static str) {
    match verdict {
        Verdict::Dismissed { saying, .. } => {
            let id = saying.about.id();
            let title = format!("{} is dismissed", saying::short(&id));
            (title, "dismissed")
        }
        Verdict::TakenBack { saying } => {
            let id = saying.about.id();
            let title = format!("{} is told again", saying::short(&id));
            (title, "taken-back")
        }
        Verdict::NotDismissed => (
            "Nothing of that id is dismissed".to_owned(),
            "not-dismissed",
        ),
        Verdict::Unknown { .. } => ("No recent failure has that id".to_owned(), "unknown"),
        Verdict::Ambiguous { .. } => ("That id could mean several".to_owned(), "ambiguous"),
        Verdict::TooLong { characters } => {
            let title = format!(
                "A reason has at most {REASON} characters, this one {characters}; nothing is dismissed"
            );
            (title, "too-long")
        }
    }
}

fn more(facts: &Facts, verdict: &Verdict) -> Vec<Block> {
    match verdict {
        Verdict::Dismissed { saying, before } => {
            let mut line = line![saying.title.clone(), ". Dismissed "];
            line.extend(saying::by(saying));
            line.extend(saying::why(saying));
            line.push(".".into());
            let mut blocks = vec![Block::Paragraph(line)];
            if let Some(before) = before {
                let mut line = line!["This replaces what was said "];
                line.extend(saying::by(before));
                line.extend(saying::why(before));
                line.push(".".into());
                blocks.push(Block::Paragraph(line));
            }
            let id = saying.about.id();
            blocks.push(Block::Note(line![
                "It counts for the whole repository. ",
                code(format!("/waterline dismiss --undo {}", saying::short(&id))),
                " takes it back, ",
                code("/waterline dismissed"),
                " lists all."
            ]));
            blocks
        }
        Verdict::TakenBack { saying } => {
            let mut line = line![saying.title.clone(), ". It had been dismissed "];
            line.extend(saying::by(saying));
            line.push(".".into());
            vec![Block::Paragraph(line)]
        }
        Verdict::NotDismissed => vec![Block::Paragraph(line![
            code("/waterline dismissed"),
            " lists what is, with ids."
        ])],
        Verdict::Unknown { candidates } => unknown(facts, candidates),
        Verdict::Ambiguous { candidates } => {
            let mut blocks = vec![Block::Paragraph(line![
                "Write more of its digits. These begin so:"
            ])];
            blocks.push(list(candidates));
            blocks
        }
        Verdict::TooLong { .. } => Vec::new(),
    }
}

fn unknown(facts: &Facts, candidates: &[Sighting]) -> Vec<Block> {
    let hint = match saying::id(&facts.id) {
        Some(_) => "An id stands beside each finding of a diagnosis.".to_owned(),
        None => format!(
            "An id stands beside each finding of a diagnosis: {FEWEST} or more hexadecimal digits."
        ),
    };
    if candidates.is_empty() {
        return vec![Block::Paragraph(line![hint])];
    }
    let line = line![hint, " The newest failures here:"];
    vec![Block::Paragraph(line), list(candidates)]
}

fn list(candidates: &[Sighting]) -> Block {
    let digits = saying::digits(candidates);
    let line = |seen: &Sighting| -> Line { saying::candidate(seen, digits) };
    Block::List(candidates.iter().map(line).collect())
}
