//! What people say of failures: that one is not worth telling, or that a test is a known flake.
//!
//! It holds for a whole repository and for a while. Who said it, when and where stays with it, so
//! that everybody can see whom to ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Actor, Fingerprint};

/// What something is said of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A failure: it is not worth telling.
    Failure(Fingerprint),
    /// A test, by its framework's name: it is a known flake.
    Test(String),
}

impl About {
    /// Hexadecimal digits by which it can be named in a comment, whatever letters its name has.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Failure(fingerprint) => fingerprint.0.clone(),
            Self::Test(name) => hex::encode(&Sha256::digest(name.as_bytes())[..8]),
        }
    }
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// Of what.
    pub about: About,
    /// What that was called when it was said.
    pub title: String,
    /// Who.
    pub by: Actor,
    /// Why; a test needs no reason.
    #[serde(default)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// From this moment on it no longer holds.
    pub until: Timestamp,
    /// The comment that says it.
    #[serde(default)]
    pub url: Option<String>,
}

impl Saying {
    /// True while it holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

/// What a job does to what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoken {
    /// It is said; what was said of the same before is replaced.
    Said(Saying),
    /// It is taken back.
    TakenBack(About),
}
