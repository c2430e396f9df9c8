//! Texts out of a report as they may go on: on one line, without control characters, and short.

use crate::bound;

/// A text on one line, of at most so many characters.
pub(crate) fn line(text: &str, most: usize) -> String {
    let mut plain = String::new();
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // Colours: the escape character is one that XML cannot hold, so it is often replaced.
            '\u{1b}' | '\u{fffd}' | '\u{241b}' if chars.peek() == Some(&'[') => {
                while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    match plain.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &plain[..at]),
        None => plain.trim_end().to_owned(),
    }
}

/// Nothing for a text that is blank.
pub(crate) fn named(text: &str) -> Option<String> {
    let text = line(text, bound::NAME);
    (!text.is_empty()).then_some(text)
}

/// The lines of a text that tell most: what pytest marks, or else the first ones.
pub(crate) fn excerpt(text: &str) -> Vec<String> {
    let lines = || text.lines().filter(|l| !l.trim().is_empty());
    let marked: Vec<&str> = lines().filter(|l| l.starts_with("E  ")).collect();
    let chosen = match marked.is_empty() {
        true => lines().take(bound::LINES).collect(),
        false => marked,
    };
    let kept = chosen.into_iter().take(bound::LINES);
    kept.map(|l| line(l, bound::LINE)).collect()
}

/// Adds to a text while there is room.
pub(crate) fn add(text: &mut String, more: &str) {
    let room = bound::TEXT.saturating_sub(text.len());
    let mut end = more.len().min(room);
    while !more.is_char_boundary(end) {
        end -= 1;
    }
    text.push_str(&more[..end]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" a\u{1b}[31mb\u{1b}[0m\tc\nd ", 9), "ab c d");
        assert_eq!(line("üüü", 2), "üü…");
        assert_eq!(line("\u{1b}[31", 9), "");
    }

    #[test]
    fn an_excerpt_is_what_tells_most() {
        assert_eq!(
            excerpt("def f():\n\n>   x\nE   assert 1\n"),
            ["E   assert 1"]
        );
        assert_eq!(excerpt("a\nb\n"), ["a", "b"]);
    }
}
