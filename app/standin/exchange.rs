//! What went over the wire: every request and its answer, for assertions.

use serde_json::Value;

/// Which of the hosts was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The REST API.
    Api,
    /// The web pages, on the API's own host.
    Web,
    /// The storage behind log links.
    Storage,
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Who was asked.
    pub host: Host,
    /// The method.
    pub method: String,
    /// The path, without `/api/v3`.
    pub path: String,
    /// The query, still encoded.
    pub query: String,
    /// The request's headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub body: Vec<u8>,
    /// The status; 0 when the connection was broken on purpose.
    pub status: u16,
    /// The answer's headers.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body.
    pub response: Vec<u8>,
}

impl Exchange {
    /// A request's header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// An answer's header, or nothing.
    #[must_use]
    pub fn response_header(&self, name: &str) -> Option<&str> {
        find(&self.response_headers, name)
    }

    /// The request's body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The answer's body as JSON; null when it is none.
    #[must_use]
    pub fn response_json(&self) -> Value {
        serde_json::from_slice(&self.response).unwrap_or(Value::Null)
    }

    /// Whether the request could change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
