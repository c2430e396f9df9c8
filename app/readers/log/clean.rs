//! What a terminal would have swallowed: colour codes, overwritten progress bars, backspaces;
//! and the prefixes that other programs put before every line they pass on.

use std::borrow::Cow;

/// Adds `line` to `out` without escape sequences, keeping what was visible in the end.
pub(crate) fn text(line: &[u8], out: &mut Vec<u8>) {
    let base = out.len();
    let mut at = 0;
    while let Some(next) = memchr::memchr3(0x1b, b'\r', 0x08, &line[at..]) {
        out.extend_from_slice(&line[at..at + next]);
        at += next;
        match line[at] {
            0x1b => at = escape(line, at),
            b'\r' => {
                // What follows overwrites the line; a carriage return at its end does not.
                if line[at + 1..].iter().any(|b| *b != b'\r') {
                    out.truncate(base);
                }
                at += 1;
            }
            _ => {
                out.truncate(out.len().saturating_sub(1).max(base));
                at += 1;
            }
        }
    }
    out.extend_from_slice(&line[at..]);
}

/// Text from bytes; what is no UTF-8 becomes a replacement character.
pub(crate) fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The end of the escape sequence that begins at `at`.
fn escape(line: &[u8], at: usize) -> usize {
    match line.get(at + 1) {
        Some(b'[') => {
            let rest = &line[at + 2..];
            let end = rest.iter().position(|b| (0x40..=0x7e).contains(b));
            end.map_or(line.len(), |n| at + 2 + n + 1)
        }
        Some(b']') => {
            let rest = &line[at + 2..];
            let end = rest.iter().position(|b| *b == 0x07 || *b == 0x1b);
            match end {
                Some(n) if rest[n] == 0x1b => at + 2 + n + 2,
                Some(n) => at + 2 + n + 1,
                None => line.len(),
            }
        }
        Some(b'(' | b')') => at + 3,
        Some(_) => at + 2,
        None => at + 1,
    }
    .min(line.len())
}

/// The same for a text that may have been made from bytes.
pub(crate) fn without_prefix(line: Cow<'_, str>) -> Cow<'_, str> {
    match line {
        Cow::Borrowed(line) => Cow::Borrowed(prefix(line)),
        Cow::Owned(line) => Cow::Owned(prefix(&line).to_owned()),
    }
}

/// Takes off what docker compose, buildx, ant and GNU parallel put before each line.
pub(crate) fn prefix(line: &str) -> &str {
    compose(line)
        .or_else(|| buildx(line))
        .or_else(|| ant(line))
        .unwrap_or(line)
}

/// `service_1  | text`
fn compose(line: &str) -> Option<&str> {
    let service = |b: &u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
    let end = line.as_bytes().iter().position(|b| !service(b))?;
    let (name, rest) = line.split_at(end);
    let numbered = name.bytes().last().is_some_and(|b| b.is_ascii_digit());
    if !numbered || !name.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let bar = rest.trim_start();
    let rest = bar.strip_prefix('|').filter(|_| bar.len() < rest.len())?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// `#19 22.32 text`
fn buildx(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('#')?;
    let (step, rest) = rest.split_once(' ')?;
    let (seconds, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = seconds.split_once('.')?;
    (number(step) && number(whole) && number(part)).then_some(rest)
}

/// `    [junit] text`
fn ant(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(' ');
    if rest.len() == line.len() {
        return None;
    }
    let (task, rest) = rest.strip_prefix('[')?.split_once("] ")?;
    let known = [
        "junit",
        "junitlauncher",
        "java",
        "exec",
        "javac",
        "testng",
        "ant",
        "echo",
    ];
    known.contains(&task).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(line: &str) -> String {
        let mut out = Vec::new();
        text(line.as_bytes(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn colours_inside_words() {
        assert_eq!(cleaned("BTre\u{1b}[92me\u{1b}[0mMap"), "BTreeMap");
        assert_eq!(
            cleaned("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{7}"),
            "link"
        );
        assert_eq!(cleaned("cut \u{1b}[3"), "cut ");
    }

    #[test]
    fn progress_bars_keep_their_last_state() {
        assert_eq!(cleaned("10%\r50%\rdone"), "done");
        assert_eq!(cleaned("windows\r"), "windows");
        assert_eq!(cleaned("ab\u{8}c"), "ac");
    }

    #[test]
    fn prefixes() {
        assert_eq!(prefix("test_1  |   x"), "  x");
        assert_eq!(prefix("#19 22.32 [ERROR] x"), "[ERROR] x");
        assert_eq!(prefix("    [junit]   => x"), "  => x");
        assert_eq!(prefix("12 | let x"), "12 | let x");
        assert_eq!(prefix("a | b"), "a | b");
    }
}
