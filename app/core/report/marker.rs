//! The hidden last line by which we find our own comment again.
//!
//! It names capability and subject, and carries a digest of what stands above it: the same
//! digest means that nothing is new, and then nothing is written. Who wrote the comment is
//! checked as well by whoever looks for it, since anybody can type a marker.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Capability and key of one comment of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    capability: String,
    key: String,
}

impl Marker {
    /// The marker of a capability's comment on a subject, or of the answer to one command.
    /// Characters that could end an HTML comment are replaced.
    #[must_use]
    pub fn new(capability: &str, key: &str) -> Self {
        let plain = |text: &str| {
            text.chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() || "/._#".contains(c) {
                        c
                    } else {
                        '_'
                    }
                })
                .collect::<String>()
        };
        Self {
            capability: plain(capability),
            key: plain(key),
        }
    }

    /// The marker of the same thing in one of its states.
    #[must_use]
    pub fn state(&self, word: &str) -> Self {
        Self::new(&self.capability, &format!("{}/{word}", self.key))
    }

    /// The body with its marker below.
    #[must_use]
    pub fn sign(&self, body: &str) -> String {
        format!("{body}\n\n{self} digest={} -->", digest(body))
    }

    /// True where `comment` is the one that this marker stands for.
    #[must_use]
    pub fn is_on(&self, comment: &str) -> bool {
        last_line(comment).starts_with(&format!("{self} digest="))
    }

    /// True where the comment already says this body.
    #[must_use]
    pub fn says(&self, comment: &str, body: &str) -> bool {
        last_line(comment) == format!("{self} digest={} -->", digest(body))
    }
}

/// The start of the marker, up to its digest.
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<!-- waterline {} {}", self.capability, self.key)
    }
}

/// The first 16 hexadecimal digits of the text's SHA-256.
fn digest(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

fn last_line(comment: &str) -> &str {
    comment.trim_end().lines().next_back().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_found_again_and_left_alone_when_it_says_the_same() {
        let marker = Marker::new("diagnose", "octo/shop#7");
        let comment = marker.sign("Red.");
        assert!(marker.is_on(&comment));
        assert!(marker.says(&comment, "Red."));
        assert!(!marker.says(&comment, "Green."));
        assert!(!Marker::new("diagnose", "octo/shop#77").is_on(&comment));
        assert!(!Marker::new("plan", "octo/shop#7").is_on(&comment));
    }

    #[test]
    fn a_marker_that_somebody_quotes_above_their_words_does_not_count() {
        let marker = Marker::new("diagnose", "octo/shop#7");
        assert!(!marker.is_on(&format!("{}\n\nwhat is this?", marker.sign("Red."))));
    }

    #[test]
    fn a_key_cannot_end_the_html_comment() {
        assert!(!Marker::new("diagnose", "x --> <img src=1>").to_string()[4..].contains("-->"));
    }
}
