//! Whether a delivery is from GitHub: HMAC-SHA256 over the raw bytes, before anything is parsed.
//!
//! Several secrets are accepted at once, so that one can be replaced without losing a delivery.
//! The older `X-Hub-Signature` (SHA-1) is never looked at. All secrets are tried in any case, and
//! each comparison takes the same time wherever the difference is.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::Refusal;

/// The secrets that a delivery may be signed with: at least one.
pub struct Secrets(Vec<SecretString>);

/// Why a text holds no usable secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSecrets {
    /// Nothing at all: everybody could sign.
    #[error("the webhook secret is empty: without one, anybody could send deliveries")]
    Empty,
    /// One between two separators is empty.
    #[error("one of the webhook secrets is empty: separate them by one comma or line break")]
    EmptyOne,
}

impl Secrets {
    /// Reads one secret, or several that are separated by commas or line breaks. Space around a
    /// secret is not part of it; a line break at the end of a file is no separator.
    ///
    /// # Errors
    /// [`NoSecrets`] where one is empty: an empty secret lets everybody in.
    pub fn parse(text: &SecretString) -> Result<Self, NoSecrets> {
        let text = text.expose_secret().trim();
        if text.is_empty() {
            return Err(NoSecrets::Empty);
        }
        let parts = text.split([',', '\n']).map(str::trim);
        let secrets = parts.map(|part| match part {
            "" => Err(NoSecrets::EmptyOne),
            secret => Ok(SecretString::from(secret)),
        });
        secrets.collect::<Result<_, _>>().map(Self)
    }
}

/// Says how many, never which.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} hidden)", self.0.len())
    }
}

/// Hashes a body while it arrives, so that a server need not hold what nobody signed.
pub struct Verifier(Vec<Hmac<Sha256>>);

impl Verifier {
    /// Starts with nothing hashed.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        let keyed = secrets.0.iter().filter_map(|secret| {
            // HMAC takes keys of any length, so none is left out here.
            Hmac::new_from_slice(secret.expose_secret().as_bytes()).ok()
        });
        Self(keyed.collect())
    }

    /// The next bytes of the body, cut anywhere.
    pub fn update(&mut self, bytes: &[u8]) {
        for mac in &mut self.0 {
            mac.update(bytes);
        }
    }

    /// Compares with the header `X-Hub-Signature-256`.
    ///
    /// # Errors
    /// [`Refusal::NoSignature`] without a header, [`Refusal::WrongSignature`] where no secret fits.
    pub fn check(self, header: Option<&str>) -> Result<(), Refusal> {
        let header = header.ok_or(Refusal::NoSignature)?.trim();
        let mut given = [0; 32];
        let digits = header
            .strip_prefix("sha256=")
            .ok_or(Refusal::WrongSignature)?;
        hex::decode_to_slice(digits, &mut given).map_err(|_| Refusal::WrongSignature)?;
        let fits = self.0.into_iter().fold(Choice::from(0), |fits, mac| {
            fits | mac.finalize().into_bytes().as_slice().ct_eq(&given)
        });
        if bool::from(fits) {
            Ok(())
        } else {
            Err(Refusal::WrongSignature)
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

/// Checks a body that is there already against the header `X-Hub-Signature-256`.
///
/// # Errors
/// As [`Verifier::check`].
pub fn verify(
    secrets: &Secrets,
    signature_header: Option<&str>,
    raw_body: &[u8],
) -> Result<(), Refusal> {
    let mut verifier = Verifier::new(secrets);
    verifier.update(raw_body);
    verifier.check(signature_header)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of GitHub's documentation.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn secrets(text: &str) -> Secrets {
        Secrets::parse(&text.into()).unwrap()
    }

    #[test]
    fn the_documented_vector_is_accepted_whole_and_in_pieces() {
        assert_eq!(verify(&secrets(SECRET), Some(SIGNATURE), BODY), Ok(()));
        let mut verifier = Verifier::new(&secrets(SECRET));
        BODY.chunks(3).for_each(|chunk| verifier.update(chunk));
        assert_eq!(verifier.check(Some(SIGNATURE)), Ok(()));
    }

    #[test]
    fn any_of_several_secrets_will_do() {
        let both = secrets(&format!("new one,\n{SECRET}\n").replace(",\n", ", "));
        assert_eq!(verify(&both, Some(SIGNATURE), BODY), Ok(()));
        assert_eq!(
            verify(&secrets("other"), Some(SIGNATURE), BODY),
            Err(Refusal::WrongSignature)
        );
    }

    #[test]
    fn an_empty_secret_is_refused() {
        for (text, why) in [
            ("", NoSecrets::Empty),
            (" \n", NoSecrets::Empty),
            ("a,,b", NoSecrets::EmptyOne),
            (",a", NoSecrets::EmptyOne),
        ] {
            assert_eq!(Secrets::parse(&text.into()).unwrap_err(), why, "{text:?}");
        }
    }

    #[test]
    fn nothing_else_is_accepted() {
        let ours = secrets(SECRET);
        assert_eq!(verify(&ours, None, BODY), Err(Refusal::NoSignature));
        let long = format!("{SIGNATURE}00");
        for wrong in [
            "",
            "sha256=",
            "sha256=zz",
            "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59",
            &SIGNATURE[7..],
            &SIGNATURE[..SIGNATURE.len() - 2],
            &long,
        ] {
            assert_eq!(
                verify(&ours, Some(wrong), BODY),
                Err(Refusal::WrongSignature),
                "{wrong}"
            );
        }
        assert_eq!(
            verify(&ours, Some(SIGNATURE), b"Hello, World?"),
            Err(Refusal::WrongSignature)
        );
    }

    #[test]
    fn no_secret_is_printed() {
        assert_eq!(format!("{:?}", secrets("one,two")), "Secrets(2 hidden)");
    }
}
