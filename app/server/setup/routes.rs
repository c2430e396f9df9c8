//! Which address leads where before there is an App.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use http::header::{CONNECTION, COOKIE, HeaderValue};
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use waterline_core::manifest::{CALLBACK, INSTALLED, WEBHOOK};

use super::{Hall, after, ask, callback};
use crate::answer::Refused;
use crate::health;
use crate::routes::{SMALL_BODY, not_so, nothing, panicked};

/// Longer than GitHub may take to make an App of a code.
const WITHIN: Duration = Duration::from_secs(90);

/// What everything says that needs an App.
const NOT_YET: &str =
    "The App is not set up yet: open the link that the server printed at its start.";

/// The cookie that holds a session's id.
const NAME: &str = "waterline_setup";

pub(super) fn router(hall: Arc<Hall>) -> Router {
    Router::new()
        .route("/", get(async || Redirect::to("/setup")))
        .route("/setup", get(ask::page).post(ask::send))
        .route(CALLBACK, get(callback::callback))
        .route(
            INSTALLED,
            get(async |State(hall): State<Arc<Hall>>, uri| after::installed(&hall.web, &uri)),
        )
        .route(
            "/setup/configure",
            get(async |State(hall): State<Arc<Hall>>, uri| after::configure(&hall.web, &uri)),
        )
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(not_yet))
        .route("/api/status", get(not_yet))
        .route("/metrics", get(not_yet))
        .route(WEBHOOK, post(not_yet))
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .with_state(hall)
        .layer(RequestBodyLimitLayer::new(SMALL_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            WITHIN,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(map_response(closing))
}

/// A connection that stays open would be cut when the real server takes over.
async fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

async fn not_yet() -> Refused {
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, NOT_YET)
}

/// The session's id that a browser sends; empty without one.
pub(super) fn session(headers: &HeaderMap) -> &str {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map_or("", |(_, id)| id)
}

/// The cookie for a session. `Lax`, since GitHub sends the browser back from its own pages; and
/// for encrypted ways only where the proxy says that this is one.
pub(super) fn cookie(id: &str, headers: &HeaderMap) -> String {
    let https = headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
    let secure = if https { "; Secure" } else { "" };
    format!("{NAME}={id}; Path=/setup; HttpOnly; SameSite=Lax{secure}")
}
