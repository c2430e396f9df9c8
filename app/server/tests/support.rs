//! A server for one test, a client that may misbehave, and work that does as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use waterline_core::engine::Outcome;
use waterline_core::error::{Error, Result};
use waterline_core::event::Job;
use waterline_github::webhook::Secrets;

use crate::journal::Counts;
use crate::server::open;
use crate::{Perform, Running, Server, Settings};

pub(super) const SECRET: &str = "It's a Secret to Everybody";

/// Work that is ordered by a job's name, and noted.
#[derive(Default)]
pub(super) struct Work {
    pub(super) begun: Mutex<Vec<(String, String)>>,
    pub(super) go: Notify,
    pub(super) started: Notify,
    /// A job that would go on for ever was stopped.
    pub(super) cut: Notify,
}

/// Says so when it goes.
struct Cut<'a>(&'a Notify);

impl Drop for Cut<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[async_trait]
impl Perform for Work {
    async fn perform(&self, job: &Job, delivery: &str) -> Result<Outcome> {
        let noted = (job.name().to_owned(), delivery.to_owned());
        self.begun.lock().unwrap().push(noted);
        self.started.notify_one();
        let mut follow = Vec::new();
        match job.name() {
            "panic" => panic!("as ordered"),
            "outage" => return Err(Error::Unavailable("GitHub is down".to_owned())),
            "refuse" => return Err(Error::Refused("GitHub said no".to_owned())),
            "wait" => self.go.notified().await,
            "for ever" => {
                let _cut = Cut(&self.cut);
                std::future::pending().await
            }
            "lead" => follow.push(crate::journal::tests::bench::named_job(99, "follow")),
            _ => {}
        }
        let summary = format!("did {}", job.name());
        Ok(Outcome {
            summary,
            follow,
            ..Outcome::default()
        })
    }
}

/// A server, its work, and the folder that its database is in.
pub(super) struct Talk {
    pub(super) running: Running,
    pub(super) work: Arc<Work>,
    pub(super) folder: TempDir,
}

pub(super) fn settings(folder: &TempDir) -> Settings {
    Settings {
        bind: ([127, 0, 0, 1], 0).into(),
        database_url: folder.path().join("w.db").display().to_string(),
        ..Settings::new(Secrets::parse(&SECRET.into()).unwrap())
    }
}

impl Talk {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(super) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(TempDir::new().unwrap(), change).await
    }

    pub(super) async fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&folder);
        change(&mut settings);
        let work = Arc::new(Work::default());
        let journal = open(&settings).await.unwrap();
        let running = Server::start_with(settings, journal, work.clone(), None)
            .await
            .unwrap();
        Self {
            running,
            work,
            folder,
        }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.running.addr()).await.unwrap()
    }

    /// Sends one request on a connection of its own; status and everything else.
    pub(super) async fn send(&self, request: &[u8]) -> (u16, String) {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        answer(&mut stream).await
    }

    pub(super) async fn get(&self, path: &str) -> (u16, String) {
        let host = "host: localhost\r\nconnection: close";
        self.send(format!("GET {path} HTTP/1.1\r\n{host}\r\n\r\n").as_bytes())
            .await
    }

    /// Knocks with a signed body.
    pub(super) async fn deliver(&self, guid: &str, event: &str, body: &[u8]) -> (u16, String) {
        self.send(&request(guid, event, &signature(body), body))
            .await
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.work
            .begun
            .lock()
            .unwrap()
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Waits until the counts are as wanted.
    pub(super) async fn until(&self, wanted: impl Fn(Counts) -> bool) -> Counts {
        let waited = async {
            loop {
                let counts = self.running.journal().counts().await.unwrap();
                if wanted(counts) {
                    return counts;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waited)
            .await
            .unwrap()
    }
}

/// Everything until the server closes; the status first.
pub(super) async fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut text = Vec::new();
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut text).await;
    let text = String::from_utf8_lossy(&text).into_owned();
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    (status, text)
}

pub(super) fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// The head of a knock.
pub(super) fn head(guid: &str, event: &str, signature: &str, more: &str) -> String {
    format!(
        "POST /webhook HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         connection: close\r\nx-github-event: {event}\r\nx-github-delivery: {guid}\r\n\
         x-hub-signature-256: {signature}\r\n{more}\r\n\r\n"
    )
}

pub(super) fn request(guid: &str, event: &str, signature: &str, body: &[u8]) -> Vec<u8> {
    let mut request = head(
        guid,
        event,
        signature,
        &format!("content-length: {}", body.len()),
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// A failed run's delivery, as small as can be, with so many bytes of ballast.
pub(super) fn failed_run(run: u64, ballast: usize) -> Vec<u8> {
    format!(
        "{{\"action\":\"completed\",\"installation\":{{\"id\":7}},\
         \"repository\":{{\"id\":1,\"full_name\":\"octo/shop\"}},\
         \"workflow_run\":{{\"id\":{run},\"conclusion\":\"failure\"}},\"x\":\"{}\"}}",
        "y".repeat(ballast)
    )
    .into_bytes()
}
