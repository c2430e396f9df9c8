//! The lines of a comment that are commands: plain text, at the margin, in our own letters.
//!
//! A comment is read as Markdown, so nothing inside quotes, code, links or HTML is one.

use pulldown_cmark::{Event as Md, Options, Parser, Tag, TagEnd};

/// The lines of plain text that start with our word, at the start of a line of the comment.
pub(crate) fn command_lines(comment: &str) -> Vec<String> {
    // Our word must be there at all: most comments end here, unparsed.
    if !mentions(comment, b"/waterline") && !mentions(comment, b"/wl") {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut depth = 0_usize;
    let mut start = None;
    let mut tainted = false;
    for (event, range) in Parser::new_ext(comment, Options::all()).into_offset_iter() {
        match event {
            Md::Start(Tag::Paragraph) if depth == 0 => {
                depth += 1;
                (start, tainted) = (Some(range.start), false);
            }
            Md::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => depth += 1,
            Md::Start(_) => {
                depth += 1;
                tainted = true;
            }
            Md::End(TagEnd::Paragraph) if depth == 1 => {
                depth -= 1;
                take(comment, start.take(), range.end, tainted, &mut lines);
            }
            Md::End(_) => depth = depth.saturating_sub(1),
            Md::SoftBreak | Md::HardBreak if start.is_some() => {
                take(comment, start, range.start, tainted, &mut lines);
                (start, tainted) = (Some(range.end), false);
            }
            Md::Text(_) => {}
            _ => tainted = true,
        }
    }
    lines
}

/// Whether a word stands anywhere, in whatever case.
fn mentions(comment: &str, word: &[u8]) -> bool {
    let mut places = comment.as_bytes().windows(word.len());
    places.any(|place| place.eq_ignore_ascii_case(word))
}

/// Keeps a line that is a command, judged by the comment's own bytes.
fn take(comment: &str, start: Option<usize>, end: usize, tainted: bool, lines: &mut Vec<String>) {
    let Some(line) = start.and_then(|start| comment.get(start..end)) else {
        return;
    };
    let at_margin = start.is_some_and(|s| s == 0 || comment.as_bytes().get(s - 1) == Some(&b'\n'));
    let line = line.trim_end();
    let word = line.split_ascii_whitespace().next().unwrap_or_default();
    // Look-alike letters and invisible characters make it somebody's prose, not a command.
    let ours = ["/waterline", "/wl"]
        .iter()
        .any(|our| word.eq_ignore_ascii_case(our));
    if !tainted && at_margin && line.is_ascii() && ours {
        lines.push(line.to_owned());
    }
}
