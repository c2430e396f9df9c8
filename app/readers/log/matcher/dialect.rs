//! From the patterns of problem matchers, which are JavaScript's, to those of the linear-time
//! engine. Most is the same; what differs in spelling is rewritten, and what needs backtracking
//! is named together with what to write instead.

/// Words, digits and spaces are ASCII's in a problem matcher, and so cheap ones.
const CLASSES: [(char, &str); 3] = [
    ('d', "0-9"),
    ('w', "0-9A-Za-z_"),
    ('s', r" \t\n\x0b\x0c\r\u{a0}\u{feff}"),
];

/// What only a backtracking engine has: how it begins, its name, and what to write instead.
const BACKTRACKING: [(&str, &str, &str); 4] = [
    (
        "(?<=",
        "a lookbehind",
        "match what stands before as part of the pattern, outside of the group",
    ),
    (
        "(?<!",
        "a negative lookbehind",
        "say with a class such as `[^x]` what may stand before",
    ),
    (
        "(?=",
        "a lookahead",
        "match what follows as part of the pattern, outside of the group",
    ),
    (
        "(?!",
        "a negative lookahead",
        "say with a class such as `[^x]` what may follow, or use two patterns",
    ),
];

/// The pattern in the words of the linear-time engine.
///
/// # Errors
/// A sentence, where it needs what that engine lacks.
pub(super) fn translate(source: &str) -> Result<String, String> {
    let mut out = String::with_capacity(source.len() * 2);
    let mut rest = source;
    let mut class = false;
    while let Some(c) = rest.chars().next() {
        if !class && let Some((start, what, instead)) = backtracking(rest) {
            return Err(format!(
                "uses {what} (`{start}`), which matching in linear time has not; {instead}"
            ));
        }
        let taken = match c {
            '\\' => escape(rest, class, &mut out)?,
            '[' if !class => {
                class = true;
                open_class(rest, &mut out)
            }
            ']' => {
                class = false;
                out.push(']');
                1
            }
            // Within a class these begin a nested class or an operation on sets there, and are
            // plain characters here.
            '[' | '&' | '~' if class => {
                out.extend(['\\', c]);
                1
            }
            // Beside a class that stands for many characters it can be no range.
            '-' if class && many(&rest[1..]) => {
                out.push_str(r"\-");
                1
            }
            '{' if !class && !counts(rest) => {
                out.push_str(r"\{");
                1
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Ok(out)
}

fn backtracking(rest: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let mut all = BACKTRACKING.into_iter();
    all.find(|(start, _, _)| rest.starts_with(start))
}

/// Whether a class such as `\d` comes next.
fn many(rest: &str) -> bool {
    let mut next = rest.chars();
    next.next() == Some('\\') && next.next().is_some_and(|c| "dDwWsS".contains(c))
}

/// The start of a class. An empty one matches nothing, and its opposite everything.
fn open_class(rest: &str, out: &mut String) -> usize {
    for (start, same) in [("[^]", r"[\s\S"), ("[]", r"[^\s\S"), ("[^", "[^")] {
        if rest.starts_with(start) {
            out.push_str(same);
            // The bracket that closes it is left for the loop.
            return start.len() - usize::from(start.ends_with(']'));
        }
    }
    out.push('[');
    1
}

/// Whether a brace begins a count, as in `{2}` or `{2,5}`.
fn counts(rest: &str) -> bool {
    let Some((inside, _)) = rest[1..].split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// A backslash and what it makes of the next character; how many bytes that took.
fn escape(rest: &str, class: bool, out: &mut String) -> Result<usize, String> {
    let Some(next) = rest[1..].chars().next() else {
        return Err("ends in a single `\\`; write `\\\\` for the character".to_owned());
    };
    let taken = 1 + next.len_utf8();
    match next {
        '1'..='9' if !class => {
            return Err(format!(
                "refers back to a group (`\\{next}`), which matching in linear time has not; \
                 write out what may stand there"
            ));
        }
        'k' if rest[2..].starts_with('<') => {
            return Err(
                "refers back to a group (`\\k<…>`), which matching in linear time has not; \
                 write out what may stand there"
                    .to_owned(),
            );
        }
        'b' if class => out.push_str(r"\x08"),
        'b' => out.push_str(r"(?-u:\b)"),
        // Between two bytes of one letter there could be no end of a word, so this is safe in text.
        'B' => out.push_str(r"\B"),
        '0' => out.push_str(r"\x00"),
        'n' | 'r' | 't' | 'f' | 'v' | 'x' | 'u' => out.extend(['\\', next]),
        _ => shorthand(next, out),
    }
    Ok(taken)
}

/// `\d`, `\D` and their like; every other character stands for itself.
fn shorthand(next: char, out: &mut String) {
    let lower = next.to_ascii_lowercase();
    match CLASSES.iter().find(|(name, _)| *name == lower) {
        // Within a class the engine nests.
        Some((_, set)) if next == lower => out.push_str(&format!("[{set}]")),
        Some((_, set)) => out.push_str(&format!("[^{set}]")),
        // A letter that means nothing there would be an error here.
        None if next.is_alphanumeric() || next == '_' => out.push(next),
        None if next.is_ascii() => out.extend(['\\', next]),
        None => out.push(next),
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Regex::new(&translate(pattern).unwrap())
            .unwrap_or_else(|e| panic!("{pattern}: {e}"))
            .is_match(text)
    }

    #[test]
    fn what_javascript_spells_otherwise_means_the_same() {
        for (pattern, yes, no) in [
            (r"^[^[]+\[(\d+)\]$", "a[7]", "[7]"),
            (r"^[[(](\d+)[)\]]$", "[7)", "{7}"),
            (r"^{(\w+)}$", "{a}", "(a)"),
            (r"^a{2,3}$", "aaa", "a"),
            (r"^\/x\-y\:$", "/x-y:", "x-y:"),
            (r"^[\w\s-]+$", "a b-c", "a+"),
            (r"^[\w-.]+$", "a-b.c", "a+"),
            (r"^[.-\w]+$", "a-b.c", "a/"),
            (r"^[^\S\n]+$", " \t", "x"),
            (r"^[^]+$", "a\nb", ""),
            (r"^[a&&b]+$", "a&b", "c"),
            (r"^\bfoo\b.+$", "foo ü", "fool"),
            (r"^\u001b\[31m", "\u{1b}[31m", "31m"),
            (r"^(?<file>.+):(?<line>\d+)$", "a.c:3", "a.c"),
        ] {
            assert!(matches(pattern, yes), "{pattern} on {yes}");
            assert!(!matches(pattern, no), "{pattern} on {no}");
        }
    }

    #[test]
    fn what_needs_backtracking_is_named() {
        for (pattern, word) in [
            ("a(?=b)", "a lookahead (`(?=`)"),
            ("a(?!b)", "a negative lookahead"),
            ("(?<=a)b", "a lookbehind"),
            ("(?<!a)b", "a negative lookbehind"),
            (r"(a)\1", r"refers back to a group (`\1`)"),
            (r"(?<n>a)\k<n>", "refers back"),
            ("a\\", "single"),
        ] {
            let said = translate(pattern).unwrap_err();
            assert!(said.contains(word), "{pattern}: {said}");
        }
        assert!(matches("[(?=]", "="), "within a class it is none");
    }
}
