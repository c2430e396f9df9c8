//! What a route answers: a status, headers and a body, and what GitHub does afterwards. A refusal is a reply too, in
//! the form in which GitHub refuses.

use serde_json::{Value, json};

/// A reply on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    pub(crate) after: Vec<After>,
}

/// The body of a [`Reply`].
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Bytes(Vec<u8>, &'static str),
}

/// What happens once the reply is sent.
#[derive(Debug, Clone)]
pub(crate) enum After {
    /// A stored delivery goes out again.
    Redeliver(u64),
    /// A write causes an event.
    Deliver(&'static str, Value),
}

/// What a route gives back: its reply, or a refusal.
pub(crate) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            after: Vec::new(),
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, Body::Json(body))
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::new(201, Body::Json(body))
    }

    pub(crate) fn no_content() -> Self {
        Self::new(204, Body::Empty)
    }

    pub(crate) fn found(location: String) -> Self {
        Self::new(302, Body::Empty).with("location", location)
    }

    pub(crate) fn raw(bytes: Vec<u8>, content_type: &'static str) -> Self {
        Self::new(200, Body::Bytes(bytes, content_type))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn then(mut self, after: After) -> Self {
        self.after.push(after);
        self
    }

    /// A refusal in GitHub's form; `status` is repeated in the body as a string.
    pub(crate) fn refuse(status: u16, message: &str) -> Self {
        Self::new(
            status,
            Body::Json(json!({
                "message": message,
                "documentation_url": "https://docs.github.com/rest",
                "status": status.to_string(),
            })),
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::refuse(404, "Not Found")
    }

    /// A 422 with one entry in `errors`.
    pub(crate) fn invalid(resource: &str, field: &str, code: &str, message: &str) -> Self {
        let mut reply = Self::refuse(422, "Validation Failed");
        if let Body::Json(body) = &mut reply.body {
            body["errors"] = json!([
                { "resource": resource, "field": field, "code": code, "message": message }
            ]);
        }
        reply
    }

    /// A 422 for a body that does not have the documented form.
    pub(crate) fn malformed(message: &str) -> Self {
        Self::refuse(422, &format!("Invalid request.\n\n{message}"))
    }
}
