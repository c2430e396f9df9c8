//! What a commit is judged by: its relation to another, its checks, the teams and issues around it.

use jiff::Timestamp;
use serde::Deserialize;
use waterline_core::error::{Error, Result};
use waterline_core::model::{IssueNumber, RepoName};
use waterline_core::port::deploy::{Checked, Checks, Comparison, Labelled, Made};

use super::change::WireCommit;
use crate::client::{Call, Session, encode};

/// At 100 a page. A range of more commits than this is not judged one by one.
const COMPARE_PAGES: usize = 30;

/// At 100 a page: GitHub looks at the 1,000 newest suites only.
const CHECK_PAGES: usize = 30;
const SUITES: u64 = 1_000;

/// At 100 a page.
const LIST_PAGES: usize = 30;

pub(super) async fn compare(
    session: &Session,
    repo: &RepoName,
    base: &str,
    head: &str,
) -> Result<Comparison> {
    #[derive(Deserialize)]
    struct Compared {
        status: String,
        total_commits: usize,
        commits: Vec<WireCommit>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/compare/{basehead}",
        format!(
            "/repos/{repo}/compare/{}...{}?per_page=100",
            encode(base),
            encode(head)
        ),
    )
    .about(format!("the commits between two of {repo}"))
    .needs("contents: read");
    let mut found = Comparison::default();
    let mut total = 0;
    let mut page = 0;
    let take = |compared: Compared| {
        page += 1;
        found.relation = compared.status;
        total = compared.total_commits;
        found
            .commits
            .extend(compared.commits.into_iter().map(Made::from));
        // The last of these says so itself; one more would be an error.
        page < COMPARE_PAGES
    };
    session.pages(call, COMPARE_PAGES, take).await?;
    found.truncated = found.commits.len() < total;
    Ok(found)
}

/// Only those that were merged, or whose head it is: GitHub names others that merely contain it.
pub(super) async fn pulls_of_commit(
    session: &Session,
    repo: &RepoName,
    sha: &str,
) -> Result<Vec<IssueNumber>> {
    #[derive(Deserialize)]
    struct Pull {
        number: u64,
        merged_at: Option<Timestamp>,
        head: Head,
    }
    #[derive(Deserialize)]
    struct Head {
        sha: String,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
        format!("/repos/{repo}/commits/{}/pulls?per_page=100", encode(sha)),
    )
    .about(format!("the pull requests of a commit of {repo}"))
    .needs("pull_requests: read");
    let mut all: Vec<Pull> = Vec::new();
    let take = |page: Vec<Pull>| {
        all.extend(page);
        true
    };
    session.pages(call, LIST_PAGES, take).await?;
    let merged = all.iter().any(|pull| pull.merged_at.is_some());
    let came = |pull: &&Pull| match merged {
        true => pull.merged_at.is_some(),
        false => pull.head.sha == sha,
    };
    let mut numbers: Vec<_> = all.iter().filter(came).map(|p| p.number).collect();
    if numbers.is_empty() {
        // An open one that has more commits on top.
        numbers = all.iter().map(|p| p.number).collect();
    }
    Ok(numbers.into_iter().map(IssueNumber).collect())
}

pub(super) async fn checks(session: &Session, repo: &RepoName, sha: &str) -> Result<Checks> {
    #[derive(Deserialize)]
    struct Page {
        total_count: u64,
        check_runs: Vec<Run>,
    }
    #[derive(Deserialize)]
    struct Run {
        id: u64,
        name: String,
        status: String,
        conclusion: Option<String>,
        started_at: Option<Timestamp>,
        app: Option<App>,
    }
    #[derive(Deserialize)]
    struct App {
        id: u64,
        slug: Option<String>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        format!(
            "/repos/{repo}/commits/{}/check-runs?filter=all&per_page=100",
            encode(sha)
        ),
    )
    .about(format!("the check runs of a commit of {repo}"))
    .needs("checks: read");
    let mut found = Checks::default();
    let mut total = 0;
    let mut page_number = 0;
    let take = |page: Page| {
        page_number += 1;
        total = page.total_count;
        found.runs.extend(page.check_runs.into_iter().map(|run| {
            let (app_id, app_slug) = run.app.map_or((0, None), |app| (app.id, app.slug));
            Checked {
                id: run.id,
                name: run.name,
                app_id,
                app_slug,
                status: run.status,
                conclusion: run.conclusion,
                started_at: run.started_at,
            }
        }));
        page_number < CHECK_PAGES
    };
    session.pages(call, CHECK_PAGES, take).await?;
    // Each suite has one run at least, so only beyond this may some be left out.
    found.truncated = (found.runs.len() as u64) < total || total >= SUITES;
    Ok(found)
}

pub(super) async fn labelled(
    session: &Session,
    repo: &RepoName,
    label: &str,
) -> Result<Vec<Labelled>> {
    #[derive(Deserialize)]
    struct Issue {
        number: u64,
        labels: Vec<Label>,
        pull_request: Option<serde_json::Value>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Label {
        Full { name: Option<String> },
        Short(String),
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/issues",
        format!(
            "/repos/{repo}/issues?state=open&labels={}&per_page=100",
            encode(label)
        ),
    )
    .about(format!("the issues of {repo}"))
    .needs("issues: read");
    let mut found = Vec::new();
    let take = |page: Vec<Issue>| {
        let issues = page
            .into_iter()
            .filter(|issue| issue.pull_request.is_none());
        found.extend(issues.map(|issue| {
            Labelled {
                number: issue.number,
                labels: issue
                    .labels
                    .into_iter()
                    .filter_map(|label| match label {
                        Label::Full { name } => name,
                        Label::Short(name) => Some(name),
                    })
                    .collect(),
            }
        }));
        true
    };
    session.pages(call, LIST_PAGES, take).await?;
    Ok(found)
}

pub(super) async fn team_members(session: &Session, team: &str) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Member {
        login: String,
    }
    let (org, slug) = team
        .split_once('/')
        .ok_or_else(|| Error::NotFound(format!("team {team}")))?;
    let call = Call::get(
        "/orgs/{org}/teams/{team_slug}/members",
        format!(
            "/orgs/{}/teams/{}/members?per_page=100",
            encode(org),
            encode(slug)
        ),
    )
    .about(format!("team {team}"))
    .needs("members: read");
    let mut members = Vec::new();
    let take = |page: Vec<Member>| {
        members.extend(page.into_iter().map(|member| member.login));
        true
    };
    session.pages(call, LIST_PAGES, take).await?;
    Ok(members)
}
