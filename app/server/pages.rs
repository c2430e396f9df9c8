//! The page that shows what came in, what was done about it, and what went wrong.
//!
//! Plain HTML from a template that escapes, without scripts and without anything from elsewhere:
//! a strict Content-Security-Policy says so to the browser, should something slip through.

mod guard;
mod html;
mod view;

use std::sync::Arc;

use crate::answer::Refused;
use crate::house::House;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
pub(crate) use guard::Guard;
pub(crate) use html::page;
use http::StatusCode;
use view::Overview;

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
    html::page(StatusCode::OK, &overview, "'none'")
}

fn unreadable() -> Response {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The database cannot be read.",
    )
    .into_response()
}
