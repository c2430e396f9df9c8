//! The primary rate limit, per installation, user or repository. Conditional requests answered 304 and
//! `GET /rate_limit` do not count.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::call::Call;
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// How much may be asked, and how much was.
#[derive(Debug, Clone)]
pub struct RateLimit {
    /// Off means off: no headers and no end, as on an Enterprise Server by default.
    pub enabled: bool,
    /// Requests an hour.
    pub limit: u64,
    /// Requests of the current hour, by who made them: `installation 3001`, `user mona`, `app`.
    pub used: BTreeMap<String, u64>,
    /// When the current hour ends, by the wall clock; unset until somebody asks.
    pub reset: Option<Timestamp>,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            enabled: true,
            limit: 5_000,
            used: BTreeMap::new(),
            reset: None,
        }
    }
}

impl RateLimit {
    /// Uses everything up, for everybody who has asked so far or will, until `reset`.
    pub fn exhaust(&mut self, reset: Timestamp) {
        self.limit = 0;
        self.reset = Some(reset);
    }

    fn used_by(&self, bucket: &str) -> u64 {
        self.used.get(bucket).copied().unwrap_or(0)
    }
}

pub(crate) const ROUTES: &[Route] = &[Route::new("GET", "/rate_limit", Need::Anybody, overview)];

impl World {
    /// Begins a new hour when the last has ended.
    pub(crate) fn renew_rate(&mut self) {
        let now = self.clock.wall();
        if self.rate.reset.is_none_or(|reset| reset <= now) {
            if self.rate.limit == 0 {
                self.rate.limit = RateLimit::default().limit;
            }
            self.rate.used.clear();
            self.rate.reset = Some(now + SignedDuration::from_hours(1));
        }
    }

    /// The refusal of a caller that has used up its hour.
    pub(crate) fn over_limit(&self, bucket: &str) -> Option<Reply> {
        (self.rate.enabled && self.rate.used_by(bucket) >= self.rate.limit)
            .then(|| Reply::refuse(403, &format!("API rate limit exceeded for {bucket}.")))
    }

    pub(crate) fn count_request(&mut self, bucket: &str) {
        *self.rate.used.entry(bucket.to_owned()).or_default() += 1;
    }

    /// The headers that stand on every answer.
    pub(crate) fn rate_headers(&self, bucket: &str) -> Vec<(&'static str, String)> {
        if !self.rate.enabled {
            return Vec::new();
        }
        let used = self.rate.used_by(bucket);
        let reset = self.rate.reset.map_or(0, |at| at.as_second());
        vec![
            ("x-ratelimit-limit", self.rate.limit.to_string()),
            (
                "x-ratelimit-remaining",
                self.rate.limit.saturating_sub(used).to_string(),
            ),
            ("x-ratelimit-used", used.to_string()),
            ("x-ratelimit-reset", reset.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
    }

    fn rate_json(&self, bucket: &str) -> Value {
        let used = self.rate.used_by(bucket);
        json!({
            "limit": self.rate.limit,
            "remaining": self.rate.limit.saturating_sub(used),
            "used": used,
            "reset": self.rate.reset.map_or(0, |at| at.as_second()),
        })
    }
}

fn overview(world: &mut World, call: &Call) -> Answer {
    if !world.rate.enabled {
        return Err(Reply::refuse(404, "Rate limiting is not enabled."));
    }
    let core = world.rate_json(&call.actor.bucket());
    let search = json!({
        "limit": 30,
        "remaining": 30,
        "used": 0,
        "reset": core["reset"],
    });
    Ok(Reply::ok(
        json!({ "resources": { "core": core, "search": search }, "rate": core }),
    ))
}
