//! The automaton of Aho and Corasick as a full table: for each state and each class of bytes the
//! state that follows, and for each state which needles end in it.

use crate::sieve::{FOUND, ROOM, SHIFT};

/// The needles as a trie over classes; state 0 is the root.
pub(crate) struct Trie {
    next: Vec<Vec<(usize, usize)>>,
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

    fn child(&self, state: usize, class: usize) -> Option<usize> {
        let found = self.next[state].iter().find(|(known, _)| *known == class);
        found.map(|(_, child)| *child)
    }

    /// Adds a needle by its name, unless a shorter one begins it; returns the name of the one
    /// that stands for it.
    pub(crate) fn add(&mut self, needle: impl Iterator<Item = usize>, name: usize) -> usize {
        let mut state = 0;
        for class in needle {
            // What lies behind the end of a needle need not be told apart any more.
            if let Some(known) = self.ends[state] {
                return known;
            }
            state = self.child(state, class).unwrap_or_else(|| {
                self.next.push(Vec::new());
                self.ends.push(None);
                let child = self.next.len() - 1;
                self.next[state].push((class, child));
                child
            });
        }
        *self.ends[state].get_or_insert(name)
    }

    /// The full table, breadth first, so that the states near the root lie together.
    pub(crate) fn table(&self, classes: usize) -> Option<Table> {
        let states = self.next.len();
        if states >= usize::from(FOUND) {
            return None;
        }
        let mut order = vec![0];
        let mut fail = vec![0; states];
        let mut ends: Vec<Vec<u16>> = Vec::with_capacity(states);
        for name in &self.ends {
            let name = name.map(u16::try_from).transpose().ok()?;
            ends.push(name.into_iter().collect());
        }
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
                    let inherited = ends[onward].clone();
                    ends[target].extend(inherited);
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
        for state in &order {
            let state = *state;
            let row = usize::from(names[state]) << SHIFT;
            for (class, target) in goto[state].iter().enumerate() {
                let flag = if ends[*target].is_empty() { 0 } else { FOUND };
                table[row | class] = names[*target] | flag;
            }
        }
        let ends = order.iter().map(|state| ends[*state].as_slice().into());
        Some((table, ends.collect()))
    }
}
