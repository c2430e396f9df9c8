//! The JSON of problem matchers, held to the rules that GitHub's runner holds it to. Whatever is
//! wrong is said with its line and column; what is right in the same file counts all the same.

use std::collections::HashSet;

use regex::RegexBuilder;
use serde::Deserialize;
use serde_json::Value;

use super::{MATCHERS, Matcher, MatcherError, MatcherFile, PATTERNS, SIZE_LIMIT, Step, dialect};

/// The longest pattern, in bytes.
const LONGEST: usize = 2_000;
/// The largest automaton that a pattern may become, in bytes.
const AUTOMATON: usize = 1 << 20;
/// How deep groups may nest.
const NEST: u32 = 40;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    problem_matcher: Vec<WireMatcher>,
}

#[derive(Deserialize)]
struct WireMatcher {
    owner: String,
    severity: Option<String>,
    pattern: Vec<WirePattern>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePattern {
    regexp: String,
    file: Option<Value>,
    from_path: Option<Value>,
    line: Option<Value>,
    column: Option<Value>,
    severity: Option<Value>,
    code: Option<Value>,
    message: Option<Value>,
    #[serde(default, rename = "loop")]
    repeat: bool,
}

pub(super) fn read(json: &str) -> MatcherFile {
    let mut file = MatcherFile::default();
    if json.len() > SIZE_LIMIT {
        let text = format!("the file is larger than {} KiB", SIZE_LIMIT / 1024);
        file.faults.push(MatcherError::new(1, 1, text));
        return file;
    }
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let wire: Wire = match serde_json::from_str(json) {
        Ok(wire) => wire,
        Err(error) => {
            file.faults.push(broken(&error));
            return file;
        }
    };
    let mut owners = HashSet::new();
    for (at, wire) in wire.problem_matcher.into_iter().enumerate() {
        let place = |text: String| at_owner(json, &wire.owner, text);
        if at >= MATCHERS {
            let text = format!("more than {MATCHERS} matchers; those from here on are left out");
            file.faults.push(place(text));
            break;
        }
        if !owners.insert(wire.owner.to_lowercase()) {
            let text = format!(
                "there are two matchers `{}`; name one of them otherwise",
                name(&wire.owner)
            );
            file.faults.push(place(text));
            continue;
        }
        match build(json, &wire) {
            Ok(matcher) => file.matchers.push(matcher),
            Err(error) => file.faults.push(error),
        }
    }
    file
}

/// Without the place, which serde puts behind its message.
fn broken(error: &serde_json::Error) -> MatcherError {
    let said = error.to_string();
    let said = said
        .rsplit_once(" at line ")
        .map_or(&said[..], |(text, _)| text);
    let text = match error.classify() {
        serde_json::error::Category::Data => format!("this is no problem matcher: {}", name(said)),
        _ => format!("this is no JSON: {said}"),
    };
    let (line, column) = (error.line().max(1), error.column().max(1));
    MatcherError::new(line as u64, column as u64, text)
}

fn build(json: &str, wire: &WireMatcher) -> Result<Matcher, MatcherError> {
    let owner = name(&wire.owner);
    let wrong = |text: String| at_owner(json, &wire.owner, text);
    if wire.owner.trim().is_empty() {
        return Err(wrong("a matcher has no `owner`".to_owned()));
    }
    let severity = wire.severity.as_deref().map(str::to_lowercase);
    let warning = match severity.as_deref() {
        None | Some("" | "error") => false,
        Some("warning" | "notice") => true,
        Some(other) => {
            let text = format!(
                "the matcher `{owner}` has the severity `{}`; there are `error`, `warning` and `notice`",
                name(other)
            );
            return Err(wrong(text));
        }
    };
    if wire.pattern.is_empty() || wire.pattern.len() > PATTERNS {
        let text = format!("the matcher `{owner}` has to have 1 to {PATTERNS} patterns");
        return Err(wrong(text));
    }
    let last = wire.pattern.len() - 1;
    let mut steps = Vec::new();
    for (at, pattern) in wire.pattern.iter().enumerate() {
        if pattern.repeat && (at < last || last == 0) {
            let text = format!(
                "in the matcher `{owner}`, only the last of several patterns may have `loop`"
            );
            return Err(wrong(text));
        }
        steps.push(step(json, &owner, at, pattern)?);
    }
    if steps.last().is_none_or(|step| step.message.is_none()) {
        let text = format!(
            "the last pattern of the matcher `{owner}` has to name the group of the `message`"
        );
        return Err(wrong(text));
    }
    Ok(Matcher {
        owner: owner.into(),
        warning,
        patterns: steps,
    })
}

fn step(json: &str, owner: &str, at: usize, wire: &WirePattern) -> Result<Step, MatcherError> {
    let which = format!("pattern {} of the matcher `{owner}`", at + 1);
    let wrong = |text: String| at_text(json, &wire.regexp, format!("{which} {text}"));
    if wire.regexp.len() > LONGEST {
        return Err(wrong(format!("is longer than {LONGEST} bytes")));
    }
    let source = dialect::translate(&wire.regexp).map_err(wrong)?;
    let regex = RegexBuilder::new(&source)
        .size_limit(AUTOMATON)
        .dfa_size_limit(AUTOMATON)
        .nest_limit(NEST)
        .build()
        .map_err(|error| wrong(reason(&error)))?;
    let groups = regex.captures_len();
    let group = |key: &str, value: Option<&Value>| {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        number(value)
            .filter(|group| *group < groups)
            .map(Some)
            .ok_or_else(|| {
                wrong(format!(
                    "has no group for `{key}`: it has {} groups",
                    groups - 1
                ))
            })
    };
    group("code", wire.code.as_ref())?;
    Ok(Step {
        file: group("file", wire.file.as_ref())?,
        from_path: group("fromPath", wire.from_path.as_ref())?,
        line: group("line", wire.line.as_ref())?,
        column: group("column", wire.column.as_ref())?,
        severity: group("severity", wire.severity.as_ref())?,
        message: group("message", wire.message.as_ref())?,
        repeat: wire.repeat,
        source,
        regex,
    })
}

/// What is wrong with a pattern, without the picture of it.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            "is too large; shorten its counts such as `{1000}`".to_owned()
        }
        other => {
            let said = other.to_string();
            let last = said.lines().last().unwrap_or_default();
            let last = last.strip_prefix("error: ").unwrap_or(last);
            format!("is no regular expression: {}", name(last))
        }
    }
}

