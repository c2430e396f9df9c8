//! Commits: a whole tree of files each, so that any file at any commit is at hand and differences can be computed.
//! Refs resolve from full SHAs, short ones, branches and tags.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::diff;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// Files by path.
pub type Files = BTreeMap<String, String>;

/// One commit.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The 40 digits.
    pub sha: String,
    /// The message.
    pub message: String,
    /// The login of author and committer.
    pub author: String,
    /// When.
    pub date: Timestamp,
    /// The commits before it.
    pub parents: Vec<String>,
    /// All files at this commit.
    pub files: Files,
}

impl Commit {
    /// The SHA of the tree.
    #[must_use]
    pub fn tree(&self) -> String {
        diff::object_sha(&format!("tree {}", self.sha))
    }
}

impl Repository {
    /// The commit that a SHA (or its beginning), a branch, a tag or `heads/…` means.
    #[must_use]
    pub fn commit(&self, name: &str) -> Option<&Commit> {
        let name = name.strip_prefix("refs/").unwrap_or(name);
        let sha = [
            name.to_owned(),
            format!("heads/{name}"),
            format!("tags/{name}"),
        ]
        .iter()
        .find_map(|name| self.refs.get(name))
        .map_or(name, String::as_str);
        self.commits.get(sha).or_else(|| {
            (sha.len() >= 7)
                .then(|| self.commits.values().find(|c| c.sha.starts_with(sha)))
                .flatten()
        })
    }

    /// The tip of the default branch.
    #[must_use]
    pub fn tip(&self) -> Option<&Commit> {
        self.commit(&format!("heads/{}", self.default_branch))
    }

    /// The commits reachable from `sha`, newest first.
    #[must_use]
    pub fn history(&self, sha: &str) -> Vec<&Commit> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut open: Vec<&str> = vec![sha];
        while let Some(sha) = open.pop() {
            if let Some(commit) = self.commits.get(sha)
                && seen.insert(sha)
            {
                found.push(commit);
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        found.sort_by_key(|commit| std::cmp::Reverse(commit.date));
        found
    }

    /// The newest commit that both have, as `git merge-base` says.
    #[must_use]
    pub fn merge_base(&self, base: &str, head: &str) -> Option<&Commit> {
        let of_base: BTreeSet<&str> = self
            .history(base)
            .iter()
            .map(|commit| commit.sha.as_str())
            .collect();
        self.history(head)
            .into_iter()
            .find(|commit| of_base.contains(commit.sha.as_str()))
    }

    pub(crate) fn first_commit(&mut self, world: &mut World) {
        let files = [
            ("README.md", "# A shop\n"),
            (
                ".github/workflows/ci.yml",
                "name: CI\non: [push, pull_request]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n",
            ),
            (
                "src/lib.rs",
                "pub fn total(prices: &[u32]) -> u32 {\n    prices.iter().sum()\n}\n",
            ),
        ];
        let commit = Commit {
            sha: world.next_sha(),
            message: "Open the shop".to_owned(),
            author: "mona".to_owned(),
            date: world.tick(),
            parents: Vec::new(),
            files: files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
        };
        let branch = format!("heads/{}", self.default_branch);
        self.refs.insert(branch, commit.sha.clone());
        self.commits.insert(commit.sha.clone(), commit);
    }
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}",
        Need::Repository(&[("contents", Level::Read)]),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
        Need::Repository(&[("pull_requests", Level::Read)]),
        pulls,
    ),
];

impl World {
    /// Adds a commit on a branch, which is made if need be from the default branch; `changes` replaces files, and
    /// `None` removes one. Returns the SHA, or nothing for an unknown repository.
    pub fn push_commit(
        &mut self,
        full_name: &str,
        branch: &str,
        author: &str,
        message: &str,
        changes: &[(&str, Option<&str>)],
    ) -> Option<String> {
        let sha = self.next_sha();
        let date = self.tick();
        let repository = self.repository_mut(full_name)?;
        let name = format!("heads/{branch}");
        let parent = repository.commit(&name).or_else(|| repository.tip());
        let mut files = parent
            .map(|commit| commit.files.clone())
            .unwrap_or_default();
        for (path, text) in changes {
            match text {
                Some(text) => files.insert((*path).to_owned(), (*text).to_owned()),
                None => files.remove(*path),
            };
        }
        let commit = Commit {
            sha: sha.clone(),
            message: message.to_owned(),
            author: author.to_owned(),
            date,
            parents: parent
                .map(|commit| commit.sha.clone())
                .into_iter()
                .collect(),
            files,
        };
        repository.commits.insert(sha.clone(), commit);
        repository.refs.insert(name, sha.clone());
        Some(sha)
    }

