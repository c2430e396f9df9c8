//! One request as a route sees it: placeholders, query, headers and a JSON body, with accessors that refuse in
//! GitHub's words what is missing or of the wrong type.

use hyper::HeaderMap;
use serde_json::Value;

use crate::auth::Actor;
use crate::reply::Reply;

/// A request after authentication.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Without `/api/v3`.
    pub(crate) path: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) actor: Actor,
}

impl Call {
    /// A placeholder's value; empty when the route has no such placeholder.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// A placeholder that must be a number: anything else does not exist.
    pub(crate) fn id(&self, name: &str) -> Result<u64, Reply> {
        self.param(name).parse().map_err(|_| Reply::not_found())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// `owner/repo` of the path.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.param("owner"), self.param("repo"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// Whether the `Accept` header asks for this media type's parameter, as in `application/vnd.github.raw+json`.
    pub(crate) fn accepts(&self, word: &str) -> bool {
        self.header("accept").contains(word)
    }

    /// A field that may be left out; null counts as left out.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// A string that may be left out.
    pub(crate) fn maybe_text(&self, name: &str) -> Result<Option<&str>, Reply> {
        self.field(name)
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| Reply::malformed(&format!("\"{name}\" is not a string.")))
            })
            .transpose()
    }

    /// A string that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Reply> {
        self.maybe_text(name)?
            .ok_or_else(|| Reply::malformed(&format!("\"{name}\" wasn't supplied.")))
    }

    /// A list of strings; left out, it is empty.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Reply> {
        let Some(value) = self.field(name) else {
            return Ok(Vec::new());
        };
        value
            .as_array()
            .and_then(|list| {
                list.iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect()
            })
            .ok_or_else(|| Reply::malformed(&format!("\"{name}\" is not an array of strings.")))
    }
}
