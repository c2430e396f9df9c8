//! A fresh RSA key pair: for the manifest flow, and for a test or demo whose App must sign real JWTs. No key is
//! kept in the repository.

use anyhow::{Result, anyhow};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Both halves in PEM.
#[derive(Debug, Clone)]
pub struct Keys {
    /// PKCS#8, for the App.
    pub private: String,
    /// For `world.app.public_key`.
    pub public: String,
}

/// A new pair of 2048 bits.
///
/// # Errors
/// When the system has no randomness.
pub fn generate() -> Result<Keys> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no key generated"))?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| anyhow!("key not encoded"))?;
    let public: PublicKeyX509Der<'_> = pair
        .public_key()
        .as_der()
        .map_err(|_| anyhow!("key not encoded"))?;
    Ok(Keys {
        private: pem("PRIVATE KEY", private.as_ref()),
        public: pem("PUBLIC KEY", public.as_ref()),
    })
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut lines = format!("-----BEGIN {label}-----\n");
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            lines.push('\n');
        }
        lines.push(c);
    }
    lines + &format!("\n-----END {label}-----\n")
}
