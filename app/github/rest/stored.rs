//! What GitHub keeps in its storage, logs and artifacts, streamed from there.
//!
//! GitHub answers with a link to its storage that lives for one minute. It is followed by a
//! client of its own which has never heard of our token, hop by hop, and read only as far as the
//! caller wants.

use http::StatusCode;
use http::header::LOCATION;
use reqwest::{Response, Url};
use waterline_core::error::{Error, Result};
use waterline_core::model::{ArtifactId, JobId, RepoName};
use waterline_core::port::{LogFetch, LogSink};

use crate::client::{Call, Session};

/// Storage may send us on; more often than this is a loop.
const HOPS: usize = 3;

/// What the storage says.
enum Opened {
    Yes(Response),
    /// The link ran out, or the thing is gone: only GitHub knows which.
    No(StatusCode),
}

/// The log of a job.
pub(super) async fn log(
    session: &Session,
    repo: &RepoName,
    job: JobId,
    cap: u64,
    sink: &mut dyn LogSink,
) -> Result<LogFetch> {
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
        format!("/repos/{repo}/actions/jobs/{job}/logs"),
    )
    .about(format!("the log of job {job} of {repo}"));
    fetch(session, call, cap, sink).await
}

/// The archive of an artifact.
pub(super) async fn artifact(
    session: &Session,
    repo: &RepoName,
    artifact: ArtifactId,
    cap: u64,
    sink: &mut dyn LogSink,
) -> Result<LogFetch> {
    let call = Call::get(
        "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
        format!("/repos/{repo}/actions/artifacts/{artifact}/zip"),
    )
    .about(format!("artifact {artifact} of {repo}"));
    fetch(session, call, cap, sink).await
}

async fn fetch(
    session: &Session,
    call: Call,
    cap: u64,
    sink: &mut dyn LogSink,
) -> Result<LogFetch> {
    let call = call.needs("actions: read").unfollowed();
    let mut refused = StatusCode::OK;
    // A link that ran out on the way is asked for again, once.
    for _ in 0..2 {
        let answer = session.ask(&call).await?;
        if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(LogFetch::Missing);
        }
        if !answer.status().is_redirection() {
            // A server without storage of its own gives it at once.
            let mut taker = Taker { left: cap, sink };
            let whole = taker.take(answer.accept()?.body());
            return Ok(if whole {
                LogFetch::Whole
            } else {
                LogFetch::Cut
            });
        }
        let link = answer
            .header(LOCATION)
            .and_then(|link| Url::parse(link).ok());
        let link =
            link.ok_or_else(|| Error::Refused(format!("GitHub gave no link to {}", call.thing)))?;
        match open(session.client().storage(), link).await? {
            Opened::Yes(response) => return stream(response, Taker { left: cap, sink }).await,
            Opened::No(status) => refused = status,
        }
    }
    match refused {
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(LogFetch::Missing),
        status => Err(Error::Unavailable(format!(
            "GitHub's storage answered {} twice",
            status.as_u16()
        ))),
    }
}

/// Follows a link, and those that follow from it.
async fn open(storage: &reqwest::Client, mut link: Url) -> Result<Opened> {
    for _ in 0..=HOPS {
        if !matches!(link.scheme(), "http" | "https") {
            return Err(Error::Refused(
                "the link to GitHub's storage leads out of the web".into(),
            ));
        }
        let response = storage
            .get(link.clone())
            .send()
            .await
            .map_err(|e| broken(&e))?;
        if !response.status().is_redirection() {
            let status = response.status();
            return Ok(if status.is_success() {
                Opened::Yes(response)
            } else {
                Opened::No(status)
            });
        }
        let next = response
            .headers()
            .get(LOCATION)
            .and_then(|next| next.to_str().ok());
        link = next
            .and_then(|next| link.join(next).ok())
            .ok_or_else(|| Error::Refused("the link to GitHub's storage leads nowhere".into()))?;
    }
    Err(Error::Refused(format!(
        "the link to GitHub's storage leads on more than {HOPS} times"
    )))
}

async fn stream(mut response: Response, mut taker: Taker<'_>) -> Result<LogFetch> {
    while let Some(chunk) = response.chunk().await.map_err(|e| broken(&e))? {
        if !taker.take(&chunk) {
            return Ok(LogFetch::Cut);
        }
    }
    Ok(LogFetch::Whole)
}

/// Hands on what is wanted.
struct Taker<'a> {
    left: u64,
    sink: &'a mut dyn LogSink,
}

impl Taker<'_> {
    /// False where not all of it was wanted.
    fn take(&mut self, chunk: &[u8]) -> bool {
        let wanted = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(chunk.len());
        if let Some(wanted) = chunk.get(..wanted).filter(|wanted| !wanted.is_empty()) {
            self.sink.push(wanted);
        }
        self.left = self.left.saturating_sub(wanted as u64);
        wanted == chunk.len()
    }
}

/// Without the address: it is signed.
fn broken(error: &reqwest::Error) -> Error {
    let how = if error.is_timeout() {
        "stalled"
    } else {
        "broke off"
    };
    Error::Unavailable(format!("the download from GitHub's storage {how}"))
}
