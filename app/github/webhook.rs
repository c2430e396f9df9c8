//! A doorway that lets only our own words in: bytes from the network become an `Event`.
//!
//! First the signature over the raw bytes, then the body's JSON, then the event; each step is a
//! function of its own, so that a server can answer as early as it knows. A workflow step reads
//! the file that `GITHUB_EVENT_PATH` names through the same [`parse`]. GitHub adds events,
//! actions and fields without notice: what is unknown is no error here, and past this file
//! nobody needs to know how GitHub spells things.

mod lenient;
mod signature;
mod wire;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use waterline_core::event::{Comment, CompletedRun, Event};
use waterline_core::model::{
    Actor, Asking, CommentId, DeploymentId, InstallationId, IssueNumber, RepoName, RunId,
};

pub use signature::{NoSecrets, Secrets, Verifier, verify};

/// Why a delivery is not let in. Each displays as one sentence for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no `X-Hub-Signature-256` header.
    #[error("The header X-Hub-Signature-256 is missing.")]
    NoSignature,
    /// The signature belongs to another secret or another body, or is none.
    #[error("The signature in X-Hub-Signature-256 does not fit this body and our secret.")]
    WrongSignature,
    /// The body cannot be read.
    #[error("{0}")]
    Broken(String),
}

impl Refusal {
    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NoSignature | Self::Broken(_) => 400,
            Self::WrongSignature => 401,
        }
    }
}

/// A delivery that was let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// What happened, where Waterline cares.
    pub event: Option<Event>,
    /// GitHub's word for what happened to the thing: `created`, `completed`.
    pub action: Option<String>,
    /// The installation that it came through; a step's event file names none.
    pub installation: Option<InstallationId>,
    /// The repository, where the event is about one.
    pub repo: Option<RepoName>,
}

/// The JSON of a body: as it is, or out of the field `payload` of a form.
///
/// # Errors
/// [`Refusal::Broken`] where the content type is neither JSON nor a form, or the form has no
/// `payload`.
pub fn body_json<'a>(content_type: Option<&str>, raw: &'a [u8]) -> Result<Cow<'a, [u8]>, Refusal> {
    let essence = content_type
        .unwrap_or("application/json")
        .split(';')
        .next()
        .unwrap_or_default();
    match essence.trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Cow::Borrowed(raw)),
        "application/x-www-form-urlencoded" => form_urlencoded::parse(raw)
            .find(|(name, _)| name == "payload")
            .map(|(_, payload)| match payload {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            })
            .ok_or_else(|| Refusal::Broken("The form has no field named payload.".into())),
        _ => Err(Refusal::Broken(
            "The content type is neither application/json nor application/x-www-form-urlencoded."
                .into(),
        )),
    }
}

/// Reads an event by its name and its JSON. An unknown name, an unknown action, or an event
/// without what we need from it has `event: None`.
///
/// # Errors
/// [`Refusal::Broken`] where the body is not a JSON object; the sentence names line and column.
pub fn parse(event_name: &str, json: &[u8]) -> Result<Incoming, Refusal> {
    let delivery: wire::Delivery = serde_json::from_slice(json).map_err(|e| broken(&e))?;
    // serde also reads a struct from a list, field by field; GitHub never sends one.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refusal::Broken(format!("{NO_OBJECT} (line 1, column 1).")));
    }
    let repo = delivery.repository.full_name();
    let event = match (event_name, delivery.action.as_deref()) {
        ("issue_comment", Some("created")) => commented(&delivery, repo.clone()),
        ("workflow_run", Some("completed")) => run_completed(&delivery, repo.clone()),
        ("deployment_protection_rule", Some("requested")) => requested(&delivery, repo.clone()),
        (name, action) if changes(&delivery, name, action) => {
            repo.clone().map(|repo| Event::Changed { repo })
        }
        _ => None,
    };
    Ok(Incoming {
        event,
        installation: delivery.installation.id.0.map(InstallationId),
        action: delivery.action.0,
        repo,
    })
}

/// GitHub's name of the event that a payload belongs to, by the parts that it has; none where it
/// could be several. A payload does not carry it: a delivery names it in a header.
#[must_use]
pub fn event_name(json: &[u8]) -> Option<&'static str> {
    const SIGNS: &[(&[&str], &str)] = &[
        (&["deployment_callback_url"], "deployment_protection_rule"),
        (&["workflow_run", "workflow"], "workflow_run"),
        (&["workflow_job"], "workflow_job"),
        (&["check_run"], "check_run"),
        (&["check_suite"], "check_suite"),
        (&["deployment_status"], "deployment_status"),
        (&["deployment"], "deployment"),
        (&["issue", "comment"], "issue_comment"),
        (&["pull_request", "review"], "pull_request_review"),
        (&["pull_request", "comment"], "pull_request_review_comment"),
        (&["pull_request"], "pull_request"),
        (&["issue"], "issues"),
        (&["ref", "before", "after"], "push"),
        (&["hook", "zen"], "ping"),
        (
            &["installation", "repositories_added"],
            "installation_repositories",
        ),
        (&["release"], "release"),
    ];
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(json).ok()?;
    let has = |keys: &[&str]| keys.iter().all(|key| object.contains_key(*key));
    SIGNS
        .iter()
        .find(|(keys, _)| has(keys))
        .map(|(_, name)| *name)
}

