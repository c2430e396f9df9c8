//! What can go wrong on the way to an answer, each said so that it can be shown to a person.
//!
//! An error here decides what happens next: a missing permission degrades one feature, an outage
//! is tried again, and everything else ends the job with its sentence kept.

use std::time::Duration;

/// Why something could not be had from, or done on, GitHub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The thing is not there, or hidden from us.
    #[error("{0} was not found")]
    NotFound(String),
    /// The token may not do this.
    #[error("{action} needs the permission `{permission}`, which this token lacks")]
    Forbidden {
        /// What was tried, as the start of a sentence.
        action: String,
        /// The permission and access that GitHub asks for: `checks: write`.
        permission: String,
    },
    /// GitHub asks to be left alone for a while.
    #[error("GitHub's rate limit is used up; it asks to wait {} s", .0.as_secs())]
    RateLimited(Duration),
    /// It may work later: a time-out, a broken connection, a 5xx.
    #[error("{0}")]
    Unavailable(String),
    /// It will not work later either: a request that GitHub calls invalid, an answer that we
    /// cannot read.
    #[error("{0}")]
    Refused(String),
    /// The person has asked for something that cannot be had as asked.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// True where another try may succeed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::RateLimited(_) | Self::Unavailable(_))
    }
}

/// A result with our error.
pub type Result<T, E = Error> = std::result::Result<T, E>;
