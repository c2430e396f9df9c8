//! Commit statuses and their combination.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// One status of a commit.
#[derive(Debug, Clone)]
pub struct Status {
    /// The status's id.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// `error`, `failure`, `pending`, `success`.
    pub state: String,
    /// What it is about: the latest of each context counts.
    pub context: String,
    /// A short text.
    pub description: Option<String>,
    /// Where more is.
    pub target_url: Option<String>,
    /// Whose it is.
    pub creator: String,
    /// When.
    pub created_at: Timestamp,
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/status",
        Need::Repository(&[("statuses", Level::Read)]),
        combined,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/statuses/{sha}",
        Need::Repository(&[("statuses", Level::Write)]),
        create,
    ),
];

impl World {
    fn status_json(&self, repository: &Repository, status: &Status) -> Value {
        json!({
            "id": status.id,
            "node_id": format!("SC_{}", status.id),
            "url": format!("{}/statuses/{}", self.repository_url(repository), status.sha),
            "avatar_url": format!("{}/avatars/u/{}", self.site, status.creator.len()),
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": status.created_at,
            "updated_at": status.created_at,
        })
    }
}

fn combined(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let commit = repository
        .commit(call.param("ref"))
        .ok_or_else(Reply::not_found)?;
    let mut seen = BTreeSet::new();
    let latest: Vec<&Status> = repository
        .statuses
        .iter()
        .rev()
        .filter(|status| status.sha == commit.sha && seen.insert(&status.context))
        .collect();
    let has = |states: &[&str]| latest.iter().any(|s| states.contains(&s.state.as_str()));
    let state = if has(&["error", "failure"]) {
        "failure"
    } else if latest.is_empty() || has(&["pending"]) {
        "pending"
    } else {
        "success"
    };
    let statuses: Vec<Value> = latest
        .iter()
        .map(|status| world.status_json(repository, status))
        .collect();
    let api = world.repository_url(repository);
    Ok(Reply::ok(json!({
        "state": state,
        "statuses": statuses,
        "sha": commit.sha,
        "total_count": statuses.len(),
        "repository": world.repository_json(repository),
        "commit_url": format!("{api}/commits/{}", commit.sha),
        "url": format!("{api}/commits/{}/status", commit.sha),
    })))
}

fn create(world: &mut World, call: &Call) -> Answer {
    let sha = call.param("sha").to_owned();
    if !world.here(call)?.commits.contains_key(&sha) {
        return Err(Reply::refuse(
            422,
            &format!("No commit found for SHA: {sha}"),
        ));
    }
    let state = call.text("state")?.to_owned();
    if !["error", "failure", "pending", "success"].contains(&state.as_str()) {
        return Err(Reply::invalid(
            "Status",
            "state",
            "inclusion",
            "state is not included in the list",
        ));
    }
    let description = call.maybe_text("description")?.map(str::to_owned);
    if description
        .as_ref()
        .is_some_and(|d| d.chars().count() > 140)
    {
        return Err(Reply::invalid(
            "Status",
            "description",
            "custom",
            "description is too long (maximum is 140 characters)",
        ));
    }
    let status = Status {
        id: world.next_id(),
        sha,
        state,
        context: call.maybe_text("context")?.unwrap_or("default").to_owned(),
        description,
        target_url: call.maybe_text("target_url")?.map(str::to_owned),
        creator: call.actor.login(world),
        created_at: world.tick(),
    };
    let mut json = world.status_json(world.here(call)?, &status);
    json["creator"] = world.user_json(&status.creator);
    world.here_mut(call)?.statuses.push(status);
    Ok(Reply::created(json))
}
