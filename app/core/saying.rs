//! What the commands about sayings share, and what a diagnosis says of them in the same words.
//!
//! `dismiss` says that a failure is not worth telling, `flaky` that a test is a known flake,
//! `dismissed` lists both. A saying is filtered by code where it is used, never by a model, and
//! never lasts for ever: what nobody repeats is told again after [`KEPT`].

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::line;
use crate::model::{Fingerprint, Saying, Sighting, Subject};
use crate::port::{Asked, Ports};
use crate::report::{Inline, Line, code, link};

/// How long a saying holds: 180 days. Longer than a release, shorter than memory of why.
pub const KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// How far back a failure counts as recent, when somebody names one. As long as it is kept.
pub const RECENT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The most characters of a reason.
pub const REASON: usize = 300;

/// The most characters of a test's name.
pub const NAME: usize = 300;

/// The most characters of what a failure is called in a list.
const TITLE: usize = 160;

/// Digits of an id that are shown.
const SHOWN: usize = 7;

/// The fewest digits by which something may be named.
pub const FEWEST: usize = 4;

/// What is answered where nothing is kept from one job to the next.
const NO_MEMORY: &str = "There is no memory here: a step of a workflow and a shell forget everything when they end. \
     Dismissals and known flakes are kept by the App (`waterline serve`)";

/// A finding of a diagnosis, as far as a saying needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosed {
    /// By what it is known again.
    #[serde(default)]
    pub fingerprint: Option<Fingerprint>,
    /// One sentence.
    pub summary: String,
    /// Its failing tests.
    #[serde(default)]
    pub tests: Vec<String>,
}

/// What the newest diagnosis about the subject found, dismissed or not.
///
/// # Errors
/// Where Memory cannot be read.
pub async fn diagnosed(ports: &Ports, subject: &Subject) -> Result<Vec<Diagnosed>> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Verdict {
        findings: Vec<Diagnosed>,
        dismissed: Vec<Folded>,
    }
    #[derive(Deserialize)]
    struct Folded {
        finding: Diagnosed,
    }
    let kept = ports
        .memory
        .recall("diagnose", subject, ports.now - RECENT, 1)
        .await?;
    let verdict = kept.into_iter().next().map(|decision| decision.verdict);
    // A verdict of an older form tells nothing; names and ids are then taken as they are.
    let verdict: Verdict = verdict
        .and_then(|v| serde_json::from_value(v).ok())
        .unwrap_or_default();
    let folded = verdict.dismissed.into_iter().map(|folded| folded.finding);
    Ok(verdict.findings.into_iter().chain(folded).collect())
}

/// Refuses where nothing would be kept.
///
/// # Errors
/// The sentence that says so.
pub fn needs_memory(ports: &Ports) -> Result<()> {
    match ports.memory.lasts() {
        true => Ok(()),
        false => Err(Error::Usage(NO_MEMORY.to_owned())),
    }
}

/// Who speaks. Only a comment tells for certain, and is there to be read later.
///
/// # Errors
/// The sentence that says so.
pub fn asked(ports: &Ports) -> Result<Asked> {
    needs_memory(ports)?;
    ports.asked.clone().ok_or_else(|| {
        Error::Usage("This is taken from a comment only, where who says it is known".to_owned())
    })
}

/// A name of something as it is looked for: lower-case hexadecimal digits; none where it is no id.
#[must_use]
pub fn id(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    (hex && (FEWEST..=64).contains(&text.len())).then_some(text)
}

/// The first digits of an id, as they are shown and may be written.
#[must_use]
pub fn short(id: &str) -> &str {
    id.get(..SHOWN).unwrap_or(id)
}

/// The day of a moment, in UTC.
#[must_use]
pub fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// A sentence as it is kept for a list.
#[must_use]
pub fn title(text: &str) -> String {
    let mut kept: String = text.chars().take(TITLE).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

/// The day on which it was said, with a link to the comment.
#[must_use]
pub fn said_on(saying: &Saying) -> Inline {
    match &saying.url {
        Some(url) => link(day(saying.at), url.clone()),
        None => day(saying.at).into(),
    }
}

/// `by @login on 2026-01-05`
#[must_use]
pub fn by(saying: &Saying) -> Line {
    line![format!("by @{} on ", saying.by.login), said_on(saying)]
}

/// `: the reason (until 2026-07-04)`
#[must_use]
pub fn why(saying: &Saying) -> Line {
    let reason = match saying.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", saying.reason),
    };
    line![format!("{reason} (until {})", day(saying.until))]
}

/// A recent failure among several that could be meant.
#[must_use]
pub fn candidate(seen: &Sighting, digits: usize) -> Line {
    let id = seen.fingerprint.0.get(..digits);
    line![
        code(id.unwrap_or(&seen.fingerprint.0)),
        ": ",
        seen.job.clone(),
        " in ",
        link(format!("run {}", seen.run), seen.url.clone()),
        format!(", {}", day(seen.at))
    ]
}

/// So many digits tell these apart, and never fewer than are shown everywhere.
#[must_use]
pub fn digits(seen: &[Sighting]) -> usize {
    let prints: Vec<&str> = seen.iter().map(|s| s.fingerprint.0.as_str()).collect();
    let apart = |digits: usize| {
        let mut cut: Vec<&str> = prints
            .iter()
            .map(|p| p.get(..digits).unwrap_or(p))
            .collect();
        cut.sort_unstable();
        cut.windows(2).all(|pair| pair.first() != pair.last())
    };
    (SHOWN..=64).find(|digits| apart(*digits)).unwrap_or(64)
}
