//! All rules, and who may look at a line: one automaton searches for the needles of all of them,
//! and only the few rules whose needle is in a line hold their pattern against it. Patterns are
//! compiled when first needed.

use std::sync::OnceLock;

use regex::{Captures, Regex};

use crate::lead::{self, Bytes};
use crate::rule::{Block, Part, Rule, Then};
use crate::sieve::Sieve;
use crate::{loose, tools};

/// Words in the set of rules that a line may wake.
const WORDS: usize = 16;

/// The rules that a line may match; the last bit says that it holds a telling word.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Hits {
    bits: [u64; WORDS],
    /// Whether anything was found.
    pub(crate) any: bool,
    /// Whether a telling word was found.
    pub(crate) loose: bool,
}

impl Hits {
    /// The rules that were woken, in the order of the tables.
    pub(crate) fn rules(&self) -> impl Iterator<Item = usize> + '_ {
        self.bits.iter().enumerate().flat_map(|(word, bits)| {
            let mut rest = *bits;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(word * 64 + bit)
            })
        })
    }
}

/// A pattern, compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: &'static str,
    lead: OnceLock<Bytes>,
    cell: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            lead: OnceLock::new(),
            cell: OnceLock::new(),
        }
    }

    /// Whether a text begins as one must that the pattern matches. Mostly it does not.
    pub(crate) fn begins(&self, text: &str) -> bool {
        let lead = self.lead.get_or_init(|| lead::bytes(&plainer(self.source)));
        lead.begins(text)
    }

    /// Whether the pattern matches a text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.begins(text) && self.get().is_some_and(|regex| regex.is_match(text))
    }

    /// What the pattern captures in a text, if it matches. A bare test first allocates nothing.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        if !self.matches(text) {
            return None;
        }
        self.get()?.captures(text)
    }

    /// The pattern; nothing if it is malformed, which a test rules out for our own tables.
    pub(crate) fn get(&self) -> Option<&Regex> {
        self.cell
            .get_or_init(|| Regex::new(&plainer(self.source)).ok())
            .as_ref()
    }
}

/// The pattern with cheaper classes: the full ones of Unicode make automata of thousands of
/// states, and a Unicode word boundary rules the fast engines out. A letter outside of ASCII stays
/// a letter; signs, arrows and boxes stay none.
fn plainer(source: &str) -> String {
    const WORD: &str = r"[0-9A-Za-z_\u{AA}-\u{1FFF}\u{2C00}-\u{2DFF}\u{3005}-\u{D7FF}]";
    let mut out = String::with_capacity(source.len() * 2);
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('w') => out.push_str(WORD),
            Some('d') => out.push_str("[0-9]"),
            Some('s') => out.push_str(r"[ \t\r\n\x0b\x0c\u{A0}]"),
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// A block with its patterns.
#[derive(Debug)]
pub(crate) struct BlockPatterns {
    pub(crate) spec: &'static Block,
    pub(crate) parts: Vec<(Pattern, Part)>,
}

/// All rules, ready to be asked.
pub(crate) struct Engine {
    pub(crate) sieve: Option<Sieve>,
    /// For each needle its rule, or nothing for a telling word.
    owners: Vec<Option<usize>>,
    pub(crate) rules: Vec<(&'static Rule, Pattern)>,
    blocks: Vec<BlockPatterns>,
    /// For each rule the block that it opens.
    opens: Vec<Option<usize>>,
}

impl Engine {
    /// The engine, built on first use.
    pub(crate) fn get() -> &'static Self {
        static ENGINE: OnceLock<Engine> = OnceLock::new();
        ENGINE.get_or_init(Self::build)
    }

    fn build() -> Self {
        let rules: Vec<(&'static Rule, Pattern)> = tools::rules()
            .map(|rule| (rule, Pattern::new(rule.pattern)))
            .collect();
        let mut needles: Vec<&str> = Vec::new();
        let mut owners = Vec::new();
        for (index, (rule, _)) in rules.iter().enumerate() {
            for needle in rule.needles {
                needles.push(needle);
                owners.push(Some(index));
            }
        }
        for word in loose::WORDS {
            needles.push(word);
            owners.push(None);
        }
        let mut blocks: Vec<BlockPatterns> = Vec::new();
        let opens = rules
            .iter()
            .map(|(rule, _)| match rule.then {
                Then::Open(spec) => Some(intern(&mut blocks, spec)),
                _ => rule.block.map(|spec| intern(&mut blocks, spec)),
            })
            .collect();
        Self {
            sieve: Sieve::new(&needles),
            owners,
            rules,
            blocks,
            opens,
        }
    }

    /// Which rules a line could match. `found` is what the sieve found in it, `start` where the
    /// line begins in the text that was sieved.
    pub(crate) fn hits(&self, line: &[u8], start: u32, found: &[(u32, u16)]) -> Hits {
        let mut hits = Hits::default();
        if let Some(sieve) = self.sieve.as_ref().filter(|_| !found.is_empty()) {
            sieve.held(line, start, found, |needle| {
                hits.any = true;
                match self.owners[needle] {
                    Some(rule) => hits.bits[rule / 64] |= 1 << (rule % 64),
                    None => hits.loose = true,
                }
            });
        }
        hits
    }

    /// The block that a rule opens.
    pub(crate) fn block(&self, rule: usize) -> Option<&BlockPatterns> {
        self.blocks.get(self.opens.get(rule).copied().flatten()?)
    }
}

fn intern(blocks: &mut Vec<BlockPatterns>, spec: &'static Block) -> usize {
    if let Some(at) = blocks.iter().position(|b| std::ptr::eq(b.spec, spec)) {
        return at;
    }
    let parts = spec
        .parts
        .iter()
        .map(|(source, part)| (Pattern::new(source), *part))
        .collect();
    blocks.push(BlockPatterns { spec, parts });
    blocks.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_well_formed_and_there_is_room() {
        let engine = Engine::get();
        assert!(engine.sieve.is_some());
        assert!(engine.rules.len() < WORDS * 64);
        for (rule, pattern) in &engine.rules {
            assert!(pattern.get().is_some(), "{}: {}", rule.name, rule.pattern);
            assert!(!rule.needles.is_empty(), "{}", rule.name);
        }
        for block in &engine.blocks {
            for (pattern, _) in &block.parts {
                assert!(pattern.get().is_some(), "{}", pattern.source);
            }
        }
    }

    #[test]
    fn cheaper_classes_mean_the_same() {
        assert_eq!(plainer(r"^\\w[\d.]"), r"^\\w[[0-9].]");
        let word = Regex::new(&plainer(r"^\w+$")).unwrap();
        assert!(word.is_match("größe_日本") && !word.is_match("a─b") && !word.is_match("✖"));
        assert!(Regex::new(&plainer(r"^\s\S\b")).unwrap().is_match(" x y"));
    }

    #[test]
    fn needles_wake_rules() {
        let engine = Engine::get();
        let hits = |line: &[u8]| {
            let mut marks = crate::sieve::Marks::default();
            engine.sieve.as_ref().unwrap().mark(line, &mut marks);
            engine.hits(line, 0, &marks.found)
        };
        assert!(!hits(b"Compiling itoa v1.0.18\n").any);
        let hits = hits(b"fatal: not a git repository\n");
        assert!(hits.any && hits.rules().next().is_some());
    }
}
