//! What was deployed before: what is live, what is under way, and what another environment ran.

use super::super::facts::{Deployed, Facts, Live, Previous};
use super::Reader;
use crate::error::Result;

/// The newest deployments whose states are read, one request each. What lies further back is no
/// rollback and holds nobody up.
const MOST: usize = 30;

pub(super) async fn read(reader: &Reader<'_>, facts: &mut Facts, environment: &str) {
    let own = facts.event.deployment.as_ref().map_or(0, |asked| asked.id);
    let all = reader.needs.past;
    let read = deployments(reader, environment, own, all).await;
    if let Some(deployed) = reader.got(facts, "deployments", read) {
        let works = deployed.iter().filter(|d| d.state == "success");
        facts.live = works.max_by_key(|d| (d.at, d.id)).map(|live| Live {
            sha: live.sha.clone(),
            deployed_at: Some(live.at),
        });
        facts.target_deployments = deployed;
    } else if let Some(said) = facts.errors.get("deployments").cloned() {
        // Without what is live nobody knows what is new.
        facts.errors.insert("range".to_owned(), said);
    }
    if let Some(soak) = &reader.needs.soak {
        let read = deployments(reader, soak, 0, true).await;
        if let Some(deployments) = reader.got(facts, "previous", read) {
            facts.previous = Previous {
                environment: soak.clone(),
                deployments,
            };
        }
    }
}

/// The same as far back as it is read, where that was not done yet: for what may be a rollback.
pub(super) async fn far(reader: &Reader<'_>, facts: &mut Facts, environment: &str) {
    if reader.needs.past {
        return;
    }
    let own = facts.event.deployment.as_ref().map_or(0, |asked| asked.id);
    let read = deployments(reader, environment, own, true).await;
    if let Some(deployed) = reader.got(facts, "deployments", read) {
        facts.target_deployments = deployed;
    }
}

/// The states of the newest deployments, each an entry; without `all` only back to one that
/// worked.
async fn deployments(
    reader: &Reader<'_>,
    environment: &str,
    own: u64,
    all: bool,
) -> Result<Vec<Deployed>> {
    let github = &reader.ports.github;
    let mut found = Vec::new();
    let newest = github.deployments(reader.repo, environment).await?;
    for one in newest.into_iter().filter(|d| d.id.0 != own).take(MOST) {
        let states = github.deployment_states(reader.repo, one.id).await?;
        let deployed = |state: String, at| Deployed {
            id: one.id.0,
            sha: one.sha.clone(),
            state,
            at,
        };
        if states.is_empty() {
            found.push(deployed("pending".to_owned(), one.created_at));
        }
        let worked = states.iter().any(|state| state.state == "success");
        found.extend(states.into_iter().map(|s| deployed(s.state, s.at)));
        if worked && !all {
            break;
        }
    }
    Ok(found)
}
