//! Comments on issues and pull requests. What an App writes stands under its bot, marked with the App.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::Actor;
use crate::call::Call;
use crate::issue::check_body;
use crate::page;
use crate::payload;
use crate::permission::{Level, Permission};
use crate::reaction::Reaction;
use crate::reply::{After, Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// One comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The comment's id.
    pub id: u64,
    /// The number of the issue or pull request.
    pub issue: u64,
    /// The author's login.
    pub author: String,
    /// The text.
    pub body: String,
    /// The slug of the App that wrote it for its author.
    pub via: Option<String>,
    /// Reactions, oldest first.
    pub reactions: Vec<Reaction>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// How often it was edited.
    pub edits: u32,
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        Need::Subject(Level::Read),
        list,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        Need::Subject(Level::Write),
        create,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        Need::Subject(Level::Read),
        get,
    ),
    Route::new(
        "PATCH",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        Need::Subject(Level::Write),
        change,
    ),
    Route::new(
        "DELETE",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        Need::Subject(Level::Write),
        delete,
    ),
];

impl World {
    /// Writes a comment under `author`; nothing when repository or issue are unknown.
    pub fn add_comment(
        &mut self,
        full_name: &str,
        number: u64,
        author: &str,
        body: &str,
        via: Option<String>,
    ) -> Option<u64> {
        let (id, at) = (self.next_id(), self.tick());
        let repository = self.repository_mut(full_name)?;
        repository.issues.get_mut(&number)?.updated_at = at;
        repository.comments.insert(
            id,
            Comment {
                id,
                issue: number,
                author: author.to_owned(),
                body: body.to_owned(),
                via,
                reactions: Vec::new(),
                created_at: at,
                updated_at: at,
                edits: 0,
            },
        );
        Some(id)
    }

    pub(crate) fn comment_json(&self, repository: &Repository, comment: &Comment) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/issues/comments/{}", comment.id);
        let is_pull = repository
            .issues
            .get(&comment.issue)
            .is_some_and(|issue| issue.pull_request.is_some());
        json!({
            "id": comment.id,
            "node_id": format!("IC_{}", comment.id),
            "url": url,
            "html_url": format!(
                "{}/{}/{}/{}#issuecomment-{}",
                self.site,
                repository.full_name(),
                if is_pull { "pull" } else { "issues" },
                comment.issue,
                comment.id
            ),
            "issue_url": format!("{api}/issues/{}", comment.issue),
            "user": self.user_json(&comment.author),
            "author_association": self.association(repository, &comment.author),
            "body": comment.body,
            "reactions": self.reactions_json(&format!("{url}/reactions"), &comment.reactions),
            "performed_via_github_app": self.via_json(comment.via.as_ref()),
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
        })
    }

    /// What the App hears of its own writes, where it wants to.
    fn echoed(&self, reply: Reply, call: &Call, id: u64, action: &str, from: &str) -> Reply {
        if !self.app.echo {
            return reply;
        }
        match payload::issue_comment(self, &call.full_name(), id, action, Some(from)) {
            Ok(payload) => reply.then(After::Deliver("issue_comment", payload)),
            Err(_) => reply,
        }
    }
}

fn find(world: &World, call: &Call) -> Result<Comment, Reply> {
    let id = call.id("comment_id")?;
    let comment = world.here(call)?.comments.get(&id);
    comment.cloned().ok_or_else(Reply::not_found)
}

/// Somebody's own comment, or anybody's for those who may push. An App edits what it wrote itself.
fn check_author(world: &World, call: &Call, comment: &Comment) -> Result<(), Reply> {
    let login = call.actor.login(world);
    let may = comment.author == login
        || match &call.actor {
            Actor::User(login) => world.here(call)?.permission_of(login) >= Permission::Write,
            _ => true, // Issues: write covers the comments of others
        };
    if may {
        Ok(())
    } else {
        Err(Reply::refuse(403, "Must have admin rights to Repository."))
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let number = call.id("issue_number")?;
    if !repository.issues.contains_key(&number) {
        return Err(Reply::not_found());
    }
    let since: Option<Timestamp> = call.query("since").and_then(|text| text.parse().ok());
    let items = repository
        .comments
        .values()
        .filter(|c| c.issue == number)
        .filter(|c| since.is_none_or(|since| c.updated_at >= since))
        .map(|c| world.comment_json(repository, c))
        .collect();
    Ok(page::list(world, call, items))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let comment = find(world, call)?;
    Ok(Reply::ok(world.comment_json(world.here(call)?, &comment)))
}

fn create(world: &mut World, call: &Call) -> Answer {
    let number = call.id("issue_number")?;
    let body = checked(call)?;
    let (author, via) = (call.actor.login(world), call.actor.via(world));
    let issue = world.here(call)?.issues.get(&number);
    if issue.is_some_and(|issue| issue.locked) && via.is_some() {
        return Err(Reply::refuse(
            403,
            "Unable to create comment because issue is locked.",
        ));
    }
    let id = world
        .add_comment(&call.full_name(), number, &author, body, via)
        .ok_or_else(Reply::not_found)?;
    let repository = world.here(call)?;
    let comment = repository.comments.get(&id).ok_or_else(Reply::not_found)?;
    let json = world.comment_json(repository, comment);
    let url = json["url"].as_str().unwrap_or("").to_owned();
    let reply = Reply::created(json).with("location", url);
    Ok(world.echoed(reply, call, id, "created", ""))
}

fn checked(call: &Call) -> Result<&str, Reply> {
    let body = call.text("body")?;
    if body.trim().is_empty() {
        return Err(Reply::invalid(
            "IssueComment",
            "body",
            "missing_field",
            "Body cannot be blank",
        ));
    }
    check_body("IssueComment", body)?;
    Ok(body)
}

fn change(world: &mut World, call: &Call) -> Answer {
    let before = find(world, call)?;
    check_author(world, call, &before)?;
    let body = checked(call)?;
    let at = world.tick();
    if let Some(comment) = world.here_mut(call)?.comments.get_mut(&before.id) {
        body.clone_into(&mut comment.body);
        comment.updated_at = at;
        comment.edits += 1;
    }
    let after = find(world, call)?;
    let reply = Reply::ok(world.comment_json(world.here(call)?, &after));
    Ok(world.echoed(reply, call, before.id, "edited", &before.body))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let comment = find(world, call)?;
    check_author(world, call, &comment)?;
    world.here_mut(call)?.comments.remove(&comment.id);
    Ok(Reply::no_content())
}
