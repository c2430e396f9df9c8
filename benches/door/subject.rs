//! The servers under test, and what makes them comparable.
//!
//! Both verify the signature, parse the body and find who cares. Probot then calls a handler that
//! does nothing, and answers 200; nothing is kept. Waterline stores the delivery and its job on
//! the disk (SQLite, `synchronous=FULL`, a fresh file), and answers 202.
//!
//! What a handler or a job does afterwards is not the door's matter, and Probot's does nothing.
//! So the figure that counts is taken with a GitHub that never answers: every delivery yields a
//! job, every job is queued, the workers wait. With `--all`, two more are taken beside it:
//! `no jobs` (`workflow_run.requested`, of which Waterline wants nothing) and `jobs end`
//! (GitHub answers 404 to everything, so that each job is leased, asks GitHub, and is settled,
//! on the same core: more than Probot does).

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use waterline_standin::key;

use crate::github::Manner;
use crate::options::{Only, Options};
use crate::parcel::{Parcel, Parcels, SECRET};

/// Somebody who takes deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Probot 14.
    Probot,
    /// Waterline; jobs stay in the queue.
    Ours,
    /// Waterline; deliveries that yield no job.
    OursWithoutJobs,
    /// Waterline; jobs end at once.
    OursWithJobs,
}

/// A server that is running; killed when dropped.
pub(crate) struct Running {
    child: Child,
    /// Where it listens.
    pub(crate) addr: SocketAddr,
}

impl Subject {
    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Probot => "Probot",
            Self::Ours => "Waterline",
            Self::OursWithoutJobs => "  no jobs",
            Self::OursWithJobs => "  jobs end",
        }
    }

    /// Where it takes webhooks.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Probot => "/api/github/webhooks",
            _ => "/webhook",
        }
    }

    /// What it is sent.
    pub(crate) fn parcels(self, parcels: &Parcels) -> &[Parcel] {
        match self {
            Self::OursWithoutJobs => &parcels.requested,
            _ => &parcels.completed,
        }
    }

    /// Whether what it acknowledges is in its database.
    pub(crate) fn stores(self) -> bool {
        matches!(self, Self::Ours | Self::OursWithJobs)
    }

    /// The GitHub that it meets.
    pub(crate) fn github(self) -> Manner {
        match self {
            Self::OursWithJobs => Manner::Gone,
            _ => Manner::Silent,
        }
    }

    /// Starts it on its core, and waits until it listens.
    pub(crate) fn start(self, options: &Options, folder: &Path, api: &str) -> Result<Running> {
        let key = folder.join("key.pem");
        let private = key::generate()?.private;
        std::fs::write(&key, &private)?;
        let mut command = Command::new("taskset");
        command
            .args(["-c", &options.server_core.to_string()])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        match self {
            Self::Probot => probot(&mut command, &private, api)?,
            _ => ours(&mut command, options, folder, &key, api),
        }
        let mut child = command.spawn().context("`taskset` is needed")?;
        let mut line = String::new();
        let out = child.stdout.take().context("no standard output")?;
        BufReader::new(out).read_line(&mut line)?;
        let addr = line.split_once("http://").map(|(_, addr)| addr.trim());
        let Some(addr) = addr else {
            let _ = child.kill();
            bail!("{} did not start: it said {line:?}", self.name().trim());
        };
        let addr = addr.trim_end_matches('/').parse()?;
        Ok(Running { child, addr })
    }
}

fn ours(command: &mut Command, options: &Options, folder: &Path, key: &Path, api: &str) {
    command
        .arg(options.program())
        .args(["serve", "--bind", "127.0.0.1:0", "--data"])
        .arg(folder)
        .env("GITHUB_API_URL", api)
        .env("WATERLINE_APP_ID", "1")
        .env("WATERLINE_PRIVATE_KEY_FILE", key)
        .env("WATERLINE_WEBHOOK_SECRET", SECRET)
        .env("WATERLINE_LOG", "error");
    if let Some(database) = &options.database {
        command.env("DATABASE_URL", database);
    }
}

fn probot(command: &mut Command, private: &str, api: &str) -> Result<()> {
    // A port of 0 means its default to Probot, so we ask for a free one ourselves.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port();
    command
        .args(["node", "app.mjs"])
        .current_dir(probot_folder())
        .env("NODE_ENV", "production")
        .env("LOG_LEVEL", "error")
        .env("HOST", "127.0.0.1")
        .env("PORT", port.to_string())
        .env("APP_ID", "1")
        .env("PRIVATE_KEY", private)
        .env("WEBHOOK_SECRET", SECRET)
        .env("GHE_HOST", api.trim_start_matches("http://"))
        .env("GHE_PROTOCOL", "http");
    Ok(())
}

impl Running {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which servers are measured.
pub(crate) fn wanted(options: &Options) -> Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    if options.only != Some(Only::Ours) {
        match install() {
            Ok(()) => subjects.push(Subject::Probot),
            Err(why) if options.only.is_none() => {
                println!("Without Probot, only Waterline is measured: {why:#}\n");
            }
            Err(why) => return Err(why),
        }
    }
    if options.only != Some(Only::Probot) {
        let program = options.program();
        ensure!(program.is_file(), "there is no {}", program.display());
        subjects.push(Subject::Ours);
        if options.all {
            subjects.extend([Subject::OursWithoutJobs, Subject::OursWithJobs]);
        }
    }
    Ok(subjects)
}

fn probot_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/door/probot")
}

/// Installs Probot into its folder, unless it is there.
fn install() -> Result<()> {
    let folder = probot_folder();
    if folder.join("node_modules/probot").is_dir() {
        return Ok(());
    }
    println!("Installing Probot into {}", folder.display());
    let told = Command::new("npm")
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--no-package-lock",
        ])
        .current_dir(&folder)
        .output()
        .context("there is no npm")?;
    ensure!(
        told.status.success(),
        "npm could not install it: {}",
        String::from_utf8_lossy(&told.stderr).trim()
    );
    Ok(())
}
