//! A body as it arrives: hashed on the way, bounded in time, size and memory, and cut by a stop.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures_util::future::poll_fn;
use http::StatusCode;
use tokio::sync::watch;
use waterline_github::webhook::Verifier;

use super::budget::{Held, SMALL};
use super::head::{Head, too_large};
use super::{LARGEST, refused};
use crate::answer::Refused;
use crate::house::House;

/// How long the rest of a refused body is read, so that its sender gets to see the answer.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// How long it may pause: who sends nothing has stopped, or never had more.
const DRAIN_PAUSE: Duration = Duration::from_secs(1);
/// And how much of it, in bytes.
const DRAIN_MOST: usize = 64 << 20;

/// Reads a body to its end and checks its signature.
pub(super) async fn receive<'a>(
    house: &'a House,
    head: &Head,
    mut body: Body,
) -> Result<(Bytes, Held<'a>), Refused> {
    let mut verifier = Verifier::new(&house.secrets);
    let mut held = Held::default();
    let reading = read(house, head.length, &mut body, &mut verifier, &mut held);
    let mut stopping = house.stopping.clone();
    // The body first: one that is here may be stored.
    let read = tokio::select! {
        biased;
        read = tokio::time::timeout(house.body_within, reading) => read,
        _ = stopping.wait_for(|stop| *stop) => Ok(Err(stopped())),
    };
    let raw = match read {
        Ok(Ok(raw)) => raw,
        Ok(Err(refused)) => {
            drain(body, house.stopping.clone());
            return Err(refused);
        }
        Err(_) => {
            return Err(Refused::new(
                StatusCode::REQUEST_TIMEOUT,
                "The body took too long to arrive.",
            ));
        }
    };
    verifier.check(Some(&head.signature)).map_err(refused)?;
    Ok((raw, held))
}

async fn read<'a>(
    house: &'a House,
    length: Option<usize>,
    body: &mut Body,
    verifier: &mut Verifier,
    held: &mut Held<'a>,
) -> Result<Bytes, Refused> {
    // A body that comes in one piece, as most do, is used where it lies.
    let Some(first) = next(body).await? else {
        return Ok(Bytes::new());
    };
    verifier.update(&first);
    if first.len() > SMALL {
        house
            .budget
            .grow(held, first.len(), length.unwrap_or(LARGEST))
            .ok_or_else(full)?;
    }
    let Some(mut piece) = next(body).await? else {
        return Ok(first);
    };
    let mut whole = Vec::new();
    let mut room = SMALL;
    whole.reserve_exact(length.unwrap_or(SMALL).min(SMALL).max(first.len()));
    whole.extend_from_slice(&first);
    drop(first);
    loop {
        let wanted = whole.len() + piece.len();
        if wanted > length.unwrap_or(LARGEST).min(LARGEST) {
            return Err(too_large());
        }
        if wanted > room {
            room = house
                .budget
                .grow(held, wanted, length.unwrap_or(LARGEST))
                .ok_or_else(full)?;
        }
        verifier.update(&piece);
        grow(&mut whole, wanted, room);
        whole.extend_from_slice(&piece);
        match next(body).await? {
            Some(next) => piece = next,
            None => return Ok(whole.into()),
        }
    }
}

/// Like a delivery that could not be stored: GitHub notes it, and we ask for it again.
fn full() -> Refused {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "There is no room for this body just now; it will be asked for again.",
    )
}

fn stopped() -> Refused {
    Refused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The server is stopping; the delivery will be asked for again.",
    )
}

/// Makes room by doubling, but never more than the budget has granted.
fn grow(whole: &mut Vec<u8>, wanted: usize, room: usize) {
    if wanted > whole.capacity() {
        let target = (whole.capacity() * 2).clamp(wanted, room.max(wanted));
        whole.reserve_exact(target - whole.len());
    }
}

/// The next piece that is not empty.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Refused> {
    loop {
        let frame = poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await;
        match frame {
            None => return Ok(None),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                // Trailers, or nothing.
                _ => {}
            },
            Some(Err(_)) => {
                return Err(Refused::new(
                    StatusCode::BAD_REQUEST,
                    "The body broke off before its end.",
                ));
            }
        }
    }
}

/// Reads on in the background and keeps nothing. Closing at once would reset the connection,
/// and the sender might never see why it was refused. A stop does not wait for that.
pub(super) fn drain(mut body: Body, mut stopping: watch::Receiver<bool>) {
    if body.is_end_stream() {
        return;
    }
    let reading = tokio::time::timeout(DRAIN_WITHIN, async move {
        let mut left = DRAIN_MOST;
        while let Ok(Ok(Some(piece))) = tokio::time::timeout(DRAIN_PAUSE, next(&mut body)).await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                return;
            }
        }
    });
    tokio::spawn(async move {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => {}
            _ = reading => {}
        }
    });
}
