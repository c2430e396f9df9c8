//! Installation tokens: minted once, kept until shortly before they expire.
//!
//! One slot per installation and repository. Whoever comes first mints while holding the slot;
//! everybody else waits for that one answer instead of minting another. A token is narrowed to
//! its repository, so that a leak or a mistake reaches no further.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use waterline_core::error::{Error, Result};
use waterline_core::model::{InstallationId, RepoName};

use super::{Access, Credentials};
use crate::client::{Answer, Call, Client};

/// A token lives for an hour. One that would end in the middle of a job is not worth having.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// How long "this installation does not reach that repository" is believed.
const ABSENT_FOR: SignedDuration = SignedDuration::from_mins(5);

/// From how many slots on the stale ones are cleared away.
const MANY: usize = 1_000;

type Key = (InstallationId, RepoName);
type Slot = Arc<tokio::sync::Mutex<Option<Held>>>;

/// What a slot holds.
struct Held {
    /// None where the installation does not reach the repository.
    token: Option<SecretString>,
    until: Timestamp,
}

#[derive(Deserialize)]
struct Minted {
    token: SecretString,
    expires_at: Timestamp,
}

/// The tokens of all installations of one App.
pub(crate) struct Tokens {
    credentials: Arc<Credentials>,
    /// What a token may do; empty for all that the installation was granted.
    permissions: BTreeMap<String, String>,
    slots: Mutex<HashMap<Key, Slot>>,
}

impl Tokens {
    pub(crate) fn new(
        credentials: Arc<Credentials>,
        permissions: BTreeMap<String, String>,
    ) -> Self {
        Self {
            credentials,
            permissions,
            slots: Mutex::default(),
        }
    }

    /// The App that they are minted by.
    pub(crate) fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    /// The token for a repository, minted where there is none that lasts.
    pub(crate) async fn get(
        &self,
        client: &Client,
        installation: InstallationId,
        repo: &RepoName,
        delivery: &str,
    ) -> Result<SecretString> {
        let slot = self.slot(installation, repo);
        // Held while minting, on purpose: that is the single flight.
        let mut held = slot.lock().await;
        let known = held.take().filter(|held| held.until > Timestamp::now());
        let fresh = match known {
            Some(known) => known,
            None => self.mint(client, installation, repo, delivery).await?,
        };
        let token = fresh.token.clone();
        *held = Some(fresh);
        token.ok_or_else(|| {
            Error::NotFound(format!(
                "the repository {repo} in installation {installation}"
            ))
        })
    }

    /// Drops `refused`, unless somebody has replaced it already.
    pub(crate) async fn forget(
        &self,
        installation: InstallationId,
        repo: &RepoName,
        refused: &SecretString,
    ) {
        let slot = self.slot(installation, repo);
        let mut held = slot.lock().await;
        let same = |held: &mut Held| {
            held.token.as_ref().map(ExposeSecret::expose_secret) == Some(refused.expose_secret())
        };
        held.take_if(same);
    }

    fn slot(&self, installation: InstallationId, repo: &RepoName) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MANY {
            let now = Timestamp::now();
            slots.retain(|_, slot| {
                // A slot that somebody holds is in use.
                slot.try_lock()
                    .map_or(true, |held| held.as_ref().is_some_and(|h| h.until > now))
            });
        }
        Arc::clone(slots.entry((installation, repo.clone())).or_default())
    }

    async fn mint(
        &self,
        client: &Client,
        installation: InstallationId,
        repo: &RepoName,
        delivery: &str,
    ) -> Result<Held> {
        let mut answer = self.ask(client, installation, repo, delivery, true).await?;
        if answer.status() == StatusCode::UNPROCESSABLE_ENTITY
            && answer.message().contains("permission")
        {
            // The owner has not accepted all permissions yet. With what there is, only those
            // features fail that need the others, and they say so.
            answer = self
                .ask(client, installation, repo, delivery, false)
                .await?;
        }
        if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
            let now = Timestamp::now();
            let until = now.checked_add(ABSENT_FOR).unwrap_or(now);
            return Ok(Held { token: None, until });
        }
        let minted: Minted = answer.accept()?.json()?;
        let until = minted
            .expires_at
            .checked_sub(RENEW_BEFORE)
            .unwrap_or(minted.expires_at);
        Ok(Held {
            token: Some(minted.token),
            until,
        })
    }

    async fn ask(
        &self,
        client: &Client,
        installation: InstallationId,
        repo: &RepoName,
        delivery: &str,
        narrow: bool,
    ) -> Result<Answer> {
        let mut wish = json!({ "repositories": [repo.name()] });
        if narrow && !self.permissions.is_empty() {
            wish["permissions"] = json!(self.permissions);
        }
        let call = Call::post(
            "/app/installations/{installation_id}/access_tokens",
            format!("/app/installations/{installation}/access_tokens"),
            wish,
        )
        .about(format!("installation {installation}"))
        // A second token does no harm; the first one just expires.
        .repeatable();
        let owner = Access::App(Arc::clone(&self.credentials)).owner();
        client
            .exchange(&self.credentials.jwt()?, &owner, delivery, &call)
            .await
    }
}
