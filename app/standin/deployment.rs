//! Deployments and their statuses.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// One deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The deployment's id.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// The branch, tag or SHA that was asked for.
    pub ref_name: String,
    /// `deploy` or anything else.
    pub task: String,
    /// The environment's name.
    pub environment: String,
    /// A short text.
    pub description: Option<String>,
    /// What the deployer put in.
    pub payload: Value,
    /// The login of the deployer.
    pub creator: String,
    /// The slug of the App that created it.
    pub via: Option<String>,
    /// Statuses, oldest first.
    pub statuses: Vec<DeploymentStatus>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A step of a deployment.
#[derive(Debug, Clone)]
pub struct DeploymentStatus {
    /// The status's id.
    pub id: u64,
    /// `queued`, `in_progress`, `success`, `failure`, `error`, `inactive`, `pending`.
    pub state: String,
    /// A short text.
    pub description: String,
    /// Where the log is.
    pub log_url: String,
    /// Where the result is.
    pub environment_url: String,
    /// Whose it is.
    pub creator: String,
    /// When.
    pub created_at: Timestamp,
}

const STATES: [&str; 7] = [
    "error",
    "failure",
    "inactive",
    "in_progress",
    "queued",
    "pending",
    "success",
];

const READ: &[Grant] = &[("deployments", Level::Read)];
const WRITE: &[Grant] = &[("deployments", Level::Write)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/deployments",
        Need::Repository(READ),
        list,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/deployments",
        Need::Repository(WRITE),
        create,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/deployments/{deployment_id}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        Need::Repository(READ),
        statuses,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        Need::Repository(WRITE),
        add_status,
    ),
];

impl World {
    /// Records a deployment of `ref_name`; nothing when repository or commit are unknown.
    pub fn add_deployment(
        &mut self,
        full_name: &str,
        ref_name: &str,
        environment: &str,
        creator: &str,
    ) -> Option<u64> {
        let (id, created_at) = (self.next_id(), self.tick());
        let repository = self.repository_mut(full_name)?;
        let sha = repository.commit(ref_name)?.sha.clone();
        repository.deployments.insert(
            id,
            Deployment {
                id,
                sha,
                ref_name: ref_name.to_owned(),
                task: "deploy".to_owned(),
                environment: environment.to_owned(),
                description: None,
                payload: json!({}),
                creator: creator.to_owned(),
                via: None,
                statuses: Vec::new(),
                created_at,
            },
        );
        Some(id)
    }

    pub(crate) fn deployment_json(
        &self,
        repository: &Repository,
        deployment: &Deployment,
    ) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/deployments/{}", deployment.id);
        let updated = deployment.statuses.last().map(|status| status.created_at);
        json!({
            "id": deployment.id,
            "node_id": format!("DE_{}", deployment.id),
            "url": url,
            "sha": deployment.sha,
            "ref": deployment.ref_name,
            "task": deployment.task,
            "payload": deployment.payload,
            "environment": deployment.environment,
            "original_environment": deployment.environment,
            "description": deployment.description,
            "creator": self.user_json(&deployment.creator),
            "created_at": deployment.created_at,
            "updated_at": updated.unwrap_or(deployment.created_at),
            "statuses_url": format!("{url}/statuses"),
            "repository_url": api,
            "transient_environment": false,
            "production_environment": deployment.environment == "production",
            "performed_via_github_app": self.via_json(deployment.via.as_ref()),
        })
    }

    pub(crate) fn deployment_status_json(
        &self,
        repository: &Repository,
        deployment: &Deployment,
        status: &DeploymentStatus,
    ) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/deployments/{}", deployment.id);
        json!({
            "id": status.id,
            "node_id": format!("DES_{}", status.id),
            "url": format!("{url}/statuses/{}", status.id),
            "state": status.state,
            "creator": self.user_json(&status.creator),
            "description": status.description,
            "environment": deployment.environment,
            "target_url": status.log_url,
            "log_url": status.log_url,
            "environment_url": status.environment_url,
            "created_at": status.created_at,
            "updated_at": status.created_at,
            "deployment_url": url,
            "repository_url": api,
        })
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let is = |key: &str, value: &str| call.query(key).is_none_or(|wanted| wanted == value);
    let items = repository
        .deployments
        .values()
        .rev()
        .filter(|d| is("sha", &d.sha) && is("ref", &d.ref_name))
        .filter(|d| is("environment", &d.environment) && is("task", &d.task))
        .map(|d| world.deployment_json(repository, d))
        .collect();
    Ok(page::list(world, call, items))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a Deployment), Reply> {
    let repository = world.here(call)?;
    let deployment = repository.deployments.get(&call.id("deployment_id")?);
    Ok((repository, deployment.ok_or_else(Reply::not_found)?))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, deployment) = find(world, call)?;
    Ok(Reply::ok(world.deployment_json(repository, deployment)))
}

