//! What a request is made with: a plain token, the App's JWT, or an installation's token.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use waterline_core::error::Result;
use waterline_core::model::{InstallationId, RepoName};

use super::{Credentials, Tokens};
use crate::client::Client;

/// One way to be let in.
#[derive(Clone)]
pub(crate) enum Access {
    /// Nobody: for the one request that makes an App, and so comes before any credentials.
    Nobody,
    /// The token of a workflow run, or of a person.
    Plain(SecretString),
    /// The App itself.
    App(Arc<Credentials>),
    /// The App on one repository of an installation.
    Installation {
        /// Where its tokens are kept.
        tokens: Arc<Tokens>,
        /// The installation.
        installation: InstallationId,
        /// The repository that the token is narrowed to.
        repo: RepoName,
    },
}

impl Access {
    /// What goes behind `Bearer`; empty for nobody.
    pub(crate) async fn bearer(&self, client: &Client, delivery: &str) -> Result<SecretString> {
        match self {
            Self::Nobody => Ok(SecretString::default()),
            Self::Plain(token) => Ok(token.clone()),
            Self::App(credentials) => credentials.jwt(),
            Self::Installation {
                tokens,
                installation,
                repo,
            } => tokens.get(client, *installation, repo, delivery).await,
        }
    }

    /// Drops a token that GitHub no longer takes. False where there is no way to a new one.
    pub(crate) async fn forget(&self, refused: &SecretString) -> bool {
        match self {
            Self::Installation {
                tokens,
                installation,
                repo,
            } => {
                tokens.forget(*installation, repo, refused).await;
                true
            }
            Self::Nobody | Self::Plain(_) | Self::App(_) => false,
        }
    }

    /// Whose quota is used: GitHub counts by installation, not by token. Without a secret in it.
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Plain(token) => {
                hex::encode(&Sha256::digest(token.expose_secret().as_bytes())[..8])
            }
            Self::App(credentials) => format!("app {}", credentials.issuer),
            Self::Installation { installation, .. } => format!("installation {installation}"),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Access::Nobody",
            Self::Plain(_) => "Access::Plain(hidden)",
            Self::App(_) => "Access::App",
            Self::Installation { .. } => "Access::Installation",
        })
    }
}
