//! What happens to a request between the socket and its route: faults, credentials, rate limit, permission, then
//! the route, then ETag and the headers that stand on every answer.

use hyper::HeaderMap;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::auth::{self, Actor};
use crate::call::Call;
use crate::guard;
use crate::reply::{Body, Reply};
use crate::router;
use crate::world::World;

/// The versions of the API that are served.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// A request as it came off the socket, its path without `/api/v3`.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The answer to a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Reply {
    let (actor, refusal) = match admit(world, &request.headers) {
        Ok(actor) => (actor, None),
        Err(refusal) => (Actor::Nobody, Some(refusal)),
    };
    let bucket = actor.bucket();
    world.renew_rate();
    let free = request.path == "/rate_limit";
    let over = if free {
        None
    } else {
        world.over_limit(&bucket)
    };
    let mut reply = refusal
        .or(over)
        .unwrap_or_else(|| route(world, request, actor).unwrap_or_else(|refusal| refusal));
    conditional(&mut reply, &request.method, &request.headers);
    if !free && reply.status != 304 {
        world.count_request(&bucket);
    }
    for (name, value) in world.rate_headers(&bucket) {
        reply = reply.with(name, value);
    }
    let id = world.next_hex("request", 24);
    reply
        .with("x-github-request-id", id)
        .with("x-github-enterprise-version", "3.19.0")
        .with("x-github-media-type", "github.v3; format=json")
}

fn admit(world: &World, headers: &HeaderMap) -> Result<Actor, Reply> {
    if !headers.contains_key("user-agent") {
        return Err(Reply::refuse(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    if let Some(version) = headers.get("x-github-api-version")
        && !VERSIONS.iter().any(|known| version == known)
    {
        return Err(Reply::refuse(
            410,
            "This version of the API is not supported.",
        ));
    }
    auth::authenticate(world, headers)
}

fn route(world: &mut World, request: &Request, actor: Actor) -> Result<Reply, Reply> {
    let (route, params) =
        router::find(&request.method, &request.path).ok_or_else(Reply::not_found)?;
    let body = if request.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|_| Reply::refuse(400, "Problems parsing JSON"))?
    };
    let call = Call {
        method: request.method.clone(),
        path: request.path.clone(),
        params,
        query: request.query.clone(),
        headers: request.headers.clone(),
        body,
        actor,
    };
    guard::check(world, route.need, &call)?;
    (route.answer)(world, &call)
}

/// Every 200 to a GET has an ETag; a caller who has it gets 304 and nothing else.
fn conditional(reply: &mut Reply, method: &str, headers: &HeaderMap) {
    if method != "GET" || reply.status != 200 {
        return;
    }
    let bytes = match &reply.body {
        Body::Json(value) => value.to_string().into_bytes(),
        Body::Bytes(bytes, _) => bytes.clone(),
        Body::Empty => return,
    };
    let etag = format!("W/\"{}\"", hex::encode(Sha256::digest(&bytes)));
    let known = headers
        .get("if-none-match")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| same(one.trim(), &etag)));
    if known {
        *reply = Reply::new(304, Body::Empty);
    }
    reply.headers.push(("etag", etag));
}

/// Weak comparison.
fn same(one: &str, other: &str) -> bool {
    one == "*" || one.trim_start_matches("W/") == other.trim_start_matches("W/")
}