/// GitHub's defaults are dangerous, and kept here: without `required_contexts: []` every status must be a success.
fn create(world: &mut World, call: &Call) -> Answer {
    let ref_name = call.text("ref")?.to_owned();
    let environment = call
        .maybe_text("environment")?
        .unwrap_or("production")
        .to_owned();
    let creator = call.actor.login(world);
    let via = call.actor.via(world);
    let repository = world.here(call)?;
    let commit = repository
        .commit(&ref_name)
        .ok_or_else(|| Reply::refuse(422, &format!("No ref found for: {ref_name}")))?;
    let pending = repository
        .statuses
        .iter()
        .any(|status| status.sha == commit.sha && status.state != "success");
    if call.field("required_contexts").is_none() && pending {
        return Err(Reply::refuse(409, "Conflict: Commit status checks failed."));
    }
    let id = world
        .add_deployment(&call.full_name(), &ref_name, &environment, &creator)
        .ok_or_else(Reply::not_found)?;
    if let Some(deployment) = world.here_mut(call)?.deployments.get_mut(&id) {
        deployment.via = via;
        deployment.description = call.maybe_text("description")?.map(str::to_owned);
        if let Some(task) = call.maybe_text("task")? {
            task.clone_into(&mut deployment.task);
        }
        if let Some(payload) = call.field("payload") {
            deployment.payload = payload.clone();
        }
    }
    let repository = world.here(call)?;
    let deployment = repository
        .deployments
        .get(&id)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::created(
        world.deployment_json(repository, deployment),
    ))
}

fn statuses(world: &mut World, call: &Call) -> Answer {
    let (repository, deployment) = find(world, call)?;
    let items = deployment
        .statuses
        .iter()
        .rev()
        .map(|status| world.deployment_status_json(repository, deployment, status))
        .collect();
    Ok(page::list(world, call, items))
}

fn add_status(world: &mut World, call: &Call) -> Answer {
    find(world, call)?;
    let state = call.text("state")?.to_owned();
    if !STATES.contains(&state.as_str()) {
        return Err(Reply::invalid(
            "DeploymentStatus",
            "state",
            "inclusion",
            "unknown state",
        ));
    }
    let description = call.maybe_text("description")?.unwrap_or("").to_owned();
    if description.chars().count() > 140 {
        return Err(Reply::invalid(
            "DeploymentStatus",
            "description",
            "custom",
            "description is too long (maximum is 140 characters)",
        ));
    }
    let url = |name: &str| {
        call.maybe_text(name)
            .map(|url| url.unwrap_or("").to_owned())
    };
    let status = DeploymentStatus {
        id: world.next_id(),
        state,
        description,
        log_url: url("log_url")?,
        environment_url: url("environment_url")?,
        creator: call.actor.login(world),
        created_at: world.tick(),
    };
    let id = call.id("deployment_id")?;
    if let Some(deployment) = world.here_mut(call)?.deployments.get_mut(&id) {
        deployment.statuses.push(status.clone());
    }
    let (repository, deployment) = find(world, call)?;
    Ok(Reply::created(
        world.deployment_status_json(repository, deployment, &status),
    ))
}
