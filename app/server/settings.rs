//! What the server is told, with a default for all but the secrets.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::SecretString;
use waterline_core::manifest::Origin;
use waterline_github::webhook::Secrets;

use crate::journal::Options;

/// The server's settings. Start from [`Settings::new`] and change what differs.
pub struct Settings {
    /// Where to listen; port 0 for any that is free. Default `127.0.0.1:3000`.
    pub bind: SocketAddr,
    /// A socket that listens already; goes before `bind`. Default none.
    pub listener: Option<std::net::TcpListener>,
    /// GitHub's pages. Default `https://github.com`.
    pub web: Origin,
    /// `postgres://…`, `sqlite:PATH` or a path. Default `sqlite:waterline.sqlite`.
    pub database_url: String,
    /// What GitHub signs deliveries with.
    pub secrets: Secrets,
    /// Jobs that run at once, from 1. Default 8.
    pub workers: usize,
    /// How long payloads, and decisions with their facts, are kept. Default 7 days.
    pub keep: Duration,
    /// Whoever knows it may see the pages, from anywhere; nobody else may. Without one the pages
    /// are shown to this machine only. Default none.
    pub admin_token: Option<SecretString>,
    /// How long a job may take before it is stopped and tried again. Default 10 min.
    pub job_limit: Duration,
    /// How long a stop waits for requests and jobs before it cuts them off. Default 20 s.
    pub stop_within: Duration,
    /// Connections at once; more wait outside. Default 1,024.
    pub connections: usize,
    /// How long a request's head may take to arrive, and an idle connection stays. Default 10 s.
    pub head_within: Duration,
    /// How long a delivery's body may take to arrive, as a whole. Default 30 s.
    pub body_within: Duration,
    /// Memory for bodies that are still arriving, in bytes, at least 48 MiB. Default 128 MiB.
    pub body_memory: usize,
    /// Not ready when the oldest job that could run has waited longer. Default 5 min.
    pub max_lag: Duration,
    /// How often GitHub is asked for deliveries that it could not hand over; none for never.
    /// Default every 5 min.
    pub catch_up_every: Option<Duration>,
    /// How the journal keeps, repeats and forgets; `keep` above goes before its own.
    pub journal: Options,
}

impl Settings {
    /// The defaults.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            listener: None,
            web: Origin::github(),
            database_url: "sqlite:waterline.sqlite".to_owned(),
            secrets,
            workers: 8,
            keep: Duration::from_secs(7 * 86_400),
            admin_token: None,
            job_limit: Duration::from_secs(600),
            stop_within: Duration::from_secs(20),
            connections: 1_024,
            head_within: Duration::from_secs(10),
            body_within: Duration::from_secs(30),
            body_memory: 128 << 20,
            max_lag: Duration::from_secs(300),
            catch_up_every: Some(Duration::from_secs(300)),
            journal: Options::default(),
        }
    }
}

/// Without the database's address, which may hold a password.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("bind", &self.bind)
            .field("workers", &self.workers)
            .field("keep", &self.keep)
            .field("journal", &self.journal)
            .finish_non_exhaustive()
    }
}
