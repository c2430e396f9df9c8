//! A world where something lies in every box, and what each route needs to be asked about it.

use serde_json::{Value, json};
use waterline_standin::{
    Approval, Artifact, FinishedJob, Level, Log, Opening, Permissions, RunOn, Team, World,
};

/// The ids that the paths need.
pub(crate) struct Ids {
    pub(crate) comment: u64,
    pub(crate) run: u64,
    pub(crate) job: u64,
    pub(crate) artifact: u64,
    pub(crate) deployment: u64,
    pub(crate) sha: String,
    pub(crate) blob: String,
}

const AT: &str = "octo/shop";

/// Fills `world`.
pub(crate) fn filled(world: &mut World) -> Ids {
    let comment = talk(world);
    let run = world.begin_run(AT, "CI", RunOn::PullRequest(1)).unwrap();
    world.begin_run(AT, "CI", RunOn::PullRequest(2)).unwrap();
    let failed = FinishedJob::failure("build", "error: no\n");
    let job = world.add_job(AT, run, failed).unwrap();
    let old = FinishedJob::ended("old", "cancelled", Log::Expired);
    world.add_job(AT, run, old).unwrap();
    world.end_run(AT, run, "failure").unwrap();
    let artifact = deploy(world, run);
    let deployment = world
        .add_deployment(AT, "main", "production", "dev")
        .unwrap();
    let repository = world.repository(AT).unwrap();
    let sha = repository.pull_request(1).unwrap().1.head_sha.clone();
    Ids {
        comment,
        run,
        job,
        artifact,
        deployment,
        sha,
        blob: String::new(),
    }
}

/// A pull request from a fork, an issue, comments, a review, a push, a team, a manifest; a comment's id.
fn talk(world: &mut World) -> u64 {
    let fork = Opening {
        fork: Some("guest".to_owned()),
        author: "guest".to_owned(),
        labels: vec!["needs tests".to_owned()],
        draft: true,
        ..Opening::default()
    };
    fork.open(world, AT).unwrap();
    world.open_issue(AT, "mona", "Slow", "Very slow").unwrap();
    let comment = world.add_comment(AT, 1, "mona", "Why?", None).unwrap();
    let via = Some("waterline".to_owned());
    world
        .add_comment(AT, 1, "waterline[bot]", "So.", via)
        .unwrap();
    world.add_review(AT, 1, "mona", "APPROVED", "Good").unwrap();
    let tidy = [("README.md", Some("# Shop\n"))];
    world
        .push_commit(AT, "main", "mona", "Tidy", &tidy)
        .unwrap();
    world.teams.push(Team {
        org: "octo".to_owned(),
        slug: "keepers".to_owned(),
        members: [("mona".to_owned(), true)].into(),
    });
    let manifest = json!({ "name": "Waterline" });
    world
        .app
        .manifests
        .insert("c0de".to_owned(), manifest.into());
    comment
}

/// A guarded environment that the run waits for, a review of it, an artifact; the artifact's id.
fn deploy(world: &mut World, run: u64) -> u64 {
    let environment = world.add_environment(AT, "production").unwrap();
    environment.custom_rule = true;
    environment.wait_timer = 5;
    environment.reviewers.push("mona".to_owned());
    let id = world.next_id();
    let created_at = world.tick();
    let repository = world.repository_mut(AT).unwrap();
    let artifact = Artifact {
        id,
        run_id: run,
        name: "report".to_owned(),
        zip: vec![80, 75],
        expired: false,
        created_at,
    };
    repository.artifacts.insert(id, artifact);
    let run = repository.runs.get_mut(&run).unwrap();
    run.waiting.push("production".to_owned());
    run.approvals.push(Approval {
        environments: vec!["production".to_owned()],
        state: "approved".to_owned(),
        user: "mona".to_owned(),
        comment: "Go".to_owned(),
    });
    id
}

