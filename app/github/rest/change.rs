//! Pull requests in full: what they change, who wrote them, who looked at them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use waterline_core::error::Result;
use waterline_core::model::{IssueNumber, RepoName};
use waterline_core::port::deploy::{Account, Labelling, Made, Opinion, Pull, Touched};

use crate::client::{Call, Session};

/// At 100 a page: GitHub lists at most 3,000 files, 250 commits.
const FILE_PAGES: usize = 30;
const COMMIT_PAGES: usize = 4;

/// At 100 a page; a conversation this long is closed by GitHub.
const TALK_PAGES: usize = 50;

#[derive(Deserialize)]
pub(super) struct WireAccount {
    login: String,
    id: u64,
    #[serde(rename = "type", default)]
    kind: String,
}

impl From<WireAccount> for Account {
    fn from(wire: WireAccount) -> Self {
        Self {
            login: wire.login,
            id: wire.id,
            kind: wire.kind,
        }
    }
}

#[derive(Deserialize)]
struct WirePull {
    number: u64,
    title: String,
    body: Option<String>,
    user: Option<WireAccount>,
    state: String,
    merged: bool,
    #[serde(default)]
    draft: bool,
    head: End,
    base: End,
    merge_commit_sha: Option<String>,
    labels: Vec<Label>,
    commits: u64,
    changed_files: u64,
    additions: u64,
    deletions: u64,
}

#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
    repo: Option<Home>,
}

#[derive(Deserialize)]
struct Home {
    full_name: String,
}

#[derive(Deserialize)]
struct Label {
    name: Option<String>,
}

pub(super) async fn one(session: &Session, repo: &RepoName, number: IssueNumber) -> Result<Pull> {
    let call = Call::get(
        "/repos/{owner}/{repo}/pulls/{pull_number}",
        format!("/repos/{repo}/pulls/{number}"),
    )
    .about(format!("pull request {repo}#{number}"))
    .needs("pull_requests: read");
    let wire: WirePull = session.read(&call).await?;
    let own = |end: &End| end.repo.as_ref().map(|home| home.full_name.to_lowercase());
    Ok(Pull {
        number: wire.number,
        title: wire.title,
        body: wire.body.unwrap_or_default(),
        author: wire.user.map(Account::from).unwrap_or_default(),
        state: if wire.merged {
            "merged".to_owned()
        } else {
            wire.state
        },
        draft: wire.draft,
        from_fork: own(&wire.head) != own(&wire.base),
        base: wire.base.branch,
        head: wire.head.branch,
        head_sha: wire.head.sha,
        // While it is open this is a trial that nobody deploys.
        merge_sha: wire.merge_commit_sha.filter(|_| wire.merged),
        labels: wire.labels.into_iter().filter_map(|l| l.name).collect(),
        commits: wire.commits,
        files: wire.changed_files,
        additions: wire.additions,
        deletions: wire.deletions,
    })
}

pub(super) async fn files(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<Touched> {
    #[derive(Deserialize)]
    struct File {
        filename: String,
        previous_filename: Option<String>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/pulls/{pull_number}/files",
        format!("/repos/{repo}/pulls/{number}/files?per_page=100"),
    )
    .about(format!("the files of {repo}#{number}"))
    .needs("pull_requests: read");
    let mut touched = Touched::default();
    let take = |page: Vec<File>| {
        for file in page {
            if let Some(before) = file.previous_filename {
                touched.renamed.insert(file.filename.clone(), before);
            }
            touched.files.push(file.filename);
        }
        true
    };
    session.pages(call, FILE_PAGES, take).await?;
    Ok(touched)
}

/// A commit as lists give it.
#[derive(Deserialize)]
pub(super) struct WireCommit {
    sha: String,
    author: Option<Value>,
    #[serde(default)]
    parents: Vec<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    sha: String,
}

impl From<WireCommit> for Made {
    fn from(wire: WireCommit) -> Self {
        // An author who is nobody's is null, or an empty object.
        let login = wire.author.as_ref().and_then(|a| a["login"].as_str());
        Self {
            sha: wire.sha,
            author: login.map(str::to_owned),
            parents: wire.parents.into_iter().map(|p| p.sha).collect(),
        }
    }
}

pub(super) async fn commits(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<Vec<Made>> {
    let call = Call::get(
        "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
        format!("/repos/{repo}/pulls/{number}/commits?per_page=100"),
    )
    .about(format!("the commits of {repo}#{number}"))
    .needs("pull_requests: read");
    let mut commits = Vec::new();
    let take = |page: Vec<WireCommit>| {
        commits.extend(page.into_iter().map(Made::from));
        true
    };
    session.pages(call, COMMIT_PAGES, take).await?;
    Ok(commits)
}

pub(super) async fn reviews(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<Vec<Opinion>> {
    #[derive(Deserialize)]
    struct Review {
        user: Option<WireAccount>,
        state: String,
        commit_id: Option<String>,
        submitted_at: Option<Timestamp>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        format!("/repos/{repo}/pulls/{number}/reviews?per_page=100"),
    )
    .about(format!("the reviews of {repo}#{number}"))
    .needs("pull_requests: read");
    let mut reviews = Vec::new();
    let take = |page: Vec<Review>| {
        reviews.extend(page.into_iter().map(|review| Opinion {
            by: review.user.map(Account::from).unwrap_or_default(),
            state: review.state,
            commit: review.commit_id.unwrap_or_default(),
            at: review.submitted_at,
        }));
        true
    };
    session.pages(call, TALK_PAGES, take).await?;
    Ok(reviews)
}

pub(super) async fn labellings(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<Vec<Labelling>> {
    #[derive(Deserialize)]
    struct Happened {
        event: Option<String>,
        label: Option<Label>,
        actor: Option<Who>,
        created_at: Option<Timestamp>,
    }
    #[derive(Deserialize)]
    struct Who {
        login: Option<String>,
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/issues/{issue_number}/timeline",
        format!("/repos/{repo}/issues/{number}/timeline?per_page=100"),
    )
    .about(format!("the history of {repo}#{number}"))
    .needs("issues: read");
    let mut found = Vec::new();
    let take = |page: Vec<Happened>| {
        let kept = page.into_iter().filter_map(|one| {
            let event = one.event.filter(|e| e == "labeled" || e == "unlabeled")?;
            Some(Labelling {
                event,
                label: one.label?.name?,
                actor: one.actor.and_then(|who| who.login).unwrap_or_default(),
                at: one.created_at?,
            })
        });
        found.extend(kept);
        true
    };
    session.pages(call, TALK_PAGES, take).await?;
    Ok(found)
}
