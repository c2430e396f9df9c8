//! A document as plain text for a terminal.
//!
//! Control characters are gone before a terminal sees them, so a log cannot move the cursor,
//! change the title or recolour what follows.

use super::{Block, Document, Inline, Line, clean};

pub(super) fn render(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        write_block(&mut out, block, "");
    }
    out
}

fn write_block(out: &mut String, block: &Block, indent: &str) {
    let mut put = |text: &str| {
        out.push_str(indent);
        out.push_str(text.trim_end());
        out.push('\n');
    };
    match block {
        Block::Heading(line) | Block::Paragraph(line) | Block::Note(line) => put(&plain(line)),
        Block::List(items) => items
            .iter()
            .for_each(|item| put(&format!("- {}", plain(item)))),
        Block::Table { header, rows } => table(header, rows).iter().for_each(|row| put(row)),
        Block::Excerpt(lines) => lines
            .iter()
            .for_each(|line| put(&format!("    {}", clean(line)))),
        Block::Fold { summary, blocks } => {
            put(&plain(summary));
            for inner in blocks {
                write_block(out, inner, &format!("{indent}  "));
            }
        }
    }
}

fn plain(line: &Line) -> String {
    line.iter()
        .map(|part| match part {
            Inline::Text(text) | Inline::Strong(text) | Inline::Code(text) => clean(text),
            Inline::Link { text, url } if text == url => clean(text),
            Inline::Link { text, url } => format!("{} <{}>", clean(text), clean(url)),
        })
        .collect::<String>()
        .replace('\n', " ")
}

/// Columns as wide as their widest cell.
fn table(header: &[Line], rows: &[Vec<Line>]) -> Vec<String> {
    let all: Vec<Vec<String>> = std::iter::once(header)
        .chain(rows.iter().map(Vec::as_slice))
        .map(|r| r.iter().map(plain).collect())
        .collect();
    let width = |column: usize| {
        all.iter()
            .filter_map(|r| r.get(column))
            .map(|c| c.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    all.iter()
        .map(|row| {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ")
        })
        .collect()
}
