//! Labels and assignees on issues and pull requests. A label exists by being used.

use serde_json::{Value, json};

use crate::call::Call;
use crate::issue::Issue;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/issues/{issue_number}/labels",
        Need::Subject(Level::Write),
        add,
    ),
    Route::new(
        "DELETE",
        "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
        Need::Subject(Level::Write),
        remove,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/issues/{issue_number}/assignees",
        Need::Subject(Level::Write),
        assign,
    ),
];

impl World {
    pub(crate) fn labels_json(&self, repository: &Repository, names: &[String]) -> Value {
        names
            .iter()
            .map(|name| {
                // An id that depends on the name alone, as there is no table of labels.
                let id = name
                    .bytes()
                    .fold(7_000_u64, |id, b| (id * 31 + u64::from(b)) % 1_000_000_007);
                let encoded =
                    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
                json!({
                    "id": id,
                    "node_id": format!("LA_{id}"),
                    "url": format!("{}/labels/{encoded}", self.repository_url(repository)),
                    "name": name,
                    "description": "",
                    "color": "ededed",
                    "default": false,
                })
            })
            .collect()
    }
}

fn issue<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Issue, Reply> {
    let number = call.id("issue_number")?;
    let at = world.tick();
    let issue = world
        .here_mut(call)?
        .issues
        .get_mut(&number)
        .ok_or_else(Reply::not_found)?;
    issue.updated_at = at;
    Ok(issue)
}

/// The names in the body, which may be an object with names, a list of them, or a list of objects.
fn asked(body: &Value) -> Vec<String> {
    let list = body.get("labels").unwrap_or(body).as_array();
    list.into_iter()
        .flatten()
        .filter_map(|item| item.as_str().or_else(|| item["name"].as_str()))
        .map(str::to_owned)
        .collect()
}

fn add(world: &mut World, call: &Call) -> Answer {
    let (actor, number) = (call.actor.login(world), call.id("issue_number")?);
    issue(world, call)?;
    for name in asked(&call.body) {
        world.set_label(&call.full_name(), number, &actor, &name, true);
    }
    let labels = issue(world, call)?.labels.clone();
    Ok(Reply::ok(world.labels_json(world.here(call)?, &labels)))
}

fn remove(world: &mut World, call: &Call) -> Answer {
    let (actor, number) = (call.actor.login(world), call.id("issue_number")?);
    issue(world, call)?;
    world
        .set_label(&call.full_name(), number, &actor, call.param("name"), false)
        .ok_or_else(|| Reply::refuse(404, "Label does not exist"))?;
    let labels = issue(world, call)?.labels.clone();
    Ok(Reply::ok(world.labels_json(world.here(call)?, &labels)))
}

fn assign(world: &mut World, call: &Call) -> Answer {
    let logins = call.texts("assignees")?;
    let issue = issue(world, call)?;
    for login in logins {
        if !issue.assignees.contains(&login) {
            issue.assignees.push(login);
        }
    }
    let issue = issue.clone();
    Ok(Reply::created(world.issue_json(world.here(call)?, &issue)))
}
