//! The verbs of a conversation: what people and machines do on GitHub, in one line each. Each changes the world and
//! tells the App, where it listens.

use anyhow::{Context as _, Result};

use crate::check_run::CheckRun;
use crate::comment::Comment;
use crate::payload;
use crate::permission::Permission;
use crate::pull_request::Opening;
use crate::reaction::Reaction;
use crate::standin::Standin;
use crate::user::UserKind;

/// A repository in which something is about to happen.
#[derive(Clone)]
pub struct Place<'a> {
    pub(crate) standin: &'a Standin,
    pub(crate) full_name: String,
}

impl Standin {
    /// A repository by `owner/name`; it is made, public and with one commit, if it does not exist.
    #[must_use]
    pub fn repository(&self, full_name: &str) -> Place<'_> {
        let mut world = self.world();
        if world.repository(full_name).is_none() {
            world.add_repository(full_name);
        }
        drop(world);
        Place {
            standin: self,
            full_name: full_name.to_owned(),
        }
    }

    /// The first repository of the world: `octo/shop` by default.
    #[must_use]
    pub fn home(&self) -> Place<'_> {
        let first = self.world().repositories.first().map_or_else(
            || "octo/shop".to_owned(),
            crate::repository::Repository::full_name,
        );
        self.repository(&first)
    }

    /// A person with a role in the home repository.
    pub fn user(&self, login: &str, permission: Permission) {
        self.home().user(login, permission);
    }
}

