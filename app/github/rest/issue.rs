//! Our one issue about something that is broken: opened once, edited in place, closed with one word.
//!
//! It is ours where we wrote it and its marker says what it is. The marker also says whether the
//! thing was broken or mended when we wrote it last, so that an issue which a person has closed in
//! between is told from one that we closed ourselves.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use waterline_core::error::{Error, Result};
use waterline_core::model::{IssueNumber, RepoName};
use waterline_core::port::Applied;
use waterline_core::report::{COMMENT_LIMIT, Document, Effect, IssueState, Marker, plain_title};

use super::comment as comments;
use super::identity::{Author, Identity};
use crate::client::{Call, Session, encode};

/// At 100 a page. An older one than these is not found again, and a new one is opened.
const PAGES: usize = 5;

/// The issue that shall stand there.
struct Wanted<'a> {
    repo: &'a RepoName,
    marker: &'a Marker,
    title: &'a str,
    document: &'a Document,
    state: &'a IssueState,
    known: Option<IssueNumber>,
}

impl<'a> Wanted<'a> {
    /// None for an effect of another kind.
    fn of(effect: &'a Effect) -> Option<Self> {
        let Effect::Issue {
            repo,
            marker,
            title,
            document,
            state,
            known,
        } = effect
        else {
            return None;
        };
        Some(Self {
            repo,
            marker,
            title,
            document,
            state,
            known: *known,
        })
    }
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    state: String,
    body: Option<String>,
    user: Option<Author>,
    closed_at: Option<Timestamp>,
}

impl Issue {
    fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// What it says above its marker: the diagnosis is still worth reading when all is green.
    fn unsigned(&self) -> &str {
        let text = self.text().trim_end();
        text.rsplit_once('\n')
            .map_or("", |(above, _)| above.trim_end())
    }

    fn text(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }
}

pub(super) async fn apply(session: &Session, us: &Identity, effect: &Effect) -> Result<Applied> {
    let Some(wanted) = &Wanted::of(effect) else {
        return Ok(Applied::Unchanged);
    };
    let (broken, mended) = (wanted.marker.state("broken"), wanted.marker.state("mended"));
    let found = find(session, us, wanted, [&broken, &mended]).await?;
    let text = wanted.document.markdown(COMMENT_LIMIT);
    match (wanted.state, found) {
        (IssueState::Open { create, reopen }, Some(ours)) => {
            if ours.is_open() {
                if broken.says(ours.text(), &text) {
                    return Ok(Applied::Unchanged);
                }
                return edit(
                    session,
                    wanted,
                    ours.number,
                    json!({ "body": broken.sign(&text) }),
                )
                .await;
            }
            // Whoever closed it while it was broken knows, and does not want to hear of it.
            if !create || broken.is_on(ours.text()) {
                return Ok(Applied::Unchanged);
            }
            if ours.closed_at.is_some_and(|at| at >= *reopen) {
                let fields = json!({ "body": broken.sign(&text), "state": "open" });
                return edit(session, wanted, ours.number, fields).await;
            }
            open(session, wanted, &broken.sign(&text)).await
        }
        (IssueState::Open { create: true, .. }, None) => {
            open(session, wanted, &broken.sign(&text)).await
        }
        (IssueState::Closed { marker, comment }, Some(ours)) if ours.is_open() => {
            // First the word: where it goes wrong behind it, the next try finds it said.
            let said = comments::Wanted {
                repo: wanted.repo,
                number: IssueNumber(ours.number),
                marker,
                document: comment,
            };
            comments::apply(session, us, &said, true).await?;
            let fields = json!({
                "body": mended.sign(ours.unsigned()),
                "state": "closed",
                "state_reason": "completed",
            });
            edit(session, wanted, ours.number, fields).await
        }
        // A person closed it; that it is mended is noted, so that the next time counts anew.
        (IssueState::Closed { .. }, Some(ours)) if broken.is_on(ours.text()) => {
            edit(
                session,
                wanted,
                ours.number,
                json!({ "body": mended.sign(ours.unsigned()) }),
            )
            .await
        }
        _ => Ok(Applied::Unchanged),
    }
}

/// The one that is remembered, or else the newest that is ours.
async fn find(
    session: &Session,
    us: &Identity,
    wanted: &Wanted<'_>,
    markers: [&Marker; 2],
) -> Result<Option<Issue>> {
    let is_ours = |issue: &Issue| {
        us.wrote(issue.user.as_ref()) && markers.iter().any(|marker| marker.is_on(issue.text()))
    };
    let repo = wanted.repo;
    if let Some(number) = wanted.known {
        let call = Call::get(
            "/repos/{owner}/{repo}/issues/{issue_number}",
            format!("/repos/{repo}/issues/{number}"),
        )
        .about(format!("{repo}#{number}"))
        .needs("issues: read");
        match session.read::<Issue>(&call).await {
            Ok(issue) if is_ours(&issue) => return Ok(Some(issue)),
            // Removed, moved elsewhere, or rewritten by somebody.
            Ok(_) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let by = encode(us.login());
    let call = Call::get(
        "/repos/{owner}/{repo}/issues",
        format!(
            "/repos/{repo}/issues?state=all&creator={by}&sort=created&direction=desc&per_page=100"
        ),
    )
    .about(format!("the issues of {repo}"))
    .needs("issues: read");
    let mut found = None;
    let take = |page: Vec<Issue>| {
        found = page.into_iter().find(is_ours);
        found.is_none()
    };
    session.pages(call, PAGES, take).await?;
    Ok(found)
}

async fn open(session: &Session, wanted: &Wanted<'_>, body: &str) -> Result<Applied> {
    let repo = wanted.repo;
    // Sent once. Where nobody knows whether it arrived, the next try finds it by its marker.
    let call = Call::post(
        "/repos/{owner}/{repo}/issues",
        format!("/repos/{repo}/issues"),
        json!({ "title": plain_title(wanted.title), "body": body }),
    )
    .about(format!("an issue of {repo}"))
    .needs("issues: write");
    let answer = session.send(&call).await?;
    Ok(Applied::Created(answer.page()))
}

/// An edit leaves the title alone: people may have given it a better one.
async fn edit(
    session: &Session,
    wanted: &Wanted<'_>,
    number: u64,
    fields: Value,
) -> Result<Applied> {
    let repo = wanted.repo;
    let call = Call::patch(
        "/repos/{owner}/{repo}/issues/{issue_number}",
        format!("/repos/{repo}/issues/{number}"),
        fields,
    )
    .about(format!("{repo}#{number}"))
    .needs("issues: write");
    let answer = session.send(&call).await?;
    Ok(Applied::Edited(answer.page()))
}
