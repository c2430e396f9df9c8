//! Complete webhook payloads made out of the world, as GitHub would send them to the App.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::repository::Repository;
use crate::world::World;

fn repository<'a>(world: &'a World, full_name: &str) -> Result<&'a Repository> {
    world
        .repository(full_name)
        .with_context(|| format!("no repository {full_name}"))
}

/// What stands in every payload of a repository.
fn frame(world: &World, repository: &Repository, action: &str, sender: &str) -> Value {
    let mut json = json!({
        "action": action,
        "repository": world.repository_json(repository),
        "sender": world.user_json(sender),
    });
    if let Some(organization) = world.organization_json(&repository.owner) {
        json["organization"] = organization;
    }
    if let Some(installation) = world.installation_on(repository) {
        json["installation"] = json!({
            "id": installation.id,
            "node_id": format!("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{}", installation.id),
        });
    }
    json
}

/// `workflow_run`: `requested`, `in_progress` or `completed`.
///
/// # Errors
/// When there is no such run.
pub fn workflow_run(world: &World, full_name: &str, run_id: u64, action: &str) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let run = repository.runs.get(&run_id).context("no such run")?;
    let mut json = frame(world, repository, action, &run.actor);
    json["workflow_run"] = world.run_json(repository, run, run.attempt());
    json["workflow"] = world.workflow_json(repository, run);
    Ok(json)
}

/// `workflow_job`: `queued`, `in_progress` or `completed`.
///
/// # Errors
/// When there is no such job.
pub fn workflow_job(world: &World, full_name: &str, job_id: u64, action: &str) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let job = repository.jobs.get(&job_id).context("no such job")?;
    let run = repository.runs.get(&job.run_id).context("no such run")?;
    let mut json = frame(world, repository, action, &run.actor);
    json["workflow_job"] = world.job_json(repository, job);
    Ok(json)
}

/// `issue_comment`: `created`, `edited` (with the text `from` before) or `deleted`.
///
/// # Errors
/// When there is no such comment.
pub fn issue_comment(
    world: &World,
    full_name: &str,
    comment_id: u64,
    action: &str,
    from: Option<&str>,
) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let comment = repository
        .comments
        .get(&comment_id)
        .context("no such comment")?;
    let issue = repository
        .issues
        .get(&comment.issue)
        .context("no such issue")?;
    let mut json = frame(world, repository, action, &comment.author);
    json["issue"] = world.issue_json(repository, issue);
    json["comment"] = world.comment_json(repository, comment);
    if action == "edited" {
        json["changes"] = json!({ "body": { "from": from.unwrap_or("") } });
    }
    Ok(json)
}

/// `issues`: `opened`, `edited`, `closed`, …; `labeled` takes the label from the end of the list.
///
/// # Errors
/// When there is no such issue.
pub fn issues(world: &World, full_name: &str, number: u64, action: &str) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let issue = repository.issues.get(&number).context("no such issue")?;
    let mut json = frame(world, repository, action, &issue.author);
    json["issue"] = world.issue_json(repository, issue);
    if action.ends_with("labeled") {
        json["label"] = json["issue"]["labels"]
            .as_array()
            .and_then(|labels| labels.last().cloned())
            .unwrap_or(Value::Null);
    }
    Ok(json)
}

/// `pull_request`: `opened`, `synchronize`, `reopened`, `closed`, `edited`, …
///
/// # Errors
/// When there is no such pull request.
pub fn pull_request(world: &World, full_name: &str, number: u64, action: &str) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let (issue, pull) = repository
        .pull_request(number)
        .context("no such pull request")?;
    let mut json = frame(world, repository, action, &issue.author);
    json["number"] = number.into();
    json["pull_request"] = world.full_pull_json(repository, issue, pull);
    match action {
        "synchronize" => {
            let head = repository.commits.get(&pull.head_sha);
            let before = head.and_then(|commit| commit.parents.first());
            json["before"] = before.cloned().unwrap_or_default().into();
            json["after"] = pull.head_sha.clone().into();
        }
        "edited" => json["changes"] = json!({}),
        "labeled" | "unlabeled" => {
            json["label"] = json["pull_request"]["labels"]
                .as_array()
                .and_then(|labels| labels.last().cloned())
                .unwrap_or(Value::Null);
        }
        _ => {}
    }
    Ok(json)
}