    pub(crate) fn git_user(login: &str, date: Timestamp) -> Value {
        json!({ "name": login, "email": format!("{}@example.com", login.replace(['[', ']'], "")), "date": date })
    }

    /// A commit as the REST API shows it in lists.
    pub(crate) fn commit_json(&self, repository: &Repository, commit: &Commit) -> Value {
        let api = self.repository_url(repository);
        let html = format!("{}/{}", self.site, repository.full_name());
        let sha = &commit.sha;
        let person = Self::git_user(&commit.author, commit.date);
        let parents: Vec<Value> = commit
            .parents
            .iter()
            .map(|sha| {
                json!({
                    "sha": sha,
                    "url": format!("{api}/commits/{sha}"),
                    "html_url": format!("{html}/commit/{sha}"),
                })
            })
            .collect();
        json!({
            "sha": sha,
            "node_id": format!("C_{sha}"),
            "url": format!("{api}/commits/{sha}"),
            "html_url": format!("{html}/commit/{sha}"),
            "comments_url": format!("{api}/commits/{sha}/comments"),
            "commit": {
                "url": format!("{api}/git/commits/{sha}"),
                "author": person,
                "committer": person,
                "message": commit.message,
                "comment_count": 0,
                "tree": { "sha": commit.tree(), "url": format!("{api}/git/trees/{}", commit.tree()) },
                "verification": {
                    "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null
                },
            },
            "author": self.user_json(&commit.author),
            "committer": self.user_json(&commit.author),
            "parents": parents,
        })
    }

    /// A commit as workflow runs and pushes show it.
    pub(crate) fn simple_commit_json(&self, repository: &Repository, sha: &str) -> Value {
        let Some(commit) = repository.commits.get(sha) else {
            return Value::Null;
        };
        let mut person = Self::git_user(&commit.author, commit.date);
        if let Some(person) = person.as_object_mut() {
            person.remove("date");
        }
        json!({
            "id": sha,
            "tree_id": commit.tree(),
            "message": commit.message,
            "timestamp": commit.date,
            "author": person,
            "committer": person,
        })
    }

    pub(crate) fn changed_files(
        &self,
        repository: &Repository,
        base: Option<&Commit>,
        head: &Commit,
    ) -> Vec<Value> {
        let nothing = Files::new();
        let before = base.map_or(&nothing, |commit| &commit.files);
        let api = self.repository_url(repository);
        let html = format!("{}/{}", self.site, repository.full_name());
        diff::changes(before, &head.files)
            .into_iter()
            .map(|change| {
                let path = &change.path;
                json!({
                    "sha": change.sha,
                    "filename": path,
                    "status": change.status,
                    "additions": change.additions,
                    "deletions": change.deletions,
                    "changes": change.additions + change.deletions,
                    "blob_url": format!("{html}/blob/{}/{path}", head.sha),
                    "raw_url": format!("{html}/raw/{}/{path}", head.sha),
                    "contents_url": format!("{api}/contents/{path}?ref={}", head.sha),
                    "patch": change.patch,
                })
            })
            .collect()
    }
}

fn get(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let name = call.param("ref");
    let commit = repository
        .commit(name)
        .ok_or_else(|| Reply::refuse(422, &format!("No commit found for SHA: {name}")))?;
    if call.accepts(".sha") {
        let sha = commit.sha.clone().into_bytes();
        return Ok(Reply::raw(sha, "application/vnd.github.sha; charset=utf-8"));
    }
    let parent = commit
        .parents
        .first()
        .and_then(|sha| repository.commits.get(sha));
    let files = world.changed_files(repository, parent, commit);
    let sum = |key: &str| files.iter().filter_map(|f| f[key].as_u64()).sum::<u64>();
    let mut json = world.commit_json(repository, commit);
    json["stats"] = json!({
        "additions": sum("additions"), "deletions": sum("deletions"), "total": sum("changes"),
    });
    json["files"] = files.into();
    Ok(Reply::ok(json))
}

/// The pull requests with this head. A fork's commit is found, too: this is how its pull request is looked up.
fn pulls(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let sha = call.param("commit_sha");
    if !repository.commits.contains_key(sha) {
        return Err(Reply::refuse(
            422,
            &format!("No commit found for SHA: {sha}"),
        ));
    }
    let items = repository
        .pull_requests()
        .filter(|(_, pull)| {
            pull.head_sha == sha
                || pull.merge_commit_sha.as_deref() == Some(sha)
                || repository
                    .history(&pull.head_sha)
                    .iter()
                    .any(|c| c.sha == sha)
                    && !repository
                        .history(&pull.base_sha)
                        .iter()
                        .any(|c| c.sha == sha)
        })
        .map(|(issue, pull)| world.pull_json(repository, issue, pull))
        .collect();
    Ok(page::list(world, call, items))
}
