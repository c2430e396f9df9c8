//! `waterline serve`: the GitHub App's server, until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use waterline_server::journal::Options;
use waterline_server::{Server, Settings};

use crate::args::Serve;
use crate::exit::{Ended, Failure};
use crate::say::say;
use crate::settings;

/// GitHub may send a delivery again for days; its GUID is remembered longer than that, and never
/// shorter than its payload.
const KEEP_DELIVERIES: Duration = Duration::from_secs(30 * 86_400);

pub(crate) async fn run(serve: Serve) -> Result<Ended, Failure> {
    let secrets = settings::secrets()?;
    let app = Arc::new(settings::app()?);
    let keep = Duration::from_secs(u64::from(serve.keep_days) * 86_400);
    let settings = Settings {
        bind: serve.bind,
        database_url: settings::database_url(&serve)?,
        workers: serve.workers.max(1),
        keep,
        admin_token: serve.admin_token.clone().map(Into::into),
        journal: Options {
            keep_deliveries: keep.max(KEEP_DELIVERIES),
            ..Options::default()
        },
        ..Settings::new(secrets)
    };
    // The signals are caught before the first delivery is taken.
    let stop = Stop::new()?;
    let running = Server::start(settings, app).await?;
    // One line on standard output, for whoever started us on a free port.
    say(&format!("Waterline listens on http://{}", running.addr()));
    stop.asked().await;
    tracing::info!("told to stop: no new deliveries, running jobs may end");
    running.stop().await;
    Ok(Ended::Done)
}

/// The signals by which a person, a service manager or an orchestrator asks us to stop.
#[cfg(unix)]
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).map_err(|e| Failure::Other(e.into()));
        Ok(Self {
            terminate: catch(SignalKind::terminate())?,
            interrupt: catch(SignalKind::interrupt())?,
        })
    }

    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Windows has Ctrl-C only.
#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "it can fail where there are signals"
    )]
    fn new() -> Result<Self, Failure> {
        Ok(Self)
    }

    async fn asked(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
