//! The verbs around a change: reviews, labels, merges, issues that are edited and closed, pushes, and
//! deployments that reach a state.

use anyhow::{Context as _, Result};

use crate::deployment::DeploymentStatus;
use crate::payload;
use crate::verbs::Place;

impl Place<'_> {
    /// Reviews a pull request at its head, and tells the App.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub async fn review(&self, number: u64, user: &str, state: &str) -> Result<()> {
        let payload = {
            let mut world = self.standin.world();
            world
                .add_review(&self.full_name, number, user, state, "")
                .context("no such pull request")?;
            payload::pull_request_review(&world, &self.full_name, number, "submitted")
        };
        self.standin
            .tell(&self.full_name, "pull_request_review", payload)
            .await;
        Ok(())
    }

    /// Puts a label on a pull request, or takes it off, and tells the App.
    ///
    /// # Errors
    /// When there is no such pull request, or it is so already.
    pub async fn label(&self, number: u64, actor: &str, label: &str, on: bool) -> Result<()> {
        self.standin
            .world()
            .set_label(&self.full_name, number, actor, label, on)
            .context("nothing changes")?;
        let action = if on { "labeled" } else { "unlabeled" };
        self.tell_pull_request(number, action).await;
        Ok(())
    }

    /// Merges a pull request as one commit, and tells the App; the commit.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub async fn merge(&self, number: u64, by: &str) -> Result<String> {
        let sha = {
            let mut world = self.standin.world();
            let (author, title, base, files) = world
                .repository(&self.full_name)
                .and_then(|repository| {
                    let (issue, pull) = repository.pull_request(number)?;
                    let head = repository.commits.get(&pull.head_sha)?;
                    let known = repository.commits.get(&pull.base_sha)?;
                    let mut files = head.files.clone();
                    files.retain(|path, text| known.files.get(path) != Some(text));
                    let base = pull.base_branch.clone();
                    Some((issue.author.clone(), issue.title.clone(), base, files))
                })
                .context("no such pull request")?;
            let changes: Vec<(&str, Option<&str>)> = files
                .iter()
                .map(|(path, text)| (path.as_str(), Some(text.as_str())))
                .collect();
            let sha = world
                .push_commit(&self.full_name, &base, &author, &title, &changes)
                .context("no base")?;
            let at = world.tick();
            let issue = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.issues.get_mut(&number))
                .context("no such pull request")?;
            issue.set_open(false, at);
            if let Some(pull) = &mut issue.pull_request {
                pull.merged_at = Some(at);
                pull.merged_by = Some(by.to_owned());
                pull.merge_commit_sha = Some(sha.clone());
            }
            sha
        };
        self.tell_pull_request(number, "closed").await;
        Ok(sha)
    }

    /// Changes what an issue says, and tells the App.
    ///
    /// # Errors
    /// When there is no such issue.
    pub async fn edit_issue(&self, number: u64, editor: &str, body: &str) -> Result<()> {
        {
            let mut world = self.standin.world();
            let at = world.tick();
            let issue = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.issues.get_mut(&number))
                .context("no such issue")?;
            body.clone_into(&mut issue.body);
            issue.edits.push((editor.to_owned(), at));
        }
        self.tell_issue(number, "edited").await;
        Ok(())
    }

    /// Tells the App that something happened to an issue.
    pub async fn tell_issue(&self, number: u64, action: &str) {
        let payload = payload::issues(&self.standin.world(), &self.full_name, number, action);
        self.standin.tell(&self.full_name, "issues", payload).await;
    }

    /// Pushes files to a branch, and tells the App; the commit.
    ///
    /// # Errors
    /// When there is no such repository.
    pub async fn push(
        &self,
        branch: &str,
        author: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String> {
        let (sha, payload) = {
            let mut world = self.standin.world();
            let sha = world
                .push_commit(&self.full_name, branch, author, "Change it", files)
                .context("no such repository")?;
            let payload = payload::push(&world, &self.full_name, branch);
            (sha, payload)
        };
        self.standin.tell(&self.full_name, "push", payload).await;
        Ok(sha)
    }

    /// A deployment that nobody guards reaches a state; its id.
    ///
    /// # Errors
    /// When there is no such commit.
    pub async fn deployed(&self, sha: &str, environment: &str, state: &str) -> Result<u64> {
        let (id, payload) = {
            let mut world = self.standin.world();
            let id = world
                .add_deployment(&self.full_name, sha, environment, "dev")
                .context("no such commit")?;
            let (status, at) = (world.next_id(), world.tick());
            let deployment = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.deployments.get_mut(&id))
                .context("no such deployment")?;
            deployment.statuses.push(DeploymentStatus {
                id: status,
                state: state.to_owned(),
                description: String::new(),
                log_url: String::new(),
                environment_url: String::new(),
                creator: "dev".to_owned(),
                created_at: at,
            });
            (id, payload::deployment_status(&world, &self.full_name, id))
        };
        self.standin
            .tell(&self.full_name, "deployment_status", payload)
            .await;
        Ok(id)
    }
}
