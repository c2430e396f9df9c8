//! Files that a person names at a shell, with progress on a terminal.
//!
//! What takes longer than a second shows how far it is; a pipe or a workflow's log never sees it.

use std::fs::File;
use std::io::{IsTerminal as _, Read, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use waterline_core::error::{Error, Result};
use waterline_core::port::Files;

/// The files of this machine.
pub(crate) struct Disk;

impl Files for Disk {
    fn open(&self, path: &str) -> Result<Box<dyn Read>> {
        if path == "-" {
            return Ok(Box::new(Watched::new(std::io::stdin(), None)));
        }
        let wrong = |e: std::io::Error| Error::Usage(format!("{path}: {e}"));
        let file = File::open(path).map_err(wrong)?;
        let meta = file.metadata().map_err(wrong)?;
        if meta.is_dir() {
            return Err(Error::Usage(format!(
                "{path}: this is a folder, not a file"
            )));
        }
        Ok(Box::new(Watched::new(file, Some(meta.len()))))
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>> {
        if !Path::new(path).is_dir() {
            return Ok(None);
        }
        let wrong = |e: std::io::Error| Error::Usage(format!("{path}: {e}"));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(wrong)? {
            let entry = entry.map_err(wrong)?.path();
            if entry.is_file() {
                found.push(entry.display().to_string());
            }
        }
        found.sort();
        Ok(Some(found))
    }
}

/// A reader that tells how far it is.
struct Watched<R> {
    inner: R,
    total: Option<u64>,
    read: u64,
    started: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl<R> Watched<R> {
    fn new(inner: R, total: Option<u64>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            inner,
            total,
            read: 0,
            started: Instant::now(),
            shown: None,
            terminal,
        }
    }

    fn show(&mut self) {
        let now = Instant::now();
        let due = self
            .shown
            .map_or(now - self.started > Duration::from_secs(1), |at| {
                now - at > Duration::from_millis(200)
            });
        if !self.terminal || !due {
            return;
        }
        self.shown = Some(now);
        let mib = self.read >> 20;
        let _ = match self.total.filter(|&t| t > 0) {
            Some(total) => write!(
                std::io::stderr(),
                "\r{mib} MiB read, {} %\x1b[K",
                self.read * 100 / total
            ),
            None => write!(std::io::stderr(), "\r{mib} MiB read\x1b[K"),
        };
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read += n as u64;
        self.show();
        Ok(n)
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
