//! What the runner puts around a line: a byte order mark, a timestamp, and markers such as
//! `##[group]`. Here they are taken off and named.

/// The marker at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// An ordinary line.
    None,
    /// `##[error]`
    Error,
    /// `##[warning]`
    Warning,
    /// `##[group]`
    Group,
    /// `##[endgroup]`
    EndGroup,
    /// `##[command]` or `[command]`: a command that an action ran
    Command,
    /// `##[debug]`, `##[notice]`, `##[section]`
    Other,
}

/// Takes off the timestamp. Returns its seconds (`2026-11-20T10:11:12`) and the rest.
pub(crate) fn timestamp(line: &[u8]) -> (Option<[u8; 19]>, &[u8]) {
    let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    // The runner's form first: seven digits after the dot, so that `Z` stands at 27.
    if stamped(bare) {
        return (seconds(bare), after(bare, 28));
    }
    if bare.len() < 20 || bare[4] != b'-' || bare[10] != b'T' || bare[13] != b':' {
        return (None, bare);
    }
    match bare[19..bare.len().min(32)].iter().position(|b| *b == b'Z') {
        Some(at) if bare[..4].iter().all(u8::is_ascii_digit) => {
            (seconds(bare), after(bare, 19 + at + 1))
        }
        _ => (None, bare),
    }
}

/// The line behind its timestamp. Nearly every line has one in the runner's form.
#[inline]
pub(crate) fn rest(line: &[u8]) -> &[u8] {
    match line.split_at_checked(29) {
        Some((head, rest)) if head[28] == b' ' && stamped(head) => rest,
        _ => timestamp(line).1,
    }
}

/// Whether a line begins with a timestamp in the runner's own form, 28 bytes long.
#[inline]
fn stamped(line: &[u8]) -> bool {
    line.first_chunk::<28>().is_some_and(|head| {
        head[27] == b'Z' && head[10] == b'T' && head[19] == b'.' && head[0].is_ascii_digit()
    })
}

fn seconds(bare: &[u8]) -> Option<[u8; 19]> {
    bare.get(..19)?.try_into().ok()
}

fn after(bare: &[u8], at: usize) -> &[u8] {
    let rest = &bare[at..];
    rest.strip_prefix(b" ").unwrap_or(rest)
}

/// Takes off the marker.
#[inline]
pub(crate) fn mark(text: &[u8]) -> (Mark, &[u8]) {
    match text {
        [b'#', b'#', ..] | [b'[', b'c', ..] => marked(text),
        _ => (Mark::None, text),
    }
}

fn marked(text: &[u8]) -> (Mark, &[u8]) {
    const MARKS: [(&[u8], Mark); 9] = [
        (b"##[error]", Mark::Error),
        (b"##[warning]", Mark::Warning),
        (b"##[group]", Mark::Group),
        (b"##[endgroup]", Mark::EndGroup),
        (b"##[command]", Mark::Command),
        (b"##[debug]", Mark::Other),
        (b"##[notice]", Mark::Other),
        (b"##[section]", Mark::Other),
        (b"[command]", Mark::Command),
    ];
    for (word, mark) in MARKS {
        if let Some(rest) = text.strip_prefix(word) {
            return (mark, rest);
        }
    }
    (Mark::None, text)
}

/// The code in `Process completed with exit code N.`
pub(crate) fn exit_code(text: &[u8]) -> Option<i32> {
    let rest = text.strip_prefix(b"Process completed with exit code ")?;
    let digits = rest.strip_suffix(b".").unwrap_or(rest);
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_go_and_indentation_stays() {
        let (time, rest) = timestamp("\u{feff}2026-11-20T10:11:12.1234567Z   deep".as_bytes());
        assert_eq!(
            time.as_ref().map(|t| &t[..]),
            Some(&b"2026-11-20T10:11:12"[..])
        );
        assert_eq!(rest, b"  deep");
        assert_eq!(timestamp(b"2026-11-20T10:11:12Z x").1, b"x");
        assert_eq!(timestamp(b"no time at all").1, b"no time at all");
    }

    #[test]
    fn markers_and_exit_codes() {
        assert_eq!(mark(b"##[error]x"), (Mark::Error, &b"x"[..]));
        assert_eq!(mark(b"##[unknown]x").0, Mark::None);
        assert_eq!(
            exit_code(b"Process completed with exit code 137."),
            Some(137)
        );
        assert_eq!(
            exit_code(b"Process completed with exit code -1073741510."),
            Some(-1_073_741_510)
        );
        assert_eq!(exit_code(b"Process completed"), None);
    }
}