/// A path with its placeholders filled.
pub(crate) fn path(template: &str, ids: &Ids, check: u64, delivery: u64) -> String {
    let fill = [
        ("owner", "octo".to_owned()),
        ("repo", "shop".to_owned()),
        ("org", "octo".to_owned()),
        ("team_slug", "keepers".to_owned()),
        ("username", "mona".to_owned()),
        ("installation_id", "3001".to_owned()),
        ("issue_number", "1".to_owned()),
        ("pull_number", "1".to_owned()),
        ("comment_id", ids.comment.to_string()),
        ("name", "needs%20tests".to_owned()),
        ("run_id", ids.run.to_string()),
        ("attempt_number", "1".to_owned()),
        ("job_id", ids.job.to_string()),
        ("artifact_id", ids.artifact.to_string()),
        ("archive_format", "zip".to_owned()),
        ("check_run_id", check.to_string()),
        ("deployment_id", ids.deployment.to_string()),
        ("environment_name", "production".to_owned()),
        ("workflow_id", "ci.yml".to_owned()),
        ("delivery_id", delivery.to_string()),
        ("code", "c0de".to_owned()),
        ("sha", ids.sha.clone()),
        ("commit_sha", ids.sha.clone()),
        ("tree_sha", ids.sha.clone()),
        ("file_sha", ids.blob.clone()),
        ("path", "src/lib.rs".to_owned()),
        ("basehead", format!("main...{}", ids.sha)),
    ];
    let of_git = template.contains("/git/ref/");
    let name = if of_git { "heads/main" } else { "discount" };
    fill.iter()
        .chain([&("ref", name.to_owned())])
        .fold(template.to_owned(), |path, (key, value)| {
            path.replace(&format!("{{{key}}}"), value)
        })
}

/// The body of a request that needs one.
pub(crate) fn body(method: &str, template: &str, sha: &str) -> Option<Value> {
    let last = template.rsplit('/').find(|part| !part.starts_with('{'))?;
    let body = match (method, last) {
        ("POST", "graphql") => json!({ "query": "{ viewer { login } }" }),
        ("POST", "access_tokens") => {
            json!({ "repositories": ["shop"], "permissions": { "issues": "write" } })
        }
        ("POST", "comments") => json!({ "body": "Hello" }),
        ("PATCH", "comments") => json!({ "body": "Hello again" }),
        ("POST", "reactions") => json!({ "content": "eyes" }),
        ("POST", "issues") => json!({ "title": "New", "body": "Text", "labels": ["bug"] }),
        ("PATCH", "issues") => json!({ "state": "open", "title": "Other" }),
        ("POST", "labels") => json!({ "labels": ["needs tests"] }),
        ("POST", "assignees") => json!({ "assignees": ["dev"] }),
        ("POST", "reviews") => json!({ "event": "COMMENT", "body": "Hm" }),
        ("POST", "check-runs") => {
            json!({ "name": "waterline", "head_sha": sha, "status": "in_progress" })
        }
        ("PATCH", "check-runs") => json!({
            "conclusion": "neutral",
            "output": { "title": "T", "summary": "S", "annotations": [{
                "path": "src/lib.rs", "start_line": 1, "end_line": 1,
                "annotation_level": "failure", "message": "here",
            }] },
        }),
        ("POST", "statuses") if template.contains("/statuses/{sha}") => {
            json!({ "state": "success", "context": "ci" })
        }
        ("POST", "statuses") => json!({ "state": "in_progress", "description": "On its way" }),
        ("POST", "deployments") => {
            json!({ "ref": "main", "required_contexts": [], "auto_merge": false })
        }
        ("POST", "deployment_protection_rule") => json!({
            "environment_name": "production", "state": "approved", "comment": "Fine",
        }),
        _ => return None,
    };
    Some(body)
}

/// More than any route asks for.
pub(crate) fn all_permissions() -> Permissions {
    let names = [
        "actions",
        "checks",
        "contents",
        "deployments",
        "issues",
        "members",
        "pull_requests",
        "statuses",
    ];
    Permissions::of(&names.map(|name| (name, Level::Write)))
}
