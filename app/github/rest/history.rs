//! The runs of a span of time, as far as GitHub lists them.

use jiff::Timestamp;
use serde::Deserialize;
use waterline_core::error::Result;
use waterline_core::model::{IssueNumber, RepoName};
use waterline_core::port::{Began, Created, Span};

use super::runs::{WireRun, list};
use crate::client::{Session, encode};

/// GitHub lists no more runs than this in answer to one question, at 100 a page.
const LISTED: usize = 1_000;
const PAGES: usize = 11;

#[derive(Deserialize)]
struct Page {
    total_count: usize,
    workflow_runs: Vec<WireBegan>,
}

#[derive(Deserialize)]
struct WireBegan {
    created_at: Timestamp,
    #[serde(default)]
    pull_requests: Option<Vec<WirePull>>,
    #[serde(flatten)]
    run: WireRun,
}

#[derive(Deserialize)]
struct WirePull {
    number: u64,
    base: WireBase,
}

#[derive(Deserialize)]
struct WireBase {
    repo: WireRepo,
}

#[derive(Deserialize)]
struct WireRepo {
    name: String,
}

pub(super) async fn created(session: &Session, repo: &RepoName, span: Span) -> Result<Created> {
    let filter = format!("status=completed&created={}", encode(&between(span)));
    let mut runs = Vec::new();
    let mut total = 0;
    let take = |page: Page| {
        total = page.total_count;
        runs.extend(page.workflow_runs.into_iter().map(|run| run.began(repo)));
        // The rest of so many would be read in vain.
        total < LISTED
    };
    session.pages(list(repo, &filter), PAGES, take).await?;
    // Whatever the bound is: what was counted and not listed is missing.
    Ok(match total >= LISTED || runs.len() < total {
        true => Created::TooMany,
        false => Created::All(runs),
    })
}

/// Both ends in GitHub's syntax for a search by date.
fn between(span: Span) -> String {
    let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    format!("{}..{}", second(span.from), second(span.to))
}

impl WireBegan {
    fn began(self, repo: &RepoName) -> Began {
        // A fork's run can be counted to pull requests within the fork.
        let ours = |p: &WirePull| p.base.repo.name.eq_ignore_ascii_case(repo.name());
        let pulls = self.pull_requests.into_iter().flatten().filter(ours);
        Began {
            pull_requests: pulls.map(|pull| IssueNumber(pull.number)).collect(),
            at: self.created_at,
            run: self.run.into(),
        }
    }
}
