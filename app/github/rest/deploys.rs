//! The questions about deployments, each with the session for its repository.

use async_trait::async_trait;
use waterline_core::error::Result;
use waterline_core::model::{DeploymentId, IssueNumber, RepoName};
use waterline_core::port::deploy::{
    Checks, Closing, Comparison, Deployment, Deploys, Labelled, Labelling, Made, Opinion, Pull,
    Reached, Touched, Waiting,
};

use super::{Rest, change, closes, deploy, judged};

#[async_trait]
impl Deploys for Rest {
    fn api_url(&self) -> &str {
        self.session.client().base()
    }

    async fn deployment(&self, repo: &RepoName, id: DeploymentId) -> Result<Deployment> {
        deploy::one(&self.at(repo), repo, id).await
    }

    async fn deployments(&self, repo: &RepoName, environment: &str) -> Result<Vec<Deployment>> {
        deploy::of_environment(&self.at(repo), repo, environment).await
    }

    async fn deployment_states(&self, repo: &RepoName, id: DeploymentId) -> Result<Vec<Reached>> {
        deploy::states(&self.at(repo), repo, id).await
    }

    async fn compare(&self, repo: &RepoName, base: &str, head: &str) -> Result<Comparison> {
        judged::compare(&self.at(repo), repo, base, head).await
    }

    async fn pulls_of_commit(&self, repo: &RepoName, sha: &str) -> Result<Vec<IssueNumber>> {
        judged::pulls_of_commit(&self.at(repo), repo, sha).await
    }

    async fn pull(&self, repo: &RepoName, number: IssueNumber) -> Result<Pull> {
        change::one(&self.at(repo), repo, number).await
    }

    async fn pull_files(&self, repo: &RepoName, number: IssueNumber) -> Result<Touched> {
        change::files(&self.at(repo), repo, number).await
    }

    async fn pull_commits(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Made>> {
        change::commits(&self.at(repo), repo, number).await
    }

    async fn reviews(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Opinion>> {
        change::reviews(&self.at(repo), repo, number).await
    }

    async fn labellings(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Labelling>> {
        change::labellings(&self.at(repo), repo, number).await
    }

    async fn closing_issues(&self, repo: &RepoName, number: IssueNumber) -> Result<Vec<Closing>> {
        closes::closing(&self.at(repo), repo, number).await
    }

    async fn team_members(&self, team: &str) -> Result<Vec<String>> {
        // A team is the organisation's; the token of any of its repositories may ask for it.
        judged::team_members(&self.session, team).await
    }

    async fn checks(&self, repo: &RepoName, sha: &str) -> Result<Checks> {
        judged::checks(&self.at(repo), repo, sha).await
    }

    async fn issues_labelled(&self, repo: &RepoName, label: &str) -> Result<Vec<Labelled>> {
        judged::labelled(&self.at(repo), repo, label).await
    }

    async fn waiting(&self, repo: &RepoName) -> Result<Vec<Waiting>> {
        deploy::waiting(&self.at(repo), self.identity().await?, repo).await
    }
}
