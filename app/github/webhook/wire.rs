//! The few fields of GitHub's payloads that we read, as GitHub spells them.
//!
//! Every field may be missing, null or of another type. One shape serves all events: an event
//! that we do not act on is read for its action, installation and repository only.

use serde::Deserialize;
use waterline_core::model::RepoName;

use super::lenient::{List, Number, Object, Presence, Text};

/// A payload.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delivery {
    pub(super) action: Text,
    pub(super) installation: Object<Installation>,
    pub(super) repository: Object<Repository>,
    pub(super) issue: Object<Issue>,
    pub(super) comment: Object<Comment>,
    pub(super) workflow_run: Object<WorkflowRun>,
    pub(super) environment: Text,
    pub(super) deployment: Object<Deployment>,
    pub(super) deployment_callback_url: Text,
    #[serde(rename = "ref")]
    pub(super) reference: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Deployment {
    pub(super) id: Number,
    pub(super) sha: Text,
    #[serde(rename = "ref")]
    pub(super) reference: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Installation {
    pub(super) id: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Repository {
    pub(super) id: Number,
    full_name: Text,
    pub(super) default_branch: Text,
}

impl Repository {
    /// None where there is no name, or none that GitHub could have given.
    pub(super) fn full_name(&self) -> Option<RepoName> {
        self.full_name.as_deref()?.parse().ok()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Issue {
    pub(super) number: Number,
    pub(super) pull_request: Presence,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment {
    pub(super) id: Number,
    pub(super) html_url: Text,
    pub(super) body: Text,
    pub(super) user: Object<User>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) id: Number,
    pub(super) login: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorkflowRun {
    pub(super) id: Number,
    pub(super) event: Text,
    pub(super) conclusion: Text,
    pub(super) pull_requests: List<Object<PullRequest>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PullRequest {
    pub(super) number: Number,
    pub(super) base: Object<Branch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Branch {
    pub(super) repo: Object<Repository>,
}
