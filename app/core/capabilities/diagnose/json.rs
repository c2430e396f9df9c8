//! The object that scripts get: `waterline diagnose --format json`.
//!
//! The keys at the top tell of the first finding; `findings` has them all. Its form is
//! documented in `docs/diagnose.md` and only ever grows.

use serde_json::{Value, json};

use super::decide::{Excerpt, Finding, Verdict};
use super::facts::Facts;
use super::origin::{Judged, Origin};
use super::sayings::Dismissed;
use crate::report::{Block, Document};

pub(super) fn json(facts: &Facts, verdict: &Verdict) -> Value {
    let findings: Vec<Value> = verdict.findings.iter().map(finding).collect();
    let mut top = verdict.findings.first().map_or_else(nothing, finding);
    if let Some(object) = top.as_object_mut() {
        object.insert("verdict".to_owned(), json!(verdict.outcome));
        object.insert("findings".to_owned(), Value::Array(findings));
        let dismissed: Vec<Value> = verdict.dismissed.iter().map(dismissed).collect();
        object.insert("dismissed".to_owned(), Value::Array(dismissed));
        object.insert("fixed".to_owned(), json!(verdict.fixed));
        object.insert("repo".to_owned(), json!(facts.repo));
        object.insert(
            "pull_request".to_owned(),
            json!(facts.pull_request.as_ref().map(|p| p.number)),
        );
    }
    top
}

fn finding(f: &Finding) -> Value {
    let mut value = of_log(f);
    if let (Some(object), false) = (value.as_object_mut(), f.reported.is_empty()) {
        object.insert("reports".to_owned(), json!(f.reported));
    }
    value
}

fn of_log(f: &Finding) -> Value {
    json!({
        "workflow": f.workflow,
        "jobs": f.jobs,
        "step": f.step,
        "category": f.category,
        "summary": f.summary,
        "excerpt_lines": f.excerpts.iter().map(range).collect::<Vec<_>>(),
        "causes": f.excerpts.iter().map(cause).collect::<Vec<_>>(),
        "tests": f.tests,
        "locations": f.locations,
        "exit_code": f.exit_code,
        "suggestion": f.suggestion,
        "evidence": f.evidence,
        "fingerprint": f.fingerprint,
        "verdict": f.is_it_me.as_ref().map_or(Origin::Inconclusive, |judged| judged.origin),
        "is_it_me": f.is_it_me.as_ref().map(is_it_me),
    })
}

/// A finding with what was said of it.
fn dismissed(one: &Dismissed) -> Value {
    let mut value = finding(&one.finding);
    if let Some(object) = value.as_object_mut() {
        object.insert("dismissed".to_owned(), json!(one.saying));
    }
    value
}

/// The sentence as it stands in the comment, without its marks.
fn is_it_me(judged: &Judged) -> Value {
    let said = Document {
        blocks: vec![Block::Paragraph(judged.said.clone())],
    };
    json!({
        "verdict": judged.origin,
        "said": said.text().trim(),
        "evidence": judged.evidence,
    })
}

fn cause(e: &Excerpt) -> Value {
    json!({"lines": [e.first, e.last], "text": e.text, "why": e.why, "url": e.url})
}

/// One line is a number, several are a pair.
fn range(e: &Excerpt) -> Value {
    if e.first == e.last {
        json!(e.first)
    } else {
        json!([e.first, e.last])
    }
}

fn nothing() -> Value {
    json!({
        "workflow": null, "jobs": [], "step": null, "category": null, "summary": "Nothing failed",
        "excerpt_lines": [], "causes": [], "tests": [], "locations": [], "exit_code": null, "evidence": [],
        "fingerprint": null, "is_it_me": null,
    })
}
