//! Which address leads where.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use waterline_core::manifest::{CALLBACK, INSTALLED, WEBHOOK};

use crate::answer::Refused;
use crate::house::House;
use crate::{door, health, metric, pages, setup};

/// The most that any route but the door reads of a body, in bytes.
pub(crate) const SMALL_BODY: usize = 64 << 10;
/// How long any route but the door may take. The door has clocks of its own.
const WITHIN: Duration = Duration::from_secs(10);

/// Whether the router would lead this request to the door.
pub(crate) fn is_delivery<T>(request: &http::Request<T>) -> bool {
    request.method() == Method::POST && request.uri().path() == WEBHOOK
}

/// All routes.
pub(crate) fn router(house: Arc<House>) -> Router {
    let others = Router::new()
        .route("/", get(pages::overview))
        .route("/api/status", get(health::status))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics))
        .route("/setup", get(setup::gone).post(setup::gone))
        .route(CALLBACK, get(setup::gone))
        .route(
            INSTALLED,
            get(async |State(house): State<Arc<House>>, uri| setup::installed(&house.web, &uri)),
        )
        .route(
            "/setup/configure",
            get(async |State(house): State<Arc<House>>, uri| setup::configure(&house.web, &uri)),
        )
        .layer(RequestBodyLimitLayer::new(SMALL_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            WITHIN,
        ));
    Router::new()
        .route(WEBHOOK, post(door::webhook))
        .merge(others)
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .with_state(house)
        .layer(CatchPanicLayer::custom(panicked))
}

pub(crate) async fn nothing() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "There is nothing here.")
}

pub(crate) async fn not_so() -> Refused {
    Refused::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take that method.",
    )
}

/// A mistake of ours ends one request, not the process. What it says may quote the request, so it
/// is not shown.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request ended in a panic");
    Refused::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong on our side.",
    )
    .into_response()
}

/// Counts for Prometheus. No label holds anything that a stranger chose.
async fn metrics(State(house): State<Arc<House>>) -> Response {
    house.health.measure(&house.journal).await;
    let text = metric::install()
        .map(|handle| handle.render())
        .unwrap_or_default();
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
