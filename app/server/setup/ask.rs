//! The first two pages: what the App shall be, and the form that carries it to GitHub.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::extract::{Form, FromRequest, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{HOST, HeaderValue, ORIGIN, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use waterline_core::capabilities::ALL;
use waterline_core::manifest::{CALLBACK, Origin, Unfit, WEBHOOK, Wish};

use super::view::{Ask, Send, Trouble};
use super::{Hall, after, routes};

#[derive(Deserialize)]
struct Entry {
    token: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    owner: String,
    #[serde(default)]
    organization: String,
    url: String,
}

/// `GET /setup`, with the token for the first time and with a session then.
pub(super) async fn page(State(hall): State<Arc<Hall>>, request: Request) -> Response {
    if hall.done.load(Ordering::Acquire) {
        return after::gone().await;
    }
    let now = Instant::now();
    let known = hall.entrance.knows(routes::session(request.headers()), now);
    let entry = Query::<Entry>::try_from_uri(request.uri()).ok();
    match entry.and_then(|entry| entry.0.token) {
        // On to the same page without the token, which so stays out of the history.
        Some(_) if known => return Redirect::to("/setup").into_response(),
        Some(token) => {
            let Some(id) = hall.entrance.enter(&token, now) else {
                return not_let_in();
            };
            let mut response = Redirect::to("/setup").into_response();
            if let Ok(cookie) = HeaderValue::try_from(routes::cookie(&id, request.headers())) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            return response;
        }
        None if known => {}
        None => return not_let_in(),
    }
    let url = hall
        .url
        .clone()
        .or_else(|| guessed(&hall.web, request.headers()))
        .map_or_else(String::new, |url| url.to_string());
    Ask::new(String::new(), url).page(StatusCode::OK)
}

/// `POST /setup`: what was chosen becomes a manifest with a state of its own.
pub(super) async fn send(State(hall): State<Arc<Hall>>, request: Request) -> Response {
    if hall.done.load(Ordering::Acquire) {
        return after::gone().await;
    }
    let headers = request.headers();
    let id = routes::session(headers).to_owned();
    // A page of another server on the same host would be let in by the cookie alone.
    let elsewhere = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin");
    if elsewhere || !hall.entrance.knows(&id, Instant::now()) {
        return not_let_in();
    }
    let seen = seen(headers);
    let Ok(Form(wanted)) = Form::<Wanted>::from_request(request, &()).await else {
        let what = "The form did not arrive whole.";
        return Trouble::again("That was no form of ours", what, "Fill it in once more.")
            .page(StatusCode::BAD_REQUEST);
    };
    let wish = match wish(&hall.web, &wanted, seen) {
        Ok(wish) => wish,
        Err(error) => {
            let mut ask = Ask::new(wanted.name, wanted.url);
            ask.wrong = error;
            ask.organisation_chosen = wanted.owner == "organization";
            ask.organization = wanted.organization;
            return ask.page(StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let Some(state) = hall.entrance.ask(&id, wish.clone(), Instant::now()) else {
        return not_let_in();
    };
    let manifest = wish.manifest(ALL);
    let send = Send {
        name: wish.name.as_str().to_owned(),
        owner: wish.owner.as_ref().map_or("", |o| o.as_str()).to_owned(),
        webhook: format!("{}{WEBHOOK}", wish.server),
        back: format!("{}{CALLBACK}", wish.back),
        manifest: manifest.to_string(),
        manifest_shown: format!("{manifest:#}"),
        action: format!("{}?state={state}", wish.address(&hall.web)),
    };
    send.page(&hall.web)
}

/// What was chosen, or a sentence.
fn wish(web: &Origin, wanted: &Wanted, seen: Option<Origin>) -> Result<Wish, String> {
    let said = |error: Unfit| error.to_string();
    let name = wanted.name.parse().map_err(said)?;
    let owner = match wanted.owner.as_str() {
        "organization" => Some(wanted.organization.parse().map_err(said)?),
        _ => None,
    };
    let server: Origin = wanted.url.parse().map_err(said)?;
    if server.is_loopback() && !web.is_loopback() {
        return Err(format!(
            "GitHub cannot reach {server}: that is this machine's name for itself. Give the \
             address at which it is reached from outside."
        ));
    }
    if !server.is_https() && !server.is_loopback() {
        return Err(
            "Give an address with https: what GitHub sends is not for everybody's eyes.".to_owned(),
        );
    }
    Ok(Wish {
        name,
        back: seen.unwrap_or_else(|| server.clone()),
        server,
        owner,
    })
}

/// The address under which the browser sees us: there the cookie is, so there GitHub has to send
/// it back. The browser says so itself, whatever proxies stand between; an old one may not.
fn seen(headers: &HeaderMap) -> Option<Origin> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let said = text(ORIGIN).and_then(|origin| origin.parse().ok());
    said.or_else(|| local(headers))
}

/// The same for a browser on this machine, or at the end of a tunnel.
fn local(headers: &HeaderMap) -> Option<Origin> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let origin: Origin = format!("http://{host}").parse().ok()?;
    origin.is_loopback().then_some(origin)
}

/// Where GitHub will probably reach us: where the browser did, with TLS.
fn guessed(web: &Origin, headers: &HeaderMap) -> Option<Origin> {
    match local(headers) {
        Some(local) => web.is_loopback().then_some(local),
        None => {
            let host = headers.get(HOST)?.to_str().ok()?;
            format!("https://{host}").parse().ok()
        }
    }
}

pub(super) fn not_let_in() -> Response {
    Trouble {
        title: "This page wants its link",
        what: "Only whoever started this server may make it a GitHub App. This browser has not \
               shown that yet, or too long ago."
            .to_owned(),
        advice: "Open the link with the token that the server printed when it started. It opens \
                 one browser, once: if it was used, start the server again, and it prints a new one."
            .to_owned(),
        ..Trouble::default()
    }
    .page(StatusCode::FORBIDDEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name: http::HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn the_browser_comes_back_where_it_was() {
        let back = |pairs: &[_]| seen(&headers(pairs)).map(|origin| origin.to_string());
        let outside = ("origin", "https://w.example.com");
        // A proxy may call us by another name than the browser does.
        assert_eq!(
            back(&[outside, ("host", "127.0.0.1:3000")]).unwrap(),
            "https://w.example.com"
        );
        assert_eq!(
            back(&[("origin", "null"), ("host", "localhost:3000")]).unwrap(),
            "http://localhost:3000"
        );
        assert_eq!(back(&[("origin", "null"), ("host", "w.example.com")]), None);
        assert_eq!(back(&[]), None);
    }

    #[test]
    fn an_address_is_guessed_where_github_could_reach_it() {
        let github = Origin::github();
        let guess = |host| guessed(&github, &headers(&[("host", host)]));
        assert_eq!(
            guess("w.example.com").unwrap().as_str(),
            "https://w.example.com"
        );
        assert_eq!(guess("localhost:3000"), None);
        assert_eq!(guess("a b"), None);
    }
}
