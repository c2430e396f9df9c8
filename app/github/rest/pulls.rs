//! Pull requests.

use serde::Deserialize;
use waterline_core::error::Result;
use waterline_core::model::{IssueNumber, RepoName, Sha};
use waterline_core::port::PullRequest;

use crate::client::{Call, Session, encode};

/// A branch has at most one open pull request for each branch that it wants to change.
const PULL_PAGES: usize = 10;

#[derive(Deserialize)]
struct WirePull {
    number: u64,
    state: String,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    labels: Vec<WireLabel>,
    head: WireHead,
    base: WireBase,
}

#[derive(Deserialize)]
struct WireLabel {
    name: Option<String>,
}

#[derive(Deserialize)]
struct WireHead {
    sha: Sha,
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<WireRepo>,
}

#[derive(Deserialize)]
struct WireBase {
    #[serde(rename = "ref")]
    branch: String,
}

#[derive(Deserialize)]
struct WireRepo {
    full_name: RepoName,
}

impl From<WirePull> for PullRequest {
    fn from(pull: WirePull) -> Self {
        Self {
            number: IssueNumber(pull.number),
            open: pull.state == "open",
            draft: pull.draft,
            labels: pull
                .labels
                .into_iter()
                .filter_map(|label| label.name)
                .collect(),
            head_sha: pull.head.sha,
            head_branch: pull.head.branch,
            head_repo: pull.head.repo.map(|repo| repo.full_name),
            base_branch: pull.base.branch,
        }
    }
}

pub(super) async fn one(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<PullRequest> {
    let call = Call::get(
        "/repos/{owner}/{repo}/pulls/{pull_number}",
        format!("/repos/{repo}/pulls/{number}"),
    )
    .about(format!("pull request {repo}#{number}"))
    .needs("pull_requests: read");
    session.read::<WirePull>(&call).await.map(PullRequest::from)
}

pub(super) async fn from_branch(
    session: &Session,
    repo: &RepoName,
    head: &RepoName,
    branch: &str,
) -> Result<Vec<PullRequest>> {
    let mut pulls = Vec::new();
    let take = |page: Vec<WirePull>| {
        pulls.extend(page.into_iter().map(PullRequest::from));
        true
    };
    let call = of_branch(repo, head, branch, "open");
    session.pages(call, PULL_PAGES, take).await?;
    pulls.retain(|pull| is_from(pull, head));
    Ok(pulls)
}

pub(super) async fn ever_from_branch(
    session: &Session,
    repo: &RepoName,
    head: &RepoName,
    branch: &str,
) -> Result<Vec<PullRequest>> {
    let call = of_branch(repo, head, branch, "all");
    let page: Vec<WirePull> = session.read(&call).await?;
    let pulls = page.into_iter().map(PullRequest::from);
    Ok(pulls.filter(|pull| is_from(pull, head)).collect())
}

fn of_branch(repo: &RepoName, head: &RepoName, branch: &str, state: &str) -> Call {
    let (owner, branch) = (encode(head.owner()), encode(branch));
    Call::get(
        "/repos/{owner}/{repo}/pulls",
        format!("/repos/{repo}/pulls?head={owner}:{branch}&state={state}&per_page=100"),
    )
    .about(format!("the pull requests of {repo}"))
    .needs("pull_requests: read")
}

/// GitHub filters by the owner of the head only, who may have several forks.
fn is_from(pull: &PullRequest, head: &RepoName) -> bool {
    pull.head_repo.as_ref().is_some_and(|from| {
        from.owner().eq_ignore_ascii_case(head.owner())
            && from.name().eq_ignore_ascii_case(head.name())
    })
}
