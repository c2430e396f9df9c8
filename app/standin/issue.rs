//! Issues, and what pull requests have in common with them: number, title, body, author, labels, state.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::pull_request::PullRequest;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::timeline::Labelled;
use crate::world::World;

/// The most characters in the body of an issue or comment.
pub(crate) const LONGEST_BODY: usize = 65_536;

/// An issue. A pull request is an issue with [`Issue::pull_request`].
#[derive(Debug, Clone)]
pub struct Issue {
    /// The id, which is not the number.
    pub id: u64,
    /// The number in the repository, shared with pull requests.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The text below it.
    pub body: String,
    /// The author's login.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether only people who may write can comment.
    pub locked: bool,
    /// Why it was closed: `completed`, `not_planned`, `duplicate`.
    pub state_reason: Option<String>,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// What happened to its labels, oldest first.
    pub labelled: Vec<Labelled>,
    /// Who changed its text, and when, oldest first.
    pub edits: Vec<(String, Timestamp)>,
    /// The logins of its assignees.
    pub assignees: Vec<String>,
    /// What makes it a pull request.
    pub pull_request: Option<PullRequest>,
    /// The slug of the App that opened it for its author.
    pub via: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Issue {
    pub(crate) fn state(&self) -> &'static str {
        if self.open { "open" } else { "closed" }
    }

    /// Opens or closes it.
    pub fn set_open(&mut self, open: bool, at: Timestamp) {
        self.open = open;
        self.updated_at = at;
        self.closed_at = (!open).then_some(at);
    }
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/issues",
        Need::Repository(&[("issues", Level::Read), ("pull_requests", Level::Read)]),
        list,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/issues",
        Need::Repository(&[("issues", Level::Write)]),
        create,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/issues/{issue_number}",
        Need::Subject(Level::Read),
        get,
    ),
    Route::new(
        "PATCH",
        "/repos/{owner}/{repo}/issues/{issue_number}",
        Need::Subject(Level::Write),
        change,
    ),
];

/// Refuses a body that is too long, in the words GitHub uses.
pub(crate) fn check_body(resource: &str, body: &str) -> Result<(), Reply> {
    if body.chars().count() > LONGEST_BODY {
        return Err(Reply::invalid(
            resource,
            "body",
            "custom",
            "body is too long (maximum is 65536 characters)",
        ));
    }
    Ok(())
}

impl World {
    /// Opens an issue; nothing for an unknown repository.
    pub fn open_issue(
        &mut self,
        full_name: &str,
        author: &str,
        title: &str,
        body: &str,
    ) -> Option<u64> {
        let (id, at) = (self.next_id(), self.tick());
        let repository = self.repository_mut(full_name)?;
        let number = repository.next_number();
        repository.issues.insert(
            number,
            Issue {
                id,
                number,
                title: title.to_owned(),
                body: body.to_owned(),
                author: author.to_owned(),
                open: true,
                locked: false,
                state_reason: None,
                labels: Vec::new(),
                labelled: Vec::new(),
                edits: Vec::new(),
                assignees: Vec::new(),
                pull_request: None,
                via: None,
                created_at: at,
                updated_at: at,
                closed_at: None,
            },
        );
        Some(number)
    }

