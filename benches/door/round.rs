//! One measurement: a fresh server, warmed up, loaded, looked at, and its promise checked.

use std::time::Duration;

use anyhow::{Result, ensure};
use sqlx::{Connection as _, Row as _};

use crate::github::GitHub;
use crate::load::{self, Target};
use crate::options::Options;
use crate::parcel::Parcels;
use crate::process;
use crate::subject::Subject;

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// Who was measured.
    pub(crate) subject: Subject,
    /// With how many connections.
    pub(crate) connections: usize,
    /// For which time.
    pub(crate) turn: usize,
    /// Deliveries that were answered with 2xx, a second.
    pub(crate) rate: f64,
    /// The median of their latencies.
    pub(crate) p50: Duration,
    /// All but a hundredth were answered by then.
    pub(crate) p99: Duration,
    /// Processor time of the server for each.
    pub(crate) cpu: Duration,
    /// The server's peak of resident memory, in bytes.
    pub(crate) peak: u64,
    /// The part of the time in which the server had its core.
    pub(crate) busy: f64,
    /// Deliveries that were answered with anything but 2xx.
    pub(crate) refused: u64,
}

/// Measures one server once.
pub(crate) async fn run(
    options: &Options,
    subject: Subject,
    connections: usize,
    turn: usize,
    parcels: &'static Parcels,
) -> Result<Round> {
    let folder = tempfile::tempdir()?;
    let github = GitHub::start(subject.github()).await?;
    let server = subject.start(options, folder.path(), &github.url)?;
    let target = Target {
        addr: server.addr,
        path: subject.path(),
        parcels: subject.parcels(parcels),
        guid: if options.random_guids {
            load::random_guid
        } else {
            load::guid
        },
    };
    let seconds = Duration::from_secs_f64;
    let look = || process::usage(server.pid());
    let (tally, before, after, took) = load::run(
        target,
        connections,
        seconds(options.warm_up),
        seconds(options.seconds),
        look,
    )
    .await?;
    drop(server);
    if subject.stores() && options.database.is_none() {
        check(&folder.path().join("waterline.sqlite"), tally.acknowledged).await?;
    }
    let mut latencies = tally.latencies;
    latencies.sort_unstable();
    ensure!(
        !latencies.is_empty(),
        "{}: no delivery was answered with 2xx",
        subject.name()
    );
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
    let cpu = after.cpu - before.cpu;
    Ok(Round {
        subject,
        connections,
        turn,
        rate: latencies.len() as f64 / took.as_secs_f64(),
        p50: at(0.50),
        p99: at(0.99),
        cpu: cpu.div_f64(latencies.len() as f64),
        peak: after.peak,
        busy: cpu.as_secs_f64() / took.as_secs_f64(),
        refused: tally.refused,
    })
}

/// The server was killed without a word: what it acknowledged must be in its database.
async fn check(file: &std::path::Path, acknowledged: u64) -> Result<()> {
    let url = format!("sqlite://{}", file.display());
    let mut database = sqlx::SqliteConnection::connect(&url).await?;
    let row = sqlx::query("SELECT COUNT(*) FROM deliveries")
        .fetch_one(&mut database)
        .await?;
    let stored = row.try_get::<i64, _>(0)?.unsigned_abs();
    ensure!(
        stored >= acknowledged,
        "{acknowledged} deliveries were acknowledged, and only {stored} are stored"
    );
    database.close().await?;
    Ok(())
}
