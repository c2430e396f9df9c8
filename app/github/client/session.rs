//! A client together with who asks and what for.

use std::sync::Arc;

use http::StatusCode;
use http::header::LINK;
use serde::de::DeserializeOwned;
use waterline_core::error::{Error, Result};
use waterline_core::port::Quota;

use super::{Answer, Call, Client, page};
use crate::auth::Access;

/// Requests in the name of one token, for one delivery.
#[derive(Clone)]
pub(crate) struct Session {
    client: Arc<Client>,
    access: Access,
    delivery: String,
}

impl Session {
    pub(crate) fn new(client: Arc<Client>, access: Access, delivery: &str) -> Self {
        Self {
            client,
            access,
            delivery: delivery.to_owned(),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The same for another repository, or for the App itself.
    pub(crate) fn with(&self, access: Access) -> Self {
        Self {
            access,
            ..self.clone()
        }
    }

    /// What GitHub last said of the quota of whoever asks.
    pub(crate) fn quota(&self) -> Option<Quota> {
        self.client.quota(&self.access.owner())
    }

    /// Makes sure that there is a token.
    pub(crate) async fn open(&self) -> Result<()> {
        self.access
            .bearer(&self.client, &self.delivery)
            .await
            .map(drop)
    }

    /// GitHub's answer, whatever it says. A token that ran out, or was revoked, is replaced once.
    pub(crate) async fn ask(&self, call: &Call) -> Result<Answer> {
        let owner = self.access.owner();
        let bearer = self.access.bearer(&self.client, &self.delivery).await?;
        let answer = self
            .client
            .exchange(&bearer, &owner, &self.delivery, call)
            .await?;
        if answer.status() != StatusCode::UNAUTHORIZED || !self.access.forget(&bearer).await {
            return Ok(answer);
        }
        // Nothing was done by a request without a valid token, so a write may go again too.
        let bearer = self.access.bearer(&self.client, &self.delivery).await?;
        self.client
            .exchange(&bearer, &owner, &self.delivery, call)
            .await
    }

    /// The answer where it says yes.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer> {
        self.ask(call).await?.accept()
    }

    /// The answer's object.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T> {
        self.send(call).await?.json()
    }

    /// Gives `take` one page after the other, until it says that it has enough.
    ///
    /// # Errors
    /// [`Error::Refused`] where there are more than `most` pages: half a list would be a lie.
    pub(crate) async fn pages<P, F>(&self, mut call: Call, most: usize, mut take: F) -> Result<()>
    where
        P: DeserializeOwned,
        F: FnMut(P) -> bool + Send,
    {
        for _ in 0..most {
            let answer = self.send(&call).await?;
            let next = answer.header(LINK).and_then(page::next);
            if !take(answer.json()?) {
                return Ok(());
            }
            match next {
                Some(next) => call.path = next,
                None => return Ok(()),
            }
        }
        Err(Error::Refused(format!(
            "the list of {} has more than {most} pages",
            call.thing
        )))
    }
}
