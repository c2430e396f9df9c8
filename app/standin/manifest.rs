//! The manifest flow: what GitHub looks at before it shows a manifest to a person, and the code that becomes an App
//! with a key, once and within the hour.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::Call;
use crate::permission::{Level, Permissions};
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::user::UserKind;
use crate::world::World;

/// What a person has agreed to, until its code is used.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The manifest.
    pub json: Value,
    /// The login of whoever will own the App; without one it stays with its owner.
    pub owner: Option<String>,
    /// Until when, by the wall clock; for ever without one.
    pub until: Option<Timestamp>,
}

impl From<Value> for Manifest {
    fn from(json: Value) -> Self {
        Self {
            json,
            owner: None,
            until: None,
        }
    }
}

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "POST",
    "/app-manifests/{code}/conversions",
    Need::Anybody,
    convert,
)];

/// The keys that a manifest may have.
const KEYS: [&str; 12] = [
    "name",
    "url",
    "hook_attributes",
    "redirect_url",
    "callback_urls",
    "setup_url",
    "description",
    "public",
    "default_events",
    "default_permissions",
    "request_oauth_on_install",
    "setup_on_update",
];

/// GitHub's permissions, as its description of the API has them.
const PERMISSIONS: &[&str] = &[
    "actions",
    "administration",
    "artifact_metadata",
    "attestations",
    "checks",
    "contents",
    "dependabot_secrets",
    "deployments",
    "discussions",
    "environments",
    "issues",
    "members",
    "merge_queues",
    "metadata",
    "organization_administration",
    "organization_events",
    "organization_hooks",
    "organization_plan",
    "packages",
    "pages",
    "pull_requests",
    "repository_custom_properties",
    "repository_hooks",
    "secret_scanning_alerts",
    "secrets",
    "security_events",
    "statuses",
    "vulnerability_alerts",
    "workflows",
];

/// Events that can be subscribed to, and the permissions of which one must be held.
const EVENTS: &[(&str, &[&str])] = &[
    ("check_run", &["checks"]),
    ("check_suite", &["checks"]),
    ("commit_comment", &["contents"]),
    ("create", &["contents"]),
    ("delete", &["contents"]),
    ("deployment", &["deployments"]),
    ("deployment_protection_rule", &["deployments"]),
    ("deployment_review", &["deployments"]),
    ("deployment_status", &["deployments"]),
    ("discussion", &["discussions"]),
    ("issue_comment", &["issues", "pull_requests"]),
    ("issues", &["issues"]),
    ("label", &["issues", "pull_requests", "metadata"]),
    ("merge_group", &["merge_queues"]),
    ("milestone", &["issues", "pull_requests"]),
    ("pull_request", &["pull_requests"]),
    ("pull_request_review", &["pull_requests"]),
    ("pull_request_review_comment", &["pull_requests"]),
    ("push", &["contents"]),
    ("release", &["contents"]),
    ("repository", &["metadata"]),
    ("repository_dispatch", &["contents"]),
    ("status", &["statuses"]),
    ("workflow_dispatch", &["actions"]),
    ("workflow_job", &["actions"]),
    ("workflow_run", &["actions"]),
];

/// What is wrong with a manifest, as sentences; nothing where GitHub would show it.
pub(crate) fn check(manifest: &Value) -> Vec<String> {
    let Some(object) = manifest.as_object() else {
        return vec!["The manifest is not an object.".to_owned()];
    };
    let mut wrong: Vec<String> = object
        .keys()
        .filter(|key| !KEYS.contains(&key.as_str()))
        .map(|key| format!("Unknown key {key}."))
        .collect();
    let name = manifest["name"].as_str().unwrap_or("");
    if name.is_empty() || name.chars().count() > 34 {
        wrong.push("Name has 1 to 34 characters.".to_owned());
    }
    if manifest.get("hook_attributes").is_some() && manifest["hook_attributes"]["url"].is_null() {
        wrong.push("Hook url is required.".to_owned());
    }
    for (what, needed, value) in [
        ("Url", true, &manifest["url"]),
        ("Redirect url", true, &manifest["redirect_url"]),
        ("Setup url", false, &manifest["setup_url"]),
        ("Hook url", false, &manifest["hook_attributes"]["url"]),
    ] {
        if (needed || !value.is_null()) && !value.as_str().is_some_and(is_fit) {
            wrong.push(format!("{what} must be an https URL."));
        }
    }
    let permissions = &manifest["default_permissions"];
    for (permission, level) in permissions.as_object().into_iter().flatten() {
        let known = PERMISSIONS.contains(&permission.as_str());
        if !known || level.as_str().and_then(Level::parse).is_none() {
            wrong.push(format!("Permission {permission}: {level} is unknown."));
        }
    }
    for event in manifest["default_events"].as_array().into_iter().flatten() {
        let known = EVENTS.iter().find(|(name, _)| event == name);
        let allowed =
            known.is_some_and(|(_, any)| any.iter().any(|one| permissions[one].is_string()));
        if !allowed {
            wrong.push(format!("Default events unsupported: {event}."));
        }
    }
    wrong
}

/// Encrypted, or this machine, where the stand-in lives itself.
fn is_fit(url: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let local = local.iter().any(|start| {
        url.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    local
        || url
            .strip_prefix("https://")
            .is_some_and(|rest| !rest.is_empty())
}

impl World {
    /// A person has said yes: the code for it.
    pub(crate) fn agree(&mut self, json: Value, owner: &str) -> String {
        let code = self.next_hex("manifest code", 40);
        let manifest = Manifest {
            json,
            owner: Some(owner.to_owned()),
            until: Some(self.clock.wall() + SignedDuration::from_hours(1)),
        };
        self.app.manifests.insert(code.clone(), manifest);
        code
    }
}

/// A code serves once. The App becomes what its manifest says, with a key, a secret and a webhook secret.
fn convert(world: &mut World, call: &Call) -> Answer {
    let manifest = world
        .app
        .manifests
        .remove(call.param("code"))
        .ok_or_else(Reply::not_found)?;
    if manifest
        .until
        .is_some_and(|until| until <= world.clock.wall())
    {
        return Err(Reply::not_found());
    }
    let json = manifest.json;
    let pair = crate::key::generate().map_err(|_| Reply::refuse(500, "Server Error"))?;
    world.app.public_key = Some(pair.public);
    world.app.webhook_secret = world.next_hex("webhook secret", 40);
    if let Some(owner) = manifest.owner {
        world.app.owner = owner;
    }
    if let Some(name) = json["name"].as_str() {
        world.app.name = name.to_owned();
        world.app.slug = slug(name);
        let bot = world.app.bot();
        world.add_user(&bot, UserKind::Bot);
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    world.app.setup_url = text(&json["setup_url"]);
    if let Some(url) = text(&json["hook_attributes"]["url"]) {
        world.app.webhook_url = Some(url);
    }
    if let Some(events) = json["default_events"].as_array() {
        world.app.events = events.iter().filter_map(text).collect();
    }
    if let Some(permissions) = json["default_permissions"].as_object() {
        world.app.permissions = Permissions(
            permissions
                .iter()
                .filter_map(|(name, level)| Some((name.clone(), Level::parse(level.as_str()?)?)))
                .collect(),
        );
    }
    let secret = world.next_hex("client secret", 40);
    let mut app = world.app_json(&world.app.slug);
    app["client_secret"] = secret.into();
    app["webhook_secret"] = world.app.webhook_secret.clone().into();
    app["pem"] = pair.private.into();
    Ok(Reply::created(app))
}

/// A name as it stands in an address.
fn slug(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}
