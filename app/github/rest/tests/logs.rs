//! Logs, and who is shown our token.

use waterline_core::error::Error;
use waterline_core::model::JobId;
use waterline_core::port::{LogFetch, LogSink};
use waterline_standin::{FinishedJob, Host, Log, RunOn};

use crate::fixture::{Canned, House, shop};
use crate::with_token;

#[derive(Default)]
pub(super) struct Kept(pub(super) Vec<u8>);

impl LogSink for Kept {
    fn push(&mut self, chunk: &[u8]) {
        self.0.extend_from_slice(chunk);
    }
}

fn job(house: &House, log: Log) -> JobId {
    let mut world = house.standin.world();
    let run = world
        .begin_run("octo/shop", "CI", RunOn::Branch("main"))
        .unwrap();
    JobId(
        world
            .add_job("octo/shop", run, FinishedJob::failure("test", log))
            .unwrap(),
    )
}

#[tokio::test]
async fn a_log_is_streamed_up_to_the_cap_and_storage_never_sees_our_token() {
    let house = House::open().await;
    let port = house.port().await;
    let text = "error: no\n".repeat(30_000);
    let job = job(&house, Log::from(text.as_str()));
    for (cap, fetched, length) in [
        (u64::MAX, LogFetch::Whole, text.len()),
        (text.len() as u64, LogFetch::Whole, text.len()),
        (text.len() as u64 - 1, LogFetch::Cut, text.len() - 1),
        (0, LogFetch::Cut, 0),
    ] {
        let mut kept = Kept::default();
        assert_eq!(
            port.job_log(&shop(), job, cap, &mut kept).await,
            Ok(fetched)
        );
        assert_eq!(kept.0, text.as_bytes()[..length]);
    }
    let mut stored = house.standin.exchanges();
    stored.retain(|exchange| exchange.host == Host::Storage);
    assert_eq!(stored.len(), 4);
    for exchange in stored {
        assert_eq!(exchange.header("authorization"), None);
        assert_eq!(exchange.header("x-waterline-delivery"), None);
    }
}

#[tokio::test]
async fn a_log_that_is_gone_is_missing() {
    let house = House::open().await;
    let port = house.port().await;
    for job in [
        job(&house, Log::Expired),
        job(&house, Log::Missing),
        JobId(7),
    ] {
        let fetched = port.job_log(&shop(), job, 1, &mut Kept::default()).await;
        assert_eq!(fetched, Ok(LogFetch::Missing));
    }
}

const LINK: &str = "302 Found\r\nlocation: {url}/storage\r\n\r\n";

/// What becomes of a log with these answers, of API and storage in turn.
async fn fetched(answers: &[&str]) -> (Result<LogFetch, Error>, Vec<u8>, Vec<String>) {
    let github = Canned::start(answers).await;
    let port = with_token(&github.url, "ghp_x".into(), "d-1").unwrap();
    let mut kept = Kept::default();
    let fetched = port.job_log(&shop(), JobId(1), 100, &mut kept).await;
    (fetched, kept.0, github.asked())
}

#[tokio::test]
async fn a_link_that_ran_out_is_asked_for_again_once() {
    let (log, text, asked) = fetched(&[LINK, "403 Forbidden", LINK, "200 OK\r\n\r\nred"]).await;
    assert_eq!(
        (log, text.as_slice()),
        (Ok(LogFetch::Whole), b"red".as_slice())
    );
    let with_token: Vec<_> = asked.iter().map(|a| a.contains("authorization")).collect();
    assert_eq!(with_token, [true, false, true, false]);

    let (log, ..) = fetched(&[LINK, "403 Forbidden", LINK, "403 Forbidden"]).await;
    assert!(matches!(log, Err(Error::Unavailable(_))));
    let (log, ..) = fetched(&[LINK, "404 Not Found", LINK, "404 Not Found"]).await;
    assert_eq!(log, Ok(LogFetch::Missing));
}

#[tokio::test]
async fn storage_may_send_us_on_but_not_forever_and_not_out_of_the_web() {
    let on = "307 Temporary Redirect\r\nlocation: /on\r\n\r\n";
    let (log, text, asked) = fetched(&[LINK, on, "200 OK\r\n\r\nred"]).await;
    assert_eq!(
        (log, text.as_slice()),
        (Ok(LogFetch::Whole), b"red".as_slice())
    );
    assert!(!asked[2].contains("authorization"));
    let (log, ..) = fetched(&[LINK, on, on, on, on]).await;
    assert!(matches!(log, Err(Error::Refused(_))));
    let (log, ..) = fetched(&["302 Found\r\nlocation: file:///etc/passwd\r\n\r\n"]).await;
    assert!(matches!(log, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_server_without_storage_gives_the_log_at_once() {
    let (log, text, _) = fetched(&["200 OK\r\n\r\nred"]).await;
    assert_eq!(
        (log, text.as_slice()),
        (Ok(LogFetch::Whole), b"red".as_slice())
    );
}
