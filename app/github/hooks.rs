//! Deliveries that GitHub could not hand over. It never tries again by itself.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use waterline_core::error::Result;

use crate::App;
use crate::client::Call;

/// At 100 a page: more than GitHub keeps for an App of our size in three days.
const PAGES: usize = 500;

/// A delivery of which no attempt arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// The newest attempt, by which it is asked for again.
    pub id: u64,
    /// What `X-GitHub-Delivery` said, and will say again.
    pub guid: String,
    /// The event's name.
    pub event: String,
    /// When that attempt was made.
    pub delivered_at: Timestamp,
}

/// Where GitHub sends deliveries, as far as a person must know to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The address; none where it was never set.
    pub url: Option<String>,
    /// Whether deliveries are signed.
    pub has_secret: bool,
}

#[derive(Deserialize)]
struct Attempt {
    id: u64,
    guid: String,
    delivered_at: Timestamp,
    status: String,
    event: String,
}

/// All attempts of one delivery.
struct Attempts {
    newest: Attempt,
    arrived: bool,
}

impl App {
    /// The deliveries since a moment of which no attempt was answered with a 2xx, oldest first.
    /// GitHub keeps them for three days, an Enterprise Server for seven.
    ///
    /// # Errors
    /// Whatever keeps the list from being read to its end.
    pub async fn failed_deliveries(&self, since: Timestamp) -> Result<Vec<FailedDelivery>> {
        let mut known: HashMap<String, Attempts> = HashMap::new();
        let route = "/app/hook/deliveries";
        let call = Call::get(route, format!("{route}?per_page=100")).about("the deliveries");
        // The list is newest first, and an attempt that arrived is newer than one that did not.
        let take = |page: Vec<Attempt>| {
            let mut all_recent = true;
            for attempt in page {
                if attempt.delivered_at < since {
                    all_recent = false;
                } else {
                    note(&mut known, attempt);
                }
            }
            all_recent
        };
        self.session().pages(call, PAGES, take).await?;
        let failed = known.into_values().filter(|attempts| !attempts.arrived);
        let mut failed: Vec<_> = failed.map(|attempts| attempts.newest.into()).collect();
        failed.sort_by_key(|one: &FailedDelivery| (one.delivered_at, one.id));
        Ok(failed)
    }

    /// The webhook's settings, as GitHub has them.
    ///
    /// # Errors
    /// Whatever keeps them from being read.
    pub async fn hook(&self) -> Result<Hook> {
        /// The secret itself comes as asterisks.
        #[derive(Deserialize)]
        struct Config {
            url: Option<String>,
            secret: Option<String>,
        }
        let route = "/app/hook/config";
        let call = Call::get(route, route.to_owned()).about("the webhook's settings");
        let config: Config = self.session().read(&call).await?;
        Ok(Hook {
            url: config.url.filter(|url| !url.is_empty()),
            has_secret: config.secret.is_some_and(|secret| !secret.is_empty()),
        })
    }

    /// Asks GitHub to deliver an attempt's payload again. It comes with the same GUID.
    ///
    /// # Errors
    /// [`Error::NotFound`](waterline_core::error::Error::NotFound) where GitHub has forgotten it.
    pub async fn redeliver(&self, id: u64) -> Result<()> {
        let call = Call::post(
            "/app/hook/deliveries/{delivery_id}/attempts",
            format!("/app/hook/deliveries/{id}/attempts"),
            Value::Null,
        )
        .about(format!("delivery {id}"))
        // The door knows a GUID that it has seen.
        .repeatable();
        self.session().send(&call).await.map(drop)
    }
}

fn note(known: &mut HashMap<String, Attempts>, attempt: Attempt) {
    let arrived = attempt.status == "OK";
    match known.get_mut(&attempt.guid) {
        None => {
            known.insert(
                attempt.guid.clone(),
                Attempts {
                    newest: attempt,
                    arrived,
                },
            );
        }
        Some(attempts) => {
            attempts.arrived |= arrived;
            if (attempt.delivered_at, attempt.id)
                > (attempts.newest.delivered_at, attempts.newest.id)
            {
                attempts.newest = attempt;
            }
        }
    }
}

impl From<Attempt> for FailedDelivery {
    fn from(attempt: Attempt) -> Self {
        let Attempt {
            id,
            guid,
            event,
            delivered_at,
            ..
        } = attempt;
        Self {
            id,
            guid,
            event,
            delivered_at,
        }
    }
}
