//! What was posted is remembered, so that people can look it up where Waterline runs, and audit it.

use jiff::SignedDuration;
use serde_json::json;

use crate::error::Result;
use crate::model::{IssueNumber, Subject};
use crate::port::{Applied, Decision, POSTED, Ports, RECALLED};
use crate::report::{Document, Effect};

/// The most bytes of a text that are kept; all of it stands on GitHub.
const TEXT: usize = 4_000;

/// What an issue is called there.
const ISSUE: &str = "issue";

/// How far back an issue is remembered; later, GitHub's lists have it for certain.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// The issue about this subject that was posted last. GitHub's lists may lack it for minutes.
pub(super) async fn issue(ports: &Ports, subject: &Subject) -> Result<Option<IssueNumber>> {
    let since = ports.now - REMEMBERED;
    let posted = ports
        .memory
        .recall(POSTED, subject, since, RECALLED)
        .await?;
    let mut urls = posted
        .iter()
        .filter(|decision| decision.facts["what"] == ISSUE)
        .filter_map(|decision| decision.facts["url"].as_str());
    let number = urls.find_map(|url| url.rsplit('/').next()?.parse().ok());
    Ok(number.map(IssueNumber))
}

/// A memory that fails does not undo what was posted, so it is only noted.
pub(super) async fn keep(ports: &Ports, subject: &Subject, effect: &Effect, applied: Applied) {
    let word = applied.word();
    let (Applied::Created(url) | Applied::Edited(url)) = applied else {
        return;
    };
    let (what, text) = match effect {
        Effect::Comment { document, .. } => ("comment".to_owned(), short(document)),
        Effect::Issue { document, .. } => (ISSUE.to_owned(), short(document)),
        Effect::Check { name, document, .. } => (format!("check run {name}"), short(document)),
        Effect::Rerun { attempt, .. } => {
            let text = format!("The failed jobs, as attempt {attempt}");
            ("re-run".to_owned(), text)
        }
        Effect::Answer { judged, .. } => {
            let what = format!("deployment {}", judged.judgement.word());
            (what, short(&judged.document))
        }
        // A reaction says nothing that a table could tell.
        Effect::React { .. } => return,
    };
    let mut facts = json!({ "what": what, "applied": word, "url": url });
    if let Effect::Answer { judged, .. } = effect {
        // What was answered is known again by these, and not answered twice.
        facts["answer"] = json!({
            "deployment": judged.deployment,
            "environment": judged.environment,
            "state": judged.judgement.word(),
            "reasons": judged.reasons,
        });
    }
    let decision = Decision {
        capability: POSTED.to_owned(),
        subject: subject.clone(),
        at: ports.now,
        facts,
        verdict: json!({ "text": text }),
    };
    if let Err(error) = ports.memory.keep(&decision).await {
        ports
            .out
            .note(&format!("what was posted is not remembered: {error}"))
            .await;
    }
}

fn short(document: &Document) -> String {
    let mut text = document.text();
    text.truncate(text.floor_char_boundary(TEXT));
    text
}
