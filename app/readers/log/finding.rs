//! One thing that went wrong, as a reader understood it, with the lines that it rests on.

use crate::matcher::By;
use crate::rule::{First, Tier};
use crate::{Category, Location};

/// The longest text of a line that is kept.
pub(crate) const WIDTH: usize = 1000;

/// The most lines around a message that are kept.
const FRAME: usize = 7;

/// A line that is kept: its number in the log and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) no: u64,
    pub(crate) text: String,
}

impl Line {
    /// Keeps a line, without trailing space, and no more of it than [`WIDTH`].
    pub(crate) fn new(no: u64, text: &str) -> Self {
        let text = text.trim_end();
        let mut end = text.len().min(WIDTH);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text[..end].to_owned();
        Self { no, text }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) name: &'static str,
    pub(crate) tier: Tier,
    pub(crate) category: Option<Category>,
    /// Whether the message may overrule the category.
    pub(crate) refine: bool,
    /// The heading, which names the test.
    pub(crate) head: Line,
    /// Lines that tell what went wrong.
    pub(crate) said: Vec<Line>,
    /// Lines that tell more.
    pub(crate) more: Vec<Line>,
    /// Lines of its report that tell nothing by themselves and make the rest understood.
    pub(crate) frame: Vec<Line>,
    pub(crate) first: First,
    pub(crate) test: Option<String>,
    pub(crate) at: Option<Location>,
    /// A template of the message: two findings with the same key say the same thing.
    pub(crate) key: String,
    /// Whether the runner had marked the line as an error.
    pub(crate) annotated: bool,
    /// How often the same was said.
    pub(crate) times: u32,
    /// The repository's problem matcher that found it.
    pub(crate) by: Option<By>,
}

impl Finding {
    /// A finding that rests on one line.
    pub(crate) fn new(name: &'static str, tier: Tier, head: Line) -> Self {
        let key = crate::mask::template(&head.text);
        Self {
            name,
            tier,
            category: None,
            refine: false,
            head,
            said: Vec::new(),
            more: Vec::new(),
            frame: Vec::new(),
            first: First::Said,
            test: None,
            at: None,
            key,
            annotated: false,
            times: 1,
            by: None,
        }
    }

    /// The line that is shown first.
    pub(crate) fn lead(&self) -> &Line {
        match self.said.first() {
            Some(said) if !self.head_first() => said,
            _ => &self.head,
        }
    }

    /// Whether the heading is told before what was said.
    pub(crate) fn head_first(&self) -> bool {
        match self.first {
            First::Said => self.said.is_empty(),
            First::Head => true,
            First::Values => !self.said.first().is_some_and(|l| compares(&l.text)),
        }
    }

    /// Whether the heading says nothing by itself.
    pub(crate) fn head_is_mute(&self) -> bool {
        self.head.text.starts_with("* ")
    }

    /// Keeps a line around the message, while there is room.
    pub(crate) fn surround(&mut self, no: u64, text: &str) {
        if self.frame.len() < FRAME {
            self.frame.push(Line::new(no, text));
        }
    }

    /// Which reader found it.
    pub(crate) fn why(&self) -> String {
        match &self.by {
            Some(by) => format!("problem matcher: {}", by.owner),
            None => self.name.to_owned(),
        }
    }

    /// Whether it stops nothing, and so is never told first.
    pub(crate) fn warns(&self) -> bool {
        self.by.as_ref().is_some_and(|by| by.warning)
    }

    /// What was said, in one line.
    pub(crate) fn message(&self) -> &str {
        self.said.first().map_or(&self.head.text, |line| &line.text)
    }
}

/// Whether a line puts a value beside the one that was wanted.
pub(crate) fn compares(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    let wanted = low.contains("expect") || low.contains("should be") || low.contains(" want");
    (wanted && (low.contains("but") || low.contains("got") || low.contains("received")))
        || low.trim_start().starts_with("expected:")
        || text.contains("!==")
        || text.contains(" != ")
        || text.contains("==> expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_come_before_headings() {
        let mut finding = Finding::new("x", Tier::Failure, Line::new(1, "T > t FAILED"));
        finding.first = First::Values;
        finding.said.push(Line::new(2, "IllegalStateException: no"));
        assert_eq!(finding.lead().no, 1);
        finding.said[0] = Line::new(2, "AssertionError: expected:<1> but was:<2>");
        assert_eq!(finding.lead().no, 2);
    }

    #[test]
    fn long_lines_are_cut_at_a_character() {
        let line = Line::new(1, &"ü".repeat(WIDTH));
        assert!(line.text.len() <= WIDTH);
    }
}
