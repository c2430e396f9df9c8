//! What GitHub answered, and what it means in our own words.

use bytes::Bytes;
use http::header::AsHeaderName;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use waterline_core::error::{Error, Result};

use super::Call;

/// The longest piece of GitHub's words that we pass on, in characters.
const WORDS_AT_MOST: usize = 300;

/// An answer that was read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    thing: String,
    action: String,
    needs: &'static str,
}

/// GitHub's way to say what went wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Complaint {
    message: String,
    errors: serde_json::Value,
}

impl Answer {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            thing: String::new(),
            action: String::new(),
            needs: "",
        }
    }

    /// Keeps of the call what messages need.
    pub(super) fn of(mut self, call: &Call) -> Self {
        self.thing.clone_from(&call.thing);
        self.action = call.action();
        self.needs = call.needs;
        self
    }

    /// The body and the lasting headers of an earlier answer, with this one's other headers.
    pub(super) fn with_body_of(mut self, earlier: &Self) -> Self {
        self.headers.extend(earlier.headers.clone());
        self.status = earlier.status;
        self.body = earlier.body.clone();
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// A header as text.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer where it says yes, or the error that it stands for.
    pub(crate) fn accept(self) -> Result<Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let said = self.message();
        Err(match self.status.as_u16() {
            401 => Error::Refused(format!("GitHub does not accept our credentials: {said}")),
            403 if self.is_about_permission(&said) => Error::Forbidden {
                permission: self.permission(),
                action: self.action,
            },
            404 => Error::NotFound(self.thing),
            410 => Error::NotFound(format!("{} (it is gone: {said})", self.thing)),
            _ => Error::Refused(format!("{} was refused by GitHub: {said}", self.action)),
        })
    }

    /// The address of the page that shows what the answer is about, where it names one.
    pub(crate) fn page(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Shown {
            html_url: Option<String>,
        }
        let shown: Shown = serde_json::from_slice(&self.body).ok()?;
        let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        shown.html_url.filter(web)
    }

    /// The body as one of GitHub's objects.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // The position only: serde's words may quote the body, and a token may be in it.
            let (line, column) = (error.line(), error.column());
            Error::Refused(format!(
                "GitHub's answer about {} cannot be read (line {line}, column {column})",
                self.thing
            ))
        })
    }

    /// What a 5xx means: nobody knows whether it was done.
    pub(super) fn outage(&self) -> Error {
        Error::Unavailable(format!(
            "GitHub answered {} to {}",
            self.status.as_u16(),
            self.action
        ))
    }

    /// GitHub's own words, with the details of a 422, on one line.
    pub(crate) fn message(&self) -> String {
        let Ok(complaint) = serde_json::from_slice::<Complaint>(&self.body) else {
            return format!("it answered {}", self.status.as_u16());
        };
        let mut said = complaint.message;
        for error in complaint.errors.as_array().into_iter().flatten() {
            let part = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
            let detail = match (error.as_str().or_else(|| part("message")), part("field")) {
                (Some(text), _) => text.to_owned(),
                (None, Some(field)) => format!("{field} {}", part("code").unwrap_or("is invalid")),
                (None, None) => continue,
            };
            said = format!("{said}; {detail}");
        }
        words(&said)
    }

    /// True for a 403 that another permission would cure. Others (an organisation's list of
    /// allowed addresses, a blocked repository) are told in GitHub's words instead.
    fn is_about_permission(&self, said: &str) -> bool {
        self.headers.contains_key("x-accepted-github-permissions")
            || said.contains("not accessible by")
            || said.starts_with("Must have")
    }

    /// `checks=write; statuses=write` as a person would write it.
    fn permission(&self) -> String {
        let named = self.header("x-accepted-github-permissions").map(str::trim);
        let named = named.filter(|text| !text.is_empty()).unwrap_or(self.needs);
        words(
            &named
                .replace('=', ": ")
                .replace("; ", " or ")
                .replace(',', " and "),
        )
    }
}

/// Somebody's words on one line, and not too many.
fn words(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(WORDS_AT_MOST) {
        line.truncate(at);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        let named = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let call = Call::get("/x", "/x".into())
            .about("run 5 of o/r")
            .needs("actions: read");
        Answer::new(status, named.collect(), Bytes::from_static(body.as_bytes())).of(&call)
    }

    fn error(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Error {
        answer(status, headers, body).accept().unwrap_err()
    }

    #[test]
    fn a_missing_permission_is_named() {
        let named = [(
            "x-accepted-github-permissions",
            "issues=write; pull_requests=write",
        )];
        let forbidden = |permission: &str| Error::Forbidden {
            action: "Reading run 5 of o/r".into(),
            permission: permission.into(),
        };
        let said = r#"{"message":"Resource not accessible by integration"}"#;
        assert_eq!(
            error(403, &named, said),
            forbidden("issues: write or pull_requests: write")
        );
        assert_eq!(error(403, &[], said), forbidden("actions: read"));
    }

    #[test]
    fn other_refusals_are_told_in_the_words_of_github() {
        let too_long = r#"{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable","field":"data","message":"Body is too long"},{"field":"title","code":"missing_field"},"odd"]}"#;
        assert_eq!(
            error(422, &[], too_long).to_string(),
            "Reading run 5 of o/r was refused by GitHub: Validation Failed; Body is too long; \
             title missing_field; odd"
        );
        let blocked = r#"{"message":"Repository access blocked"}"#;
        assert!(matches!(error(403, &[], blocked), Error::Refused(m) if m.ends_with("blocked")));
        assert_eq!(
            error(404, &[], "").to_string(),
            "run 5 of o/r was not found"
        );
        assert!(matches!(error(410, &[], "{}"), Error::NotFound(_)));
        assert!(
            matches!(error(418, &[], "<html>"), Error::Refused(m) if m.ends_with("answered 418"))
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        let said = answer(200, &[], r#"{"token":12345}"#)
            .json::<Vec<String>>()
            .unwrap_err();
        assert!(!said.to_string().contains("12345"), "{said}");
    }
}
