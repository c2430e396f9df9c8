//! The handle in a test's hand: starts the sockets, shows and changes the world, tells what went over the wire, and
//! ends it all when dropped.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::auth::TokenKind;
use crate::delivery::Delivery;
use crate::exchange::{Exchange, Host};
use crate::judge::Judge;
use crate::server::{self, Shared, lock};
use crate::world::World;

/// A GitHub that is running.
pub struct Standin {
    pub(crate) shared: Arc<Shared>,
    url: String,
    tasks: Vec<JoinHandle<()>>,
}

impl Standin {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no socket can be had.
    pub async fn start(world: World) -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), world, None).await
    }

    /// Starts on a given address.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start_on(address: SocketAddr, world: World) -> Result<Self> {
        Self::start_at(address, world, None).await
    }

    /// Starts on a free port with somebody who judges every exchange.
    ///
    /// # Errors
    /// When no socket can be had.
    pub async fn start_with(world: World, judge: Arc<dyn Judge>) -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), world, Some(judge)).await
    }

    async fn start_at(
        address: SocketAddr,
        mut world: World,
        judge: Option<Arc<dyn Judge>>,
    ) -> Result<Self> {
        let api = TcpListener::bind(address)
            .await
            .with_context(|| format!("no socket on {address}"))?;
        let storage = TcpListener::bind(("127.0.0.1", 0)).await?;
        world.site = format!("http://{}", api.local_addr()?);
        world.storage = format!("http://localhost:{}", storage.local_addr()?.port());
        let url = world.api();
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            exchanges: Mutex::default(),
            violations: Mutex::default(),
            judge,
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
        });
        let tasks = [(api, Host::Api), (storage, Host::Storage)]
            .map(|(listener, host)| {
                tokio::spawn(server::serve(Arc::clone(&shared), listener, host))
            })
            .into();
        Ok(Self { shared, url, tasks })
    }

    /// The base of the REST API, `http://127.0.0.1:PORT/api/v3`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The state, to read and to change. The stand-in answers nobody while it is held: not across an `.await`, and
    /// not twice in one statement. [`Standin::with`] cannot be held too long.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.shared.world)
    }

    /// Reads or changes the state.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.world())
    }

    /// Gives out a token.
    #[must_use]
    pub fn mint(&self, kind: TokenKind) -> String {
        self.world().mint(kind)
    }

    /// Everything that went over the wire so far.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.shared.exchanges).clone()
    }

    /// The exchanges that could change something and were not refused.
    #[must_use]
    pub fn writes(&self) -> Vec<Exchange> {
        let mut exchanges = self.exchanges();
        exchanges.retain(|exchange| exchange.writes() && (200..300).contains(&exchange.status));
        exchanges
    }

    /// Forgets the exchanges so far.
    pub fn forget_exchanges(&self) {
        lock(&self.shared.exchanges).clear();
    }

    /// What the judge objected to.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.violations).clone()
    }

    /// Sends an event to the App, signed with its secret.
    pub async fn deliver(&self, event: &str, payload: Value) -> Delivery {
        self.shared.deliver(event, &payload).await
    }

    /// Sends any bytes under any secret: what is forged or broken.
    pub async fn deliver_bytes(&self, event: &str, body: Vec<u8>, secret: &str) -> Delivery {
        self.shared.deliver_bytes(event, body, secret).await
    }

    /// Sends a delivery again, under its GUID.
    ///
    /// # Errors
    /// When there is no such delivery.
    pub async fn redeliver(&self, id: u64) -> Result<Delivery> {
        self.shared.redeliver(id).await
    }

    /// Sends the event only when the App hears of it.
    pub(crate) async fn tell(&self, full_name: &str, event: &str, payload: Result<Value>) {
        let hears = {
            let world = self.world();
            world.hears(full_name, event) && world.app.webhook_url.is_some()
        };
        if let (true, Ok(payload)) = (hears, payload) {
            self.shared.deliver(event, &payload).await;
        }
    }

    /// Ends it: no new connections, and the open ones are cut.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
