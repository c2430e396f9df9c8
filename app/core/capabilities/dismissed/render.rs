//! The list, a table for each kind.

use super::decide::Verdict;
use super::facts::Facts;
use crate::line;
use crate::model::Saying;
use crate::report::{Block, Conclusion, Document, Line, Report, code, strong};
use crate::saying::{day, said_on, short};

/// The most rows of a table; the newest are shown, the rest is counted.
const ROWS: usize = 50;

pub(super) fn render(facts: &Facts, verdict: &Verdict) -> Report {
    let (dismissed, flaky) = (verdict.dismissed.len(), verdict.flaky.len());
    let title = match (dismissed, flaky) {
        (0, 0) => "Nothing is dismissed, and no test was said to be flaky".to_owned(),
        _ => format!("Dismissed: {dismissed}; said to be flaky: {flaky}"),
    };
    let mut blocks = vec![Block::Paragraph(line![strong(title.clone())])];
    blocks.extend(table("Finding", &verdict.dismissed, finding));
    blocks.extend(table("Flaky test", &verdict.flaky, test));
    if dismissed + flaky > 0 {
        blocks.push(Block::Note(line![
            "Take back by id: ",
            code("/waterline dismiss --undo ID"),
            ", ",
            code("/waterline flaky --undo ID"),
            "."
        ]));
    }
    let document = Document { blocks };
    let said = (title, Conclusion::Success, "listed");
    Report::answer("dismissed", &facts.repo, facts.number, said, document)
}

fn finding(saying: &Saying) -> Line {
    line![saying.title.clone()]
}

fn test(saying: &Saying) -> Line {
    line![code(saying.title.clone())]
}

fn table(what: &str, sayings: &[Saying], called: fn(&Saying) -> Line) -> Vec<Block> {
    if sayings.is_empty() {
        return Vec::new();
    }
    let header = ["Id", what, "By", "Said on", "Until", "Why"].map(|cell| line![cell]);
    let rows = sayings.iter().take(ROWS).map(|saying| {
        vec![
            line![code(short(&saying.about.id()))],
            called(saying),
            line![format!("@{}", saying.by.login)],
            line![said_on(saying)],
            line![day(saying.until)],
            line![saying.reason.clone()],
        ]
    });
    let mut blocks = vec![Block::Table {
        header: header.to_vec(),
        rows: rows.collect(),
    }];
    if sayings.len() > ROWS {
        let more = format!("And {} older ones.", sayings.len() - ROWS);
        blocks.push(Block::Paragraph(line![more]));
    }
    blocks
}
