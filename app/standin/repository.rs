//! Repositories: who may do what, and the boxes for everything that lies in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::artifact::Artifact;
use crate::call::Call;
use crate::check_run::CheckRun;
use crate::comment::Comment;
use crate::commit::Commit;
use crate::deployment::Deployment;
use crate::environment::Environment;
use crate::issue::Issue;
use crate::job::Job;
use crate::permission::{Level, Permission};
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::run::WorkflowRun;
use crate::status::Status;
use crate::user::UserKind;
use crate::world::World;

/// One repository.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The repository's id.
    pub id: u64,
    /// The owner's login.
    pub owner: String,
    /// The name without the owner.
    pub name: String,
    /// Whether only collaborators see it.
    pub private: bool,
    /// Whether nothing can be written any more.
    pub archived: bool,
    /// The branch that counts.
    pub default_branch: String,
    /// The repository it was forked from, by full name.
    pub fork_of: Option<String>,
    /// Roles by login.
    pub collaborators: BTreeMap<String, Permission>,
    /// The tips of branches and tags: `heads/main` → SHA.
    pub refs: BTreeMap<String, String>,
    /// Commits by SHA, each with all its files.
    pub commits: BTreeMap<String, Commit>,
    /// Issues and pull requests by number.
    pub issues: BTreeMap<u64, Issue>,
    /// Comments on issues and pull requests by id.
    pub comments: BTreeMap<u64, Comment>,
    /// Workflow runs by id.
    pub runs: BTreeMap<u64, WorkflowRun>,
    /// Jobs of all attempts of all runs by id.
    pub jobs: BTreeMap<u64, Job>,
    /// Artifacts by id.
    pub artifacts: BTreeMap<u64, Artifact>,
    /// Check runs by id.
    pub check_runs: BTreeMap<u64, CheckRun>,
    /// Commit statuses, oldest first.
    pub statuses: Vec<Status>,
    /// Deployments by id.
    pub deployments: BTreeMap<u64, Deployment>,
    /// Environments by name.
    pub environments: BTreeMap<String, Environment>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Repository {
    /// An empty public repository, without a commit.
    #[must_use]
    pub fn new(owner: &str, name: &str, id: u64) -> Self {
        Self {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            private: false,
            archived: false,
            default_branch: "main".to_owned(),
            fork_of: None,
            collaborators: BTreeMap::new(),
            refs: BTreeMap::new(),
            commits: BTreeMap::new(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            runs: BTreeMap::new(),
            jobs: BTreeMap::new(),
            artifacts: BTreeMap::new(),
            check_runs: BTreeMap::new(),
            statuses: Vec::new(),
            deployments: BTreeMap::new(),
            environments: BTreeMap::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// A person's role. The owner administers; the public may read what is public.
    #[must_use]
    pub fn permission_of(&self, login: &str) -> Permission {
        if self.owner.eq_ignore_ascii_case(login) {
            return Permission::Admin;
        }
        let public = if self.private {
            Permission::None
        } else {
            Permission::Read
        };
        self.collaborators
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(login))
            .map_or(public, |(_, role)| (*role).max(public))
    }

    /// The next number for an issue or pull request.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.issues.keys().next_back().map_or(1, |last| last + 1)
    }
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}",
        Need::Repository(&[("metadata", Level::Read)]),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        Need::Repository(&[("metadata", Level::Read)]),
        permission,
    ),
    Route::new("GET", "/meta", Need::Anybody, meta),
];

/// The many URLs of a repository, as suffixes to its API URL.
const URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl World {
    /// A repository in the one shape that fits everywhere: full, minimal and webhook.
    pub(crate) fn repository_json(&self, repository: &Repository) -> Value {
        let full_name = repository.full_name();
        let html = format!("{}/{full_name}", self.site);
        let host = self.site.trim_start_matches("http://");
        let open = repository.issues.values().filter(|i| i.open).count();
        let mut json = json!({
            "id": repository.id,
            "node_id": format!("R_{}", repository.id),
            "name": repository.name,
            "full_name": full_name,
            "owner": self.user_json(&repository.owner),
            "private": repository.private,
            "visibility": if repository.private { "private" } else { "public" },
            "html_url": html,
            "description": null,
            "homepage": null,
            "fork": repository.fork_of.is_some(),
            "clone_url": format!("{html}.git"),
            "git_url": format!("git://{host}/{full_name}.git"),
            "ssh_url": format!("git@{host}:{full_name}.git"),
            "svn_url": html,
            "mirror_url": null,
            "language": null,
            "license": null,
            "default_branch": repository.default_branch,
            "archived": repository.archived,
            "disabled": false,
            "topics": [],
            "is_template": false,
            "web_commit_signoff_required": false,
            "created_at": repository.created_at,
            "updated_at": repository.created_at,
            "pushed_at": repository.created_at,
        });
        for (key, suffix) in URLS {
            json[key] = format!("{}{suffix}", self.repository_url(repository)).into();
        }
        count(&mut json, open);
        json
    }

    pub(crate) fn repository_url(&self, repository: &Repository) -> String {
        format!("{}/repos/{}", self.api(), repository.full_name())
    }

    /// Whether somebody belongs to the owner, is a collaborator, or neither: GitHub's `author_association`.
    pub(crate) fn association(&self, repository: &Repository, login: &str) -> &'static str {
        if repository.owner.eq_ignore_ascii_case(login) {
            return "OWNER";
        }
        let role = repository
            .collaborators
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(login))
            .map(|(_, role)| *role);
        let organization = self
            .user(&repository.owner)
            .is_some_and(|owner| owner.kind == UserKind::Organization);
        match role {
            Some(role) if role >= Permission::Write && organization => "MEMBER",
            Some(_) => "COLLABORATOR",
            None => "NONE",
        }
    }
}

/// The numbers and switches, most of which never change here.
fn count(json: &mut Value, open: usize) {
    for key in [
        "size",
        "forks",
        "forks_count",
        "stargazers_count",
        "watchers",
        "watchers_count",
    ] {
        json[key] = 0.into();
    }
    for key in ["open_issues", "open_issues_count"] {
        json[key] = open.into();
    }
    for key in [
        "has_issues",
        "has_projects",
        "has_wiki",
        "has_downloads",
        "allow_forking",
    ] {
        json[key] = true.into();
    }
    for key in ["has_pages", "has_discussions"] {
        json[key] = false.into();
    }
}

fn get(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let mut json = world.repository_json(repository);
    json["subscribers_count"] = 0.into();
    json["network_count"] = 0.into();
    if world.organization_json(&repository.owner).is_some() {
        json["organization"] = json["owner"].clone();
    }
    Ok(Reply::ok(json))
}

fn permission(world: &mut World, call: &Call) -> Answer {
    let login = call.param("username");
    if world.user(login).is_none() {
        return Err(Reply::not_found());
    }
    let role = world.here(call)?.permission_of(login);
    let mut user = world.user_json(login);
    user["role_name"] = role.role().into();
    user["permissions"] = json!({
        "pull": role >= Permission::Read,
        "triage": role >= Permission::Triage,
        "push": role >= Permission::Write,
        "maintain": role >= Permission::Maintain,
        "admin": role >= Permission::Admin,
    });
    Ok(Reply::ok(json!({
        "permission": role.legacy(),
        "role_name": role.role(),
        "user": user,
    })))
}

fn meta(_: &mut World, _: &Call) -> Answer {
    Ok(Reply::ok(json!({
        "verifiable_password_authentication": false,
        "installed_version": "3.19.0",
    })))
}
