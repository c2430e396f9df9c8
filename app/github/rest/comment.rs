//! Our one comment on a subject, and reactions.
//!
//! A comment is ours where we wrote it and its marker says what it is; a marker alone proves
//! nothing, since anybody can type one.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use waterline_core::error::Result;
use waterline_core::model::{CommentId, IssueNumber, RepoName};
use waterline_core::port::Applied;
use waterline_core::report::{COMMENT_LIMIT, Document, Marker, Reaction};

use super::identity::{Author, Identity};
use crate::client::{Call, Session};

/// At 100 a page; GitHub closes a conversation after 2,500 comments.
const PAGES: usize = 30;

/// The comment that shall stand there.
pub(super) struct Wanted<'a> {
    pub(super) repo: &'a RepoName,
    pub(super) number: IssueNumber,
    pub(super) marker: &'a Marker,
    pub(super) document: &'a Document,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<Author>,
}

pub(super) async fn apply(
    session: &Session,
    us: &Identity,
    wanted: &Wanted<'_>,
    create: bool,
) -> Result<Applied> {
    let Wanted {
        repo,
        number,
        marker,
        document,
    } = wanted;
    let said = document.markdown(COMMENT_LIMIT);
    let body = json!({ "body": marker.sign(&said) });
    let thing = format!("the comments on {repo}#{number}");
    match find(session, us, wanted).await? {
        Some(ours) if marker.says(ours.body.as_deref().unwrap_or_default(), &said) => {
            Ok(Applied::Unchanged)
        }
        Some(ours) => {
            let call = Call::patch(
                "/repos/{owner}/{repo}/issues/comments/{comment_id}",
                format!("/repos/{repo}/issues/comments/{}", ours.id),
                body,
            );
            let answer = session
                .send(&call.about(thing).needs("issues: write"))
                .await?;
            Ok(Applied::Edited(answer.page()))
        }
        None if create => {
            // Sent once. Where nobody knows whether it arrived, the job is tried again later,
            // and finds the comment by its marker.
            let call = Call::post(
                "/repos/{owner}/{repo}/issues/{issue_number}/comments",
                format!("/repos/{repo}/issues/{number}/comments"),
                body,
            );
            let answer = session
                .send(&call.about(thing).needs("issues: write"))
                .await?;
            Ok(Applied::Created(answer.page()))
        }
        None => Ok(Applied::Unchanged),
    }
}

/// The oldest comment of ours: GitHub lists them by age. Where two jobs once raced there are
/// two; the younger is left to people, for we delete nothing.
async fn find(session: &Session, us: &Identity, wanted: &Wanted<'_>) -> Result<Option<Comment>> {
    let Wanted {
        repo,
        number,
        marker,
        ..
    } = wanted;
    let call = Call::get(
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        format!("/repos/{repo}/issues/{number}/comments?per_page=100"),
    )
    .about(format!("the comments on {repo}#{number}"))
    .needs("issues: read");
    let is_ours = |comment: &Comment| {
        us.wrote(comment.user.as_ref()) && comment.body.as_deref().is_some_and(|b| marker.is_on(b))
    };
    let mut found = None;
    let take = |page: Vec<Comment>| {
        found = page.into_iter().find(is_ours);
        found.is_none()
    };
    session.pages(call, PAGES, take).await?;
    Ok(found)
}

pub(super) async fn react(
    session: &Session,
    repo: &RepoName,
    comment: CommentId,
    reaction: Reaction,
) -> Result<Applied> {
    let content = match reaction {
        Reaction::Eyes => "eyes",
        Reaction::Confused => "confused",
    };
    let call = Call::post(
        "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        format!("/repos/{repo}/issues/comments/{comment}/reactions"),
        json!({ "content": content }),
    )
    .about(format!("a reaction in {repo}"))
    .needs("issues: write")
    // A second one of the same kind is the first one again.
    .repeatable();
    let answer = session.send(&call).await?;
    let new = answer.status() == StatusCode::CREATED;
    Ok(if new {
        Applied::Created(None)
    } else {
        Applied::Unchanged
    })
}
