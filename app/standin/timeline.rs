//! What happened to an issue or pull request, as far as its labels go.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// A label that was put on or taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The event's id.
    pub id: u64,
    /// The label's name.
    pub label: String,
    /// True where it was put on.
    pub added: bool,
    /// The login of who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "GET",
    "/repos/{owner}/{repo}/issues/{issue_number}/timeline",
    Need::Subject(Level::Read),
    timeline,
)];

impl World {
    /// Puts a label on an issue or pull request, or takes it off; nothing where it is so already,
    /// or there is no such issue.
    pub fn set_label(
        &mut self,
        full_name: &str,
        number: u64,
        actor: &str,
        label: &str,
        on: bool,
    ) -> Option<()> {
        let (id, at) = (self.next_id(), self.tick());
        let issue = self.repository_mut(full_name)?.issues.get_mut(&number)?;
        let same = |own: &String| own.eq_ignore_ascii_case(label);
        if issue.labels.iter().any(same) == on {
            return None;
        }
        match on {
            true => issue.labels.push(label.to_owned()),
            false => issue.labels.retain(|own| !same(own)),
        }
        issue.updated_at = at;
        issue.labelled.push(Labelled {
            id,
            label: label.to_owned(),
            added: on,
            actor: actor.to_owned(),
            at,
        });
        Some(())
    }

    fn labelled_json(&self, repository: &Repository, one: &Labelled) -> Value {
        let url = format!(
            "{}/issues/events/{}",
            self.repository_url(repository),
            one.id
        );
        json!({
            "id": one.id,
            "node_id": format!("LE_{}", one.id),
            "url": url,
            "actor": self.user_json(&one.actor),
            "event": if one.added { "labeled" } else { "unlabeled" },
            "commit_id": null,
            "commit_url": null,
            "created_at": one.at,
            "label": { "name": one.label, "color": "ededed" },
            "performed_via_github_app": null,
        })
    }
}

fn timeline(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let issue = repository.issues.get(&call.id("issue_number")?);
    let issue = issue.ok_or_else(Reply::not_found)?;
    let items = issue.labelled.iter();
    let items = items.map(|one| world.labelled_json(repository, one));
    Ok(page::list(world, call, items.collect()))
}
