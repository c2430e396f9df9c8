//! A document as GitHub-flavoured Markdown.
//!
//! The only structure in the result is the structure of the blocks: whatever text they hold, a
//! Markdown parser finds no link, image, mention or HTML in it that is not a block or an inline
//! of ours. The property test below holds that against generated text.

use super::{Block, Document, Inline, Line, escape};

const CUT: &str = "*The rest did not fit here.*";

pub(super) fn render(document: &Document, limit: usize) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        let text = render_block(block);
        if out.len() + text.len() + 2 + CUT.len() + 2 > limit {
            out.push_str(if out.is_empty() { "" } else { "\n\n" });
            out.push_str(CUT);
            break;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&text);
    }
    out
}

fn render_block(block: &Block) -> String {
    match block {
        Block::Heading(line) => format!("### {}", inline(line)),
        Block::Paragraph(line) => inline(line),
        Block::List(items) => items
            .iter()
            .map(|i| format!("- {}", inline(i)))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Table { header, rows } => table(header, rows),
        Block::Excerpt(lines) => escape::fenced(lines),
        Block::Fold { summary, blocks } => fold(summary, blocks),
        Block::Note(line) => format!("<sub>{}</sub>", inline(line)),
    }
}

/// Four spaces at its start would make a line a block of code.
fn inline(line: &Line) -> String {
    let mut text = String::new();
    for part in line {
        let opens = text.trim_start().is_empty();
        text.push_str(&inline_part(part, opens));
    }
    text.trim_start().to_owned()
}

fn inline_part(part: &Inline, opens: bool) -> String {
    match part {
        Inline::Text(text) => escape::words(text, opens),
        Inline::Strong(text) => emphasised(&escape::words(text, opens)),
        Inline::Code(text) => escape::code_span(text),
        Inline::Link { text, url } => match escape::address(url) {
            Some(url) => format!("[{}]({url})", escape::words(text, false)),
            None => escape::words(text, opens),
        },
    }
}

/// `**` that touches a space is shown as two stars, so blanks go outside.
fn emphasised(text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        String::new()
    } else {
        format!("**{inner}**")
    }
}

fn table(header: &[Line], rows: &[Vec<Line>]) -> String {
    let cell = |line: &Line| -> String {
        let part = |part: &Inline| match part {
            Inline::Code(text) => escape::cell_code(text),
            other => inline_part(other, true),
        };
        line.iter().map(part).collect()
    };
    let row = |cells: &[Line]| {
        format!(
            "| {} |",
            cells.iter().map(cell).collect::<Vec<_>>().join(" | ")
        )
    };
    let rule = format!("|{}", " --- |".repeat(header.len()));
    let mut lines = vec![row(header), rule];
    lines.extend(rows.iter().map(|cells| row(cells)));
    lines.join("\n")
}

/// `<summary>` is HTML: inside it, code is an element and not a pair of backticks.
fn fold(summary: &Line, blocks: &[Block]) -> String {
    let summary: String = summary
        .iter()
        .map(|part| match part {
            Inline::Text(text) | Inline::Link { text, .. } => escape::html(text),
            Inline::Strong(text) => format!("<b>{}</b>", escape::html(text)),
            Inline::Code(text) => format!("<code>{}</code>", escape::html(text)),
        })
        .collect();
    let inner = blocks
        .iter()
        .map(render_block)
        .collect::<Vec<_>>()
        .join("\n\n");
    format!("<details><summary>{summary}</summary>\n\n{inner}\n\n</details>")
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