impl Place<'_> {
    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// A person with a role here.
    pub fn user(&self, login: &str, permission: Permission) {
        let mut world = self.standin.world();
        world.add_user(login, UserKind::User);
        if let Some(repository) = world.repository_mut(&self.full_name) {
            repository
                .collaborators
                .insert(login.to_owned(), permission);
        }
    }

    /// Opens an issue and returns its number.
    ///
    /// # Errors
    /// When the repository is gone.
    pub async fn open_issue(&self, author: &str, title: &str, body: &str) -> Result<u64> {
        let (number, payload) = {
            let mut world = self.standin.world();
            let number = world
                .open_issue(&self.full_name, author, title, body)
                .context("no such repository")?;
            let payload = payload::issues(&world, &self.full_name, number, "opened");
            (number, payload)
        };
        self.standin.tell(&self.full_name, "issues", payload).await;
        Ok(number)
    }

    /// Opens a pull request and returns its number.
    ///
    /// # Errors
    /// When the repository or the base is gone.
    pub async fn open_pull_request(&self, opening: Opening) -> Result<u64> {
        let number = opening
            .open(&mut self.standin.world(), &self.full_name)
            .context("no such repository or base")?;
        self.tell_pull_request(number, "opened").await;
        Ok(number)
    }

    /// Opens a pull request from a fork of `author`, who has no rights here.
    ///
    /// # Errors
    /// When the repository or the base is gone.
    pub async fn fork_pull_request(&self, author: &str, opening: Opening) -> Result<u64> {
        self.standin.world().add_user(author, UserKind::User);
        self.open_pull_request(Opening {
            author: author.to_owned(),
            fork: Some(author.to_owned()),
            ..opening
        })
        .await
    }

    /// Pushes a commit to the head of a pull request and returns its SHA.
    ///
    /// # Errors
    /// When there is no such pull request, or its fork is gone.
    pub async fn push_to_pull_request(&self, number: u64) -> Result<String> {
        self.push_files(number, &[("src/fix.rs", Some("pub fn fix() {}\n"))])
            .await
    }

    /// The same with given changes: a path and its new text, or none to remove it.
    ///
    /// # Errors
    /// When there is no such pull request, or its fork is gone.
    pub async fn push_files(&self, number: u64, files: &[(&str, Option<&str>)]) -> Result<String> {
        let sha = {
            let mut world = self.standin.world();
            let (author, head, branch) = world
                .repository(&self.full_name)
                .and_then(|repository| repository.pull_request(number))
                .and_then(|(issue, pull)| {
                    let head = pull.head_repository.clone()?;
                    Some((issue.author.clone(), head, pull.head_branch.clone()))
                })
                .context("no such pull request")?;
            let sha = world
                .push_commit(&head, &branch, &author, "Mend it", files)
                .context("no head")?;
            world.share_commits(&head, &self.full_name);
            let pull = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.issues.get_mut(&number))
                .and_then(|issue| issue.pull_request.as_mut())
                .context("no such pull request")?;
            pull.head_sha.clone_from(&sha);
            sha
        };
        self.tell_pull_request(number, "synchronize").await;
        Ok(sha)
    }

    /// Tells the App that something happened to a pull request.
    pub async fn tell_pull_request(&self, number: u64, action: &str) {
        let payload = payload::pull_request(&self.standin.world(), &self.full_name, number, action);
        self.standin
            .tell(&self.full_name, "pull_request", payload)
            .await;
    }

    /// Writes a comment as a person, tells the App, and returns its id.
    ///
    /// # Errors
    /// When there is no such issue or pull request.
    pub async fn comment(&self, number: u64, login: &str, body: &str) -> Result<u64> {
        let (id, payload) = {
            let mut world = self.standin.world();
            let id = world
                .add_comment(&self.full_name, number, login, body, None)
                .context("no such issue")?;
            let payload = payload::issue_comment(&world, &self.full_name, id, "created", None);
            (id, payload)
        };
        self.standin
            .tell(&self.full_name, "issue_comment", payload)
            .await;
        Ok(id)
    }

    /// Edits a comment and tells the App.
    ///
    /// # Errors
    /// When there is no such comment.
    pub async fn edit_comment(&self, id: u64, body: &str) -> Result<()> {
        let payload = {
            let mut world = self.standin.world();
            let at = world.tick();
            let comment = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.comments.get_mut(&id))
                .context("no such comment")?;
            let from = std::mem::replace(&mut comment.body, body.to_owned());
            comment.updated_at = at;
            comment.edits += 1;
            payload::issue_comment(&world, &self.full_name, id, "edited", Some(&from))
        };
        self.standin
            .tell(&self.full_name, "issue_comment", payload)
            .await;
        Ok(())
    }

    /// Locks the conversation of an issue or pull request: Apps can no longer comment.
    pub fn lock(&self, number: u64) {
        let mut world = self.standin.world();
        let repository = world.repository_mut(&self.full_name);
        if let Some(issue) = repository.and_then(|r| r.issues.get_mut(&number)) {
            issue.locked = true;
        }
    }

    /// The comments of an issue or pull request, oldest first.
    #[must_use]
    pub fn comments_of(&self, number: u64) -> Vec<Comment> {
        self.read(|repository| {
            let comments = repository.comments.values();
            comments.filter(|c| c.issue == number).cloned().collect()
        })
    }

    /// The check runs of a commit, oldest first: the jobs' own, and those of Apps.
    #[must_use]
    pub fn check_runs_of(&self, sha: &str) -> Vec<CheckRun> {
        self.read(|repository| {
            let checks = repository.check_runs.values();
            checks.filter(|c| c.head_sha == sha).cloned().collect()
        })
    }

    /// The reactions to a comment, oldest first.
    #[must_use]
    pub fn reactions_of(&self, comment: u64) -> Vec<Reaction> {
        self.read(|repository| {
            let comment = repository.comments.get(&comment);
            comment.map(|c| c.reactions.clone()).unwrap_or_default()
        })
    }

    /// The head of a pull request.
    #[must_use]
    pub fn head_of(&self, number: u64) -> String {
        self.read(|repository| {
            let pull = repository.pull_request(number);
            pull.map(|(_, pull)| pull.head_sha.clone())
                .unwrap_or_default()
        })
    }

    pub(crate) fn read<T: Default>(&self, read: impl FnOnce(&crate::Repository) -> T) -> T {
        self.standin
            .world()
            .repository(&self.full_name)
            .map(read)
            .unwrap_or_default()
    }
}
