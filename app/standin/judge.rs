//! Somebody who looks at every exchange, such as one who knows GitHub's OpenAPI description.

use serde_json::Value;

/// Judges requests as they come in and responses as they go out. What it objects to is collected in
/// [`Standin::violations`](crate::Standin::violations); the exchange goes on.
pub trait Judge: Send + Sync {
    /// A request, its path without `/api/v3`.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<(), String>;

    /// The answer to it; `body` is absent for anything that is not JSON.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    fn response(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: Option<&Value>,
    ) -> Result<(), String>;
}
