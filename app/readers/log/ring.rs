//! The last lines of the stream. Readers look back into it (a linter names its file above its
//! findings), and the end of a step is all there is when nothing else was recognised.

use crate::frame::Mark;

/// How many lines are kept.
const LINES: usize = 64;
/// How much of each.
const WIDTH: usize = 2048;

struct Slot {
    no: u64,
    mark: Mark,
    text: Vec<u8>,
}

/// A ring of the last lines; its buffers are reused.
#[derive(Default)]
pub(crate) struct Ring {
    slots: Vec<Slot>,
    next: usize,
    filled: usize,
}

impl Ring {
    /// Forgets all lines, and keeps the buffers.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, no: u64, mark: Mark, text: &[u8]) {
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

    /// The lines, newest first, cleaned of prefixes.
    pub(crate) fn back(&self) -> impl Iterator<Item = (u64, Mark, String)> + '_ {
        (1..=self.filled).map(move |n| {
            let slot = &self.slots[(self.next + LINES - n) % LINES];
            let text = String::from_utf8_lossy(&slot.text);
            (slot.no, slot.mark, crate::clean::prefix(&text).to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_first_and_never_more_than_fit() {
        let mut ring = Ring::default();
        ring.push(1, Mark::None, b"a");
        ring.push(2, Mark::None, b"b");
        let back: Vec<u64> = ring.back().map(|line| line.0).collect();
        assert_eq!(back, [2, 1]);
        for no in 3..=200 {
            ring.push(no, Mark::None, b"x");
        }
        let back: Vec<u64> = ring.back().map(|line| line.0).collect();
        assert_eq!(back.len(), LINES);
        assert_eq!((back[0], back[LINES - 1]), (200, 137));
    }
}
