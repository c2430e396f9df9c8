//! Installations of the App: where it may act, the tokens it gets there, and what they are narrowed to.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::{Actor, TokenKind};
use crate::call::Call;
use crate::page;
use crate::permission::{Level, Permissions};
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// One installation.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The installation's id.
    pub id: u64,
    /// The login of the organisation or person that installed the App.
    pub account: String,
    /// The ids of the selected repositories; all of the account's if unset.
    pub repositories: Option<Vec<u64>>,
    /// What was granted; the App's own permissions if unset.
    pub permissions: Option<Permissions>,
    /// Suspended installations get no tokens and no webhooks.
    pub suspended: bool,
    /// When it was installed.
    pub created_at: Timestamp,
}

impl Installation {
    /// An installation on all repositories of `account`, with all that the App asks for.
    #[must_use]
    pub fn new(id: u64, account: &str) -> Self {
        Self {
            id,
            account: account.to_owned(),
            repositories: None,
            permissions: None,
            suspended: false,
            created_at: Timestamp::constant(1_766_000_000, 0),
        }
    }

    /// Whether the App may act in this repository through this installation.
    #[must_use]
    pub fn covers(&self, repository: &Repository) -> bool {
        self.account.eq_ignore_ascii_case(&repository.owner)
            && self
                .repositories
                .as_ref()
                .is_none_or(|ids| ids.contains(&repository.id))
    }
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/app/installations", Need::Jwt, list),
    Route::new(
        "GET",
        "/app/installations/{installation_id}",
        Need::Jwt,
        get,
    ),
    Route::new(
        "POST",
        "/app/installations/{installation_id}/access_tokens",
        Need::Jwt,
        access_token,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/installation",
        Need::Jwt,
        of_repository,
    ),
    Route::new(
        "GET",
        "/orgs/{org}/installation",
        Need::Jwt,
        of_organization,
    ),
    Route::new(
        "GET",
        "/installation/repositories",
        Need::Installation,
        repositories,
    ),
    Route::new("DELETE", "/installation/token", Need::Installation, revoke),
];

impl World {
    /// An installation by id.
    #[must_use]
    pub fn installation(&self, id: u64) -> Option<&Installation> {
        self.installations.iter().find(|i| i.id == id)
    }

    /// The installation that covers a repository.
    #[must_use]
    pub fn installation_on(&self, repository: &Repository) -> Option<&Installation> {
        self.installations.iter().find(|i| i.covers(repository))
    }

    pub(crate) fn granted<'a>(&'a self, installation: &'a Installation) -> &'a Permissions {
        installation
            .permissions
            .as_ref()
            .unwrap_or(&self.app.permissions)
    }

    pub(crate) fn installation_json(&self, installation: &Installation) -> Value {
        let api = self.api();
        let account = self.user_json(&installation.account);
        let suspended_at = installation.suspended.then_some(installation.created_at);
        json!({
            "id": installation.id,
            "account": account,
            "client_id": self.app.client_id,
            "repository_selection": selection(installation.repositories.is_some()),
            "access_tokens_url":
                format!("{api}/app/installations/{}/access_tokens", installation.id),
            "repositories_url": format!("{api}/installation/repositories"),
            "html_url": format!(
                "{}/organizations/{}/settings/installations/{}",
                self.site, installation.account, installation.id
            ),
            "app_id": self.app.id,
            "app_slug": self.app.slug,
            "target_id": account["id"],
            "target_type": account["type"],
            "permissions": self.granted(installation).json(),
            "events": self.app.events,
            "created_at": installation.created_at,
            "updated_at": installation.created_at,
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": installation.suspended.then(|| account.clone()),
            "suspended_at": suspended_at,
        })
    }
}

fn selection(selected: bool) -> &'static str {
    if selected { "selected" } else { "all" }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let all = world
        .installations
        .iter()
        .map(|installation| {
            let mut json = world.installation_json(installation);
            // In lists the account is described as person and enterprise in one.
            json["account"]["name"] = json["account"]["login"].clone();
            json["account"]["slug"] = json["account"]["login"].clone();
            json["account"]["created_at"] = json["created_at"].clone();
            json["account"]["updated_at"] = json["updated_at"].clone();
            json
        })
        .collect();
    Ok(page::list(world, call, all))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let installation = world
        .installation(call.id("installation_id")?)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(world.installation_json(installation)))
}

