//! The automaton of Aho and Corasick as a full table: for each state and each byte the state that
//! follows, and for each state which needles end in it.

use crate::sieve::{FOUND, ROOM, SHIFT};

/// The needles as a trie; state 0 is the root.
pub(crate) struct Trie {
    next: Vec<Vec<(u8, usize)>>,
    /// The needle that ends in a state.
    ends: Vec<Option<usize>>,
}

/// The table, and for each state the needles that end in it.
pub(crate) type Table = (Vec<u16>, Vec<Box<[u16]>>);

impl Trie {
    /// A trie without a needle.
    pub(crate) fn new() -> Self {
        Self {
            next: vec![Vec::new()],
            ends: vec![None],
        }
    }

    /// Adds a needle by its name, unless a shorter one begins it; returns the name of the one
    /// that stands for it.
    pub(crate) fn add(&mut self, needle: &[u8], name: usize) -> usize {
        let mut state = 0;
        for byte in needle {
            // What lies behind the end of a needle need not be told apart any more.
            if let Some(known) = self.ends[state] {
                return known;
            }
            let known = self.next[state].iter().find(|(known, _)| known == byte);
            state = known.map(|(_, child)| *child).unwrap_or_else(|| {
                self.next.push(Vec::new());
                self.ends.push(None);
                let child = self.next.len() - 1;
                self.next[state].push((*byte, child));
                child
            });
        }
        *self.ends[state].get_or_insert(name)
    }

    /// The full table, breadth first, so that the states near the root lie together. A state's
    /// row is that of the state it falls back to, which comes before it, but for its own children.
    pub(crate) fn table(&self) -> Option<Table> {
        if self.next.len() >= usize::from(FOUND) {
            return None;
        }
        let mut table = vec![0; ROOM];
        let (mut order, mut falls) = (vec![0], vec![0]);
        let mut ends: Vec<Box<[u16]>> = vec![Box::default()];
        let mut at = 0;
        while let Some(state) = order.get(at).copied() {
            let row = at << SHIFT;
            if at > 0 {
                let fall = usize::from(falls[at]) << SHIFT;
                table.copy_within(fall..fall + (1 << SHIFT), row);
            }
            for (byte, child) in &self.next[state] {
                let (entry, name) = (row | usize::from(*byte), u16::try_from(order.len()).ok()?);
                let fall = table[entry] & !FOUND;
                let own = self.ends[*child].map(u16::try_from).transpose().ok()?;
                let inherited = ends[usize::from(fall)].iter().copied();
                let all: Box<[u16]> = own.into_iter().chain(inherited).collect();
                table[entry] = if all.is_empty() { name } else { name | FOUND };
                order.push(*child);
                falls.push(fall);
                ends.push(all);
            }
            at += 1;
        }
        Some((table, ends))
    }
}
