//! Exit codes, and which failure leads to which.

use std::process::ExitCode;

use waterline_core::config::ConfigError;
use waterline_core::error::Error;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// 0: done, or allowed.
    Done,
    /// 1: the answer is no.
    No,
    /// 2: not yet.
    NotYet,
    /// 3: facts could not be had.
    NoFacts,
    /// 64: wrong use, or an invalid configuration.
    WrongUse,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Done => 0,
            Ended::No => 1,
            Ended::NotYet => 2,
            Ended::NoFacts => 3,
            Ended::WrongUse => 64,
        })
    }
}

/// Why the program could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong use.
    #[error("{0}")]
    Usage(String),
    /// A configuration that cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// GitHub or a file did not give what was needed.
    #[error(transparent)]
    Facts(#[from] Error),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// The permission that a token would need, where that is the reason.
    pub(crate) fn lacks(&self) -> Option<&str> {
        match self {
            Self::Facts(Error::Forbidden { permission, .. }) => Some(permission),
            _ => None,
        }
    }

    /// The exit code that it leads to.
    pub(crate) fn ended(&self) -> Ended {
        match self {
            Self::Usage(_) | Self::Config(_) | Self::Facts(Error::Usage(_)) => Ended::WrongUse,
            Self::Facts(_) | Self::Other(_) => Ended::NoFacts,
        }
    }
}
