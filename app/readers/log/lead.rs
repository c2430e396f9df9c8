//! With which bytes a line can begin that a pattern matches. Most patterns are tied to the
//! beginning of the line, and most lines that hold a needle begin otherwise: one look at the first
//! byte saves the search, and often even the compilation of the pattern.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bytes([u64; 4]);

impl Bytes {
    const NONE: Self = Self([0; 4]);
    const ALL: Self = Self([u64::MAX; 4]);

    /// Whether a text that is to match may begin like this one.
    pub(crate) fn begins(&self, text: &str) -> bool {
        match text.as_bytes().first() {
            Some(byte) => self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0,
            None => *self == Self::ALL,
        }
    }

    fn add(&mut self, from: u8, to: u8) {
        for byte in from..=to {
            self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    fn join(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own |= other;
        }
    }
}

/// How what a part of a pattern matches can begin.
struct Lead {
    /// Whether it stands at the beginning of the text, whatever way is taken.
    tied: bool,
    /// Whether it may be empty.
    empty: bool,
    bytes: Bytes,
}

impl Lead {
    const EMPTY: Self = Self {
        tied: false,
        empty: true,
        bytes: Bytes::NONE,
    };
}

/// The bytes with which a text may begin that this pattern matches: all, if it is not tied to
/// the beginning.
pub(crate) fn bytes(pattern: &str) -> Bytes {
    let Ok(hir) = regex_syntax::parse(pattern) else {
        return Bytes::ALL;
    };
    let lead = lead(&hir);
    if lead.tied && !lead.empty {
        lead.bytes
    } else {
        Bytes::ALL
    }
}

fn lead(hir: &Hir) -> Lead {
    match hir.kind() {
        HirKind::Empty => Lead::EMPTY,
        HirKind::Look(look) => Lead {
            tied: *look == Look::Start,
            ..Lead::EMPTY
        },
        HirKind::Literal(literal) => match literal.0.first() {
            Some(byte) => starting(*byte, *byte),
            None => Lead::EMPTY,
        },
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repetition) if repetition.min > 0 => lead(&repetition.sub),
        HirKind::Repetition(repetition) => Lead {
            tied: false,
            empty: true,
            ..lead(&repetition.sub)
        },
        HirKind::Capture(capture) => lead(&capture.sub),
        HirKind::Concat(parts) => in_turn(parts),
        HirKind::Alternation(parts) => {
            let mut all = Lead {
                tied: true,
                empty: false,
                bytes: Bytes::NONE,
            };
            for part in parts.iter().map(lead) {
                all.tied &= part.tied;
                all.empty |= part.empty;
                all.bytes.join(&part.bytes);
            }
            all
        }
    }
}

fn in_turn(parts: &[Hir]) -> Lead {
    let mut all = Lead::EMPTY;
    for part in parts.iter().map(lead) {
        // A part behind others is at the beginning only if these can have taken nothing.
        all.tied |= part.tied && all.bytes == Bytes::NONE;
        all.bytes.join(&part.bytes);
        all.empty &= part.empty;
        if !all.empty {
            break;
        }
    }
    all
}

fn starting(from: u8, to: u8) -> Lead {
    let mut bytes = Bytes::NONE;
    bytes.add(from, to);
    Lead {
        tied: false,
        empty: false,
        bytes,
    }
}

fn of_class(class: &Class) -> Lead {
    let mut all = starting(1, 0);
    match class {
        Class::Bytes(class) => {
            for range in class.ranges() {
                all.bytes.add(range.start(), range.end());
            }
        }
        Class::Unicode(class) => {
            // In UTF-8 a greater character never begins with a smaller byte.
            let first = |c: char| c.encode_utf8(&mut [0; 4]).as_bytes()[0];
            for range in class.ranges() {
                all.bytes.add(first(range.start()), first(range.end()));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &str, text: &str) -> bool {
        bytes(pattern).begins(text)
    }

    #[test]
    fn only_what_can_match_is_let_through() {
        assert!(begins("^go: x", "go: x") && !begins("^go: x", "let go: x"));
        assert!(begins(r"^\s*(?:a|ü)b", " ab") && begins(r"^\s*(?:a|ü)b", "üb"));
        assert!(!begins(r"^\s*(?:a|ü)b", "b"));
        assert!(begins(r"^(?:x|y)|^z", "z") && !begins(r"^(?:x|y)|^z", "q"));
        assert!(begins("(?i)^Error", "error") && !begins("(?i)^Error", "r"));
    }

    #[test]
    fn what_is_not_tied_or_may_be_empty_lets_everything_through() {
        for pattern in ["a", "^a|b", "^a?", "^", "a?^b", "(?m)^a", "^$|^a"] {
            assert_eq!(bytes(pattern), Bytes::ALL, "{pattern}");
        }
    }

    #[test]
    fn no_text_that_matches_is_kept_out() {
        let texts = ["", " ", "error: x", "  1) a", "● a", "日本", "E   x", "\t-"];
        for (rule, pattern) in &crate::engine::Engine::get().rules {
            for text in texts {
                let matches = pattern.get().is_some_and(|regex| regex.is_match(text));
                assert!(!matches || pattern.begins(text), "{}", rule.name);
            }
        }
    }
}
