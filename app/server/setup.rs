//! The server before it has an App: a page that makes one, and nothing else.
//!
//! GitHub's manifest flow in three steps: a person says what the App shall be called and whose it
//! is (`ask`), the browser carries the manifest to GitHub and comes back with a code (`callback`),
//! and the code becomes the App's credentials, which a [`Keeper`] keeps. Then this server ends,
//! and the real one takes over its socket.

mod after;
mod ask;
mod callback;
mod routes;
mod session;
mod view;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use waterline_core::manifest::Origin;
use waterline_github::NewApp;

use crate::listen;
pub(crate) use after::{configure, gone, installed};
use session::Entrance;

/// A few browsers, and GitHub, which has nothing to send yet.
const LIMITS: listen::Limits = listen::Limits {
    connections: 64,
    head_within: Duration::from_secs(10),
    stop_within: Duration::from_secs(5),
};

/// Whoever keeps the credentials of a new App.
pub trait Keeper: Send + Sync {
    /// Keeps them, and never puts them in the place of others.
    ///
    /// # Errors
    /// A sentence for the person at the browser, without anything secret.
    fn keep(&self, made: &NewApp) -> Result<Whereabouts, String>;
}

/// Where credentials are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// In this file.
    File(String),
    /// Nowhere: they were printed for whoever keeps them.
    Printed,
}

/// What the set-up needs to know.
pub struct SetUp {
    /// The socket.
    pub listener: std::net::TcpListener,
    /// GitHub's API.
    pub api_url: String,
    /// GitHub's pages.
    pub web: Origin,
    /// Where GitHub reaches this server, if that is known.
    pub url: Option<Origin>,
    /// Who keeps the credentials.
    pub keeper: Arc<dyn Keeper>,
}

/// What the routes share.
struct Hall {
    entrance: Entrance,
    api_url: String,
    web: Origin,
    url: Option<Origin>,
    keeper: Arc<dyn Keeper>,
    /// One answer of GitHub's at a time.
    turn: tokio::sync::Mutex<()>,
    /// The App is there.
    done: AtomicBool,
    made: mpsc::Sender<NewApp>,
    /// Ends this server, with what is in flight.
    stop: watch::Sender<bool>,
}

impl SetUp {
    /// Starts it. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// Where the socket cannot be used, or the system has no randomness.
    pub fn start(self) -> anyhow::Result<SettingUp> {
        self.listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(self.listener)?;
        let addr = listener.local_addr()?;
        let entrance = Entrance::new()?;
        let base = match &self.url {
            Some(url) => url.to_string(),
            // Every address of this machine has no name of its own.
            None if addr.ip().is_unspecified() => format!("http://localhost:{}", addr.port()),
            None => format!("http://{addr}"),
        };
        let link = format!("{base}/setup?token={}", entrance.token().expose_secret());
        let (sender, made) = mpsc::channel(1);
        let (stop, stopping) = watch::channel(false);
        let router = routes::router(Arc::new(Hall {
            entrance,
            api_url: self.api_url,
            web: self.web,
            url: self.url,
            keeper: self.keeper,
            turn: tokio::sync::Mutex::default(),
            done: AtomicBool::new(false),
            made: sender,
            stop: stop.clone(),
        }));
        let site = listen::Site {
            router,
            house: None,
        };
        let listening = tokio::spawn(listen::serve(listener, site, LIMITS, stopping));
        Ok(SettingUp {
            addr,
            link,
            made,
            stop,
            listening,
        })
    }
}

/// A set-up that waits for somebody.
pub struct SettingUp {
    addr: SocketAddr,
    link: String,
    made: mpsc::Receiver<NewApp>,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
}

impl SettingUp {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address that lets one browser in. For the eyes of whoever started the server.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Waits for the App.
    pub async fn made(&mut self) -> NewApp {
        match self.made.recv().await {
            Some(made) => made,
            // The sender lives as long as the listener: it has ended, and only a stop can follow.
            None => std::future::pending().await,
        }
    }

    /// Lets requests in flight end, and stops.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.listening.await.is_err() {
            tracing::error!("the set-up's listener ended in a panic");
        }
    }
}
