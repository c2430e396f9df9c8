//! The last lines of the stream. Readers look back into it (a linter names its file above its
//! findings), and the end of a step is all there is when nothing else was recognised.

use std::borrow::Cow;

use crate::clean;
use crate::frame::Mark;
use crate::page::Page;

/// How many lines are kept.
const LINES: usize = 64;
/// How much of each.
const WIDTH: usize = 2048;

struct Slot {
    no: u64,
    mark: Mark,
    text: Vec<u8>,
}

/// A ring of the last lines; its buffers are reused. The lines of the open page are looked up in
/// the page, and only the last of them are kept when it is left.
#[derive(Default)]
pub(crate) struct Ring {
    slots: Vec<Slot>,
    next: usize,
    filled: usize,
    /// The first line of the open page that has not been forgotten.
    floor: usize,
    /// Lines of it that are none of a step's output.
    gone: Vec<usize>,
}

impl Ring {
    /// Forgets all lines before this one of the open page, and keeps the buffers.
    pub(crate) fn clear(&mut self, floor: usize) {
        self.filled = 0;
        self.floor = floor;
        self.gone.clear();
    }

    /// Leaves out a line of the open page.
    pub(crate) fn skip(&mut self, line: usize) {
        self.gone.push(line);
    }

    /// Keeps the last lines of a page, the first of which has the number behind `before`.
    pub(crate) fn leave(&mut self, page: &Page, before: u64) {
        let mut last: Vec<usize> = self.lines(page.spans.len()).take(LINES).collect();
        while let Some(line) = last.pop() {
            let span = &page.spans[line];
            self.push(before + line as u64 + 1, span.mark, page.text(span));
        }
        self.clear_page();
    }

    fn clear_page(&mut self) {
        self.floor = 0;
        self.gone.clear();
    }

    /// The lines of the open page before this one that count, newest first.
    fn lines(&self, upto: usize) -> impl Iterator<Item = usize> + '_ {
        let all = (self.floor.min(upto)..upto).rev();
        all.filter(|line| self.gone.binary_search(line).is_err())
    }

    fn push(&mut self, no: u64, mark: Mark, text: &[u8]) {
        let text = &text[..text.len().min(WIDTH)];
        if self.slots.len() <= self.next {
            let text = text.to_vec();
            self.slots.push(Slot { no, mark, text });
        } else {
            let slot = &mut self.slots[self.next];
            slot.no = no;
            slot.mark = mark;
            slot.text.clear();
            slot.text.extend_from_slice(text);
        }
        self.next = (self.next + 1) % LINES;
        self.filled = (self.filled + 1).min(LINES);
    }

    /// The lines before this one of the open page, newest first, cleaned of prefixes.
    pub(crate) fn back<'a>(
        &'a self,
        page: &'a Page,
        before: u64,
        upto: usize,
    ) -> impl Iterator<Item = (u64, Mark, Cow<'a, str>)> + 'a {
        let open = self.lines(upto).map(move |line| {
            let span = &page.spans[line];
            (before + line as u64 + 1, span.mark, page.text(span))
        });
        let old = (1..=self.filled).map(|n| {
            let slot = &self.slots[(self.next + LINES - n) % LINES];
            (slot.no, slot.mark, &slot.text[..])
        });
        open.chain(old).take(LINES).map(|(no, mark, text)| {
            let text = clean::utf8(&text[..text.len().min(WIDTH)]);
            (no, mark, clean::without_prefix(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: usize) -> Page {
        let mut page = Page::default();
        page.fill("x\n".repeat(lines).as_bytes());
        page
    }

    #[test]
    fn newest_first_and_never_more_than_fit() {
        let (mut ring, first, second) = (Ring::default(), page(2), page(198));
        ring.leave(&first, 0);
        let back = |ring: &Ring, upto| ring.back(&second, 2, upto).map(|l| l.0).collect::<Vec<_>>();
        assert_eq!(back(&ring, 0), [2, 1]);
        ring.skip(1);
        assert_eq!(back(&ring, 3), [5, 3, 2, 1]);
        ring.leave(&second, 2);
        let all = ring.back(&first, 200, 0).map(|l| l.0).collect::<Vec<_>>();
        assert_eq!((all.len(), all[0], all[LINES - 1]), (LINES, 200, 137));
        ring.clear(1);
        assert_eq!(
            ring.back(&first, 200, 2).map(|l| l.0).collect::<Vec<_>>(),
            [202]
        );
    }
}
