//! The coarse sieve before the automaton: where in a chunk does a needle end? The chunk is cut
//! into stripes at line feeds, and these are walked side by side, because one walk alone waits
//! for memory at every byte. No needle holds a line feed, so a walk forgets one line at the next.

/// How many stripes are walked side by side.
const LANES: usize = 4;
/// How many bytes of each stripe are walked before somebody asks whether anything was found.
const BLOCK: usize = 32;
/// The flag of a state in which a needle ends.
const FOUND: u16 = 0x8000;
/// Room for the classes of bytes, as a power of two.
const SHIFT: usize = 7;

/// The most entries: with a size that is known, no look into the table need be checked. What is
/// not used of it is never touched, and takes no memory.
const ROOM: usize = (FOUND as usize) << SHIFT;

/// A dense automaton that only says where something was found.
pub(crate) struct Sieve {
    classes: [u8; 256],
    table: Box<[u16; ROOM]>,
}

/// Which lines of a chunk hold a needle.
#[derive(Default)]
pub(crate) struct Marks {
    /// The lines without their timestamps, in which no needle is.
    text: Vec<u8>,
    /// Where each line ends in it.
    ends: Vec<usize>,
    /// Where needles end in it, in ascending order; each stripe has its own part.
    lanes: [Vec<usize>; LANES],
    lane: usize,
    at: usize,
    line: usize,
}

impl Marks {
    fn fill(&mut self, chunk: &[u8]) {
        self.lanes.iter_mut().for_each(Vec::clear);
        (self.lane, self.at, self.line) = (0, 0, 0);
        self.text.clear();
        self.ends.clear();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let line = &chunk[start..=end];
            start = end + 1;
            let stamped = crate::frame::stamped(line);
            self.text
                .extend_from_slice(if stamped { &line[28..] } else { line });
            self.ends.push(self.text.len());
        }
    }

    /// Whether the next line holds a needle.
    pub(crate) fn next(&mut self) -> bool {
        let end = self.ends.get(self.line).copied();
        self.line += 1;
        self.before(end.unwrap_or(usize::MAX))
    }

    /// Whether a needle ends before this place and not before the one that was asked for last.
    fn before(&mut self, end: usize) -> bool {
        let mut any = false;
        while let Some(lane) = self.lanes.get(self.lane) {
            match lane.get(self.at) {
                Some(mark) if *mark < end => {
                    any = true;
                    self.at += 1;
                }
                Some(_) => return any,
                None => (self.lane, self.at) = (self.lane + 1, 0),
            }
        }
        any
    }
}

impl Sieve {
    /// The sieve for these needles; nothing if they do not fit, and then every line passes.
    pub(crate) fn new(needles: &[&str]) -> Option<Self> {
        let mut classes = [0_u8; 256];
        let mut count = 1_u8;
        for byte in needles.iter().flat_map(|needle| needle.bytes()) {
            if classes[usize::from(byte)] == 0 {
                classes[usize::from(byte)] = count;
                count = count.checked_add(1)?;
            }
        }
        if usize::from(count) > 1 << SHIFT || classes[usize::from(b'\n')] != 0 {
            return None;
        }
        let mut trie = Trie::new();
        for needle in needles {
            trie.add(
                needle
                    .bytes()
                    .map(|byte| usize::from(classes[usize::from(byte)])),
            );
        }
        let table = trie.table(usize::from(count))?;
        let table = table.into_boxed_slice().try_into().ok()?;
        Some(Self { classes, table })
    }

    /// Marks the lines of a chunk in which needles end.
    pub(crate) fn mark(&self, chunk: &[u8], marks: &mut Marks) {
        marks.fill(chunk);
        let (stripes, starts) = stripes(&marks.text);
        let lanes = &mut marks.lanes;
        let shortest = stripes.iter().map(|stripe| stripe.len()).min().unwrap_or(0);
        let mut states = [0_u16; LANES];
        let mut at = 0;
        while at + BLOCK <= shortest {
            let mut blocks = [&[0_u8; BLOCK]; LANES];
            for (block, stripe) in blocks.iter_mut().zip(stripes) {
                if let Some(bytes) = stripe[at..].first_chunk() {
                    *block = bytes;
                }
            }
            let before = states;
            let mut found = [0_u16; LANES];
            (0..BLOCK).for_each(|offset| {
                states = std::array::from_fn(|n| self.step(states[n], blocks[n][offset]));
                found = std::array::from_fn(|n| found[n] | states[n]);
            });
            for lane in (0..LANES).filter(|lane| found[*lane] & FOUND != 0) {
                let place = starts[lane] + at;
                self.walk(before[lane], blocks[lane], place, &mut lanes[lane]);
            }
            at += BLOCK;
        }
        for lane in 0..LANES {
            let rest = stripes[lane].get(at..).unwrap_or_default();
            self.walk(states[lane], rest, starts[lane] + at, &mut lanes[lane]);
        }
    }

