//! The page that shows what came in, what was done about it, and what went wrong.
//!
//! Plain HTML from a template that escapes, without scripts and without anything from elsewhere:
//! a strict Content-Security-Policy says so to the browser, should something slip through.

mod guard;
mod view;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::answer::Refused;
use crate::house::House;
pub(crate) use guard::Guard;
use view::Overview;

/// Our one stylesheet stands in the page; nothing else is loaded, run, framed or sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];

/// `GET /`: the newest deliveries, jobs, dead letters and answers.
pub(crate) async fn overview(State(house): State<Arc<House>>, request: Request) -> Response {
    if let Err(refused) = house.guard.admit(&request) {
        return guard::turn_away(refused);
    }
    let overview = match Overview::gather(&house).await {
        Ok(overview) => overview,
        Err(error) => {
            tracing::warn!("the page could not be filled: {error}");
            return unreadable();
        }
    };
    let Ok(html) = overview.render() else {
        return unreadable();
    };
    let mut response = html.into_response();
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn unreadable() -> Response {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The database cannot be read.",
    )
    .into_response()
}