    pub(crate) fn issue_json(&self, repository: &Repository, issue: &Issue) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/issues/{}", issue.number);
        let kind = if issue.pull_request.is_some() {
            "pull"
        } else {
            "issues"
        };
        let html = format!(
            "{}/{}/{kind}/{}",
            self.site,
            repository.full_name(),
            issue.number
        );
        let assignees: Vec<Value> = issue.assignees.iter().map(|a| self.user_json(a)).collect();
        let comments = repository
            .comments
            .values()
            .filter(|c| c.issue == issue.number);
        let mut json = json!({
            "id": issue.id,
            "node_id": format!("I_{}", issue.id),
            "number": issue.number,
            "url": url,
            "repository_url": api,
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "html_url": html,
            "state": issue.state(),
            "state_reason": issue.state_reason,
            "title": issue.title,
            "body": issue.body,
            "user": self.user_json(&issue.author),
            "labels": self.labels_json(repository, &issue.labels),
            "assignee": assignees.first(),
            "assignees": assignees,
            "milestone": null,
            "locked": issue.locked,
            "active_lock_reason": null,
            "comments": comments.count(),
            "created_at": issue.created_at,
            "updated_at": issue.updated_at,
            "closed_at": issue.closed_at,
            "author_association": self.association(repository, &issue.author),
            "reactions": self.reactions_json(&format!("{url}/reactions"), &[]),
            "performed_via_github_app": self.via_json(issue.via.as_ref()),
        });
        if let Some(pull) = &issue.pull_request {
            json["draft"] = pull.draft.into();
            json["pull_request"] = json!({
                "url": format!("{api}/pulls/{}", issue.number),
                "html_url": html,
                "diff_url": format!("{html}.diff"),
                "patch_url": format!("{html}.patch"),
                "merged_at": pull.merged_at,
            });
        }
        json
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let state = call.query("state").unwrap_or("open");
    let labels: Vec<&str> = call
        .query("labels")
        .map(|labels| labels.split(',').collect())
        .unwrap_or_default();
    let mut issues: Vec<&Issue> = repository
        .issues
        .values()
        .filter(|issue| state == "all" || state == issue.state())
        .filter(|issue| {
            labels
                .iter()
                .all(|l| issue.labels.iter().any(|own| own == l))
        })
        .filter(|issue| call.query("creator").is_none_or(|c| c == issue.author))
        .collect();
    issues.sort_by_key(|issue| std::cmp::Reverse((issue.created_at, issue.number)));
    let items = issues
        .into_iter()
        .map(|issue| world.issue_json(repository, issue))
        .collect();
    Ok(page::list(world, call, items))
}

fn create(world: &mut World, call: &Call) -> Answer {
    let title = call.text("title")?;
    let body = call.maybe_text("body")?.unwrap_or("");
    check_body("Issue", body)?;
    let (labels, assignees) = (call.texts("labels")?, call.texts("assignees")?);
    let (author, via) = (call.actor.login(world), call.actor.via(world));
    let number = world
        .open_issue(&call.full_name(), &author, title, body)
        .ok_or_else(Reply::not_found)?;
    if let Some(issue) = world.here_mut(call)?.issues.get_mut(&number) {
        issue.labels = labels;
        issue.assignees = assignees;
        issue.via = via;
    }
    Ok(Reply::created(shown(world, call, number)?))
}

fn shown(world: &World, call: &Call, number: u64) -> Result<Value, Reply> {
    let repository = world.here(call)?;
    let issue = repository
        .issues
        .get(&number)
        .ok_or_else(Reply::not_found)?;
    Ok(world.issue_json(repository, issue))
}

fn get(world: &mut World, call: &Call) -> Answer {
    Ok(Reply::ok(shown(world, call, call.id("issue_number")?)?))
}

fn change(world: &mut World, call: &Call) -> Answer {
    let number = call.id("issue_number")?;
    let body = call.maybe_text("body")?;
    check_body("Issue", body.unwrap_or(""))?;
    let (at, editor) = (world.tick(), call.actor.login(world));
    let issue = world
        .here_mut(call)?
        .issues
        .get_mut(&number)
        .ok_or_else(Reply::not_found)?;
    if let Some(title) = call.maybe_text("title")? {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = body {
        body.clone_into(&mut issue.body);
        issue.edits.push((editor, at));
    }
    match call.maybe_text("state")? {
        Some("open") => issue.set_open(true, at),
        Some("closed") => issue.set_open(false, at),
        Some(_) => return Err(Reply::invalid("Issue", "state", "invalid", "unknown state")),
        None => issue.updated_at = at,
    }
    if let Some(reason) = call.maybe_text("state_reason")? {
        issue.state_reason = Some(reason.to_owned());
    }
    if call.field("labels").is_some() {
        issue.labels = call.texts("labels")?;
    }
    if call.field("assignees").is_some() {
        issue.assignees = call.texts("assignees")?;
    }
    Ok(Reply::ok(shown(world, call, number)?))
}
