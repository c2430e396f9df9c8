//! A repository's own problem matchers, in GitHub's JSON format: patterns over one or several
//! lines that name file, line, severity and message.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use crate::finding::{Finding, Line};
use crate::rule::Tier;
use crate::{Category, Location, place};

/// A problem matcher.
#[derive(Clone, Debug)]
pub struct Matcher {
    owner: String,
    warning: bool,
    patterns: Vec<Step>,
}

/// One line of a matcher.
#[derive(Clone, Debug)]
struct Step {
    regex: Regex,
    file: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
    severity: Option<usize>,
    message: Option<usize>,
    repeat: bool,
}

/// Why a text is no problem matcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatcherError(String);

impl std::fmt::Display for MatcherError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MatcherError {}

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
struct WirePattern {
    regexp: String,
    file: Option<Value>,
    line: Option<Value>,
    column: Option<Value>,
    severity: Option<Value>,
    message: Option<Value>,
    #[serde(default, rename = "loop")]
    repeat: bool,
}

impl Matcher {
    /// Reads a file of problem matchers.
    ///
    /// # Errors
    /// When the text is not in the format, or a pattern needs what linear-time matching lacks.
    pub fn parse(json: &str) -> Result<Vec<Self>, MatcherError> {
        let wire: Wire = serde_json::from_str(json)
            .map_err(|error| MatcherError(format!("no problem matcher: {error}")))?;
        wire.problem_matcher.into_iter().map(Self::build).collect()
    }

    fn build(wire: WireMatcher) -> Result<Self, MatcherError> {
        let owner = wire.owner;
        if wire.pattern.is_empty() {
            return Err(MatcherError(format!("matcher {owner} has no pattern")));
        }
        let patterns = wire
            .pattern
            .into_iter()
            .map(|pattern| {
                let regex = Regex::new(&pattern.regexp)
                    .map_err(|error| MatcherError(format!("matcher {owner}: {error}")))?;
                Ok(Step {
                    regex,
                    file: group(pattern.file.as_ref()),
                    line: group(pattern.line.as_ref()),
                    column: group(pattern.column.as_ref()),
                    severity: group(pattern.severity.as_ref()),
                    message: group(pattern.message.as_ref()),
                    repeat: pattern.repeat,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            warning: wire.severity.is_some_and(|s| s != "error"),
            owner,
            patterns,
        })
    }
}

/// The number of a group, which the format allows as a number or as a string.
fn group(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::Number(n) => usize::try_from(n.as_u64()?).ok(),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

/// The matchers at work: how far each has come.
pub(crate) struct Running {
    matchers: Vec<(Matcher, usize, Partial)>,
}

#[derive(Clone, Default)]
struct Partial {
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    severity: Option<String>,
}

impl Running {
    /// Sets matchers to work.
    pub(crate) fn new(matchers: &[Matcher]) -> Self {
        let matchers = matchers
            .iter()
            .map(|m| (m.clone(), 0, Partial::default()))
            .collect();
        Self { matchers }
    }

    /// Whether there is nothing to do.
    pub(crate) fn idle(&self) -> bool {
        self.matchers.is_empty()
    }

    /// Offers a line.
    pub(crate) fn offer(&mut self, no: u64, text: &str) -> Vec<Finding> {
        let step = |(matcher, at, partial): &mut (Matcher, usize, Partial)| {
            advance(matcher, at, partial, no, text)
        };
        self.matchers.iter_mut().filter_map(step).collect()
    }
}

fn advance(
    matcher: &Matcher,
    at: &mut usize,
    partial: &mut Partial,
    no: u64,
    text: &str,
) -> Option<Finding> {
    let captures = loop {
        match matcher.patterns[*at].regex.captures(text) {
            Some(captures) => break captures,
            None if *at > 0 => *at = 0,
            None => return None,
        }
    };
    let step = &matcher.patterns[*at];
    let get = |group: Option<usize>| captures.get(group?).map(|m| m.as_str().to_owned());
    if *at == 0 {
        *partial = Partial::default();
    }
    partial.file = get(step.file).or_else(|| partial.file.take());
    partial.line = get(step.line).and_then(|l| l.parse().ok()).or(partial.line);
    partial.column = get(step.column)
        .and_then(|c| c.parse().ok())
        .or(partial.column);
    partial.severity = get(step.severity).or_else(|| partial.severity.take());
    let message = get(step.message);
    if *at + 1 < matcher.patterns.len() {
        *at += 1;
        return None;
    }
    if !step.repeat {
        *at = 0;
    }
    let severity = partial.severity.as_deref().map(str::to_lowercase);
    let warning = severity.map_or(matcher.warning, |s| s.starts_with("warn") || s == "notice");
    let tier = if warning { Tier::Wrapper } else { Tier::Lint };
    let mut finding = Finding::new("a problem matcher", tier, Line::new(no, text));
    finding.category = Some(Category::Lint);
    finding.refine = matcher.owner.is_empty();
    if let Some(message) = message {
        finding.key = crate::mask::template(&message);
    }
    if let (Some(file), Some(line)) = (&partial.file, partial.line) {
        finding.at = Some(Location {
            file: place::relative(file),
            line,
            column: partial.column,
        });
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"problemMatcher": [{"owner": "x", "pattern": [
        {"regexp": "^(\\S+\\.x)$", "file": 1},
        {"regexp": "^\\s+(\\d+):(\\d+)\\s+(error|warning)\\s+(.*)$",
         "line": 1, "column": 2, "severity": 3, "message": 4, "loop": true}]}]}"#;

    #[test]
    fn several_lines_and_a_loop() {
        let matchers = Matcher::parse(JSON).unwrap();
        let mut running = Running::new(&matchers);
        assert!(running.offer(1, "a.x").is_empty());
        let found = running.offer(2, "  3:4  error  bad");
        assert_eq!(found[0].at.as_ref().unwrap().to_string(), "a.x:3");
        assert_eq!(running.offer(3, "  5:6  error  worse").len(), 1);
        assert!(running.offer(4, "done").is_empty());
    }

    #[test]
    fn what_is_no_matcher_says_so() {
        assert!(Matcher::parse("{}").is_err());
        let look = r#"{"problemMatcher": [{"owner": "x", "pattern": [{"regexp": "(?=a)b"}]}]}"#;
        assert!(Matcher::parse(look).unwrap_err().to_string().contains("x"));
    }
}
