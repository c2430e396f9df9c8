//! Who may see the pages. They name repositories and quote errors, so: not everybody.
//!
//! With a token, whoever knows it, from anywhere. Without one, only this machine; and because a
//! proxy on this machine speaks for everybody, a request that came through one, or that asks for
//! another name than this machine's own (also a browser that was tricked into it), is refused.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HOST, HeaderValue, WWW_AUTHENTICATE};
use http::{StatusCode, Version};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use subtle::ConstantTimeEq;

use crate::answer::Refused;
use crate::listen::Peer;

/// The user's name that a browser asks for along with the token.
const USER: &str = "waterline";

/// What a proxy leaves in a request.
const TRACES: &[&str] = &[
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Decides who may see the pages.
pub(crate) enum Guard {
    /// This machine.
    Local,
    /// Whoever sends one of these headers: `Bearer TOKEN`, or a browser's `Basic`.
    Token {
        bearer: SecretString,
        basic: SecretString,
    },
}

impl Guard {
    /// With a token, or for this machine only.
    pub(crate) fn new(token: Option<&SecretString>) -> Self {
        match token
            .map(|token| token.expose_secret().trim())
            .filter(|token| !token.is_empty())
        {
            None => Self::Local,
            Some(token) => {
                let basic = BASE64_STANDARD.encode(format!("{USER}:{token}"));
                Self::Token {
                    bearer: format!("Bearer {token}").into(),
                    basic: format!("Basic {basic}").into(),
                }
            }
        }
    }

    /// Lets a request pass, or says why not.
    pub(crate) fn admit<B>(&self, request: &http::Request<B>) -> Result<(), Refused> {
        match self {
            Self::Local if is_local(request) => Ok(()),
            Self::Local => Err(Refused::new(
                StatusCode::FORBIDDEN,
                "This page is shown to the server's own machine only; a token opens it to others.",
            )),
            Self::Token { bearer, basic } => {
                let given = request
                    .headers()
                    .get(AUTHORIZATION)
                    .map_or(&b""[..], |g| g.as_bytes());
                let is = |good: &SecretString| given.ct_eq(good.expose_secret().as_bytes());
                if bool::from(is(bearer) | is(basic)) {
                    Ok(())
                } else {
                    Err(ask())
                }
            }
        }
    }
}

fn ask() -> Refused {
    Refused::new(
        StatusCode::UNAUTHORIZED,
        "This page wants the admin token: as a bearer, or as the password of `waterline`.",
    )
}

/// The answer to who was not let in; a browser asks its user for the token.
pub(super) fn turn_away(refused: Refused) -> Response {
    let ask = refused.status == StatusCode::UNAUTHORIZED;
    let mut response = refused.into_response();
    if ask {
        let realm = HeaderValue::from_static("Basic realm=\"Waterline\", charset=\"UTF-8\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, realm);
    }
    response
}

fn is_local<B>(request: &http::Request<B>) -> bool {
    let peer = request.extensions().get::<Peer>();
    let headers = request.headers();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        // What speaks HTTP/1.0 today is a proxy with its defaults.
        && request.version() == Version::HTTP_11
        && !TRACES.iter().any(|name| headers.contains_key(*name))
        && headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(names_this_machine)
}

fn names_this_machine(host: &str) -> bool {
    // `[::1]:3000`, `127.0.0.1:3000`, `localhost:3000`, each also without a port.
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(peer: &str, headers: &[(&str, &str)]) -> http::Request<()> {
        let mut request = http::Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
            .extension(Peer(peer.parse().unwrap()))
            .body(())
            .unwrap()
    }

    fn admits(guard: &Guard, peer: &str, headers: &[(&str, &str)]) -> bool {
        guard.admit(&request(peer, headers)).is_ok()
    }

    #[test]
    fn without_a_token_only_this_machine_is_admitted() {
        let guard = Guard::new(None);
        for host in [
            "localhost",
            "localhost:3000",
            "127.0.0.1:80",
            "[::1]:3000",
            "LOCALHOST",
        ] {
            assert!(
                admits(&guard, "127.0.0.1:5000", &[("host", host)]),
                "{host}"
            );
        }
        assert!(admits(
            &guard,
            "[::ffff:127.0.0.1]:5000",
            &[("host", "localhost")]
        ));
        assert!(!admits(&guard, "10.0.0.7:5000", &[("host", "localhost")]));
        // Another name for us: a proxy that passes it on, or a page that rebinds its own name.
        assert!(!admits(
            &guard,
            "127.0.0.1:5000",
            &[("host", "evil.example:3000")]
        ));
        assert!(!admits(&guard, "127.0.0.1:5000", &[]));
        for trace in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
            let headers = [("host", "localhost"), (trace, "127.0.0.1")];
            assert!(!admits(&guard, "127.0.0.1:5000", &headers), "{trace}");
        }
        let mut old = request("127.0.0.1:5000", &[("host", "localhost")]);
        *old.version_mut() = Version::HTTP_10;
        assert!(guard.admit(&old).is_err());
    }

    #[test]
    fn a_token_opens_from_anywhere_and_nothing_else_does() {
        let guard = Guard::new(Some(&"s3cret".into()));
        let with = |value: &str| admits(&guard, "10.0.0.7:5000", &[("authorization", value)]);
        assert!(with("Bearer s3cret"));
        assert!(with("Basic d2F0ZXJsaW5lOnMzY3JldA=="));
        assert!(!with("Bearer s3cre"));
        assert!(!with("Bearer "));
        assert!(!admits(&guard, "127.0.0.1:5000", &[("host", "localhost")]));
        let refusal = turn_away(guard.admit(&request("127.0.0.1:1", &[])).unwrap_err());
        assert_eq!(refusal.status(), 401);
        assert!(refusal.headers().contains_key(WWW_AUTHENTICATE));
    }

    #[test]
    fn an_empty_token_is_none() {
        assert!(matches!(Guard::new(Some(&"  ".into())), Guard::Local));
    }
}
