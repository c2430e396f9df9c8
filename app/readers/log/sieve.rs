//! Finds the needles of all rules in one pass. The text is cut into stripes at line feeds, and
//! these are walked side by side through one dense automaton, because one walk alone waits for
//! memory at every byte. No needle holds a line feed, so a walk forgets one line at the next.
//!
//! The automaton knows only the needles in which no other one begins; where one of these ends, the
//! longer ones are compared byte by byte. That keeps it small enough for the nearest caches.

use crate::trie::Trie;

/// How many stripes are walked side by side.
const LANES: usize = 8;
/// How many bytes of each stripe are walked before somebody asks whether anything was found.
const BLOCK: usize = 32;
/// The flag of a state in which a needle ends.
pub(crate) const FOUND: u16 = 0x8000;
/// The size of a state's row in the table, as a power of two: one entry for each byte.
pub(crate) const SHIFT: usize = 8;

/// The most entries: with a size that is known, no look into the table need be checked. What is
/// not used of it is never touched, and takes no memory.
pub(crate) const ROOM: usize = (FOUND as usize) << SHIFT;

/// A dense automaton over the needles.
pub(crate) struct Sieve {
    table: Box<[u16; ROOM]>,
    /// For each state the short needles that end in it, as indices into `groups`.
    ends: Vec<Box<[u16]>>,
    groups: Vec<Group>,
}

/// A short needle, and all that begin with it.
struct Group {
    length: usize,
    /// Each needle with its place in the list that the sieve was made of.
    needles: Vec<(Box<[u8]>, usize)>,
}

/// Where short needles end in a text, in ascending order, with the state that says which.
#[derive(Default)]
pub(crate) struct Marks {
    pub(crate) found: Vec<(u32, u16)>,
    lanes: [Vec<(u32, u16)>; LANES],
}

impl Sieve {
    /// The sieve for these needles; nothing if they do not fit.
    pub(crate) fn new(needles: &[&str]) -> Option<Self> {
        if needles.iter().any(|needle| needle.contains('\n')) {
            return None;
        }
        let mut order: Vec<usize> = (0..needles.len()).collect();
        order.sort_by_key(|at| needles[*at].len());
        let (mut trie, mut groups) = (Trie::new(), Vec::new());
        for at in order {
            let needle = needles[at].as_bytes();
            let group = trie.add(needle, groups.len());
            if group == groups.len() {
                groups.push(Group {
                    length: needle.len(),
                    needles: Vec::new(),
                });
            }
            groups[group].needles.push((needle.into(), at));
        }
        let (table, ends) = trie.table()?;
        Some(Self {
            table: table.into_boxed_slice().try_into().ok()?,
            ends,
            groups,
        })
    }

    /// Finds where short needles end in a text of whole lines.
    pub(crate) fn mark(&self, text: &[u8], marks: &mut Marks) {
        let lanes = &mut marks.lanes;
        lanes.iter_mut().for_each(Vec::clear);
        let (stripes, starts) = stripes(text);
        let shortest = stripes.iter().map(|stripe| stripe.len()).min().unwrap_or(0);
        let (mut states, mut done) = ([0_u16; LANES], 0);
        while done + BLOCK <= shortest {
            let mut blocks = [&[0_u8; BLOCK]; LANES];
            for (block, stripe) in blocks.iter_mut().zip(stripes) {
                if let Some(bytes) = stripe[done..].first_chunk() {
                    *block = bytes;
                }
            }
            let mut seen = [[0_u16; BLOCK]; LANES];
            for at in 0..BLOCK {
                for lane in 0..LANES {
                    states[lane] = self.step(states[lane], blocks[lane][at]);
                    seen[lane][at] = states[lane];
                }
            }
            for lane in (0..LANES).filter(|lane| any(&seen[*lane])) {
                keep(&seen[lane], starts[lane] + done, &mut lanes[lane]);
            }
            done += BLOCK;
        }
        for lane in 0..LANES {
            let mut state = states[lane];
            let rest = stripes[lane].get(done..).unwrap_or_default();
            for (at, byte) in rest.iter().enumerate() {
                state = self.step(state, *byte);
                if state & FOUND != 0 {
                    lanes[lane].push((small(starts[lane] + done + at), state));
                }
            }
        }
        marks.found.clear();
        marks.found.extend(lanes.iter().flatten());
    }

    /// Tells which needles a line holds, by their places in the list that the sieve was made of.
    /// `found` is what was found in it, `start` where it begins in the text.
    pub(crate) fn held(
        &self,
        text: &[u8],
        start: u32,
        found: &[(u32, u16)],
        mut tell: impl FnMut(usize),
    ) {
        for (end, state) in found {
            for group in &self.ends[usize::from(state & !FOUND)] {
                let group = &self.groups[usize::from(*group)];
                let at = (end - start) as usize + 1 - group.length;
                for (needle, place) in &group.needles {
                    if text[at..].starts_with(needle) {
                        tell(*place);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn step(&self, state: u16, byte: u8) -> u16 {
        let row = usize::from(state & !FOUND) << SHIFT;
        self.table[row | usize::from(byte)]
    }
}

/// Whether a needle ends in one of these states.
fn any(seen: &[u16; BLOCK]) -> bool {
    seen.iter().fold(0, |all, state| all | state) & FOUND != 0
}

/// Keeps the states in which a needle ends.
fn keep(seen: &[u16; BLOCK], start: usize, found: &mut Vec<(u32, u16)>) {
    for (at, state) in seen.iter().enumerate() {
        if state & FOUND != 0 {
            found.push((small(start + at), *state));
        }
    }
}

/// A text is never larger than a piece and a line.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Cuts a chunk into stripes of about the same length that begin after line feeds.
fn stripes(chunk: &[u8]) -> ([&[u8]; LANES], [usize; LANES]) {
    let mut stripes: [&[u8]; LANES] = [&[]; LANES];
    let mut starts = [chunk.len(); LANES];
    let mut start = 0;
    for lane in 0..LANES {
        let wanted = (chunk.len() / LANES * (lane + 1)).max(start);
        let end = match memchr::memchr(b'\n', &chunk[wanted..]) {
            Some(at) if lane + 1 < LANES => wanted + at + 1,
            _ => chunk.len(),
        };
        stripes[lane] = &chunk[start..end];
        starts[lane] = start;
        start = end;
    }
    (stripes, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_a_search_finds() {
        let needles = [
            "rror", "he", "hers", "● ", "a b", "rror: x", "e", "s a", "hers",
        ];
        let sieve = Sieve::new(&needles).unwrap();
        let lines = [
            "an error: x",
            "the ● x",
            "nothing",
            "",
            "shers a b",
            "a  b",
            "a b",
            "erro r",
        ];
        for times in [1, 7, 200] {
            let text = format!("{}\n", lines.join("\n")).repeat(times);
            let mut marks = Marks::default();
            sieve.mark(text.as_bytes(), &mut marks);
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                let end = start + line.len();
                let own = |(place, _): &&(u32, u16)| (start..end).contains(&(*place as usize));
                let found: Vec<(u32, u16)> = marks.found.iter().filter(own).copied().collect();
                let mut held = [false; 9];
                sieve.held(line.as_bytes(), small(start), &found, |place| {
                    held[place] = true
                });
                assert_eq!(held, needles.map(|needle| line.contains(needle)), "{line}");
                start = end;
            }
        }
    }
}
