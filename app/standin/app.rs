//! The App, and GitHub's own Actions App beside it. The manifest flow makes it another: see `manifest`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::manifest::Manifest;
use crate::permission::{Level, Permissions};
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// The App whose server is under test.
#[derive(Debug, Clone)]
pub struct App {
    /// The numeric App id.
    pub id: u64,
    /// The name in URLs; its bot is `slug[bot]`.
    pub slug: String,
    /// The name that people see.
    pub name: String,
    /// The login of its owner.
    pub owner: String,
    /// The client id, which may stand in a JWT's `iss` as well.
    pub client_id: String,
    /// The public key in PEM. Without one, a JWT's signature is not looked at, only its claims.
    pub public_key: Option<String>,
    /// Whether webhooks are sent at all.
    pub active: bool,
    /// Where webhooks go; without one, deliveries are recorded as failed.
    pub webhook_url: Option<String>,
    /// The secret that signs them.
    pub webhook_secret: String,
    /// The id of the webhook.
    pub hook_id: u64,
    /// The permissions that a new installation grants.
    pub permissions: Permissions,
    /// The events that it is subscribed to. `installation` and `ping` come anyway.
    pub events: Vec<String>,
    /// Whether its own writes come back to it as webhooks, as GitHub's do.
    pub echo: bool,
    /// Whether installation tokens have the long stateless form of 2026 or the old 40 characters.
    pub long_tokens: bool,
    /// Where a browser is sent after an installation.
    pub setup_url: Option<String>,
    /// Manifests waiting to be converted, by code.
    pub manifests: BTreeMap<String, Manifest>,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Default for App {
    fn default() -> Self {
        use Level::{Read, Write};
        Self {
            id: 1_001,
            slug: "waterline".to_owned(),
            name: "Waterline".to_owned(),
            owner: "octo".to_owned(),
            client_id: "Iv23liWaterline00001".to_owned(),
            public_key: None,
            active: true,
            webhook_url: None,
            webhook_secret: "It's a Secret to Everybody".to_owned(),
            hook_id: 4_001,
            permissions: Permissions::of(&[
                ("actions", Read),
                ("checks", Write),
                ("contents", Read),
                ("deployments", Write),
                ("issues", Write),
                ("members", Read),
                ("metadata", Read),
                ("pull_requests", Write),
                ("statuses", Read),
            ]),
            events: [
                "check_run",
                "deployment_protection_rule",
                "issue_comment",
                "issues",
                "pull_request",
                "push",
                "workflow_job",
                "workflow_run",
            ]
            .map(str::to_owned)
            .to_vec(),
            echo: false,
            long_tokens: true,
            setup_url: None,
            manifests: BTreeMap::new(),
            created_at: Timestamp::constant(1_760_000_000, 0),
        }
    }
}

impl App {
    /// The login of its bot.
    #[must_use]
    pub fn bot(&self) -> String {
        format!("{}[bot]", self.slug)
    }
}

pub(crate) const ROUTES: &[Route] = &[Route::new("GET", "/app", Need::Jwt, get)];

impl World {
    /// An App as GitHub shows it: ours, or GitHub Actions.
    pub(crate) fn app_json(&self, slug: &str) -> Value {
        if slug == "github-actions" {
            return json!({
                "id": 15_368,
                "slug": slug,
                "client_id": "Iv1.05c79e9ad1f6bdfa",
                "node_id": "A_15368",
                "owner": self.user_json("github"),
                "name": "GitHub Actions",
                "description": "Automate your workflow from idea to production",
                "external_url": "https://help.github.com/en/actions",
                "html_url": format!("{}/apps/{slug}", self.site),
                "created_at": "2018-07-30T09:30:17Z",
                "updated_at": "2024-04-10T20:33:16Z",
                "permissions": { "actions": "write", "checks": "write", "metadata": "read" },
                "events": [],
            });
        }
        let app = &self.app;
        json!({
            "id": app.id,
            "slug": app.slug,
            "client_id": app.client_id,
            "node_id": format!("A_{}", app.id),
            "owner": self.user_json(&app.owner),
            "name": app.name,
            "description": "",
            "external_url": "https://example.com/waterline",
            "html_url": format!("{}/apps/{}", self.site, app.slug),
            "created_at": app.created_at,
            "updated_at": app.created_at,
            "permissions": app.permissions.json(),
            "events": app.events,
        })
    }

    /// `performed_via_github_app` and the like: an App or null.
    pub(crate) fn via_json(&self, slug: Option<&String>) -> Value {
        slug.map_or(Value::Null, |slug| self.app_json(slug))
    }
}

fn get(world: &mut World, _: &Call) -> Answer {
    let mut app = world.app_json(&world.app.slug);
    app["installations_count"] = world.installations.len().into();
    Ok(Reply::ok(app))
}
