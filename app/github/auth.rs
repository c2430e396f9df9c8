//! Who we are to GitHub: the App's own key, or a token.
//!
//! An App proves itself by a short-lived JWT and trades it for installation tokens (`tokens`).
//! Everything secret is a `secrecy` value and no `Debug` here prints one.

mod access;
mod tokens;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use waterline_core::error::{Error, Result};

pub(crate) use access::Access;
pub(crate) use tokens::Tokens;

/// GitHub's clock may be behind ours; it refuses a token from its future.
const ISSUED_BEFORE: Duration = Duration::from_secs(60);

/// GitHub refuses more than ten minutes, measured by its own clock.
const VALID_FOR: Duration = Duration::from_secs(540);

/// A GitHub App's name and private key.
pub struct Credentials {
    issuer: String,
    key: EncodingKey,
}

impl Credentials {
    /// Takes the App's client id or numeric id, and its RSA key as PEM text. In an environment
    /// variable the key's line breaks may be written as `\n`.
    ///
    /// # Errors
    /// [`Error::Usage`] where the id is empty or the key is not an RSA key in PEM.
    pub fn new(app_id: &str, private_key: &SecretString) -> Result<Self> {
        let issuer = app_id.trim().to_owned();
        if issuer.is_empty() {
            return Err(Error::Usage(
                "the App's id is empty: give its client id or App id".into(),
            ));
        }
        let pem = private_key.expose_secret().trim().replace("\\n", "\n");
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| {
            // The library's own words may quote the key.
            Error::Usage("the App's private key is not an RSA key in PEM form".into())
        })?;
        Ok(Self { issuer, key })
    }

    /// A new JWT, good for nine minutes.
    fn jwt(&self) -> Result<SecretString> {
        let unclear = |_| Error::Refused("the App's JWT could not be signed".into());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let claims = Claims {
            iat: now.saturating_sub(ISSUED_BEFORE).as_secs(),
            exp: (now + VALID_FOR).as_secs(),
            iss: &self.issuer,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key)
            .map(SecretString::from)
            .map_err(unclear)
    }
}

/// The id only.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.issuer)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: u64,
    exp: u64,
    iss: &'a str,
}
