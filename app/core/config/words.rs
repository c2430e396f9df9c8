//! The YAML library's errors in the words of whoever writes the file: one sentence that says what
//! is wrong and what to write instead. Terms of the library, its options and its excerpts (which
//! might hold what nobody should see) do not get through.

use super::{ConfigError, ConfigFile, unknown};

/// Starts of the library's sentences, and what is said in their place.
const PLAIN: &[(&str, &str)] = &[
    (
        "expected mapping start",
        "a mapping is expected here, such as `key: value`",
    ),
    (
        "expected sequence start",
        "a list is expected here, such as `[one, two]`",
    ),
    (
        "invalid boolean",
        "a switch is expected here: `true` or `false`",
    ),
    ("invalid i", "a whole number is expected here"),
    (
        "invalid u",
        "a whole number is expected here, neither negative nor too large",
    ),
    ("invalid f", "a number is expected here"),
    (
        "multiple YAML documents",
        "a second document begins here; leave out this `---` and write one mapping",
    ),
    (
        "tabs disallowed",
        "a tab indents this line; YAML wants spaces",
    ),
    (
        "invalid !!binary",
        "binary values have no place here; write plain text",
    ),
];

/// The error as one line, with its place.
pub(super) fn error(file: &ConfigFile, error: &serde_yaml::Error) -> ConfigError {
    let plain = error.without_snippet();
    let (line, column) = plain
        .location()
        .map_or((1, 1), |l| (l.line().max(1), l.column().max(1)));
    let message = match plain {
        serde_yaml::Error::SerdeUnknownField {
            field, expected, ..
        } => unknown("key", field, expected),
        serde_yaml::Error::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("`{}` is written twice; keep one of them", shown(key)),
            None => "the same key is written twice; keep one of them".to_owned(),
        },
        other => said(&other.to_string(), line, column),
    };
    ConfigError {
        file: file.name.clone(),
        line,
        column,
        message,
    }
}

fn said(text: &str, line: u64, column: u64) -> String {
    let text = text.lines().next().unwrap_or_default();
    let text = text.split(" at line ").next().unwrap_or(text);
    let text = text
        .strip_prefix(&format!("line {line} column {column}: "))
        .unwrap_or(text);
    let text = text.trim_start_matches("error: ");
    PLAIN
        .iter()
        .find(|(start, _)| text.starts_with(start))
        .map_or_else(|| shown(text), |(_, said)| (*said).to_owned())
}

/// A stranger's words in a sentence of one line.
fn shown(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c.is_control() {
            true => c.escape_debug().collect::<Vec<_>>(),
            false => vec![c],
        })
        .take(300)
        .collect()
}
