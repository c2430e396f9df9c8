//! How often people are answered: two programs that answer each other's comments end here.
//!
//! One author has ten commands an hour in one conversation, a conversation thirty in all. Only
//! commands of people who may give them use up the conversation's share, so that a stranger
//! cannot silence the others.

use jiff::SignedDuration;
use serde_json::json;

use crate::error::Result;
use crate::model::{CommentId, Subject};
use crate::port::{Decision, Ports, RECALLED};

const WINDOW: SignedDuration = SignedDuration::from_hours(1);
const AUTHOR: usize = 10;
const CONVERSATION: usize = 30;

/// Under this name in Memory.
const COMMAND: &str = "command";

/// True where the author, or the conversation, has had its share of the last hour. The same
/// comment counts once, however often its jobs are tried.
pub(super) async fn used_up(
    ports: &Ports,
    subject: &Subject,
    comment: CommentId,
    author: &str,
) -> Result<bool> {
    let since = ports.now - WINDOW;
    let mut author_has = Vec::new();
    let mut conversation_has = Vec::new();
    for past in ports
        .memory
        .recall(COMMAND, subject, since, RECALLED)
        .await?
    {
        let id = past.facts["comment"].as_u64();
        if id.is_none() || id == Some(comment.0) {
            continue;
        }
        if past.facts["author"] == author && !author_has.contains(&id) {
            author_has.push(id);
        }
        if past.verdict["allowed"] == true && !conversation_has.contains(&id) {
            conversation_has.push(id);
        }
    }
    Ok(author_has.len() >= AUTHOR || conversation_has.len() >= CONVERSATION)
}

/// Counts a command.
pub(super) async fn count(
    ports: &Ports,
    subject: &Subject,
    comment: CommentId,
    author: &str,
    allowed: bool,
) -> Result<()> {
    let decision = Decision {
        capability: COMMAND.to_owned(),
        subject: subject.clone(),
        at: ports.now,
        facts: json!({ "comment": comment.0, "author": author }),
        verdict: json!({ "allowed": allowed }),
    };
    ports.memory.keep(&decision).await
}