    /// Walks alone, and keeps every place where a needle ends.
    fn walk(&self, mut state: u16, bytes: &[u8], place: usize, marks: &mut Vec<usize>) {
        for (at, byte) in bytes.iter().enumerate() {
            state = self.step(state, *byte);
            if state & FOUND != 0 {
                marks.push(place + at);
            }
        }
    }

    #[inline(always)]
    fn step(&self, state: u16, byte: u8) -> u16 {
        let row = usize::from(state & !FOUND) << SHIFT;
        let class = self.classes[usize::from(byte)] & ((1 << SHIFT) - 1);
        self.table[row | usize::from(class)]
    }
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

/// The needles as a trie over classes; state 0 is the root.
struct Trie {
    next: Vec<Vec<(usize, usize)>>,
    ends: Vec<bool>,
}

impl Trie {
    fn new() -> Self {
        Self {
            next: vec![Vec::new()],
            ends: vec![false],
        }
    }

    fn child(&self, state: usize, class: usize) -> Option<usize> {
        let found = self.next[state].iter().find(|(known, _)| *known == class);
        found.map(|(_, child)| *child)
    }

    fn add(&mut self, needle: impl Iterator<Item = usize>) {
        let mut state = 0;
        for class in needle {
            // What lies behind the end of a needle need not be told apart any more.
            if self.ends[state] {
                return;
            }
            state = self.child(state, class).unwrap_or_else(|| {
                self.next.push(Vec::new());
                self.ends.push(false);
                let child = self.next.len() - 1;
                self.next[state].push((class, child));
                child
            });
        }
        self.ends[state] = true;
    }

    /// The full table, breadth first, so that the states near the root lie together.
    fn table(&self, classes: usize) -> Option<Vec<u16>> {
        let states = self.next.len();
        if states >= usize::from(FOUND) {
            return None;
        }
        let mut order = vec![0];
        let mut fail = vec![0; states];
        let mut ends = self.ends.clone();
        let mut goto = vec![vec![0_usize; classes]; states];
        let mut at = 0;
        while at < order.len() {
            let state = order[at];
            at += 1;
            let inherited = match state {
                0 => vec![0; classes],
                _ => goto[fail[state]].clone(),
            };
            for (class, onward) in inherited.into_iter().enumerate() {
                let target = self.child(state, class).unwrap_or(onward);
                if target != onward {
                    fail[target] = onward;
                    ends[target] |= ends[onward];
                    order.push(target);
                }
                goto[state][class] = target;
            }
        }
        let mut names = vec![0_u16; states];
        for (name, state) in order.iter().enumerate() {
            names[*state] = u16::try_from(name).ok()?;
        }
        let mut table = vec![0; ROOM];
        for state in order {
            let row = usize::from(names[state]) << SHIFT;
            for (class, target) in goto[state].iter().enumerate() {
                let flag = if ends[*target] { FOUND } else { 0 };
                table[row | class] = names[*target] | flag;
            }
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_a_search_finds() {
        let needles = ["rror", "he", "hers", "● ", "a b"];
        let sieve = Sieve::new(&needles).unwrap();
        let lines = [
            "an error",
            "the ● x",
            "nothing",
            "",
            "shers",
            "a  b",
            "a b",
            "erro r",
        ];
        for times in [1, 7, 200] {
            let text = format!("{}\n", lines.join("\n")).repeat(times);
            let mut marks = Marks::default();
            sieve.mark(text.as_bytes(), &mut marks);
            for line in text.split_inclusive('\n') {
                let wanted = needles.iter().any(|needle| line.contains(needle));
                assert_eq!(marks.next(), wanted, "{line}");
            }
        }
    }

    #[test]
    fn what_only_ends_like_a_timestamp_is_searched() {
        let sieve = Sieve::new(&["rror"]).unwrap();
        let mut marks = Marks::default();
        sieve.mark(
            b"exit error: :11:19.1234567 Z x\nan error with its Z there.Z\n",
            &mut marks,
        );
        assert!(marks.next() && marks.next());
    }
}
