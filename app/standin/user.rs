//! People, organisations and bots; and `GET /user`.

use serde_json::{Value, json};

use crate::auth::Actor;
use crate::call::Call;
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// What a login stands for; GitHub's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKind {
    /// A person.
    User,
    /// An App or other machine.
    Bot,
    /// An organisation.
    Organization,
}

impl UserKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
        }
    }
}

/// One account.
#[derive(Debug, Clone)]
pub struct User {
    /// The name in URLs and mentions.
    pub login: String,
    /// The numeric id, which stays when the login changes.
    pub id: u64,
    /// Person, bot or organisation.
    pub kind: UserKind,
}

impl User {
    /// An account.
    #[must_use]
    pub fn new(login: &str, id: u64, kind: UserKind) -> Self {
        Self {
            login: login.to_owned(),
            id,
            kind,
        }
    }

    /// GitHub's stand-in for accounts that are gone.
    fn ghost() -> Self {
        Self::new("ghost", 10_137, UserKind::User)
    }
}

pub(crate) const ROUTES: &[Route] = &[Route::new("GET", "/user", Need::Token, me)];

impl World {
    /// The account with this login, in any case.
    #[must_use]
    pub fn user(&self, login: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.login.eq_ignore_ascii_case(login))
    }

    /// A `simple-user`; an unknown login is shown as the ghost.
    pub(crate) fn user_json(&self, login: &str) -> Value {
        let ghost = User::ghost();
        let user = self.user(login).unwrap_or(&ghost);
        let login = &user.login;
        let url = format!(
            "{}/users/{}",
            self.api(),
            login.replace('[', "%5B").replace(']', "%5D")
        );
        let page = login.strip_suffix("[bot]").map_or_else(
            || format!("{}/{login}", self.site),
            |slug| format!("{}/apps/{slug}", self.site),
        );
        json!({
            "login": login,
            "id": user.id,
            "node_id": format!("U_{}", user.id),
            "avatar_url": format!("{}/avatars/u/{}", self.site, user.id),
            "gravatar_id": "",
            "url": url,
            "html_url": page,
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": user.kind.word(),
            "site_admin": false,
        })
    }

    /// The `organization` of a webhook payload, for repositories that belong to one.
    pub(crate) fn organization_json(&self, login: &str) -> Option<Value> {
        let user = self
            .user(login)
            .filter(|user| user.kind == UserKind::Organization)?;
        let url = format!("{}/orgs/{login}", self.api());
        Some(json!({
            "login": login,
            "id": user.id,
            "node_id": format!("O_{}", user.id),
            "url": url,
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events"),
            "hooks_url": format!("{url}/hooks"),
            "issues_url": format!("{url}/issues"),
            "members_url": format!("{url}/members{{/member}}"),
            "public_members_url": format!("{url}/public_members{{/member}}"),
            "avatar_url": format!("{}/avatars/u/{}", self.site, user.id),
            "description": "",
        }))
    }
}

fn me(world: &mut World, call: &Call) -> Answer {
    match &call.actor {
        Actor::User(login) => Ok(Reply::ok(world.user_json(login))),
        _ => Err(Reply::refuse(403, "Resource not accessible by integration")),
    }
}
