//! Faults on request: the next calls to a method and path get a status, wait, are limited, or lose their connection.

use std::time::Duration;

use crate::reply::{Body, Reply};
use crate::template;
use crate::world::World;

/// A scripted fault.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The method it strikes; `*` for all.
    pub method: String,
    /// The path it strikes, without `/api/v3`, placeholders in braces; `*` for all.
    pub path: String,
    /// How often it strikes; it is gone afterwards.
    pub times: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What a [`Fault`] does.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// The call is answered with this status and message, and does nothing.
    Status(u16, String),
    /// A proxy in front of GitHub answers with a page of HTML.
    Html(u16),
    /// The call is done, but late.
    Delay(Duration),
    /// The connection ends without an answer, before the call is done.
    Broken,
    /// The call is done, then the connection ends without an answer.
    BrokenAfter,
    /// The secondary rate limit: 403 with `retry-after` in seconds, or without.
    Secondary(Option<u64>),
    /// The same as 429, the other status that GitHub uses for it.
    TooMany(Option<u64>),
    /// The primary rate limit, over in so many seconds: 403, nothing remaining.
    Primary(u64),
}

impl Fault {
    /// A fault for the next call that fits.
    #[must_use]
    pub fn once(method: &str, path: &str, kind: FaultKind) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            times: 1,
            kind,
        }
    }

    /// The same for the next `times` calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn strikes(&self, method: &str, path: &str) -> bool {
        self.times > 0
            && (self.method == "*" || self.method.eq_ignore_ascii_case(method))
            && (self.path == "*" || template::matches(&self.path, path).is_some())
    }
}

impl World {
    /// The fault that strikes this call, if any; it is used up by that.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        let fault = self
            .faults
            .iter_mut()
            .find(|fault| fault.strikes(method, path))?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        self.faults.retain(|fault| fault.times > 0);
        Some(kind)
    }

    /// The answer that a fault gives instead of the route.
    pub(crate) fn fault_reply(&self, kind: &FaultKind) -> Option<Reply> {
        let secondary = |status, retry_after: &Option<u64>| {
            let reply = Reply::refuse(
                status,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            );
            match retry_after {
                Some(seconds) => reply.with("retry-after", seconds.to_string()),
                None => reply,
            }
        };
        match kind {
            FaultKind::Status(status, message) => Some(Reply::refuse(*status, message)),
            FaultKind::Html(status) => Some(Reply::new(
                *status,
                Body::Bytes(
                    b"<html><body><h1>Unicorn!</h1></body></html>".to_vec(),
                    "text/html; charset=utf-8",
                ),
            )),
            FaultKind::Secondary(retry_after) => Some(secondary(403, retry_after)),
            FaultKind::TooMany(retry_after) => Some(secondary(429, retry_after)),
            FaultKind::Primary(seconds) => {
                let reset = self.clock.wall().as_second() + i64::try_from(*seconds).unwrap_or(0);
                Some(
                    Reply::refuse(403, "API rate limit exceeded for this installation.")
                        .with("x-ratelimit-limit", self.rate.limit.to_string())
                        .with("x-ratelimit-remaining", "0")
                        .with("x-ratelimit-used", self.rate.limit.to_string())
                        .with("x-ratelimit-reset", reset.to_string())
                        .with("x-ratelimit-resource", "core"),
                )
            }
            FaultKind::Delay(_) | FaultKind::Broken | FaultKind::BrokenAfter => None,
        }
    }
}
