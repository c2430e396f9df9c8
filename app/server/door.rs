//! `POST /webhook`: the way in for deliveries.
//!
//! In the order of what it costs: the headers, the announced length, the body as it arrives (it
//! is hashed on the way and takes memory from a budget), the signature, and only then its JSON.
//! What has a job is on the disk before GitHub hears 202; GitHub waits ten seconds for that.

mod body;
mod budget;
mod head;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use waterline_core::engine;
use waterline_core::event::Job;
use waterline_github::webhook::{self, Incoming, Refusal};

use crate::answer::{self, Refused};
use crate::house::{House, Idle};
use crate::journal::{Accepted, NewDelivery};
use crate::metric;
pub(crate) use budget::Budget;
use head::Head;

/// The largest delivery, in bytes: GitHub sends none above 25 MB.
pub(crate) const LARGEST: usize = 25 << 20;

/// From here on a payload is read by a thread for such things, in bytes.
const BIG: usize = 512 << 10;

/// How long the database may take. GitHub hangs up after ten seconds.
const STORED_WITHIN: Duration = Duration::from_secs(8);

/// What became of a delivery that was let in.
enum Taken {
    /// It has jobs, and is stored.
    Stored(usize),
    /// It was here before, but failed: its dead jobs are queued anew.
    Retaken(u64),
    /// It was here before.
    Duplicate,
    /// There is nothing to do.
    Ignored,
}

/// Takes a delivery.
pub(crate) async fn webhook(State(house): State<Arc<House>>, request: Request) -> Response {
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let head = match Head::read(&parts.headers) {
        Ok(head) => head,
        Err(refused) => {
            metric::delivery("", "refused");
            body::drain(body, house.stopping.clone());
            return refused.into_response();
        }
    };
    // What is left of the head holds the whole buffer that the request was read into.
    drop(parts);
    let mut signed = false;
    let taken = take(&house, &head, body, &mut signed).await;
    let outcome = match &taken {
        Ok(Taken::Stored(_)) => "stored",
        Ok(Taken::Retaken(_)) => "retaken",
        Ok(Taken::Duplicate) => "duplicate",
        Ok(Taken::Ignored) => "ignored",
        Err(refused) if refused.status == StatusCode::UNAUTHORIZED => "forged",
        Err(refused) if refused.status.is_server_error() => "failed",
        Err(_) => "refused",
    };
    // Before the signature is known to be right, not even the event's name is.
    let event = if taken.is_ok() {
        head.event.as_str()
    } else {
        ""
    };
    metric::delivery(event, outcome);
    if signed {
        metric::acknowledged(begun.elapsed());
    }
    match taken {
        Ok(taken) => said(&taken),
        Err(refused) if outcome == "forged" => {
            // Whoever likes can send these, as many as they like.
            tracing::debug!(delivery = %head.guid, "a delivery was refused: {}", refused.sentence);
            refused.into_response()
        }
        Err(refused) => {
            tracing::info!(delivery = %head.guid, status = refused.status.as_u16(),
                "a delivery was refused: {}", refused.sentence);
            refused.into_response()
        }
    }
}

/// `signed` becomes true once the signature is known to fit.
async fn take(
    house: &House,
    head: &Head,
    body: axum::body::Body,
    signed: &mut bool,
) -> Result<Taken, Refused> {
    let (raw, held) = body::receive(house, head, body).await?;
    *signed = true;
    let read = if raw.len() < BIG {
        read(head, raw)?
    } else {
        let head = head.clone();
        let blocking = tokio::task::spawn_blocking(move || read(&head, raw));
        blocking.await.map_err(|_| failed())??
    };
    if read.jobs.is_empty() {
        house.ignored.add(Idle {
            event: head.event.clone(),
            action: read.action,
            repo: read.repo,
            at: house.journal.clock().now(),
        });
        return Ok(Taken::Ignored);
    }
    let jobs = read.jobs.len();
    let delivery = NewDelivery {
        guid: head.guid.clone(),
        event: head.event.clone(),
        action: read.action,
        repo: read.repo,
        payload: read.payload,
        jobs: read.jobs,
    };
    let stored = tokio::time::timeout(STORED_WITHIN, house.journal.accept(delivery)).await;
    drop(held);
    match stored {
        Ok(Ok(Accepted::Stored)) => Ok(Taken::Stored(jobs)),
        Ok(Ok(Accepted::Retaken { jobs })) => Ok(Taken::Retaken(jobs)),
        Ok(Ok(Accepted::Duplicate)) => Ok(Taken::Duplicate),
        Ok(Err(error)) => {
            tracing::error!(delivery = %head.guid, "a delivery could not be stored: {error}");
            Err(failed())
        }
        Err(_) => {
            tracing::error!(delivery = %head.guid, "a delivery could not be stored in time");
            Err(failed())
        }
    }
}

/// GitHub notes a failure, and we ask for the delivery again.
fn failed() -> Refused {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The delivery could not be stored; it will be asked for again.",
    )
}

/// A payload that was understood.
struct Read {
    action: String,
    repo: String,
    payload: Bytes,
    jobs: Vec<Job>,
}

fn read(head: &Head, raw: Bytes) -> Result<Read, Refused> {
    let json = webhook::body_json(head.content_type.as_deref(), &raw).map_err(refused)?;
    let Incoming {
        event,
        action,
        installation,
        repo,
    } = webhook::parse(&head.event, &json).map_err(refused)?;
    let jobs = event
        .map(|event| engine::jobs_for(&event, installation))
        .unwrap_or_default();
    let payload = match json {
        std::borrow::Cow::Borrowed(_) => None,
        std::borrow::Cow::Owned(json) => Some(json),
    };
    Ok(Read {
        action: action.unwrap_or_default(),
        repo: repo.map(String::from).unwrap_or_default(),
        payload: payload.map_or(raw, Bytes::from),
        jobs,
    })
}

fn refused(refusal: Refusal) -> Refused {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Refused::new(status, refusal.to_string())
}

fn said(taken: &Taken) -> Response {
    #[derive(Serialize)]
    struct Said {
        accepted: bool,
        jobs: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'static str>,
    }
    let (jobs, note) = match taken {
        Taken::Stored(jobs) => (*jobs as u64, None),
        Taken::Retaken(jobs) => (*jobs, Some("It failed before; its jobs are queued anew.")),
        Taken::Duplicate => (
            0,
            Some("This delivery was here before; nothing is done twice."),
        ),
        Taken::Ignored => (0, Some("There is nothing to do for this event.")),
    };
    answer::json(
        StatusCode::ACCEPTED,
        &Said {
            accepted: true,
            jobs,
            note,
        },
    )
}
