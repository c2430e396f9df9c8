//! SARIF: the results of level `error` that nobody suppressed, with their rule and their place.

use serde::Deserialize;
use serde_json::Value;

use crate::{Failure, bound, text};

#[derive(Deserialize)]
struct Log {
    runs: Vec<Run>,
    version: Option<String>,
    #[serde(rename = "$schema")]
    schema: Option<String>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(default)]
    tool: Tool,
    #[serde(default)]
    results: Option<Vec<Outcome>>,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    driver: Driver,
}

#[derive(Default, Deserialize)]
struct Driver {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    id: String,
    default_configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: Option<String>,
    rule_index: Option<usize>,
    rule: Option<Named>,
    level: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    message: Message,
    #[serde(default)]
    locations: Vec<Value>,
    #[serde(default)]
    suppressions: Vec<Value>,
}

#[derive(Deserialize)]
struct Named {
    id: Option<String>,
}

#[derive(Default, Deserialize)]
struct Message {
    text: Option<String>,
    markdown: Option<String>,
}

/// The findings; nothing where this is no such file.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<Failure>> {
    let log: Log = serde_json::from_slice(bytes).ok()?;
    let known = |text: &Option<String>, word: &str| text.as_ref().is_some_and(|t| t.contains(word));
    if !known(&log.version, "2.") && !known(&log.schema, "sarif") {
        return None;
    }
    let mut found = Vec::new();
    for run in &log.runs {
        let rules = &run.tool.driver.rules;
        let results = run.results.iter().flatten();
        found.extend(results.filter(|r| is_error(r, rules)).map(failure));
    }
    Some(found)
}

/// The rule's id.
fn rule(result: &Outcome) -> Option<&str> {
    let named = result.rule.as_ref().and_then(|rule| rule.id.as_deref());
    result.rule_id.as_deref().or(named)
}

/// By its own level, or its rule's; without any, a result is a warning.
fn is_error(result: &Outcome, rules: &[Rule]) -> bool {
    if !result.suppressions.is_empty() || result.kind.as_deref().is_some_and(|k| k != "fail") {
        return false;
    }
    let by_index = result.rule_index.and_then(|at| rules.get(at));
    let by_id = || rules.iter().find(|r| Some(r.id.as_str()) == rule(result));
    let level = result.level.as_deref().or_else(|| {
        let rule = by_index.or_else(by_id)?;
        rule.default_configuration.as_ref()?.level.as_deref()
    });
    level == Some("error")
}

fn failure(result: &Outcome) -> Failure {
    let said = result
        .message
        .text
        .as_deref()
        .or(result.message.markdown.as_deref());
    let said = said.unwrap_or_default();
    let place = result
        .locations
        .first()
        .and_then(|l| l.get("physicalLocation"));
    let file = place.and_then(|p| p.pointer("/artifactLocation/uri")?.as_str());
    let line = place.and_then(|p| p.pointer("/region/startLine")?.as_u64());
    Failure {
        name: rule(result)
            .and_then(text::named)
            .unwrap_or_else(|| "a finding".to_owned()),
        class: None,
        file: file.map(path).and_then(|f| text::named(&f)),
        line: line.and_then(|n| u32::try_from(n).ok()),
        message: text::line(said.lines().next().unwrap_or_default(), bound::LINE),
        excerpt: Vec::new(),
    }
}

/// A path out of an address; letters are written by number where an address cannot hold them.
fn path(uri: &str) -> String {
    let uri = uri.strip_prefix("file://").unwrap_or(uri);
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = more.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
