//! The last step of the manifest flow: a code becomes an App with its key and secrets.
//!
//! The one request that needs no credentials, because it brings them. What it brings is kept in
//! `secrecy` values; the client secret is not read at all, for we never act in a person's name.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use waterline_core::error::{Error, Result};

use crate::app::NO_DELIVERY;
use crate::auth::{Access, Credentials};
use crate::client::{Call, Client, Session};

/// Longer than any code that GitHub gives out: those have forty characters.
const CODE_AT_MOST: usize = 128;

/// What GitHub hands the browser of whoever has made an App. Whoever has it can fetch the App's
/// key, once: it is never shown and never logged.
pub struct Code(SecretString);

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let fits = !text.is_empty()
            && text.len() <= CODE_AT_MOST
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        fits.then(|| Self(text.into())).ok_or(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(hidden)")
    }
}

/// An App that was just made, with all that proves it is ours.
#[derive(Debug, Clone, Deserialize)]
pub struct NewApp {
    /// Its number.
    pub id: u64,
    /// What stands in its tokens.
    pub client_id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Its page.
    pub html_url: String,
    /// Its private key, PEM.
    pub pem: SecretString,
    /// What GitHub signs deliveries with.
    #[serde(default)]
    pub webhook_secret: Option<SecretString>,
}

/// What became of a code.
#[derive(Debug)]
pub enum Conversion {
    /// An App.
    Made(Box<NewApp>),
    /// Nothing: GitHub does not know the code, or it was used, or it is older than an hour.
    Void,
}

/// Trades a code for the App that it stands for. Must be called inside a tokio runtime.
///
/// # Errors
/// Where GitHub cannot be reached, or answers with something that is no App.
pub async fn convert(api_url: &str, code: &Code) -> Result<Conversion> {
    let client = Arc::new(Client::new(api_url)?);
    let session = Session::new(client, Access::Nobody, NO_DELIVERY);
    let path = format!("/app-manifests/{}/conversions", code.0.expose_secret());
    let call = Call::post("/app-manifests/{code}/conversions", path, Value::Null)
        .about("the App that was made");
    let answer = session.ask(&call).await?;
    if matches!(
        answer.status(),
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY
    ) {
        return Ok(Conversion::Void);
    }
    let made: NewApp = answer.accept()?.json()?;
    // Better now than at the first request: a key that cannot sign is no key.
    Credentials::new(&made.client_id, &made.pem)
        .map_err(|error| Error::Refused(format!("GitHub's new App cannot be used: {error}")))?;
    Ok(Conversion::Made(Box::new(made)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_plain_word_that_shows_nothing() {
        for bad in [
            "",
            "a/b",
            "a%2Fb",
            "a b",
            "é",
            "..",
            "x".repeat(129).as_str(),
        ] {
            assert!(bad.parse::<Code>().is_err(), "{bad}");
        }
        let code: Code = "a180b1a3d263c81bc6441d7b990bae27d4c10679".parse().unwrap();
        assert!(!format!("{code:?}").contains("a180"));
    }

    #[test]
    fn secrets_of_a_new_app_are_not_shown() {
        let json = r#"{"id":1,"client_id":"Iv1","slug":"s","name":"n","html_url":"h","pem":"PEMTEXT",
            "webhook_secret":"HOOKSECRET","client_secret":"CLIENTSECRET"}"#;
        let made: NewApp = serde_json::from_str(json).unwrap();
        let shown = format!("{made:?}");
        for secret in ["PEMTEXT", "HOOKSECRET", "CLIENTSECRET"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
