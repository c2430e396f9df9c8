//! A memory in a file that was brought along: what it says is a claim, and only ever read.
//!
//! In a step of a workflow it comes out of a cache. Its numbers and times are read as numbers and
//! times; its texts are either compared or replaced by our own, so that none of them is shown.

use std::path::Path;

use jiff::Timestamp;
use sqlx::AnyPool;
use waterline_core::error::{Error, Result};
use waterline_core::manifest::Origin;
use waterline_core::model::RepoName;
use waterline_core::port::{Sighting, Sought};

use crate::journal::foreign::{self, WITHIN};
use crate::journal::{Error as JournalError, seen};
use crate::memory::{MOST_SIGHTINGS, by, sighting};

/// A file's memory.
pub struct Remembered {
    pool: AnyPool,
    web: Origin,
}

impl Remembered {
    /// Opens a file; `web` is where GitHub's pages are.
    ///
    /// # Errors
    /// Where it is not there, cannot be read, or is not what it should be.
    pub async fn open(path: &Path, web: Origin) -> Result<Self, JournalError> {
        let pool = foreign::open(path).await?;
        Ok(Self { pool, web })
    }

    /// Finds out whether a file may be written to: there is none yet, or it is a memory.
    ///
    /// # Errors
    /// Where it is something else, which is left as it is.
    pub async fn check(path: &Path) -> Result<(), JournalError> {
        foreign::check(path).await
    }

    /// The newest sightings since a moment, as [`Memory`](waterline_core::port::Memory) has them;
    /// without the texts, which a stranger may have written.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub async fn sightings(
        &self,
        repo: &RepoName,
        sought: &Sought,
        since: Timestamp,
    ) -> Result<Vec<Sighting>> {
        let (name, since) = (repo.to_string(), since.as_millisecond());
        let asked = seen(&self.pool, &name, by(sought), since, MOST_SIGHTINGS);
        let damaged = |what: &dyn std::fmt::Display| {
            Error::Unavailable(format!("the memory's file cannot be read: {what}"))
        };
        let rows = match tokio::time::timeout(WITHIN, asked).await {
            Ok(rows) => rows.map_err(|error| damaged(&error))?,
            Err(_) => return Err(damaged(&"it does not answer")),
        };
        let hexadecimal = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        let rows = rows.into_iter().filter(|row| hexadecimal(&row.fingerprint));
        let read = rows.map(|row| {
            let seen = sighting(row)?;
            // The run's number tells its page.
            let url = format!("{}/{name}/actions/runs/{}", self.web, seen.run);
            Ok(Sighting {
                url,
                job: String::new(),
                ..seen
            })
        });
        read.collect::<Result<_>>().map_err(|error| damaged(&error))
    }
}
