//! Webhooks out: signed over the raw bytes, with GitHub's headers, and remembered with what came back.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::delivery::Delivery;
use crate::permission::Level;
use crate::server::{Shared, lock};
use crate::world::World;

/// GitHub waits so long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The `X-Hub-Signature-256` of these bytes.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length; the other arm is there for the type alone.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

impl World {
    /// Whether the App hears of this event in this repository: subscribed, installed, not suspended. Checks come
    /// to whoever may write them.
    #[must_use]
    pub fn hears(&self, full_name: &str, event: &str) -> bool {
        let installation = self
            .repository(full_name)
            .and_then(|repository| self.installation_on(repository))
            .filter(|installation| !installation.suspended);
        let Some(installation) = installation else {
            return false;
        };
        let checks = matches!(event, "check_run" | "check_suite")
            && self.granted(installation).allow("checks", Level::Write);
        self.app.active && (checks || self.app.events.iter().any(|name| name == event))
    }

    /// An attempt that is yet to be made.
    fn envelope(
        &mut self,
        event: &str,
        body: Vec<u8>,
        secret: &str,
        first: Option<&Delivery>,
    ) -> Delivery {
        let id = 8_000_000_000 + self.next("delivery");
        let guid = first.map_or_else(|| self.next_guid(), |first| first.guid.clone());
        let payload: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let host = self.site.trim_start_matches("http://").to_owned();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("user-agent", "GitHub-Hookshot/0123abc".to_owned()),
            ("accept", "*/*".to_owned()),
            ("x-github-delivery", guid.clone()),
            ("x-github-event", event.to_owned()),
            ("x-github-hook-id", self.app.hook_id.to_string()),
            (
                "x-github-hook-installation-target-id",
                self.app.id.to_string(),
            ),
            (
                "x-github-hook-installation-target-type",
                "integration".to_owned(),
            ),
            ("x-github-enterprise-host", host),
            ("x-github-enterprise-version", "3.19.0".to_owned()),
            ("x-hub-signature-256", signature(secret, &body)),
        ];
        Delivery {
            id,
            guid,
            event: event.to_owned(),
            action: payload["action"].as_str().map(str::to_owned),
            redelivery: first.is_some(),
            delivered_at: self.clock.wall(),
            duration: 0.0,
            status_code: 0,
            status: "Pending".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
            body,
            response: String::new(),
        }
    }
}

impl Shared {
    /// Signs, sends and remembers an event.
    pub(crate) async fn deliver(&self, event: &str, payload: &Value) -> Delivery {
        let secret = lock(&self.world).app.webhook_secret.clone();
        self.deliver_bytes(event, payload.to_string().into_bytes(), &secret)
            .await
    }

    /// The same for any bytes under any secret: forged and broken ones.
    pub(crate) async fn deliver_bytes(&self, event: &str, body: Vec<u8>, secret: &str) -> Delivery {
        let envelope = lock(&self.world).envelope(event, body, secret, None);
        self.send(envelope).await
    }

    /// Sends a remembered event once more, under its GUID.
    pub(crate) async fn redeliver(&self, id: u64) -> Result<Delivery> {
        let envelope = {
            let mut world = lock(&self.world);
            let first = world.delivery(id).context("no such delivery")?.clone();
            let secret = world.app.webhook_secret.clone();
            world.envelope(&first.event, first.body.clone(), &secret, Some(&first))
        };
        Ok(self.send(envelope).await)
    }

    async fn send(&self, mut delivery: Delivery) -> Delivery {
        let url = lock(&self.world).app.webhook_url.clone();
        let started = Instant::now();
        match url {
            None => "no webhook URL".clone_into(&mut delivery.status),
            Some(url) => self.post(&url, &mut delivery).await,
        }
        delivery.duration = started.elapsed().as_secs_f64();
        lock(&self.world).deliveries.push(delivery.clone());
        delivery
    }

    async fn post(&self, url: &str, delivery: &mut Delivery) {
        let mut request = self.http.post(url).timeout(PATIENCE);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        match request.body(delivery.body.clone()).send().await {
            Ok(response) => {
                let status = response.status();
                delivery.status_code = status.as_u16();
                delivery.status = if status.is_success() {
                    "OK".to_owned()
                } else {
                    format!("Invalid HTTP Response: {}", status.as_u16())
                };
                delivery.response = response.text().await.unwrap_or_default();
            }
            Err(error) if error.is_timeout() => {
                "timed out".clone_into(&mut delivery.status);
                delivery.status_code = 504;
            }
            Err(_) => {
                "failed to connect to host".clone_into(&mut delivery.status);
                delivery.status_code = 502;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_githubs_documentation() {
        assert_eq!(
            signature("It's a Secret to Everybody", b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }
}
