//! A stretch of whole lines, made ready to be searched at once: without what the runner put
//! before each line and what a terminal would have swallowed. A line that holds nothing is never
//! touched again; those before it can be looked back at while the page is open.

use crate::frame::Mark;
use crate::{clean, frame};

/// What the clean-up at the end begins with.
const POST: &[u8] = b"Post job cleanup.";

/// Where a line lies.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// The line as it came, in the raw bytes.
    start: u32,
    /// What is left of it behind timestamp and marker.
    bare: u32,
    end: u32,
    /// The cleaned text, up to the line feed.
    from: u32,
    to: u32,
    pub(crate) mark: Mark,
}

/// Whole lines of the log.
#[derive(Default)]
pub(crate) struct Page {
    raw: Vec<u8>,
    /// The texts of all lines, each with a line feed behind it.
    pub(crate) text: Vec<u8>,
    pub(crate) spans: Vec<Span>,
    /// The lines with a marker, and those that begin the clean-up.
    pub(crate) special: Vec<usize>,
}

impl Page {
    /// Takes lines, each of which ends with a line feed, in place of those it held.
    pub(crate) fn fill(&mut self, run: &[u8]) {
        self.raw.clear();
        self.raw.extend_from_slice(run);
        self.text.clear();
        self.spans.clear();
        self.special.clear();
        let mut dirty = memchr::memchr3_iter(0x1b, b'\r', 0x08, run);
        let mut dirt = dirty.next().unwrap_or(run.len());
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', run) {
            let rest = frame::rest(&run[start..end]);
            let (mark, bare) = frame::mark(rest);
            let (from, at) = (self.text.len(), end - bare.len());
            if dirt < end {
                clean::text(bare, &mut self.text);
                self.text.push(b'\n');
                dirt = dirty.find(|at| *at > end).unwrap_or(run.len());
            } else {
                self.text.extend_from_slice(&run[at..=end]);
            }
            if mark != Mark::None || (rest.first() == Some(&b'P') && ends(rest)) {
                self.special.push(self.spans.len());
            }
            self.spans.push(Span {
                start: small(start),
                bare: small(at),
                end: small(end),
                from: small(from),
                to: small(self.text.len() - 1),
                mark,
            });
            start = end + 1;
        }
    }

    /// The cleaned text of a line.
    pub(crate) fn text(&self, span: &Span) -> &[u8] {
        &self.text[span.from as usize..span.to as usize]
    }

    /// A line behind its timestamp and marker, with all that a terminal would swallow.
    pub(crate) fn bare(&self, span: &Span) -> &[u8] {
        &self.raw[span.bare as usize..span.end as usize]
    }

    /// The last time that one of the first `count` lines tells.
    pub(crate) fn time(&self, count: usize) -> Option<[u8; 19]> {
        let time = |s: &Span| frame::timestamp(&self.raw[s.start as usize..s.end as usize]).0;
        self.spans[..count].iter().rev().find_map(time)
    }

    /// The first line at or behind `at` in whose text this place lies, or before it.
    pub(crate) fn line_of(&self, place: u32, at: usize) -> usize {
        let later = self.spans[at..].iter().position(|span| span.to > place);
        later.map_or(self.spans.len(), |later| at + later)
    }
}

impl Span {
    /// Where the cleaned text lies.
    pub(crate) fn range(&self) -> std::ops::Range<u32> {
        self.from..self.to
    }

    /// Whether anything is left of the line.
    pub(crate) fn is_empty(&self) -> bool {
        self.from == self.to
    }
}

/// Whether a line begins the clean-up at the end of a job.
pub(crate) fn ends(rest: &[u8]) -> bool {
    rest.trim_ascii_end() == POST
}

/// A page is never larger than a piece and a line.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_stripped_marked_and_cleaned() {
        let mut page = Page::default();
        page.fill(
            b"2026-11-20T10:11:12.1234567Z ##[error]a\x1b[1mb\n\nx\r\nPost job cleanup.\r\n10%\r99%\n",
        );
        let texts: Vec<&[u8]> = page.spans.iter().map(|span| page.text(span)).collect();
        assert_eq!(texts, [&b"ab"[..], b"", b"x", b"Post job cleanup.", b"99%"]);
        assert_eq!(page.special, [0, 3]);
        assert_eq!(page.bare(&page.spans[0]), b"a\x1b[1mb");
        assert_eq!(page.time(5), Some(*b"2026-11-20T10:11:12"));
        assert_eq!((page.line_of(0, 0), page.line_of(4, 0)), (0, 2));
        page.fill(b"y\n");
        assert_eq!(
            (page.spans.len(), page.text(&page.spans[0])),
            (1, &b"y"[..])
        );
    }
}
