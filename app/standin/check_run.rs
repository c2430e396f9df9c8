//! Check runs with output and annotations. Only Apps write them; an App changes only its own.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::Actor;
use crate::call::Call;
use crate::check_input;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

/// One check run.
#[derive(Debug, Clone)]
pub struct CheckRun {
    /// The check run's id.
    pub id: u64,
    /// The name that people see.
    pub name: String,
    /// The commit.
    pub head_sha: String,
    /// The slug of the App that made it.
    pub app: String,
    /// The check suite.
    pub suite: u64,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// `success`, `failure`, `neutral`, …; none until completed.
    pub conclusion: Option<String>,
    /// The App's own reference.
    pub external_id: String,
    /// Where the details are.
    pub details_url: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// Title, summary and text.
    pub output: Output,
    /// The annotations of all requests: they add up.
    pub annotations: Vec<Annotation>,
    /// The buttons.
    pub actions: Vec<Value>,
}

/// What a check run shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The title.
    pub title: Option<String>,
    /// The summary, Markdown.
    pub summary: Option<String>,
    /// The details, Markdown.
    pub text: Option<String>,
}

/// A remark on lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// First line.
    pub start_line: u64,
    /// Last line.
    pub end_line: u64,
    /// First column, on one line only.
    pub start_column: Option<u64>,
    /// Last column.
    pub end_column: Option<u64>,
    /// `notice`, `warning`, `failure`.
    pub annotation_level: String,
    /// The remark.
    pub message: String,
    /// Its title.
    pub title: Option<String>,
    /// Details.
    pub raw_details: Option<String>,
}

const READ: &[Grant] = &[("checks", Level::Read)];
const WRITE: &[Grant] = &[("checks", Level::Write)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/check-runs",
        Need::Apps(WRITE),
        create,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "PATCH",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        Need::Apps(WRITE),
        change,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
        Need::Repository(READ),
        annotations,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
        Need::Apps(WRITE),
        rerequest,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        Need::Repository(READ),
        of_commit,
    ),
];

impl World {
    pub(crate) fn check_run_json(&self, repository: &Repository, check: &CheckRun) -> Value {
        let url = format!(
            "{}/check-runs/{}",
            self.repository_url(repository),
            check.id
        );
        let html = format!("{}/{}/runs/{}", self.site, repository.full_name(), check.id);
        json!({
            "id": check.id,
            "node_id": format!("CR_{}", check.id),
            "name": check.name,
            "head_sha": check.head_sha,
            "external_id": check.external_id,
            "url": url,
            "html_url": html,
            "details_url": check.details_url.as_ref().unwrap_or(&html),
            "status": check.status,
            "conclusion": check.conclusion,
            "started_at": check.started_at,
            "completed_at": check.completed_at,
            "output": {
                "title": check.output.title,
                "summary": check.output.summary,
                "text": check.output.text,
                "annotations_count": check.annotations.len(),
                "annotations_url": format!("{url}/annotations"),
            },
            "check_suite": { "id": check.suite },
            "app": self.app_json(&check.app),
            "pull_requests": self.pulls_at(repository, &check.head_sha),
        })
    }

    /// The check suite of an App on a commit: one for both, however many check runs.
    fn suite_of(&mut self, call: &Call, app: &str, sha: &str) -> Result<u64, Reply> {
        let known = self
            .here(call)?
            .check_runs
            .values()
            .find(|check| check.app == app && check.head_sha == sha)
            .map(|check| check.suite);
        Ok(known.unwrap_or_else(|| self.next_id()))
    }
}

fn app_of(world: &World, call: &Call) -> String {
    match call.actor {
        Actor::Workflow { .. } => "github-actions".to_owned(),
        _ => world.app.slug.clone(),
    }
}

fn create(world: &mut World, call: &Call) -> Answer {
    let name = call.text("name")?.to_owned();
    let head_sha = call.text("head_sha")?.to_owned();
    if !world.here(call)?.commits.contains_key(&head_sha) {
        return Err(Reply::refuse(
            422,
            &format!("No commit found for SHA: {head_sha}"),
        ));
    }
    let app = app_of(world, call);
    let suite = world.suite_of(call, &app, &head_sha)?;
    let (id, at) = (world.next_id(), world.tick());
    let mut check = CheckRun {
        id,
        name,
        head_sha,
        app,
        suite,
        status: "queued".to_owned(),
        conclusion: None,
        external_id: String::new(),
        details_url: None,
        started_at: at,
        completed_at: None,
        output: Output::default(),
        annotations: Vec::new(),
        actions: Vec::new(),
    };
    check_input::apply(&mut check, call, at)?;
    let json = world.check_run_json(world.here(call)?, &check);
    world.here_mut(call)?.check_runs.insert(id, check);
    Ok(Reply::created(json))
}

fn find(world: &World, call: &Call) -> Result<CheckRun, Reply> {
    let id = call.id("check_run_id")?;
    let check = world.here(call)?.check_runs.get(&id);
    check.cloned().ok_or_else(Reply::not_found)
}

fn get(world: &mut World, call: &Call) -> Answer {
    let check = find(world, call)?;
    Ok(Reply::ok(world.check_run_json(world.here(call)?, &check)))
}

fn change(world: &mut World, call: &Call) -> Answer {
    let mut check = find(world, call)?;
    if check.app != app_of(world, call) {
        return Err(Reply::refuse(
            403,
            "Invalid app_id - check run can only be modified by the GitHub App that created it.",
        ));
    }
    let at = world.tick();
    if let Some(name) = call.maybe_text("name")? {
        name.clone_into(&mut check.name);
    }
    check_input::apply(&mut check, call, at)?;
    let json = world.check_run_json(world.here(call)?, &check);
    world.here_mut(call)?.check_runs.insert(check.id, check);
    Ok(Reply::ok(json))
}

fn annotations(world: &mut World, call: &Call) -> Answer {
    let check = find(world, call)?;
    let api = world.repository_url(world.here(call)?);
    let items = check
        .annotations
        .iter()
        .map(|a| {
            json!({
                "path": a.path,
                "blob_href": format!("{api}/git/blobs/{}", check.head_sha),
                "start_line": a.start_line,
                "end_line": a.end_line,
                "start_column": a.start_column,
                "end_column": a.end_column,
                "annotation_level": a.annotation_level,
                "message": a.message,
                "title": a.title,
                "raw_details": a.raw_details,
            })
        })
        .collect();
    Ok(page::list(world, call, items))
}

fn rerequest(world: &mut World, call: &Call) -> Answer {
    find(world, call)?;
    Ok(Reply::created(json!({})))
}

/// The latest check run of each name and App, unless all are asked for.
fn of_commit(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let name = call.param("ref");
    let commit = repository
        .commit(name)
        .ok_or_else(|| Reply::refuse(422, &format!("No commit found for SHA: {name}")))?;
    let is = |key: &str, value: &str| call.query(key).is_none_or(|wanted| wanted == value);
    let app_id = |check: &CheckRun| world.app_json(&check.app)["id"].to_string();
    let mut found: Vec<&CheckRun> = repository
        .check_runs
        .values()
        .filter(|check| check.head_sha == commit.sha)
        .filter(|check| is("check_name", &check.name) && is("status", &check.status))
        .filter(|check| is("app_id", &app_id(check)))
        .collect();
    found.reverse();
    if call.query("filter") != Some("all") {
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|check| seen.insert((&check.name, &check.app)));
    }
    let items = found
        .into_iter()
        .map(|check| world.check_run_json(repository, check))
        .collect();
    Ok(page::counted(world, call, "check_runs", items))
}
