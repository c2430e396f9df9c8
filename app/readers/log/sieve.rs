//! The coarse sieve before the automaton: does a line hold any needle at all? Four lines are
//! walked side by side, because one walk alone waits for memory at every byte.

/// How many lines are walked side by side.
pub(crate) const LANES: usize = 4;
/// The flag of a state in which a needle ends.
const FOUND: u16 = 0x8000;
/// Room for the classes of bytes, as a power of two.
const SHIFT: usize = 7;

/// A dense automaton that only says whether something was found.
pub(crate) struct Sieve {
    classes: [u8; 256],
    table: Vec<u16>,
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
        if usize::from(count) > 1 << SHIFT {
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
        Some(Self { classes, table })
    }

    /// Which of the lines hold a needle.
    pub(crate) fn any(&self, lines: [&[u8]; LANES]) -> [bool; LANES] {
        let shortest = lines.iter().map(|line| line.len()).min().unwrap_or(0);
        let mut states = [0_u16; LANES];
        let mut found = [0_u16; LANES];
        let [one, two, three, four] = lines.map(|line| &line[..shortest]);
        for (((one, two), three), four) in one.iter().zip(two).zip(three).zip(four) {
            for (lane, byte) in [one, two, three, four].into_iter().enumerate() {
                states[lane] = self.step(states[lane], *byte);
                found[lane] |= states[lane];
            }
        }
        for lane in 0..LANES {
            for byte in &lines[lane][shortest..] {
                if found[lane] & FOUND != 0 {
                    break;
                }
                states[lane] = self.step(states[lane], *byte);
                found[lane] |= states[lane];
            }
        }
        found.map(|found| found & FOUND != 0)
    }

    #[inline(always)]
    fn step(&self, state: u16, byte: u8) -> u16 {
        let row = usize::from(state & !FOUND) << SHIFT;
        self.table[row | usize::from(self.classes[usize::from(byte)])]
    }
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
        let mut table = vec![0; states << SHIFT];
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
        for four in lines.chunks(LANES) {
            let bytes: Vec<&[u8]> = four.iter().map(|line| line.as_bytes()).collect();
            let found = sieve.any([bytes[0], bytes[1], bytes[2], bytes[3]]);
            for (line, found) in four.iter().zip(found) {
                let wanted = needles.iter().any(|needle| line.contains(needle));
                assert_eq!(found, wanted, "{line}");
            }
        }
    }
}
