//! The App: a port for each installation, and what it can tell about itself.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use http::header::DATE;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::OnceCell;
use waterline_core::error::{Error, Result};
use waterline_core::model::{InstallationId, RepoName};
use waterline_core::port::GitHub;

use crate::auth::{Access, Credentials, Tokens};
use crate::client::{Call, Client, Session};
use crate::rest::{Identity, Rest};

/// The header value of requests that no delivery asked for.
pub(crate) const NO_DELIVERY: &str = "none";

/// From here on a clock's error is worth a word: GitHub grants a minute.
const SKEW_WORTH_TELLING: SignedDuration = SignedDuration::from_secs(30);

/// What an App is made of.
#[derive(Debug)]
pub struct AppConfig {
    /// `https://api.github.com`, or an Enterprise Server's `https://HOST/api/v3`.
    pub api_url: String,
    /// Its name and key.
    pub credentials: Credentials,
    /// What installation tokens are narrowed to, as GitHub spells it: `checks` → `write`. Empty
    /// for all that an installation has granted.
    pub permissions: BTreeMap<String, String>,
}

/// A GitHub App. Made once per process and shared: it holds the connections, the tokens and what
/// is known of GitHub's limits.
pub struct App {
    client: Arc<Client>,
    credentials: Arc<Credentials>,
    tokens: Arc<Tokens>,
    identity: Arc<OnceCell<Identity>>,
}

/// An App as GitHub describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppInfo {
    /// Its name in addresses; its comments are by `SLUG[bot]`.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What it asks of installations: `checks` → `write`.
    pub permissions: BTreeMap<String, String>,
    /// The events that it subscribes to.
    pub events: Vec<String>,
    /// By how much GitHub's clock is ahead of ours, to the second.
    pub clock_skew: SignedDuration,
}

impl App {
    /// Prepares the App without asking GitHub anything. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Usage`] where `api_url` is no address.
    pub fn new(config: AppConfig) -> Result<Self> {
        let credentials = Arc::new(config.credentials);
        Ok(Self {
            client: Arc::new(Client::new(&config.api_url)?),
            tokens: Arc::new(Tokens::new(Arc::clone(&credentials), config.permissions)),
            credentials,
            identity: Arc::default(),
        })
    }

    /// GitHub as an installation sees it, by a token for that one repository. Every request
    /// carries `delivery` as `X-Waterline-Delivery`.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the installation is gone or does not reach the repository.
    pub async fn port(
        &self,
        installation: InstallationId,
        repo: &RepoName,
        delivery: &str,
    ) -> Result<Arc<dyn GitHub>> {
        let access = Access::Installation {
            tokens: Arc::clone(&self.tokens),
            installation,
            repo: repo.clone(),
        };
        let session = Session::new(Arc::clone(&self.client), access, delivery);
        session.open().await?;
        Ok(Arc::new(Rest::new(session, Arc::clone(&self.identity))))
    }

    /// The installation that reaches a repository.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the App is not installed there.
    pub async fn installation_of(&self, repo: &RepoName) -> Result<InstallationId> {
        #[derive(Deserialize)]
        struct Installation {
            id: InstallationId,
        }
        let route = "/repos/{owner}/{repo}/installation";
        let call = Call::get(route, format!("/repos/{repo}/installation"));
        let call = call.about(format!("an installation of the App on {repo}"));
        self.session()
            .read::<Installation>(&call)
            .await
            .map(|found| found.id)
    }

    /// What GitHub knows of the App, and how far its clock is from ours.
    ///
    /// # Errors
    /// [`Error::Refused`] where GitHub does not accept the key; with the clocks' difference where
    /// that may be why.
    pub async fn describe(&self) -> Result<AppInfo> {
        #[derive(Deserialize)]
        struct Wire {
            slug: String,
            name: String,
            permissions: BTreeMap<String, String>,
            events: Vec<String>,
        }
        let call = Call::get("/app", "/app".into()).about("the App");
        let answer = self.session().ask(&call).await?;
        let clock_skew = answer.header(DATE).and_then(skew).unwrap_or_default();
        let told = |error| match error {
            Error::Refused(why) if clock_skew.abs() > SKEW_WORTH_TELLING => {
                Error::Refused(format!(
                    "{why}; GitHub's clock differs from ours by {} s",
                    clock_skew.as_secs()
                ))
            }
            other => other,
        };
        let app: Wire = answer.accept().map_err(told)?.json()?;
        let Wire {
            slug,
            name,
            permissions,
            events,
        } = app;
        Ok(AppInfo {
            slug,
            name,
            permissions,
            events,
            clock_skew,
        })
    }

    /// Requests as the App itself.
    pub(crate) fn session(&self) -> Session {
        let access = Access::App(Arc::clone(&self.credentials));
        Session::new(Arc::clone(&self.client), access, NO_DELIVERY)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("App").field(&self.credentials).finish()
    }
}

/// GitHub as a plain token sees it: that of a workflow run, or a person's. Must be called inside
/// a tokio runtime.
///
/// # Errors
/// [`Error::Usage`] where `api_url` is no address.
pub fn with_token(api_url: &str, token: SecretString, delivery: &str) -> Result<Arc<dyn GitHub>> {
    let client = Arc::new(Client::new(api_url)?);
    let session = Session::new(client, Access::Plain(token), delivery);
    Ok(Arc::new(Rest::new(session, Arc::default())))
}

/// GitHub's time less ours.
fn skew(date: &str) -> Option<SignedDuration> {
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    let ours = Timestamp::now();
    Some(SignedDuration::from_secs(
        theirs.as_second() - ours.as_second(),
    ))
}
