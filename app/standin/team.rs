//! Teams of an organisation.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// One team.
#[derive(Debug, Clone)]
pub struct Team {
    /// The organisation's login.
    pub org: String,
    /// The name in URLs and mentions.
    pub slug: String,
    /// Logins and whether they maintain the team.
    pub members: BTreeMap<String, bool>,
}

const NEED: Need = Need::Organization(("members", Level::Read));

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/orgs/{org}/teams/{team_slug}/members",
        NEED,
        members,
    ),
    Route::new(
        "GET",
        "/orgs/{org}/teams/{team_slug}/memberships/{username}",
        NEED,
        membership,
    ),
];

fn find<'a>(world: &'a World, call: &Call) -> Result<&'a Team, Reply> {
    world
        .teams
        .iter()
        .find(|team| team.org == call.param("org") && team.slug == call.param("team_slug"))
        .ok_or_else(Reply::not_found)
}

fn members(world: &mut World, call: &Call) -> Answer {
    let items: Vec<Value> = find(world, call)?
        .members
        .keys()
        .map(|login| world.user_json(login))
        .collect();
    Ok(page::list(world, call, items))
}

fn membership(world: &mut World, call: &Call) -> Answer {
    let team = find(world, call)?;
    let login = call.param("username");
    let maintains = team.members.get(login).ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(json!({
        "url": format!(
            "{}/orgs/{}/teams/{}/memberships/{login}", world.api(), team.org, team.slug
        ),
        "role": if *maintains { "maintainer" } else { "member" },
        "state": "active",
    })))
}
