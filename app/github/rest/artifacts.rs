//! The artifacts that a run left.

use jiff::Timestamp;
use serde::Deserialize;
use waterline_core::error::Result;
use waterline_core::model::{ArtifactId, RepoName, RunId};
use waterline_core::port::Artifact;

use crate::client::{Call, Session};

#[derive(Deserialize)]
struct Page {
    artifacts: Vec<WireArtifact>,
}

#[derive(Deserialize)]
struct WireArtifact {
    id: u64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    size_in_bytes: u64,
    #[serde(default)]
    expired: bool,
    created_at: Option<Timestamp>,
}

/// The newest hundred: whoever has more of them keeps no reports there.
pub(super) async fn of_run(
    session: &Session,
    repo: &RepoName,
    run: RunId,
) -> Result<Vec<Artifact>> {
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
        format!("/repos/{repo}/actions/runs/{run}/artifacts?per_page=100"),
    )
    .about(format!("the artifacts of run {run} of {repo}"))
    .needs("actions: read");
    let page: Page = session.read(&call).await?;
    let here = page.artifacts.into_iter().filter(|a| !a.expired);
    let artifact = |wire: WireArtifact| Artifact {
        id: ArtifactId(wire.id),
        name: wire.name,
        size: wire.size_in_bytes,
        created_at: wire.created_at,
    };
    Ok(here.map(artifact).collect())
}
