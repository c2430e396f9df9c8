//! One request, before anybody decides who sends it.

use std::borrow::Cow;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Everything but what RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The largest answer that we read, in bytes. A page of 100 workflow runs has 2 MB.
const ANSWER_AT_MOST: usize = 16 << 20;

/// The path of GraphQL. On an Enterprise Server it stands beside REST's folder, not in it.
pub(crate) const GRAPHQL: &str = "/graphql";

/// A request to GitHub.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path as GitHub documents it, with `{names}`: what metrics and logs show.
    pub(crate) route: &'static str,
    /// The path and query below the API's address.
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<Value>,
    /// The largest answer to read, in bytes.
    pub(crate) cap: usize,
    /// Whether a redirect is followed on GitHub's own host.
    pub(crate) follow: bool,
    /// The thing it is about, for messages: `run 5 of octo/shop`.
    pub(crate) thing: String,
    /// The permission to name where GitHub does not: `actions: read`.
    pub(crate) needs: &'static str,
    repeatable: bool,
}

impl Call {
    /// A read.
    pub(crate) fn get(route: &'static str, path: String) -> Self {
        Self {
            method: Method::GET,
            route,
            path,
            accept: "application/vnd.github+json",
            body: None,
            cap: ANSWER_AT_MOST,
            follow: true,
            thing: String::new(),
            needs: "metadata: read",
            repeatable: true,
        }
    }

    /// A write that leaves a second trace when it is sent twice; `null` for no body.
    pub(crate) fn post(route: &'static str, path: String, body: Value) -> Self {
        let call = Self::get(route, path);
        let body = (!body.is_null()).then_some(body);
        Self {
            method: Method::POST,
            body,
            repeatable: false,
            ..call
        }
    }

    /// A write that can be sent twice: it says how the thing shall be.
    pub(crate) fn patch(route: &'static str, path: String, body: Value) -> Self {
        let call = Self::get(route, path);
        Self {
            method: Method::PATCH,
            body: Some(body),
            ..call
        }
    }

    /// Names the thing that it is about.
    pub(crate) fn about(mut self, thing: impl Into<String>) -> Self {
        self.thing = thing.into();
        self
    }

    /// Names the permission that it needs.
    pub(crate) fn needs(mut self, permission: &'static str) -> Self {
        self.needs = permission;
        self
    }

    /// Asks for a file as it is instead of JSON, of at most `cap` bytes.
    pub(crate) fn raw(mut self, cap: usize) -> Self {
        self.accept = "application/vnd.github.raw+json";
        self.cap = cap;
        self
    }

    /// Leaves a redirect to the caller.
    pub(crate) fn unfollowed(mut self) -> Self {
        self.follow = false;
        self
    }

    /// Says that sending it twice does no harm.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Says that sending it twice would leave a second trace.
    pub(crate) fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }

    pub(crate) fn may_repeat(&self) -> bool {
        self.repeatable
    }

    /// What was tried, as the start of a sentence.
    pub(crate) fn action(&self) -> String {
        let verb = if self.method == Method::GET {
            "Reading"
        } else {
            "Writing"
        };
        format!("{verb} {}", self.thing)
    }
}

/// A text as one segment of a path, or as a value in a query.
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, SEGMENT).into()
}

/// A path in a repository, segment by segment. None where it would lead somewhere else.
pub(crate) fn encode_path(path: &str) -> Option<String> {
    let segments = path.split('/').map(|part| match part {
        "" | "." | ".." => None,
        part => Some(encode(part)),
    });
    Some(segments.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_repository() {
        assert_eq!(
            encode_path(".github/water line.yml").unwrap(),
            ".github/water%20line.yml"
        );
        for bad in ["", "/etc", "a//b", "../x", "a/./b", "a/.."] {
            assert_eq!(encode_path(bad), None, "{bad}");
        }
        assert_eq!(encode("a/b?c=d&e#ü"), "a%2Fb%3Fc%3Dd%26e%23%C3%BC");
    }
}
