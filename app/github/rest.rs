//! GitHub's REST API behind the core's port, a file for each kind of thing.
//!
//! Shapes on the wire are private to the file that reads them, and hold no more than we use.

mod artifacts;
mod change;
mod check;
mod closes;
mod comment;
mod contents;
mod deploy;
mod deploys;
mod history;
mod identity;
mod issue;
mod judged;
mod pulls;
mod runs;
mod stored;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::OnceCell;
use waterline_core::error::Result;
use waterline_core::model::{ArtifactId, IssueNumber, JobId, Permission, RepoName, RunId, Sha};
use waterline_core::port::{
    Applied, Artifact, Created, GitHub, Listed, LogFetch, LogSink, PullRequest, Quota, Run, RunJob,
    Span,
};
use waterline_core::report::Effect;

use crate::auth::Access;
use crate::client::Session;

pub(crate) use identity::Identity;

/// GitHub as one installation, or one token, sees it, for one delivery.
pub(crate) struct Rest {
    session: Session,
    /// Looked up when it is needed, once for all ports of an App.
    identity: Arc<OnceCell<Identity>>,
}

impl Rest {
    pub(crate) fn new(session: Session, identity: Arc<OnceCell<Identity>>) -> Self {
        Self { session, identity }
    }

    /// The session for a repository. A token is narrowed to one; the same owner's others (the
    /// organisation's `.github`) need their own, and everybody else's are read as a stranger.
    fn at(&self, wanted: &RepoName) -> Session {
        match self.session.access() {
            Access::Installation {
                tokens,
                installation,
                repo,
            } if repo != wanted && repo.owner().eq_ignore_ascii_case(wanted.owner()) => {
                self.session.with(Access::Installation {
                    tokens: Arc::clone(tokens),
                    installation: *installation,
                    repo: wanted.clone(),
                })
            }
            _ => self.session.clone(),
        }
    }

    /// Who we are, to find again what we wrote.
    async fn identity(&self) -> Result<&Identity> {
        self.identity
            .get_or_try_init(|| Identity::look_up(&self.session))
            .await
    }
}

#[async_trait]
impl GitHub for Rest {
    async fn run(&self, repo: &RepoName, run: RunId) -> Result<Run> {
        runs::run(&self.at(repo), repo, run).await
    }

    async fn run_attempt(&self, repo: &RepoName, run: RunId, attempt: u32) -> Result<Run> {
        runs::attempt(&self.at(repo), repo, run, attempt).await
    }

    async fn runs_of_commit(&self, repo: &RepoName, sha: &Sha) -> Result<Vec<Run>> {
        runs::of_commit(&self.at(repo), repo, sha).await
    }

    async fn runs_of_branch(&self, repo: &RepoName, branch: &str, event: &str) -> Result<Vec<Run>> {
        runs::of_branch(&self.at(repo), repo, branch, event).await
    }

    async fn runs_created(&self, repo: &RepoName, span: Span) -> Result<Created> {
        history::created(&self.at(repo), repo, span).await
    }

    fn quota(&self, repo: &RepoName) -> Option<Quota> {
        self.at(repo).quota()
    }

    async fn jobs(&self, repo: &RepoName, run: RunId, attempt: u32) -> Result<Vec<RunJob>> {
        runs::jobs(&self.at(repo), repo, run, attempt).await
    }

    async fn job_log(
        &self,
        repo: &RepoName,
        job: JobId,
        cap: u64,
        sink: &mut dyn LogSink,
    ) -> Result<LogFetch> {
        stored::log(&self.at(repo), repo, job, cap, sink).await
    }

    async fn artifacts(&self, repo: &RepoName, run: RunId) -> Result<Vec<Artifact>> {
        artifacts::of_run(&self.at(repo), repo, run).await
    }

    async fn artifact(
        &self,
        repo: &RepoName,
        artifact: ArtifactId,
        cap: u64,
        sink: &mut dyn LogSink,
    ) -> Result<LogFetch> {
        stored::artifact(&self.at(repo), repo, artifact, cap, sink).await
    }

    async fn pull_request(&self, repo: &RepoName, number: IssueNumber) -> Result<PullRequest> {
        pulls::one(&self.at(repo), repo, number).await
    }

    async fn pull_requests_from(
        &self,
        repo: &RepoName,
        head: &RepoName,
        branch: &str,
    ) -> Result<Vec<PullRequest>> {
        pulls::from_branch(&self.at(repo), repo, head, branch).await
    }

    async fn pull_requests_ever_from(
        &self,
        repo: &RepoName,
        head: &RepoName,
        branch: &str,
    ) -> Result<Vec<PullRequest>> {
        pulls::ever_from_branch(&self.at(repo), repo, head, branch).await
    }

    async fn changed_files(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<String>> {
        let touched = change::files(&self.at(repo), repo, number).await?;
        Ok(touched.files)
    }

    async fn file(&self, repo: &RepoName, path: &str) -> Result<Option<String>> {
        contents::file(&self.at(repo), repo, path).await
    }

    async fn folder(&self, repo: &RepoName, path: &str) -> Result<Vec<Listed>> {
        contents::folder(&self.at(repo), repo, path).await
    }

    async fn default_branch(&self, repo: &RepoName) -> Result<String> {
        contents::default_branch(&self.at(repo), repo).await
    }

    async fn permission(&self, repo: &RepoName, login: &str) -> Result<Permission> {
        contents::permission(&self.at(repo), repo, login).await
    }

    async fn apply(&self, effect: &Effect) -> Result<Applied> {
        match effect {
            Effect::Comment {
                repo,
                number,
                marker,
                document,
                create,
            } => {
                let wanted = comment::Wanted {
                    repo,
                    number: *number,
                    marker,
                    document,
                };
                comment::apply(&self.at(repo), self.identity().await?, &wanted, *create).await
            }
            Effect::Check {
                repo,
                sha,
                name,
                conclusion,
                title,
                document,
                annotations,
                create,
            } => {
                let content = check::Content::new(*conclusion, title, document, annotations);
                let wanted = check::Wanted {
                    repo,
                    sha,
                    name,
                    content,
                };
                check::apply(&self.at(repo), self.identity().await?, &wanted, *create).await
            }
            Effect::Issue { repo, .. } => {
                issue::apply(&self.at(repo), self.identity().await?, effect).await
            }
            Effect::Rerun { repo, run, attempt } => {
                runs::again(&self.at(repo), repo, *run, *attempt).await
            }
            Effect::Answer { repo, judged } => deploy::answer(&self.at(repo), repo, judged).await,
            Effect::React {
                repo,
                comment,
                reaction,
            } => comment::react(&self.at(repo), repo, *comment, *reaction).await,
        }
    }
}