const NO_OBJECT: &str = "The body is JSON, but not an event's object";

/// One sentence without a word of the body in it: the body may hold what nobody should log.
fn broken(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "The body ends in the middle of its JSON",
        serde_json::error::Category::Data => NO_OBJECT,
        _ => "The body is not valid JSON",
    };
    Refusal::Broken(format!(
        "{what} (line {}, column {}).",
        error.line(),
        error.column()
    ))
}

fn commented(delivery: &wire::Delivery, repo: Option<RepoName>) -> Option<Event> {
    let (comment, user) = (&delivery.comment, &delivery.comment.user);
    let login = user.login.0.clone()?;
    let bot = user.kind.as_deref() == Some("Bot") || login.ends_with("[bot]");
    Some(Event::Commented(Comment {
        repo: repo?,
        number: IssueNumber(delivery.issue.number.0?),
        on_pull_request: delivery.issue.pull_request.is_there(),
        id: CommentId(comment.id.0?),
        url: comment.html_url.0.clone(),
        author: Actor {
            id: user.id.0,
            login,
            bot,
        },
        body: comment.body.0.clone().unwrap_or_default(),
    }))
}

/// A deployment that asks. Only `action`, `repository` and `sender` are promised; what is missing
/// is judged, but without the run nobody could be answered.
fn requested(delivery: &wire::Delivery, repo: Option<RepoName>) -> Option<Event> {
    let callback = delivery.deployment_callback_url.0.clone()?;
    let deployment = &delivery.deployment;
    Some(Event::DeploymentRequested(Asking {
        repo: repo?,
        run: Some(RunId(run_of(&callback)?)),
        environment: delivery.environment.0.clone(),
        deployment: deployment.id.0.map(DeploymentId),
        sha: deployment.sha.0.clone(),
        reference: deployment.reference.0.clone(),
        callback: Some(callback),
    }))
}

/// The run that a callback is about. Only this number is taken from the address: requests go to
/// GitHub's own, whatever stands there.
fn run_of(callback: &str) -> Option<u64> {
    let path = callback.strip_suffix("/deployment_protection_rule")?;
    let (rest, run) = path.rsplit_once('/')?;
    rest.ends_with("/actions/runs").then_some(())?;
    run.parse().ok()
}

/// Whether a waiting deployment may rest on what happened.
fn changes(delivery: &wire::Delivery, event: &str, action: Option<&str>) -> bool {
    let is = |actions: &[&str]| action.is_some_and(|action| actions.contains(&action));
    match event {
        "pull_request_review" => is(&["submitted", "edited", "dismissed"]),
        "pull_request" => is(&[
            "labeled",
            "unlabeled",
            "synchronize",
            "closed",
            "reopened",
            "ready_for_review",
            "converted_to_draft",
        ]),
        "issues" => is(&["closed", "reopened", "edited", "labeled", "unlabeled"]),
        "check_run" | "check_suite" => is(&["completed"]),
        "deployment_status" => is(&["created"]),
        // The policy, and the owners of files, are read from there.
        "push" => {
            let default = delivery.repository.default_branch.as_deref();
            let pushed = delivery.reference.as_deref();
            let branch = pushed.and_then(|name| name.strip_prefix("refs/heads/"));
            branch.is_some() && branch == default
        }
        _ => false,
    }
}

fn run_completed(delivery: &wire::Delivery, repo: Option<RepoName>) -> Option<Event> {
    let run = &delivery.workflow_run;
    let here = delivery.repository.id.0;
    // GitHub also names pull requests of other repositories that happen to have this head.
    let pull_requests = run
        .pull_requests
        .iter()
        .filter(|pull| pull.base.repo.id.0 == here);
    Some(Event::RunCompleted(CompletedRun {
        repo: repo?,
        run: RunId(run.id.0?),
        event: run.event.0.clone(),
        conclusion: run.conclusion.0.clone(),
        pull_requests: pull_requests
            .filter_map(|pull| pull.number.0.map(IssueNumber))
            .collect(),
    }))
}
