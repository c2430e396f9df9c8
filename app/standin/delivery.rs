//! Webhook deliveries as GitHub remembers them: every attempt with its request and response, listed for the App, and
//! sent again on request under the same GUID.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::reply::{After, Answer, Body, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// One attempt to deliver one event.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The attempt's id.
    pub id: u64,
    /// The event's GUID, the same for every attempt.
    pub guid: String,
    /// `workflow_run`, `issue_comment`, …
    pub event: String,
    /// The payload's `action`.
    pub action: Option<String>,
    /// Whether this is a later attempt.
    pub redelivery: bool,
    /// When, by the wall clock.
    pub delivered_at: Timestamp,
    /// How long it took, in seconds.
    pub duration: f64,
    /// The status that came back; 0 for none.
    pub status_code: u16,
    /// `OK` for a 2xx, else what went wrong.
    pub status: String,
    /// The headers that were sent.
    pub headers: Vec<(String, String)>,
    /// The bytes that were sent.
    pub body: Vec<u8>,
    /// The body that came back.
    pub response: String,
}

impl Delivery {
    /// Whether it was taken.
    #[must_use]
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status_code)
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/app/hook/deliveries", Need::Jwt, list),
    Route::new("GET", "/app/hook/deliveries/{delivery_id}", Need::Jwt, get),
    Route::new(
        "POST",
        "/app/hook/deliveries/{delivery_id}/attempts",
        Need::Jwt,
        attempt,
    ),
];

impl World {
    /// A delivery by the id of its attempt.
    #[must_use]
    pub fn delivery(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.iter().find(|delivery| delivery.id == id)
    }
}

fn item(delivery: &Delivery) -> Value {
    let payload = delivery.payload();
    json!({
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": delivery.delivered_at,
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": payload["installation"]["id"],
        "repository_id": payload["repository"]["id"],
        "throttled_at": null,
    })
}

/// Newest first, in pages by cursor: the cursor is the id of the last attempt seen.
fn list(world: &mut World, call: &Call) -> Answer {
    let size = call
        .query("per_page")
        .and_then(|size| size.parse().ok())
        .unwrap_or(30)
        .clamp(1, 100);
    let cursor: Option<u64> = call
        .query("cursor")
        .and_then(|cursor| cursor.trim_start_matches("v1_").parse().ok());
    let wanted = |delivery: &&Delivery| match call.query("status") {
        Some("success") => delivery.ok(),
        Some("failure") => !delivery.ok(),
        _ => true,
    };
    let mut all: Vec<&Delivery> = world.deliveries.iter().filter(wanted).collect();
    all.sort_by_key(|delivery| std::cmp::Reverse(delivery.id)); // they end in another order than they begin
    let mut rest = all
        .into_iter()
        .skip_while(|delivery| cursor.is_some_and(|cursor| delivery.id >= cursor));
    let page: Vec<&Delivery> = rest.by_ref().take(size).collect();
    let reply = Reply::ok(page.iter().map(|delivery| item(delivery)).collect());
    let Some(last) = page.last().filter(|_| rest.next().is_some()) else {
        return Ok(reply);
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(call.query.iter().filter(|(key, _)| key != "cursor"))
        .append_pair("cursor", &format!("v1_{}", last.id))
        .finish();
    let next = format!("<{}{}?{query}>; rel=\"next\"", world.api(), call.path);
    Ok(reply.with("link", next))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let delivery = world
        .delivery(call.id("delivery_id")?)
        .ok_or_else(Reply::not_found)?;
    let headers: Map<String, Value> = delivery
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    let mut json = item(delivery);
    json["url"] = world.app.webhook_url.clone().unwrap_or_default().into();
    json["request"] = json!({ "headers": headers, "payload": delivery.payload() });
    json["response"] = json!({ "headers": {}, "payload": delivery.response });
    Ok(Reply::ok(json))
}

fn attempt(world: &mut World, call: &Call) -> Answer {
    let id = call.id("delivery_id")?;
    world.delivery(id).ok_or_else(Reply::not_found)?;
    Ok(Reply::new(202, Body::Json(json!({}))).then(After::Redeliver(id)))
}