fn of_repository(world: &mut World, call: &Call) -> Answer {
    let installation = world
        .installation_on(world.here(call)?)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(world.installation_json(installation)))
}

fn of_organization(world: &mut World, call: &Call) -> Answer {
    let installation = world
        .installations
        .iter()
        .find(|i| i.account.eq_ignore_ascii_case(call.param("org")))
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(world.installation_json(installation)))
}

fn access_token(world: &mut World, call: &Call) -> Answer {
    let installation = world
        .installation(call.id("installation_id")?)
        .ok_or_else(Reply::not_found)?;
    if installation.suspended {
        return Err(Reply::refuse(403, "This installation has been suspended"));
    }
    let id = installation.id;
    let permissions = asked_permissions(world.granted(installation), call)?;
    let selected = installation.repositories.is_some();
    let narrowed = asked_repositories(world, id, call)?;
    let text = world.mint(TokenKind::Installation {
        id,
        repositories: narrowed.clone(),
        permissions: permissions.clone(),
    });
    let mut json = json!({
        "token": text,
        "expires_at": world.tokens[&text].expires_at,
        "permissions": permissions.json(),
        "repository_selection": selection(selected || narrowed.is_some()),
    });
    if let Some(ids) = narrowed {
        json["repositories"] = world
            .repositories
            .iter()
            .filter(|repository| ids.contains(&repository.id))
            .map(|repository| world.repository_json(repository))
            .collect();
    }
    Ok(Reply::created(json))
}

fn asked_permissions(granted: &Permissions, call: &Call) -> Result<Permissions, Reply> {
    let Some(asked) = call.field("permissions").and_then(Value::as_object) else {
        return Ok(granted.clone());
    };
    let mut permissions = Permissions::default();
    for (name, level) in asked {
        let level = level
            .as_str()
            .and_then(Level::parse)
            .ok_or_else(|| Reply::malformed(&format!("\"{name}\" has no such level.")))?;
        if !granted.allow(name, level) {
            return Err(Reply::refuse(
                422,
                "The permissions requested are not granted to this installation.",
            ));
        }
        permissions.grant(name, level);
    }
    permissions.grant("metadata", Level::Read);
    Ok(permissions)
}

fn asked_repositories(world: &World, id: u64, call: &Call) -> Result<Option<Vec<u64>>, Reply> {
    let names = call.texts("repositories")?;
    let ids = call.field("repository_ids").and_then(Value::as_array);
    if names.is_empty() && ids.is_none_or(Vec::is_empty) {
        return Ok(None);
    }
    if names.len() + ids.map_or(0, Vec::len) > 500 {
        return Err(Reply::refuse(
            422,
            "A token can be limited to at most 500 repositories.",
        ));
    }
    let unknown = || {
        Reply::refuse(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    };
    let covered: Vec<&Repository> = world
        .installation(id)
        .map(|i| world.repositories.iter().filter(|r| i.covers(r)).collect())
        .unwrap_or_default();
    let mut found = Vec::new();
    for name in &names {
        let repository = covered.iter().find(|r| r.name.eq_ignore_ascii_case(name));
        found.push(repository.ok_or_else(unknown)?.id);
    }
    for id in ids.into_iter().flatten() {
        let repository = covered.iter().find(|r| Some(r.id) == id.as_u64());
        found.push(repository.ok_or_else(unknown)?.id);
    }
    Ok(Some(found))
}

fn repositories(world: &mut World, call: &Call) -> Answer {
    let Actor::Installation {
        id, repositories, ..
    } = &call.actor
    else {
        return Err(Reply::not_found());
    };
    let installation = world.installation(*id).ok_or_else(Reply::not_found)?;
    let items = world
        .repositories
        .iter()
        .filter(|r| installation.covers(r))
        .filter(|r| repositories.as_ref().is_none_or(|ids| ids.contains(&r.id)))
        .map(|r| world.repository_json(r))
        .collect();
    Ok(page::counted(world, call, "repositories", items))
}

fn revoke(world: &mut World, call: &Call) -> Answer {
    let header = call.header("authorization");
    if let Some((_, token)) = header.split_once(' ') {
        world.tokens.remove(token);
    }
    Ok(Reply::no_content())
}
