//! The forms of a pull request: simple in lists, full by itself and in webhooks, minimal in runs and check runs.

use serde_json::{Value, json};

use crate::issue::Issue;
use crate::pull_request::PullRequest;
use crate::repository::Repository;
use crate::world::World;

impl World {
    /// The simple form of lists and payloads.
    pub(crate) fn pull_json(
        &self,
        repository: &Repository,
        issue: &Issue,
        pull: &PullRequest,
    ) -> Value {
        let mut json = self.issue_json(repository, issue);
        for key in [
            "pull_request",
            "repository_url",
            "labels_url",
            "events_url",
            "timeline_url",
            "comments",
            "reactions",
            "performed_via_github_app",
            "state_reason",
        ] {
            if let Some(json) = json.as_object_mut() {
                json.remove(key);
            }
        }
        let reviewers: Vec<Value> = pull
            .requested_reviewers
            .iter()
            .map(|login| self.user_json(login))
            .collect();
        self.link_pull(&mut json, repository, issue, pull);
        json["id"] = (issue.id + 1_000_000_000).into(); // a pull request's id is not its issue's
        json["node_id"] = format!("PR_{}", issue.id).into();
        json["requested_reviewers"] = reviewers.into();
        json["requested_teams"] = json!([]);
        json["draft"] = pull.draft.into();
        json["auto_merge"] = Value::Null;
        json["merged_at"] = json!(pull.merged_at);
        json["merge_commit_sha"] = json!(pull.merge_commit_sha);
        let head = pull
            .head_repository
            .as_deref()
            .and_then(|name| self.repository(name));
        json["head"] = self.end_json(head, &pull.head_branch, &pull.head_sha);
        json["base"] = self.end_json(Some(repository), &pull.base_branch, &pull.base_sha);
        json
    }

    /// The URLs of a pull request, each once as a field and once under `_links`.
    fn link_pull(
        &self,
        json: &mut Value,
        repository: &Repository,
        issue: &Issue,
        pull: &PullRequest,
    ) {
        let api = self.repository_url(repository);
        let url = format!("{api}/pulls/{}", issue.number);
        let issue_url = format!("{api}/issues/{}", issue.number);
        let html = json["html_url"].as_str().unwrap_or("").to_owned();
        let links = [
            ("url", "self", url.clone()),
            ("html_url", "html", html.clone()),
            ("issue_url", "issue", issue_url.clone()),
            ("comments_url", "comments", format!("{issue_url}/comments")),
            (
                "review_comments_url",
                "review_comments",
                format!("{url}/comments"),
            ),
            (
                "review_comment_url",
                "review_comment",
                format!("{api}/pulls/comments{{/number}}"),
            ),
            ("commits_url", "commits", format!("{url}/commits")),
            (
                "statuses_url",
                "statuses",
                format!("{api}/statuses/{}", pull.head_sha),
            ),
        ];
        for (key, name, value) in links {
            json["_links"][name] = json!({ "href": value });
            json[key] = value.into();
        }
        json["diff_url"] = format!("{html}.diff").into();
        json["patch_url"] = format!("{html}.patch").into();
    }

    fn end_json(&self, repository: Option<&Repository>, branch: &str, sha: &str) -> Value {
        let owner = repository.map_or("ghost", |r| r.owner.as_str());
        json!({
            "label": format!("{owner}:{branch}"),
            "ref": branch,
            "sha": sha,
            "user": self.user_json(owner),
            "repo": repository.map(|r| self.repository_json(r)),
        })
    }

    /// The full form of a single pull request.
    pub(crate) fn full_pull_json(
        &self,
        repository: &Repository,
        issue: &Issue,
        pull: &PullRequest,
    ) -> Value {
        let mut json = self.pull_json(repository, issue, pull);
        let files = self.pull_files(repository, pull);
        let sum = |key: &str| files.iter().filter_map(|f| f[key].as_u64()).sum::<u64>();
        let comments = repository
            .comments
            .values()
            .filter(|c| c.issue == issue.number);
        json["merged"] = pull.merged_at.is_some().into();
        json["mergeable"] = issue.open.then_some(true).into();
        json["rebaseable"] = issue.open.then_some(true).into();
        json["mergeable_state"] = if pull.draft { "draft" } else { "clean" }.into();
        json["merged_by"] = pull.merged_by.as_ref().map(|by| self.user_json(by)).into();
        json["comments"] = comments.count().into();
        json["review_comments"] = 0.into();
        json["maintainer_can_modify"] = true.into();
        json["commits"] = repository.commits_of(pull).len().into();
        json["additions"] = sum("additions").into();
        json["deletions"] = sum("deletions").into();
        json["changed_files"] = files.len().into();
        json
    }

    pub(crate) fn pull_files(&self, repository: &Repository, pull: &PullRequest) -> Vec<Value> {
        let base = repository.merge_base(&pull.base_sha, &pull.head_sha);
        repository
            .commits
            .get(&pull.head_sha)
            .map(|head| self.changed_files(repository, base, head))
            .unwrap_or_default()
    }

    /// The minimal form in runs and check runs. A fork's pull requests are never listed there.
    pub(crate) fn pulls_at(&self, repository: &Repository, head_sha: &str) -> Vec<Value> {
        let full_name = repository.full_name();
        let repo = |repository: &Repository| {
            json!({
                "id": repository.id,
                "url": self.repository_url(repository),
                "name": repository.name,
            })
        };
        repository
            .pull_requests()
            .filter(|(issue, pull)| issue.open && pull.head_sha == head_sha)
            .filter(|(_, pull)| pull.head_repository.as_ref() == Some(&full_name))
            .map(|(issue, pull)| {
                json!({
                    "id": issue.id + 1_000_000_000,
                    "number": issue.number,
                    "url": format!("{}/pulls/{}", self.repository_url(repository), issue.number),
                    "head": { "ref": pull.head_branch, "sha": pull.head_sha, "repo": repo(repository) },
                    "base": { "ref": pull.base_branch, "sha": pull.base_sha, "repo": repo(repository) },
                })
            })
            .collect()
    }
}
