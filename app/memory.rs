//! The memory of a desk or a step: empty, or a file that `waterline backfill` has written.
//!
//! A file is only read. Whatever is wrong with it costs one sentence and the memory, never the
//! answer: a step's file comes out of a cache, where it may be missing, stale or made up.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ArgMatches;
use jiff::Timestamp;
use waterline_core::capabilities;
use waterline_core::error::{Error, Result};
use waterline_core::manifest::Origin;
use waterline_core::model::{RepoName, Subject};
use waterline_core::port::{Decision, Memory, Out, Saying, Sighting, Sought, Spoken};
use waterline_server::Remembered;

use crate::args::Common;
use crate::{desk, settings};

/// What a desk remembers.
pub(crate) struct DeskMemory {
    /// Where the facts of a decision are saved to, if anywhere.
    common: Common,
    file: Option<Remembered>,
    out: Arc<dyn Out>,
    /// Set once something was said about the file.
    told: AtomicBool,
}

impl DeskMemory {
    /// Opens the file that `--memory` names, where the capability has that flag and it is given.
    pub(crate) async fn open(common: &Common, matches: &ArgMatches, out: Arc<dyn Out>) -> Self {
        let mut memory = Self {
            common: common.clone(),
            file: None,
            out,
            told: AtomicBool::new(false),
        };
        let named = matches.try_get_one::<String>("memory").ok().flatten();
        if let Some(name) = named.filter(|name| !name.is_empty()) {
            if !Path::new(name).exists() {
                // Before the first night there is none; that is no reason for a notice.
                let name = crate::runner::one_line(name);
                eprintln!("waterline: {name} is not there yet, so earlier failures are not known");
                return memory;
            }
            let web = settings::web().unwrap_or_else(|_| Origin::github());
            match Remembered::open(Path::new(name), web).await {
                Ok(file) => memory.file = Some(file),
                Err(error) => memory.tell(&error.to_string()).await,
            }
        }
        memory
    }

    /// Says once that the file is of no use.
    async fn tell(&self, why: &str) {
        if !self.told.swap(true, Ordering::Relaxed) {
            let note = format!("earlier failures are not known: {why}");
            self.out.note(&note).await;
        }
    }
}

#[async_trait::async_trait]
impl Memory for DeskMemory {
    async fn keep(&self, decision: &Decision) -> Result<()> {
        if capabilities::find(&decision.capability).is_none() {
            return Ok(());
        }
        desk::save(&self.common, &decision.facts).map_err(|e| Error::Usage(e.to_string()))
    }

    async fn learn(&self, _: &RepoName, _: &[Sighting]) -> Result<()> {
        Ok(())
    }

    async fn sightings(
        &self,
        repo: &RepoName,
        sought: &Sought,
        since: Timestamp,
    ) -> Result<Vec<Sighting>> {
        let Some(file) = &self.file else {
            return Ok(Vec::new());
        };
        match file.sightings(repo, sought, since).await {
            Ok(seen) => Ok(seen),
            Err(error) => {
                self.tell(&error.to_string()).await;
                Ok(Vec::new())
            }
        }
    }

    async fn alike(&self, _: &RepoName, _: &str, _: Timestamp) -> Result<Vec<Sighting>> {
        Ok(Vec::new())
    }

    /// A file is only read: what is said here is refused, instead of forgotten in silence.
    fn lasts(&self) -> bool {
        false
    }

    async fn say(&self, _: &RepoName, _: &Spoken) -> Result<()> {
        Ok(())
    }

    async fn sayings(&self, _: &RepoName, _: Timestamp) -> Result<Vec<Saying>> {
        Ok(Vec::new())
    }

    /// A step begins without earlier decisions.
    async fn recall(&self, _: &str, _: &Subject, _: Timestamp, _: u32) -> Result<Vec<Decision>> {
        Ok(Vec::new())
    }
}
