//! Pull requests, from branches and from forks.

use jiff::Timestamp;

use crate::call::Call;
use crate::commit::Commit;
use crate::issue::Issue;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::review::Review;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// What an issue has when it is a pull request.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// The full name of the repository of the head; none once the fork is deleted.
    pub head_repository: Option<String>,
    /// The branch of the head.
    pub head_branch: String,
    /// The commit of the head.
    pub head_sha: String,
    /// The branch that it wants to go to.
    pub base_branch: String,
    /// The commit of that branch when it was opened.
    pub base_sha: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// Who merged it.
    pub merged_by: Option<String>,
    /// The commit that merged it.
    pub merge_commit_sha: Option<String>,
    /// Reviews, oldest first.
    pub reviews: Vec<Review>,
    /// Logins whose review is asked for.
    pub requested_reviewers: Vec<String>,
}

/// A pull request about to be opened; `..Opening::default()` fills what does not matter.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The author's login.
    pub author: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// The branch of the head; made with one commit if it does not exist.
    pub branch: String,
    /// The branch to go to; the default branch if unset.
    pub base: Option<String>,
    /// From a fork of this owner instead of a branch.
    pub fork: Option<String>,
    /// What its commit changes.
    pub files: Vec<(String, Option<String>)>,
    /// Labels.
    pub labels: Vec<String>,
    /// Whether it is a draft.
    pub draft: bool,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            author: "dev".to_owned(),
            title: "Count the discount".to_owned(),
            body: "Discounts were left out of the total.".to_owned(),
            branch: "discount".to_owned(),
            base: None,
            fork: None,
            files: vec![(
                "src/discount.rs".to_owned(),
                Some("pub fn discount(total: u32) -> u32 {\n    total / 10\n}\n".to_owned()),
            )],
            labels: Vec::new(),
            draft: false,
        }
    }
}

impl Opening {
    /// Opens it in a repository and returns its number; nothing for an unknown repository.
    pub fn open(&self, world: &mut World, full_name: &str) -> Option<u64> {
        let base = world.repository(full_name)?;
        let base_branch = self.base.clone().unwrap_or(base.default_branch.clone());
        let base_sha = base.commit(&base_branch)?.sha.clone();
        let head_repository = match &self.fork {
            Some(owner) => world.fork(full_name, owner)?,
            None => full_name.to_owned(),
        };
        let changes: Vec<(&str, Option<&str>)> = self
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_deref()))
            .collect();
        let head_sha = world.push_commit(
            &head_repository,
            &self.branch,
            &self.author,
            &self.title,
            &changes,
        )?;
        world.share_commits(&head_repository, full_name);
        let number = world.open_issue(full_name, &self.author, &self.title, &self.body)?;
        let issue = world.repository_mut(full_name)?.issues.get_mut(&number)?;
        issue.labels.clone_from(&self.labels);
        issue.pull_request = Some(PullRequest {
            head_repository: Some(head_repository),
            head_branch: self.branch.clone(),
            head_sha,
            base_branch,
            base_sha,
            draft: self.draft,
            merged_at: None,
            merged_by: None,
            merge_commit_sha: None,
            reviews: Vec::new(),
            requested_reviewers: Vec::new(),
        });
        Some(number)
    }
}

impl Repository {
    /// All pull requests, lowest number first.
    pub fn pull_requests(&self) -> impl Iterator<Item = (&Issue, &PullRequest)> {
        self.issues
            .values()
            .filter_map(|issue| Some((issue, issue.pull_request.as_ref()?)))
    }

    /// A pull request by number.
    #[must_use]
    pub fn pull_request(&self, number: u64) -> Option<(&Issue, &PullRequest)> {
        let issue = self.issues.get(&number)?;
        Some((issue, issue.pull_request.as_ref()?))
    }

    /// The commits of a pull request, oldest first.
    #[must_use]
    pub fn commits_of(&self, pull: &PullRequest) -> Vec<&Commit> {
        let known = self.history(&pull.base_sha);
        let mut commits = self.history(&pull.head_sha);
        commits.retain(|commit| !known.iter().any(|k| k.sha == commit.sha));
        commits.reverse();
        commits
    }
}

