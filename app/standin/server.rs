//! The sockets: one for the API, one for storage. Reads requests, lets the judge see them, records the exchange,
//! and breaks the connection where a fault says so.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::door::{self, Request};
use crate::exchange::{Exchange, Host};
use crate::fault::FaultKind;
use crate::judge::Judge;
use crate::reply::{After, Body, Reply};
use crate::site;
use crate::world::World;

/// What the sockets and the handle in a test's hand have in common.
pub(crate) struct Shared {
    pub(crate) world: Mutex<World>,
    pub(crate) exchanges: Mutex<Vec<Exchange>>,
    pub(crate) violations: Mutex<Vec<String>>,
    pub(crate) judge: Option<Arc<dyn Judge>>,
    pub(crate) http: reqwest::Client,
}

/// A connection that ends without an answer.
#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken on purpose")
    }
}

impl std::error::Error for Broken {}

/// A lock whose holder has panicked is still good: a failed test must be able to report what there was.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections until the task is aborted; its connections end with it.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener, host: Host) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { handle(&shared, host, request).await }
            });
            // An error is the client's going away, or a connection that was broken on purpose.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn handle(
    shared: &Arc<Shared>,
    host: Host,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Broken> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let query = parts.uri.query().unwrap_or("").to_owned();
    let full = parts.uri.path().to_owned();
    let host = match host {
        Host::Api if below_the_api(&full).is_none() => Host::Web,
        host => host,
    };
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: below_the_api(&full).unwrap_or(&full).to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    let reply = match host {
        Host::Storage => {
            let authorized = request.headers.contains_key("authorization");
            Ok(lock(&shared.world).stored(&request.path, authorized))
        }
        Host::Api => api(shared, &request).await,
        Host::Web => Ok(site::answer(&mut lock(&shared.world), &request)),
    };
    record(shared, host, &request, &query, reply.as_ref().ok());
    let reply = reply?;
    for after in reply.after.clone() {
        let shared = Arc::clone(shared);
        tokio::spawn(async move { shared.afterwards(after).await });
    }
    response(reply).map_err(|_| Broken)
}

async fn api(shared: &Shared, request: &Request) -> Result<Reply, Broken> {
    let fault = lock(&shared.world).strike(&request.method, &request.path);
    match &fault {
        Some(FaultKind::Delay(time)) => tokio::time::sleep(*time).await,
        Some(FaultKind::Broken) => return Err(Broken),
        Some(kind) => {
            if let Some(reply) = lock(&shared.world).fault_reply(kind) {
                return Ok(reply);
            }
        }
        None => {}
    }
    let reply = door::answer(&mut lock(&shared.world), request);
    if let Some(judge) = &shared.judge {
        let said = judged(judge.as_ref(), request, &reply);
        lock(&shared.violations).extend(said);
    }
    if matches!(fault, Some(FaultKind::BrokenAfter)) {
        return Err(Broken);
    }
    Ok(reply)
}

fn judged(judge: &dyn Judge, request: &Request, reply: &Reply) -> Vec<String> {
    let Request { method, path, .. } = request;
    let sent: Option<Value> = serde_json::from_slice(&request.body).ok();
    let given = match &reply.body {
        Body::Json(value) => Some(value),
        _ => None,
    };
    let asked = judge.request(method, path, &request.query, sent.as_ref());
    let answered = judge.response(method, path, reply.status, given);
    [asked, answered]
        .into_iter()
        .filter_map(Result::err)
        .collect()
}

fn record(shared: &Shared, host: Host, request: &Request, query: &str, reply: Option<&Reply>) {
    let exchange = Exchange {
        host,
        method: request.method.clone(),
        path: request.path.clone(),
        query: query.to_owned(),
        headers: named(&request.headers),
        body: request.body.clone(),
        status: reply.map_or(0, |reply| reply.status),
        response_headers: reply.map_or_else(Vec::new, |reply| {
            let headers = reply.headers.iter();
            headers
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect()
        }),
        response: reply.map(|reply| bytes(&reply.body)).unwrap_or_default(),
    };
    lock(&shared.exchanges).push(exchange);
}

fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

fn bytes(body: &Body) -> Vec<u8> {
    match body {
        Body::Empty => Vec::new(),
        Body::Json(value) => value.to_string().into_bytes(),
        Body::Bytes(bytes, _) => bytes.clone(),
    }
}

fn response(reply: Reply) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    let mut builder = Response::builder().status(reply.status);
    builder = match &reply.body {
        Body::Empty => builder,
        Body::Json(_) => builder.header("content-type", "application/json; charset=utf-8"),
        Body::Bytes(_, content_type) => builder.header("content-type", *content_type),
    };
    for (name, value) in &reply.headers {
        builder = builder.header(*name, value);
    }
    builder.body(Full::new(Bytes::from(bytes(&reply.body))))
}

impl Shared {
    async fn afterwards(&self, after: After) {
        match after {
            After::Redeliver(id) => {
                let _ = self.redeliver(id).await;
            }
            After::Deliver(event, payload) => {
                let _ = self.deliver(event, &payload).await;
            }
        }
    }
}

/// The path below REST's folder; GraphQL stands beside it.
fn below_the_api(full: &str) -> Option<&str> {
    full.strip_prefix("/api/v3")
        .or_else(|| full.strip_prefix("/api").filter(|p| *p == "/graphql"))
}
