//! Who is calling: an App by its JWT, an installation, a `GITHUB_TOKEN` of a workflow, or a person by a token.
//! Checks what GitHub checks: the JWT's algorithm, signature, issuer and times; a token's existence and expiry.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hyper::HeaderMap;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use crate::permission::Permissions;
use crate::reply::Reply;
use crate::world::World;

/// A token that GitHub gave out.
#[derive(Debug, Clone)]
pub struct Token {
    /// Whose it is and what it may do.
    pub kind: TokenKind,
    /// From when on it is refused, by the wall clock.
    pub expires_at: Option<Timestamp>,
}

/// The kinds of token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// An installation's, `ghs_…`.
    Installation {
        /// The installation.
        id: u64,
        /// Narrowed to these repositories.
        repositories: Option<Vec<u64>>,
        /// What was asked for, or all that was granted.
        permissions: Permissions,
    },
    /// A job's `GITHUB_TOKEN`: an installation token of GitHub's own Actions App, for one repository.
    Workflow {
        /// The repository's id.
        repository: u64,
        /// The job's `permissions`.
        permissions: Permissions,
    },
    /// A person's, `ghp_…`: it may do what the person may do.
    User(String),
}

/// Who a call turned out to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    Nobody,
    App,
    Installation {
        id: u64,
        repositories: Option<Vec<u64>>,
        permissions: Permissions,
    },
    Workflow {
        repository: u64,
        permissions: Permissions,
    },
    User(String),
}

impl Actor {
    /// The login under which its writes are recorded.
    pub(crate) fn login(&self, world: &World) -> String {
        match self {
            Self::User(login) => login.clone(),
            Self::Workflow { .. } => "github-actions[bot]".to_owned(),
            _ => world.app.bot(),
        }
    }

    /// The slug of the App that writes on its behalf, for `performed_via_github_app`.
    pub(crate) fn via(&self, world: &World) -> Option<String> {
        match self {
            Self::Installation { .. } => Some(world.app.slug.clone()),
            Self::Workflow { .. } => Some("github-actions".to_owned()),
            _ => None,
        }
    }

    /// Whose rate limit it uses up.
    pub(crate) fn bucket(&self) -> String {
        match self {
            Self::Nobody => "anonymous".to_owned(),
            Self::App => "app".to_owned(),
            Self::Installation { id, .. } => format!("installation {id}"),
            Self::Workflow { repository, .. } => format!("workflow {repository}"),
            Self::User(login) => format!("user {login}"),
        }
    }
}

impl World {
    /// Gives out a token of `kind` that lives an hour.
    pub fn mint(&mut self, kind: TokenKind) -> String {
        let hex = self.next_hex("token", 36);
        let text = match &kind {
            TokenKind::User(_) => format!("ghp_{hex}"),
            // The stateless form: `ghs_APPID_` and something like a JWT, far longer than 40 characters.
            TokenKind::Installation { .. } if self.app.long_tokens => {
                let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
                let header = part(r#"{"alg":"ES256","typ":"JWT"}"#);
                let claims = part(&format!(r#"{{"iss":"{}","jti":"{hex}"}}"#, self.app.id));
                format!("ghs_{}_{header}.{claims}.{hex}-{hex}_{hex}", self.app.id)
            }
            _ => format!("ghs_{hex}"),
        };
        let expires_at = match kind {
            TokenKind::User(_) => None,
            _ => Some(self.clock.wall() + jiff::SignedDuration::from_hours(1)),
        };
        self.tokens.insert(text.clone(), Token { kind, expires_at });
        text
    }
}

/// Who sends this request.
pub(crate) fn authenticate(world: &World, headers: &HeaderMap) -> Result<Actor, Reply> {
    let header = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let Some(header) = header else {
        return Ok(Actor::Nobody);
    };
    let (scheme, credential) = header.split_once(' ').unwrap_or(("", header));
    if scheme.eq_ignore_ascii_case("bearer") && credential.starts_with("ey") {
        return jwt(world, credential);
    }
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(bad_credentials());
    }
    let token = world.tokens.get(credential).ok_or_else(bad_credentials)?;
    if token.expires_at.is_some_and(|at| at <= world.clock.wall()) {
        return Err(bad_credentials());
    }
    match &token.kind {
        TokenKind::User(login) => Ok(Actor::User(login.clone())),
        TokenKind::Workflow {
            repository,
            permissions,
        } => Ok(Actor::Workflow {
            repository: *repository,
            permissions: permissions.clone(),
        }),
        TokenKind::Installation {
            id,
            repositories,
            permissions,
        } => {
            let installation = world.installation(*id).ok_or_else(bad_credentials)?;
            if installation.suspended {
                return Err(Reply::refuse(403, "This installation has been suspended"));
            }
            Ok(Actor::Installation {
                id: *id,
                repositories: repositories.clone(),
                permissions: permissions.clone(),
            })
        }
    }
}

fn bad_credentials() -> Reply {
    Reply::refuse(401, "Bad credentials")
}

pub(crate) fn undecodable() -> Reply {
    Reply::refuse(401, "A JSON web token could not be decoded")
}

fn jwt(world: &World, text: &str) -> Result<Actor, Reply> {
    let claims = match &world.app.public_key {
        Some(pem) => verified(pem, text),
        None => claims(text),
    }
    .ok_or_else(undecodable)?;
    let issuer = match &claims["iss"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if issuer != world.app.client_id && issuer != world.app.id.to_string() {
        return Err(Reply::refuse(404, "Integration not found"));
    }
    let now = world.clock.wall().as_second();
    let (Some(iat), Some(exp)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
        return Err(undecodable());
    };
    if iat > now {
        return Err(Reply::refuse(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    if exp <= now {
        return Err(Reply::refuse(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ));
    }
    if exp > now + 600 {
        return Err(Reply::refuse(
            401,
            "'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    Ok(Actor::App)
}

/// The claims when the signature is right. The times are ours to judge, by the world's clock.
fn verified(pem: &str, text: &str) -> Option<Value> {
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(text, &key, &validation)
        .ok()
        .map(|data| data.claims)
}

/// The claims without a key to verify them by; the algorithm must be right all the same.
fn claims(text: &str) -> Option<Value> {
    let mut parts = text.split('.');
    let mut part = || -> Option<Value> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let header = part()?;
    (header["alg"] == "RS256").then(part)?
}
