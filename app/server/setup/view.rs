//! What the set-up's pages show. Every text passes the templates' escaping, whoever wrote it.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use http::header::{HeaderValue, REFERRER_POLICY};
use waterline_core::capabilities::{ALL, Asked, asked_by, events};
use waterline_core::manifest::{self, Origin};

use crate::pages;

/// A configuration to begin with: it says what holds anyway.
pub(super) const EXAMPLE: &str = "\
# .github/waterline.yml: every line may go, this is what holds without it.
diagnose:
  enabled: true
  comment: true # one comment on a pull request whose run failed
  check: true   # one check run with remarks on the lines, never red
";

/// A page whose address holds no secret, and whose form says where it comes from.
fn telling(mut response: Response, policy: &'static str) -> Response {
    let policy = HeaderValue::from_static(policy);
    response.headers_mut().insert(REFERRER_POLICY, policy);
    response
}

/// A permission, for people.
pub(super) struct Line {
    label: String,
    level: &'static str,
    why: String,
}

impl From<Asked> for Line {
    fn from(asked: Asked) -> Self {
        Self {
            label: manifest::label(asked.name),
            level: if asked.level == "write" {
                "read and write"
            } else {
                "read"
            },
            why: asked.why.join("; ").replace('`', ""),
        }
    }
}

/// The first page: what the App shall be.
#[derive(Template, Default)]
#[template(path = "setup/ask.html")]
pub(super) struct Ask {
    pub(super) wrong: String,
    pub(super) name: String,
    pub(super) organisation_chosen: bool,
    pub(super) organization: String,
    pub(super) url: String,
    permissions: Vec<Line>,
    events: String,
}

impl Ask {
    pub(super) fn new(name: String, url: String) -> Self {
        let events: Vec<String> = events().into_iter().map(manifest::label).collect();
        Self {
            name,
            url,
            permissions: asked_by(ALL).into_iter().map(Line::from).collect(),
            events: events.join(", "),
            ..Self::default()
        }
    }

    /// Its form comes back to us, and to nobody else: so the browser may say under which address
    /// it sees us, which it keeps to itself where nothing is to be said to anybody.
    pub(super) fn page(&self, status: StatusCode) -> Response {
        telling(pages::page(status, self, "'self'"), "same-origin")
    }
}

/// The second page: a form that carries the manifest to GitHub.
#[derive(Template)]
#[template(path = "setup/send.html")]
pub(super) struct Send {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) webhook: String,
    pub(super) back: String,
    pub(super) manifest: String,
    pub(super) manifest_shown: String,
    pub(super) action: String,
}

impl Send {
    /// GitHub may know the origin, which stands in the manifest too: a form from nowhere, as a
    /// browser sends it under `no-referrer`, is what forged ones look like.
    pub(super) fn page(&self, web: &Origin) -> Response {
        telling(
            pages::page(StatusCode::OK, self, web.as_str()),
            "strict-origin",
        )
    }
}

/// The last page: the App is there.
#[derive(Template)]
#[template(path = "setup/done.html")]
pub(super) struct Done {
    pub(super) name: String,
    pub(super) install: String,
    /// Where the credentials are; empty where they were printed.
    pub(super) file: String,
    pub(super) example: &'static str,
}

impl Done {
    /// Its form leads to a page of ours that leads on to GitHub, and browsers look at both.
    pub(super) fn page(&self, web: &Origin) -> Response {
        pages::page(StatusCode::OK, self, &format!("'self' {web}"))
    }
}

/// A word for comments.
pub(super) struct Command {
    name: &'static str,
    about: &'static str,
}

/// Where GitHub leads to after an installation.
#[derive(Template)]
#[template(path = "setup/installed.html")]
pub(super) struct Installed {
    requested: bool,
    commands: Vec<Command>,
    example: &'static str,
}

impl Installed {
    pub(super) fn new(requested: bool) -> Self {
        let commands = ALL.iter().map(|entry| Command {
            name: entry.name,
            about: entry.about,
        });
        Self {
            requested,
            commands: commands.collect(),
            example: EXAMPLE,
        }
    }

    pub(super) fn page(&self, web: &Origin) -> Response {
        pages::page(StatusCode::OK, self, &format!("'self' {web}"))
    }
}

/// What went wrong, and what to do.
#[derive(Template, Default)]
#[template(path = "setup/trouble.html")]
pub(super) struct Trouble {
    pub(super) title: &'static str,
    pub(super) what: String,
    pub(super) advice: String,
    pub(super) link: String,
    pub(super) link_text: &'static str,
}

impl Trouble {
    /// A trouble after which the set-up can begin again.
    pub(super) fn again(title: &'static str, what: impl Into<String>, advice: &str) -> Self {
        Self {
            title,
            what: what.into(),
            advice: advice.to_owned(),
            link: "/setup".to_owned(),
            link_text: "Begin again",
        }
    }

    pub(super) fn page(&self, status: StatusCode) -> Response {
        pages::page(status, self, "'none'")
    }
}

#[cfg(test)]
mod tests {
    use waterline_core::capabilities::keys;
    use waterline_core::config::{Config, ConfigFile};

    use super::*;

    #[test]
    fn the_example_is_a_configuration_that_changes_nothing() {
        let file = ConfigFile {
            name: "example".to_owned(),
            text: EXAMPLE.to_owned(),
        };
        let config = Config::read(vec![file], &keys()).unwrap();
        for entry in ALL {
            (entry.check)(&config).unwrap();
        }
        let rules: waterline_core::capabilities::diagnose::Rules =
            config.section("diagnose").unwrap();
        assert_eq!(rules, Default::default());
    }
}
