//! A template as an answer, with the headers that every page of ours has.
//!
//! The strict Content-Security-Policy tells the browser that a page runs nothing and loads
//! nothing, should something slip through the template's escaping.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::answer::Refused;

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];

/// Our one stylesheet stands in the page; nothing else is loaded, run or framed, and forms go to
/// `forms` only: `'none'`, or sources as a policy writes them.
pub(crate) fn page(status: StatusCode, template: &impl Template, forms: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action {forms}; \
         frame-ancestors 'none'"
    );
    let (Ok(html), Ok(policy)) = (template.render(), HeaderValue::try_from(policy)) else {
        tracing::error!("a page could not be written");
        let sentence = "Something went wrong on our side.";
        return Refused::new(StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response();
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}
