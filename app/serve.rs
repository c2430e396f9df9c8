//! `waterline serve`: the GitHub App's server, until it is told to stop.
//!
//! Without any credentials it is the set-up first, on the same socket; when that has made the
//! App, the server goes on without a new start.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use waterline_core::manifest::Origin;
use waterline_github::Credentials;
use waterline_github::webhook::Secrets;
use waterline_server::journal::Options;
use waterline_server::{Server, Settings};

use crate::args::Serve;
use crate::exit::{Ended, Failure};
use crate::say::say;
use crate::{settings, setup};

/// GitHub may send a delivery again for days; its GUID is remembered longer than that, and never
/// shorter than its payload.
const KEEP_DELIVERIES: Duration = Duration::from_secs(30 * 86_400);

pub(crate) async fn run(serve: Serve) -> Result<Ended, Failure> {
    let fresh = settings::no_credentials(&serve.data)?;
    // What is wrong with the settings is said before anything is done.
    let database_url = settings::database_url(serve.database_url.as_deref(), &serve.data)?;
    let known = if fresh { None } else { Some(known(&serve)?) };
    // The signals are caught before the first delivery is taken.
    let mut stop = Stop::new()?;
    // One socket for both servers: nobody is refused between them.
    let listener = tokio::net::TcpListener::bind(serve.bind)
        .await
        .and_then(tokio::net::TcpListener::into_std)
        .with_context(|| format!("cannot listen on {}", serve.bind))?;
    let (credentials, secrets) = match known {
        Some(known) => known,
        None => match setup::run(&serve, &listener, &database_url, &mut stop).await? {
            Some(made) => made,
            None => return Ok(Ended::Done),
        },
    };
    let keep = Duration::from_secs(u64::from(serve.keep_days) * 86_400);
    let settings = Settings {
        listener: Some(listener),
        // Only links depend on it.
        web: settings::web().unwrap_or_else(|_| Origin::github()),
        database_url,
        workers: serve.workers.max(1),
        keep,
        admin_token: serve.admin_token.clone().map(Into::into),
        journal: Options {
            keep_deliveries: keep.max(KEEP_DELIVERIES),
            ..Options::default()
        },
        ..Settings::new(secrets)
    };
    let app = Arc::new(settings::app(credentials)?);
    let running = Server::start(settings, app).await?;
    if !fresh {
        // One line on standard output, for whoever started us on a free port.
        say(&format!("Waterline listens on http://{}", running.addr()));
    }
    stop.asked().await;
    tracing::info!("told to stop: no new deliveries, running jobs may end");
    running.stop().await;
    Ok(Ended::Done)
}

fn known(serve: &Serve) -> Result<(Credentials, Secrets), Failure> {
    let secrets = settings::secrets(&serve.data)?;
    Ok((settings::credentials(&serve.data)?, secrets))
}

/// The signals by which a person, a service manager or an orchestrator asks us to stop.
#[cfg(unix)]
pub(crate) struct Stop {
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

    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Windows has Ctrl-C only.
#[cfg(not(unix))]
pub(crate) struct Stop;

#[cfg(not(unix))]
impl Stop {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "it can fail where there are signals"
    )]
    fn new() -> Result<Self, Failure> {
        Ok(Self)
    }

    pub(crate) async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
