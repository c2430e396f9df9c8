//! Who we are on GitHub: by this we know our own comments and check runs from forgeries.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use waterline_core::error::Result;

use crate::auth::Access;
use crate::client::{Call, GRAPHQL, Session};

/// The App behind the token of a workflow run; its id differs between servers.
const ACTIONS: &str = "github-actions";

/// The account that our comments carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    login: String,
    /// None for a person's token, which can write no check runs anyway.
    app: Option<OwnApp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct OwnApp {
    /// Where it is known.
    id: Option<u64>,
    slug: String,
}

/// The author of something, as far as we look.
#[derive(Debug, Deserialize)]
pub(super) struct Author {
    #[serde(default)]
    login: String,
}

/// The App behind something.
#[derive(Debug, Deserialize)]
pub(super) struct ByApp {
    id: Option<u64>,
    slug: Option<String>,
}

impl Identity {
    /// Asks GitHub: an App by its JWT, anybody else by the token. The token of an installation (a
    /// workflow run's is one too) may not ask this of REST (403), but is told by GraphQL.
    pub(super) async fn look_up(session: &Session) -> Result<Self> {
        if let Access::Installation { tokens, .. } = session.access() {
            let app = session.with(Access::App(Arc::clone(tokens.credentials())));
            return Self::of_app(&app).await;
        }
        let call = Call::get("/user", "/user".into()).about("the account of this token");
        let answer = session.ask(&call).await?;
        if answer.status() == http::StatusCode::FORBIDDEN {
            return Self::of_viewer(session).await;
        }
        let user: Author = answer.accept()?.json()?;
        Ok(Self {
            login: user.login,
            app: None,
        })
    }

    async fn of_viewer(session: &Session) -> Result<Self> {
        let query = json!({ "query": "{ viewer { login } }" });
        let call = Call::post(GRAPHQL, GRAPHQL.into(), query)
            .about("the account of this token")
            .repeatable();
        let answer = session.ask(&call).await?;
        let told: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let slug = told["data"]["viewer"]["login"]
            .as_str()
            .and_then(|login| login.strip_suffix("[bot]"));
        // Where GraphQL is closed, a workflow run's own token is what is mostly met.
        Ok(Self::bot(None, slug.unwrap_or(ACTIONS).to_owned()))
    }

    async fn of_app(session: &Session) -> Result<Self> {
        #[derive(Deserialize)]
        struct App {
            id: u64,
            slug: String,
        }
        let call = Call::get("/app", "/app".into()).about("the App");
        let app: App = session.read(&call).await?;
        Ok(Self::bot(Some(app.id), app.slug))
    }

    fn bot(id: Option<u64>, slug: String) -> Self {
        Self {
            login: format!("{slug}[bot]"),
            app: Some(OwnApp { id, slug }),
        }
    }

    /// The login that what we write carries.
    pub(super) fn login(&self) -> &str {
        &self.login
    }

    /// True where we are the author. Nobody else can have our login while we have it.
    pub(super) fn wrote(&self, author: Option<&Author>) -> bool {
        author.is_some_and(|author| author.login.eq_ignore_ascii_case(&self.login))
    }

    /// True where our App made it.
    pub(super) fn made(&self, by: Option<&ByApp>) -> bool {
        let (Some(ours), Some(by)) = (&self.app, by) else {
            return false;
        };
        match (ours.id, by.id) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => by.slug.as_ref() == Some(&ours.slug),
        }
    }

    /// The App's id, where it is known.
    pub(super) fn app_id(&self) -> Option<u64> {
        self.app.as_ref()?.id
    }
}
