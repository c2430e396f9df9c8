//! The load: so many connections, each with one delivery under way, for so long.
//!
//! One thread, plain sockets, requests that lie ready but for their GUID: a delivery must cost
//! the generator less than it costs the server, or the generator is what is measured.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::http;
use crate::parcel::Parcel;

/// Whom to call, and how.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// The path of its webhook.
    pub(crate) path: &'a str,
    /// What to send.
    pub(crate) parcels: &'a [Parcel],
    /// What it is named by.
    pub(crate) guid: fn(u64, u32) -> String,
}

/// What was counted while it was counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How long each delivery took that was answered with 2xx.
    pub(crate) latencies: Vec<Duration>,
    /// Deliveries that were answered with anything else.
    pub(crate) refused: u64,
    /// Deliveries that were answered with 2xx, also outside the time that counts.
    pub(crate) acknowledged: u64,
}

struct State {
    tally: Tally,
    counting: bool,
    ending: bool,
    next: u64,
    salt: u32,
}

/// Loads a server; `begin` and `end` are called on the borders of the time that counts.
pub(crate) async fn run<T>(
    target: Target<'static>,
    connections: usize,
    warm_up: Duration,
    time: Duration,
    look: impl Fn() -> Result<T>,
) -> Result<(Tally, T, T, Duration)> {
    let salt = std::process::id() ^ Instant::now().elapsed().subsec_nanos();
    let state = Rc::new(RefCell::new(State {
        tally: Tally::default(),
        counting: false,
        ending: false,
        next: 0,
        salt,
    }));
    let local = LocalSet::new();
    let callers: Vec<_> = (0..connections)
        .map(|_| local.spawn_local(call(target, Rc::clone(&state))))
        .collect();
    let ends = local.run_until(async {
        tokio::time::sleep(warm_up).await;
        let (first, begun) = (look()?, Instant::now());
        state.borrow_mut().counting = true;
        tokio::time::sleep(time).await;
        let (second, took) = (look()?, begun.elapsed());
        state.borrow_mut().counting = false;
        state.borrow_mut().ending = true;
        for caller in callers {
            caller.await??;
        }
        anyhow::Ok((first, second, took))
    });
    let (first, second, took) = ends.await?;
    let tally = std::mem::take(&mut state.borrow_mut().tally);
    Ok((tally, first, second, took))
}

/// One connection, until the end.
async fn call(target: Target<'static>, state: Rc<RefCell<State>>) -> Result<()> {
    let mut stream = connect(target.addr).await?;
    let mut request = Vec::with_capacity(64 * 1024);
    let mut answer = Vec::with_capacity(4 * 1024);
    loop {
        let number = {
            let mut state = state.borrow_mut();
            if state.ending {
                return Ok(());
            }
            state.next += 1;
            state.next
        };
        let guid = (target.guid)(number, state.borrow().salt);
        let parcel = &target.parcels[number as usize % target.parcels.len()];
        parcel.write(target.path, &guid, &mut request);
        let begun = Instant::now();
        stream.write_all(&request).await?;
        answer.clear();
        while http::whole(&answer).is_none() {
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("the server under test has hung up");
            }
        }
        let took = begun.elapsed();
        state.borrow_mut().count(http::status(&answer), took);
        if http::closes(&answer) {
            stream = connect(target.addr).await?;
        }
    }
}

impl State {
    fn count(&mut self, status: u16, took: Duration) {
        let good = (200..300).contains(&status);
        self.tally.acknowledged += u64::from(good);
        if self.counting && good {
            self.tally.latencies.push(took);
        } else if !good {
            self.tally.refused += 1;
        }
    }
}

async fn connect(addr: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(addr)
        .await
        .with_context(|| format!("nobody listens on {addr}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// As GitHub's are: UUIDs of version 1, whose clock counts tenths of microseconds, fastest digits
/// first. Ours gives each number another moment of one day, a few microseconds after the last.
pub(crate) fn guid(number: u64, salt: u32) -> String {
    let clock = 0x01ed_5b00_0000_0000_u64 + number * 37;
    format!(
        "{:08x}-{:04x}-1{:03x}-8000-{salt:012x}",
        clock & 0xffff_ffff,
        clock >> 32 & 0xffff,
        clock >> 48 & 0xfff,
    )
}

/// A UUID of version 4, in no order.
pub(crate) fn random_guid(number: u64, salt: u32) -> String {
    // SplitMix64: every number has another, all over the range.
    let mix = |mut n: u64| {
        n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ n >> 31
    };
    let (high, low) = (mix(number), mix(!number) ^ u64::from(salt));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff,
    )
}