const READ: &[Grant] = &[("pull_requests", Level::Read)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/pulls",
        Need::Repository(READ),
        list,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/pulls/{pull_number}",
        Need::Repository(&[("pull_requests", Level::Read), ("contents", Level::Read)]),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/pulls/{pull_number}/files",
        Need::Repository(READ),
        files,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
        Need::Repository(READ),
        commits,
    ),
];

impl World {
    /// A fork of a repository under another owner, made on the first call; its full name.
    pub fn fork(&mut self, full_name: &str, owner: &str) -> Option<String> {
        let name = self.repository(full_name)?.name.clone();
        let fork_name = format!("{owner}/{name}");
        if self.repository(&fork_name).is_none() {
            self.add_user(owner, crate::user::UserKind::User);
            let id = 5_000 + self.repositories.len() as u64;
            let created_at = self.tick();
            let parent = self.repository(full_name)?;
            let mut fork = Repository::new(owner, &name, id);
            fork.private = parent.private;
            fork.default_branch.clone_from(&parent.default_branch);
            fork.fork_of = Some(parent.full_name());
            // A fork gets the default branch alone.
            let main = format!("heads/{}", parent.default_branch);
            let tip = parent.refs.get(&main).cloned();
            fork.refs = tip.map(|sha| (main, sha)).into_iter().collect();
            fork.commits = parent.commits.clone();
            fork.created_at = created_at;
            self.repositories.push(fork);
        }
        Some(fork_name)
    }

    /// A fork and its parent share their objects: the parent knows the commits of a pull request's head.
    pub(crate) fn share_commits(&mut self, from: &str, to: &str) {
        let Some(commits) = self.repository(from).map(|r| r.commits.clone()) else {
            return;
        };
        if let Some(repository) = self.repository_mut(to) {
            repository.commits.extend(commits);
        }
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let state = call.query("state").unwrap_or("open");
    let mut pulls: Vec<(&Issue, &PullRequest)> = repository
        .pull_requests()
        .filter(|(issue, _)| state == "all" || state == issue.state())
        .filter(|(_, pull)| {
            call.query("base")
                .is_none_or(|base| base == pull.base_branch)
        })
        .filter(|(_, pull)| call.query("head").is_none_or(|head| is_head(pull, head)))
        .collect();
    pulls.reverse();
    let items = pulls
        .into_iter()
        .map(|(issue, pull)| world.pull_json(repository, issue, pull))
        .collect();
    Ok(page::list(world, call, items))
}

/// `owner:branch`. GitHub ignores a head without an owner; here it finds nothing, which is easier to notice.
fn is_head(pull: &PullRequest, head: &str) -> bool {
    let Some((owner, branch)) = head.split_once(':') else {
        return false;
    };
    let repository = pull.head_repository.as_deref().unwrap_or("");
    repository.split('/').next() == Some(owner) && pull.head_branch == branch
}

fn find<'a>(
    world: &'a World,
    call: &Call,
) -> Result<(&'a Repository, &'a Issue, &'a PullRequest), Reply> {
    let repository = world.here(call)?;
    let (issue, pull) = repository
        .pull_request(call.id("pull_number")?)
        .ok_or_else(Reply::not_found)?;
    Ok((repository, issue, pull))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, issue, pull) = find(world, call)?;
    Ok(Reply::ok(world.full_pull_json(repository, issue, pull)))
}

fn files(world: &mut World, call: &Call) -> Answer {
    let (repository, _, pull) = find(world, call)?;
    Ok(page::list(world, call, world.pull_files(repository, pull)))
}

fn commits(world: &mut World, call: &Call) -> Answer {
    let (repository, _, pull) = find(world, call)?;
    let items = repository
        .commits_of(pull)
        .into_iter()
        .map(|commit| world.commit_json(repository, commit))
        .collect();
    Ok(page::list(world, call, items))
}
