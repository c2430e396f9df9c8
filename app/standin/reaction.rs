//! Reactions on comments: one of each kind a person, the second time is 200 instead of 201.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// The eight that there are.
pub(crate) const CONTENTS: [&str; 8] = [
    "+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes",
];

/// One reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The reaction's id.
    pub id: u64,
    /// Whose it is.
    pub user: String,
    /// One of [`CONTENTS`].
    pub content: String,
    /// When.
    pub created_at: Timestamp,
}

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "POST",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    Need::Subject(Level::Write),
    create,
)];

impl World {
    /// The summary that stands on issues and comments.
    pub(crate) fn reactions_json(&self, url: &str, reactions: &[Reaction]) -> Value {
        let mut json = json!({ "url": url, "total_count": reactions.len() });
        for content in CONTENTS {
            let count = reactions.iter().filter(|r| r.content == content).count();
            json[content] = count.into();
        }
        json
    }

    fn reaction_json(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id,
            "node_id": format!("REA_{}", reaction.id),
            "user": self.user_json(&reaction.user),
            "content": reaction.content,
            "created_at": reaction.created_at,
        })
    }
}

fn create(world: &mut World, call: &Call) -> Answer {
    let content = call.text("content")?.to_owned();
    if !CONTENTS.contains(&content.as_str()) {
        return Err(Reply::invalid(
            "Reaction",
            "content",
            "invalid",
            "content is not one of the reactions",
        ));
    }
    let user = call.actor.login(world);
    let (id, created_at) = (world.next_id(), world.tick());
    let comment_id = call.id("comment_id")?;
    let comment = world
        .here_mut(call)?
        .comments
        .get_mut(&comment_id)
        .ok_or_else(Reply::not_found)?;
    let known = comment
        .reactions
        .iter()
        .find(|r| r.user == user && r.content == content)
        .cloned();
    if let Some(known) = known {
        return Ok(Reply::ok(world.reaction_json(&known)));
    }
    let reaction = Reaction {
        id,
        user,
        content,
        created_at,
    };
    comment.reactions.push(reaction.clone());
    Ok(Reply::created(world.reaction_json(&reaction)))
}
