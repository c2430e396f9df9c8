//! Secrets that a log itself gives away: what a step tells the runner to mask (`::add-mask::`),
//! and the lines of a private key in PEM. Such a value is masked wherever else it stands.
//!
//! A log is looked at as a stream, and only where one of two words occurs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::MASK;

/// The most values that are remembered of one log.
const VALUES: usize = 1_000;
/// The longest line that is looked at, in bytes.
const LINE: usize = 8 * 1024;
/// The most lines of one key.
const KEY_LINES: usize = 200;
/// Shorter values would take words out of every sentence.
const SHORTEST: usize = 4;
/// Shorter lines of a key give nothing away.
const SHORTEST_KEY_LINE: usize = 16;

static WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"::add-mask::|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY").ok());

/// What a log has told so far.
#[derive(Default)]
pub struct Told {
    values: BTreeSet<String>,
    /// The line that has not ended yet.
    rest: Vec<u8>,
    /// Lines of a key that were seen, while one is open.
    key: Option<usize>,
}

impl Told {
    /// Takes the next bytes of the log, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        let Some(first) = chunk.iter().position(|&b| b == b'\n') else {
            return self.keep(chunk);
        };
        let last = chunk.iter().rposition(|&b| b == b'\n').unwrap_or(first);
        self.keep(&chunk[..first]);
        let line = std::mem::take(&mut self.rest);
        self.lines(&line);
        if last > first {
            self.lines(&chunk[first + 1..last]);
        }
        self.keep(&chunk[last + 1..]);
    }

    /// Ends the stream; what it told, ready to be masked.
    #[must_use]
    pub fn finish(mut self) -> Secrets {
        let line = std::mem::take(&mut self.rest);
        self.lines(&line);
        let mut longest_first: Vec<String> = self.values.into_iter().collect();
        longest_first.sort_by_key(|v| std::cmp::Reverse(v.len()));
        Secrets(longest_first)
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LINE.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn lines(&mut self, text: &[u8]) {
        let Some(word) = WORD.as_ref() else { return };
        let mut at = 0;
        while at < text.len() {
            if self.key.is_none() {
                let Some(found) = word.find_at(text, at) else {
                    return;
                };
                let end = end_of_line(text, found.end());
                let line = &text[found.end()..end.min(found.end() + LINE)];
                if found.as_bytes().starts_with(b"::") {
                    self.told(&String::from_utf8_lossy(line));
                } else {
                    self.key = (!holds(line, b"-----END")).then_some(0);
                }
                at = end + 1;
            } else {
                let end = end_of_line(text, at);
                self.key_line(&text[at..end.min(at + LINE)]);
                at = end + 1;
            }
        }
    }

    /// The value behind `::add-mask::`, with line breaks escaped as the runner does it.
    fn told(&mut self, value: &str) {
        for part in value.split("%0A") {
            let part = part.replace("%0D", "").replace("%25", "%");
            let bare = part.trim().trim_end_matches(['"', '\'', '`']);
            self.remember(bare, SHORTEST);
        }
    }

    fn key_line(&mut self, line: &[u8]) {
        let seen = self.key.unwrap_or_default() + 1;
        let over = holds(line, b"-----END") || seen > KEY_LINES;
        self.key = (!over).then_some(seen);
        if !over {
            let text = String::from_utf8_lossy(line);
            // The last word: what stands before it is the runner's timestamp.
            self.remember(
                text.split_whitespace().next_back().unwrap_or_default(),
                SHORTEST_KEY_LINE,
            );
        }
    }

    fn remember(&mut self, value: &str, shortest: usize) {
        let named = value.starts_with('$') || value.bytes().all(|b| b == b'*');
        if value.len() >= shortest && !named && self.values.len() < VALUES {
            self.values.insert(value.to_owned());
        }
    }
}

/// The values that a log gave away.
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Masks each of them in `text`.
    pub fn mask(&self, text: &mut String) {
        for secret in &self.0 {
            if text.contains(secret) {
                *text = text.replace(secret, MASK);
            }
        }
    }
}

fn end_of_line(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.iter()
        .position(|&b| b == b'\n')
        .map_or(text.len(), |n| from + n)
}

fn holds(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|w| w == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(log: &str, text: &str, step: usize) -> String {
        let mut told = Told::default();
        for chunk in log.as_bytes().chunks(step) {
            told.push(chunk);
        }
        let mut text = text.to_owned();
        told.finish().mask(&mut text);
        text
    }

    #[test]
    fn what_a_step_asked_to_be_masked_is_masked_elsewhere_too() {
        let log = "a\n2026-11-20T10:11:12.1234567Z ::add-mask::correct horse\nb\n\
                   echo \"::add-mask::battery9\"\n::add-mask::one%0Atwo2%25\n::add-mask::$TOKEN\n::add-mask::***\n";
        for step in [1, 7, 4_096] {
            assert_eq!(
                masked(log, "x correct horse, battery9! one two2% $TOKEN ***", step),
                "x ***, ***! one *** $TOKEN ***"
            );
        }
    }

    #[test]
    fn a_key_on_many_lines_is_masked_line_by_line() {
        let log = "2026-11-20T10:11:12.1234567Z -----BEGIN OPENSSH PRIVATE KEY-----\n\
                   2026-11-20T10:11:12.1234567Z abababababababababababab\n\
                   2026-11-20T10:11:12.1234567Z cdcdcdcdcdcdcdcdcdcdcdcd\n\
                   2026-11-20T10:11:12.1234567Z -----END OPENSSH PRIVATE KEY-----\n\
                   2026-11-20T10:11:12.1234567Z ordinarywordsafterthekey\n";
        for step in [1, 50, 4_096] {
            assert_eq!(
                masked(
                    log,
                    "abababababababababababab ordinarywordsafterthekey cdcdcdcdcdcdcdcdcdcdcdcd",
                    step
                ),
                "*** ordinarywordsafterthekey ***"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_whatever_the_chunks(log in "([a-z:\n-]|::add-mask::|-----BEGIN PRIVATE KEY){0,60}", step in 1_usize..40) {
            masked(&log, "x", step);
        }
    }
}
