//! The list, a table for each kind.

use super::decide::Verdict;
use super::facts::Facts;
use crate::line;
use crate::model::Saying;
use crate::report::{
    Block, Conclusion, Document, Effect, Inline, Line, Marker, Report, code, link, strong,
};
use crate::saying::{day, short};

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
    let answer = facts.number.map(|number| Effect::Comment {
        repo: facts.repo.clone(),
        number,
        marker: Marker::new("dismissed", &format!("{}#{number}", facts.repo)),
        document: document.clone(),
        create: true,
    });
    Report {
        title,
        conclusion: Conclusion::Success,
        reason_code: "listed".to_owned(),
        document,
        annotations: Vec::new(),
        effects: answer.into_iter().collect(),
        only_if_asked: false,
        again: None,
    }
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
        let on: Inline = match &saying.url {
            Some(url) => link(day(saying.at), url.clone()),
            None => day(saying.at).into(),
        };
        vec![
            line![code(short(&saying.about.id()))],
            called(saying),
            line![format!("@{}", saying.by.login)],
            line![on],
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