/// `pull_request_review`: `submitted`, `edited` or `dismissed`; of the newest review.
///
/// # Errors
/// When there is no such pull request, or no review of it.
pub fn pull_request_review(
    world: &World,
    full_name: &str,
    number: u64,
    action: &str,
) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let (issue, pull) = repository
        .pull_request(number)
        .context("no such pull request")?;
    let review = pull.reviews.last().context("no review")?;
    let mut json = frame(world, repository, action, &review.user);
    json["pull_request"] = world.pull_json(repository, issue, pull);
    json["review"] = world.review_json(repository, number, review);
    Ok(json)
}

/// `deployment_status`: `created`; the newest of a deployment.
///
/// # Errors
/// When there is no such deployment, or it has no status.
pub fn deployment_status(world: &World, full_name: &str, id: u64) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let deployment = repository.deployments.get(&id).context("no deployment")?;
    let status = deployment.statuses.last().context("no status")?;
    let mut json = frame(world, repository, "created", &status.creator);
    json["deployment"] = world.deployment_json(repository, deployment);
    json["deployment_status"] = world.deployment_status_json(repository, deployment, status);
    Ok(json)
}

/// `check_run`: `created`, `completed`, `rerequested` or `requested_action` (with the button's identifier).
///
/// # Errors
/// When there is no such check run.
pub fn check_run(
    world: &World,
    full_name: &str,
    check_id: u64,
    action: &str,
    sender: &str,
    identifier: Option<&str>,
) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let check = repository
        .check_runs
        .get(&check_id)
        .context("no such check run")?;
    let mut json = frame(world, repository, action, sender);
    let mut shown = world.check_run_json(repository, check);
    let branch = repository
        .pull_requests()
        .find(|(_, pull)| pull.head_sha == check.head_sha)
        .map(|(_, pull)| pull.head_branch.clone());
    let api = world.repository_url(repository);
    shown["check_suite"] = json!({
        "id": check.suite,
        "node_id": format!("CS_{}", check.suite),
        "head_branch": branch,
        "head_sha": check.head_sha,
        "status": check.status,
        "conclusion": check.conclusion,
        "url": format!("{api}/check-suites/{}", check.suite),
        "before": null,
        "after": check.head_sha,
        "pull_requests": shown["pull_requests"],
        "app": shown["app"],
        "created_at": check.started_at,
        "updated_at": check.completed_at.unwrap_or(check.started_at),
    });
    json["check_run"] = shown;
    if let Some(identifier) = identifier {
        json["requested_action"] = json!({ "identifier": identifier });
    }
    Ok(json)
}

/// `deployment_protection_rule`, `requested`: a job has reached an environment that the App guards.
///
/// # Errors
/// When there is no such run or deployment.
pub fn deployment_protection_rule(
    world: &World,
    full_name: &str,
    run_id: u64,
    deployment_id: u64,
) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let run = repository.runs.get(&run_id).context("no such run")?;
    let deployment = repository
        .deployments
        .get(&deployment_id)
        .context("no such deployment")?;
    let pulls: Vec<Value> = repository
        .pull_requests()
        .filter(|(issue, pull)| issue.open && pull.head_sha == run.head_sha)
        .map(|(issue, pull)| world.full_pull_json(repository, issue, pull))
        .collect();
    let mut json = frame(world, repository, "requested", &run.actor);
    json["environment"] = deployment.environment.clone().into();
    json["event"] = run.event.clone().into();
    json["sha"] = deployment.sha.clone().into();
    json["ref"] = deployment.ref_name.clone().into();
    json["deployment_callback_url"] = format!(
        "{}/actions/runs/{run_id}/deployment_protection_rule",
        world.repository_url(repository)
    )
    .into();
    json["deployment"] = world.deployment_json(repository, deployment);
    json["pull_requests"] = pulls.into();
    Ok(json)
}

