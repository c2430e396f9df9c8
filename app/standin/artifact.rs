//! Artifacts of runs.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// One artifact.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// The artifact's id.
    pub id: u64,
    /// The run that made it.
    pub run_id: u64,
    /// Its name.
    pub name: String,
    /// The zip archive.
    pub zip: Vec<u8>,
    /// Whether its retention time is over.
    pub expired: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

const READ: &[Grant] = &[("actions", Level::Read)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
        Need::Repository(READ),
        list,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
        Need::Repository(READ),
        download,
    ),
];

impl World {
    fn artifact_json(&self, repository: &Repository, artifact: &Artifact) -> Value {
        let url = format!(
            "{}/actions/artifacts/{}",
            self.repository_url(repository),
            artifact.id
        );
        json!({
            "id": artifact.id,
            "node_id": format!("MDg6_{}", artifact.id),
            "name": artifact.name,
            "size_in_bytes": artifact.zip.len(),
            "url": url,
            "archive_download_url": format!("{url}/zip"),
            "expired": artifact.expired,
            "created_at": artifact.created_at,
            "updated_at": artifact.created_at,
            "expires_at": artifact.created_at + SignedDuration::from_hours(90 * 24),
            "workflow_run": { "id": artifact.run_id },
        })
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let run_id = call.id("run_id")?;
    if !repository.runs.contains_key(&run_id) {
        return Err(Reply::not_found());
    }
    let items = repository
        .artifacts
        .values()
        .filter(|artifact| artifact.run_id == run_id)
        .filter(|artifact| call.query("name").is_none_or(|name| name == artifact.name))
        .map(|artifact| world.artifact_json(repository, artifact))
        .collect();
    Ok(page::counted(world, call, "artifacts", items))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a Artifact), Reply> {
    let repository = world.here(call)?;
    let artifact = repository.artifacts.get(&call.id("artifact_id")?);
    Ok((repository, artifact.ok_or_else(Reply::not_found)?))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, artifact) = find(world, call)?;
    Ok(Reply::ok(world.artifact_json(repository, artifact)))
}

fn download(world: &mut World, call: &Call) -> Answer {
    let (_, artifact) = find(world, call)?;
    if call.param("archive_format") != "zip" {
        return Err(Reply::not_found());
    }
    if artifact.expired {
        return Err(Reply::refuse(410, "Artifact has expired"));
    }
    let zip = artifact.zip.clone();
    let url = world.link(zip, "application/zip");
    Ok(Reply::found(url))
}
