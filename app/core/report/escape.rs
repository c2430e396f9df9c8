//! Strangers' text made harmless for the place where it is shown.
//!
//! Everything that is rendered passes `clean` first, and then the escaper of its place. GitHub
//! looks for mentions, references and addresses after it has read the Markdown, so a backslash
//! does not stop them: a zero-width space inside the word does, and is invisible.

use crate::redact::redact;

/// Breaks a word for GitHub's autolinks and mentions without being seen.
const BREAK: char = '\u{200B}';

/// Removes what could hide or reorder text or steer a terminal: control characters but tab and
/// line feed, zero-width and bidirectional marks, tag characters. Secrets are masked as well.
#[must_use]
pub fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|&c| c == '\n' || c == '\t' || !is_hidden(c))
        .collect();
    redact(&visible).into_owned()
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Words in Markdown, outside code. `opens` where they begin a line, at which some characters
/// mean a list, a rule or a heading.
pub(super) fn words(text: &str, opens: bool) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        match c {
            // A mention, an e-mail address, a reference to an issue.
            '@' | '#' => {
                out.push('\\');
                out.push(c);
                out.push(BREAK);
            }
            // `https://`, `ftp://`: the autolinker wants both slashes behind the colon.
            ':' if rest.starts_with("://") => {
                out.push(':');
                out.push(BREAK);
            }
            '.' if previous.eq_ignore_ascii_case(&'w') => {
                out.push(BREAK);
                out.push('.');
            }
            // `GH-12` is a reference too.
            '-' if previous.eq_ignore_ascii_case(&'h') => {
                out.push('\\');
                out.push('-');
                out.push(BREAK);
            }
            // Before a link of ours it would make an image.
            '!' if rest.len() == 1 => out.push_str("\\!"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // These mean something only where a line starts: a list, a rule, a heading.
            '-' | '+' | '=' | ':' if opens && out.trim_start().is_empty() => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if opens && out.trim_start().bytes().all(|b| b.is_ascii_digit()) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        previous = c;
    }
    out
}

/// A code span that its content cannot leave.
pub(super) fn code_span(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // A space on both sides is taken away again; without it a backtick at the border would join.
    let pad = if text.starts_with('`')
        || text.ends_with('`')
        || (text.starts_with(' ') && text.ends_with(' '))
    {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code span inside a table's cell, where a bar would end the cell even in code.
pub(super) fn cell_code(text: &str) -> String {
    code_span(text).replace('|', "\\|")
}

/// A fenced block that its content cannot leave.
pub(super) fn fenced(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|l| clean(l).replace('\n', " ")).collect();
    let longest = lines.iter().map(|l| longest_run(l, '`')).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// Text inside an HTML element, such as `<summary>`, where Markdown is not read by GitHub but
/// mentions and references are.
pub(super) fn html(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '@' | '#' | ':' => {
                out.push(c);
                out.push(BREAK);
            }
            // GitHub does read inline Markdown where the element stands within a paragraph.
            '`' | '*' | '_' | '[' | ']' | '!' | '~' | '\\' | '.' | '-' => {
                out.push_str(&format!("&#{};", u32::from(c)));
                // `GH-12`, read after the entity, would be a reference.
                if c == '-' {
                    out.push(BREAK);
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// An address fit for a Markdown link, or nothing where it is none of the web.
pub(super) fn address(url: &str) -> Option<String> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let plain = url
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>()[]\\\"'`{}|^*".contains(&b));
    (web && plain && url.len() <= 2_000).then(|| url.to_owned())
}

/// A title, which is plain text, on one line, of at most 250 characters. It pings nobody, and what
/// looks like a name or a reference is broken all the same: it is quoted elsewhere.
#[must_use]
pub fn plain_title(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars().take(250) {
        out.push(c);
        if c == '@' || c == '#' {
            out.push(BREAK);
        }
    }
    out
}

/// Text behind `::error::` and its like, which ends at the line's end.
/// Source: `escapeData` of npm's `@actions/core`.
#[must_use]
pub fn workflow_data(text: &str) -> String {
    clean(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a workflow command, which also ends at a colon or comma.
/// Source: `escapeProperty` of npm's `@actions/core`.
#[must_use]
pub fn workflow_property(text: &str) -> String {
    workflow_data(text).replace(':', "%3A").replace(',', "%2C")
}

fn one_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