/// `push` of the tip of a branch.
///
/// # Errors
/// When there is no such branch.
pub fn push(world: &World, full_name: &str, branch: &str) -> Result<Value> {
    let repository = repository(world, full_name)?;
    let commit = repository
        .commit(&format!("heads/{branch}"))
        .context("no such branch")?;
    let before = commit.parents.first().cloned();
    let html = format!("{}/{full_name}", world.site);
    let parent = before.as_ref().and_then(|sha| repository.commits.get(sha));
    let files = world.changed_files(repository, parent, commit);
    let named = |status: &str| -> Vec<Value> {
        let files = files.iter().filter(|file| file["status"] == status);
        files.map(|file| file["filename"].clone()).collect()
    };
    let mut head = world.simple_commit_json(repository, &commit.sha);
    head["distinct"] = true.into();
    head["url"] = format!("{html}/commit/{}", commit.sha).into();
    head["added"] = named("added").into();
    head["removed"] = named("removed").into();
    head["modified"] = named("modified").into();
    let mut json = frame(world, repository, "", &commit.author);
    if let Some(json) = json.as_object_mut() {
        json.remove("action");
    }
    let created = before.is_none();
    let before = before.unwrap_or_else(|| "0".repeat(40));
    json["ref"] = format!("refs/heads/{branch}").into();
    json["compare"] = format!("{html}/compare/{before}...{}", commit.sha).into();
    json["before"] = before.into();
    json["after"] = commit.sha.clone().into();
    json["base_ref"] = Value::Null;
    json["created"] = created.into();
    json["deleted"] = false.into();
    json["forced"] = false.into();
    json["pusher"] = json!({
        "name": commit.author, "email": format!("{}@example.com", commit.author)
    });
    json["commits"] = json!([head]);
    json["head_commit"] = head;
    Ok(json)
}

/// `installation`: `created`, `deleted`, `suspend`, `unsuspend`, `new_permissions_accepted`.
///
/// # Errors
/// When there is no such installation.
pub fn installation(world: &World, id: u64, action: &str) -> Result<Value> {
    let installation = world.installation(id).context("no such installation")?;
    let repositories: Vec<Value> = world
        .repositories
        .iter()
        .filter(|repository| installation.covers(repository))
        .map(|repository| {
            json!({
                "id": repository.id,
                "node_id": format!("R_{}", repository.id),
                "name": repository.name,
                "full_name": repository.full_name(),
                "private": repository.private,
            })
        })
        .collect();
    let owner = world.users.iter().find(|user| user.login == "mona");
    let sender = owner.map_or(installation.account.as_str(), |user| user.login.as_str());
    Ok(json!({
        "action": action,
        "installation": world.installation_json(installation),
        "repositories": repositories,
        "requester": null,
        "sender": world.user_json(sender),
    }))
}

/// `ping`, as sent when a webhook is made.
#[must_use]
pub fn ping(world: &World) -> Value {
    let app = &world.app;
    json!({
        "zen": "Responsive is better than fast.",
        "hook_id": app.hook_id,
        "hook": {
            "type": "App",
            "id": app.hook_id,
            "name": "web",
            "active": app.active,
            "events": app.events,
            "config": {
                "content_type": "json",
                "insecure_ssl": "0",
                "secret": "********",
                "url": app.webhook_url.clone().unwrap_or_default(),
            },
            "updated_at": app.created_at,
            "created_at": app.created_at,
            "app_id": app.id,
            "deliveries_url": format!("{}/app/hook/deliveries", world.api()),
        },
    })
}