/// The number of a group, which the format allows as a number or as a string.
fn number(value: &Value) -> Option<usize> {
    match value {
        Value::Number(n) => usize::try_from(n.as_u64()?).ok(),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

/// A name out of the file as it may stand in a sentence: on one line, and not for ever.
fn name(text: &str) -> String {
    text.escape_debug().take(100).collect()
}

fn at_owner(json: &str, owner: &str, text: String) -> MatcherError {
    at_text(json, owner, text)
}

/// An error at the place where a text stands in the file, as it is mostly written there.
fn at_text(json: &str, text: &str, message: String) -> MatcherError {
    let written = serde_json::to_string(text).unwrap_or_default();
    let before = json.find(&written).and_then(|at| json.get(..at));
    let Some(before) = before else {
        return MatcherError::new(1, 1, message);
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    MatcherError::new(line as u64, column.chars().count() as u64 + 1, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> String {
        let file = read(json);
        assert!(file.matchers.is_empty(), "{json}");
        file.faults[0].to_string()
    }

    fn with(owner: &str, pattern: &str) -> String {
        format!(
            "{{\"problemMatcher\": [\n  {{\"owner\": \"{owner}\",\n   \"pattern\": [{pattern}]}}]}}"
        )
    }

    #[test]
    fn what_is_wrong_is_said_where_it_stands() {
        for (json, said) in [
            (
                "{\n  \"problemMatcher\": [,]}".to_owned(),
                "2:22: this is no JSON: expected value",
            ),
            (
                "{}".to_owned(),
                "1:2: this is no problem matcher: missing field `problemMatcher`",
            ),
            (
                with("x", r#"{"regexp": "a(?=b)", "message": 0}"#),
                "3:27: pattern 1 of the matcher `x` uses a lookahead (`(?=`)",
            ),
            (
                with("x", r#"{"regexp": "(a)\\1", "message": 0}"#),
                "3:27: pattern 1 of the matcher `x` refers back to a group (`\\1`)",
            ),
            (
                with("x", r#"{"regexp": "(a", "message": 0}"#),
                "3:27: pattern 1 of the matcher `x` is no regular expression: unclosed group",
            ),
            (
                with("x", r#"{"regexp": "(a)", "message": 2}"#),
                "has no group for `message`: it has 1 groups",
            ),
            (
                with("x", r#"{"regexp": "(a{900}){900}", "message": 1}"#),
                "is too large",
            ),
            (
                with("x", r#"{"regexp": "a"}"#),
                "2:13: the last pattern of the matcher `x` has to name the group of the `message`",
            ),
            (
                with("x", r#"{"regexp": "a", "message": 0, "loop": true}"#),
                "only the last of several patterns may have `loop`",
            ),
            (with("x", ""), "has to have 1 to"),
            (
                with("", r#"{"regexp": "a", "message": 0}"#),
                "a matcher has no `owner`",
            ),
            (
                " ".repeat(SIZE_LIMIT + 1),
                "1:1: the file is larger than 64 KiB",
            ),
        ] {
            let fault = fault(&json);
            assert!(fault.contains(said), "{fault}\nwanted: {said}");
        }
    }

    #[test]
    fn a_good_matcher_beside_a_broken_one_counts() {
        let json = r#"{"problemMatcher": [
            {"owner": "bad", "pattern": [{"regexp": "(?!a)", "message": 0}]},
            {"owner": "good", "severity": "Warning", "pattern": [{"regexp": "^w: (.*)", "message": "1"}]},
            {"owner": "GOOD", "pattern": [{"regexp": "^e: (.*)", "message": 1}]}]}"#;
        let file = read(json);
        assert_eq!(file.matchers.len(), 1);
        assert_eq!(file.faults.len(), 2);
        assert!(file.faults[1].message.contains("two matchers `GOOD`"));
    }
}
