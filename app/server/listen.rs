//! Connections: accepted up to a bound, read under a clock, and ended in bounded time.
//!
//! hyper is driven by hand because a trickling head must be cut, and no ready-made `serve` does.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::house::House;
use crate::{door, routes};

/// The most headers of a request, and the most bytes that they may have together. GitHub sends
/// about a dozen in one kilobyte.
const MOST_HEADERS: usize = 64;
const HEAD_BYTES: usize = 16 << 10;
/// What hyper reads at once. It bounds what a connection may hold besides its body.
const READ_BYTES: usize = 24 << 10;
/// How long a connection may live, so that one whose client reads nothing does not stay for ever.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long after that a request in flight may take.
const LAST_REQUEST: Duration = Duration::from_secs(45);

/// The bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) connections: usize,
    /// How long a head may take, and an idle connection stays.
    pub(crate) head_within: Duration,
    /// How long a stop waits for requests in flight.
    pub(crate) stop_within: Duration,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// What is served.
#[derive(Clone)]
pub(crate) struct Site {
    /// All addresses.
    pub(crate) router: Router,
    /// Where deliveries come in, if they do. They are most of what comes, so they do not take the
    /// way through the router.
    pub(crate) house: Option<Arc<House>>,
}

impl Site {
    async fn answer(self, request: http::Request<Body>) -> Response {
        match self.house {
            Some(house) if routes::is_delivery(&request) => {
                let answered = door::webhook(State(house), request);
                let answered = AssertUnwindSafe(answered).catch_unwind().await;
                answered.unwrap_or_else(routes::panicked)
            }
            _ => match self.router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    }
}

/// Serves until told to stop, then lets requests in flight end.
pub(crate) async fn serve(
    listener: TcpListener,
    site: Site,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_headers(MOST_HEADERS)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(READ_BYTES)
        .half_close(false);
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &places) => accepted,
        };
        if let Some((stream, peer, place)) = accepted {
            let served = connection(http.clone(), stream, peer, site.clone(), graceful.watcher());
            tokio::spawn(async move {
                served.await;
                drop(place);
            });
        }
    }
    // Nobody is let in any more; whoever waits outside is told so at once.
    drop(listener);
    if tokio::time::timeout(limits.stop_within, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests in flight were cut off");
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // Out of file descriptors, or a client that is gone already: it passes.
            tracing::warn!("a connection could not be accepted: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn connection(
    http: http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    site: Site,
    watcher: Watcher,
) {
    // Answers are small, and somebody waits for them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let site = site.clone();
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    let mut served = pin!(watcher.watch(http.serve_connection(TokioIo::new(stream), service)));
    // Errors here are the client's: a broken request, a closed connection, a head that trickled.
    let ended = tokio::time::timeout(LIFETIME, served.as_mut()).await;
    if ended.is_err() {
        let _ = tokio::time::timeout(LAST_REQUEST, served).await;
    }
}
