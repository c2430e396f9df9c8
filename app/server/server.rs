//! Starting everything, and ending it in bounded time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use waterline_github::App;

use crate::catchup::{self, Redeliveries};
use crate::door::{Budget, LARGEST};
use crate::health::Health;
use crate::house::House;
use crate::journal::Journal;
use crate::memory::Kept;
use crate::pages::Guard;
use crate::perform::{AppWork, Perform};
use crate::settings::Settings;
use crate::worker::Worker;
use crate::{janitor, listen, metric, routes};

/// How long closing the journal may take: a database that does not answer must not keep us here.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// The App's server.
pub struct Server;

impl Server {
    /// Starts the server for an App, and returns once it can be reached. Must be called inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// When the database cannot be opened or the address cannot be listened on.
    pub async fn start(settings: Settings, app: Arc<App>) -> anyhow::Result<Running> {
        let journal = open(&settings).await?;
        let work = AppWork::new(Arc::clone(&app), Arc::new(Kept::new(journal.clone())));
        Self::start_with(settings, journal, Arc::new(work), Some(app)).await
    }

    /// The same on a journal that is open, with any work and any source of missed deliveries: for
    /// tests and measurements. `keep` and `database_url` of the settings are not looked at.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start_with(
        settings: Settings,
        journal: Journal,
        perform: Arc<dyn Perform>,
        redeliveries: Option<Arc<dyn Redeliveries>>,
    ) -> anyhow::Result<Running> {
        metric::install();
        let listener = match settings.listener {
            Some(listener) => {
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener)?
            }
            None => TcpListener::bind(settings.bind)
                .await
                .with_context(|| format!("cannot listen on {}", settings.bind))?,
        };
        let addr = listener.local_addr()?;
        let (stop, stopping) = watch::channel(false);

        let worker = Worker {
            journal: journal.clone(),
            perform,
            limit: settings.job_limit,
            stop: stopping.clone(),
        };
        let workers = worker.start(settings.workers);
        let mut helpers = JoinSet::new();
        helpers.spawn(janitor::run(journal.clone()));
        if let (Some(source), Some(every)) = (redeliveries, settings.catch_up_every) {
            helpers.spawn(catchup::run(journal.clone(), source, every));
        }
        let limits = listen::Limits {
            connections: settings.connections.max(1),
            head_within: settings.head_within,
            stop_within: settings.stop_within,
        };
        let house = Arc::new(House {
            journal: journal.clone(),
            budget: Budget::new(settings.body_memory, limits.connections, LARGEST),
            secrets: settings.secrets,
            web: settings.web,
            body_within: settings.body_within,
            health: Health::new(settings.max_lag),
            guard: Guard::new(settings.admin_token.as_ref()),
            ignored: Default::default(),
            stopping: stopping.clone(),
        });
        let site = listen::Site {
            router: routes::router(Arc::clone(&house)),
            house: Some(house),
        };
        let listening = tokio::spawn(listen::serve(listener, site, limits, stopping));
        tracing::info!(%addr, "listening on {addr}");
        let stop_within = settings.stop_within;
        Ok(Running {
            addr,
            stop,
            listening,
            workers,
            helpers,
            journal,
            stop_within,
            close_within: CLOSE_WITHIN,
        })
    }
}

/// Opens the journal as the settings want it.
pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Journal> {
    let mut options = settings.journal.clone();
    options.keep_payloads = settings.keep;
    options.keep_decisions = settings.keep;
    Journal::open(&settings.database_url, options)
        .await
        .context("the journal could not be opened")
}

/// A server that runs. It goes on without this value; only [`Running::stop`] ends it in order.
pub struct Running {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
    workers: JoinSet<()>,
    helpers: JoinSet<()>,
    journal: Journal,
    stop_within: Duration,
    pub(crate) close_within: Duration,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Stops: lets nobody in, cuts bodies that still arrive, lets other requests and jobs in
    /// flight end for as long as the settings grant, gives the rest back, and closes the journal.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        self.helpers.shutdown().await;
        let jobs = async {
            let ended = async { while self.workers.join_next().await.is_some() {} };
            if tokio::time::timeout(self.stop_within, ended).await.is_err() {
                tracing::warn!("jobs that still ran are given back");
                self.workers.shutdown().await;
            }
        };
        let (listened, ()) = tokio::join!(self.listening, jobs);
        if listened.is_err() {
            tracing::error!("the listener ended in a panic");
        }
        let closed = tokio::time::timeout(self.close_within, self.journal.close()).await;
        if closed.is_err() {
            // Nothing is lost: what GitHub got an answer for is on the disk, and leases run out.
            tracing::warn!("the database does not answer; leases are left to run out");
        }
        tracing::info!("stopped");
    }
}
