//! A delivery's headers, checked before a byte of its body is read.

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use waterline_github::webhook::Refusal;

use super::LARGEST;
use crate::answer::Refused;

/// What the headers say.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) event: String,
    pub(super) guid: String,
    pub(super) signature: String,
    pub(super) content_type: Option<String>,
    /// The announced length of the body, in bytes.
    pub(super) length: Option<usize>,
}

impl Head {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Refused> {
        let bad = |sentence| Refused::new(StatusCode::BAD_REQUEST, sentence);
        let text = |name: &str| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap_or("\u{fffd}"))
        };
        // An empty event is one that we do not know: such deliveries have been seen.
        let event =
            text("x-github-event").ok_or_else(|| bad("The header X-GitHub-Event is missing."))?;
        if event.len() > 100 || !event.is_ascii() {
            return Err(bad(
                "The header X-GitHub-Event is not the name of an event.",
            ));
        }
        let guid = text("x-github-delivery")
            .ok_or_else(|| bad("The header X-GitHub-Delivery is missing."))?;
        if guid.is_empty() || guid.len() > 100 || !guid.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(bad(
                "The header X-GitHub-Delivery is not a delivery's name.",
            ));
        }
        let signature =
            text("x-hub-signature-256").ok_or_else(|| super::refused(Refusal::NoSignature))?;
        let content_type = text(CONTENT_TYPE.as_str());
        if !content_type.is_none_or(understood) {
            return Err(Refused::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/json or application/x-www-form-urlencoded.",
            ));
        }
        let length = text(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
        if length.is_some_and(|length| length > LARGEST) {
            return Err(too_large());
        }
        Ok(Self {
            event: event.to_owned(),
            guid: guid.to_owned(),
            signature: signature.to_owned(),
            content_type: content_type.map(str::to_owned),
            length,
        })
    }
}

fn understood(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/x-www-form-urlencoded"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
}

pub(super) fn too_large() -> Refused {
    Refused::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is larger than 25 MB.",
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(changes: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let all = [
            ("x-github-event", "workflow_run"),
            ("x-github-delivery", "9c0e7f5a-1b1e-11f0-8b9a-1f1e2d3c4b5a"),
            ("x-hub-signature-256", "sha256=00"),
            ("content-type", "application/json"),
            ("content-length", "2"),
        ];
        for (name, value) in all.iter().chain(changes) {
            headers.insert(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn status(changes: &[(&'static str, &str)]) -> u16 {
        Head::read(&headers(changes)).map_or_else(|refused| refused.status.as_u16(), |_| 200)
    }

    #[test]
    fn each_header_is_wanted() {
        for name in ["x-github-event", "x-github-delivery", "x-hub-signature-256"] {
            let mut some = headers(&[]);
            some.remove(name);
            let refused = Head::read(&some).unwrap_err();
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
            assert!(
                refused.sentence.to_lowercase().contains(name),
                "{}",
                refused.sentence
            );
        }
        let mut bare = headers(&[]);
        bare.remove("content-type");
        bare.remove("content-length");
        assert_eq!(Head::read(&bare).unwrap().length, None);
    }

    #[test]
    fn odd_values_are_refused_before_the_body() {
        assert_eq!(status(&[]), 200);
        assert_eq!(status(&[("x-github-event", "")]), 200);
        assert_eq!(status(&[("x-github-event", "a\u{e9}")]), 400);
        assert_eq!(status(&[("x-github-delivery", "")]), 400);
        assert_eq!(status(&[("x-github-delivery", "a b")]), 400);
        assert_eq!(status(&[("x-github-delivery", &"a".repeat(101))]), 400);
        assert_eq!(status(&[("content-type", "text/plain")]), 415);
        assert_eq!(
            status(&[("content-type", "Application/JSON; charset=utf-8")]),
            200
        );
        assert_eq!(
            status(&[("content-type", "application/x-www-form-urlencoded")]),
            200
        );
        assert_eq!(status(&[("content-length", "26214400")]), 200);
        assert_eq!(status(&[("content-length", "26214401")]), 413);
    }
}
