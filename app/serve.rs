//! `waterline serve`: the GitHub App's server, until it is told to stop.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use waterline_server::{Server, Settings};

use crate::args::Serve;
use crate::exit::{Ended, Failure};
use crate::settings;

pub async fn run(serve: Serve) -> Result<Ended, Failure> {
    let secrets = settings::secrets()?;
    let app = Arc::new(settings::app()?);
    let keep = Duration::from_secs(u64::from(serve.keep_days.max(1)) * 86_400);
    let settings = Settings {
        bind: serve.bind,
        database_url: settings::database_url(&serve)?,
        workers: serve.workers.max(1),
        keep,
        admin_token: serve.admin_token.clone().map(Into::into),
        ..Settings::new(secrets)
    };
    // Both signals are caught before the first delivery is taken.
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| Failure::Other(e.into()))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| Failure::Other(e.into()))?;
    let running = Server::start(settings, app).await?;
    // One line on standard output, for whoever started us on a free port.
    println!("Waterline listens on http://{}", running.addr());
    let _ = std::io::stdout().flush();
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
        _ = interrupt.recv() => tracing::info!("interrupted: stopping"),
    }
    running.stop().await;
    Ok(Ended::Done)
}
