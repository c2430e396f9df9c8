//! A step that asks for its own deployment, and waits within bounds until it may go ahead.
//!
//! Only what was said last is shown: a summary with twenty times "not yet" tells nobody anything.
//! Between two looks is a pause that grows, so that many waiting jobs do not use up a quota.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::ArgMatches;
use jiff::{SignedDuration, Timestamp};
use waterline_core::event::Job;
use waterline_core::model::{Asking, RepoName, Sha, Subject};
use waterline_core::port::{Out, Ports};
use waterline_core::report::Decided;

use crate::desk;
use crate::exit::{Ended, Failure};
use crate::settings;

const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What a step wants to deploy: the commit that was named, or the workflow's own.
pub(crate) fn deployment(repo: RepoName, matches: &ArgMatches) -> Subject {
    let named = matches.try_get_one::<Sha>("sha").ok().flatten();
    let sha = named.map(ToString::to_string);
    Subject::Deployment(Asking {
        repo,
        run: None,
        environment: desk::given(matches, "environment").cloned(),
        deployment: None,
        sha: sha.or_else(|| settings::variable("GITHUB_SHA")),
        reference: settings::variable("GITHUB_REF"),
        callback: None,
    })
}

/// Keeps what was said last.
struct Last {
    out: Arc<dyn Out>,
    said: Mutex<Option<Decided>>,
}

#[async_trait]
impl Out for Last {
    async fn show(&self, decided: &Decided) -> waterline_core::error::Result<()> {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(decided.clone());
        Ok(())
    }

    async fn note(&self, note: &str) {
        self.out.note(note).await;
    }

    async fn lacks(&self, note: &str, permission: &str) {
        self.out.lacks(note, permission).await;
    }
}

/// Looks again until it is allowed or refused, or until the time is over; then what was said last
/// is shown, and counts.
pub(crate) async fn until_allowed(
    ports: &Ports,
    jobs: &[Job],
    fail: bool,
    most: SignedDuration,
) -> Result<Ended, Failure> {
    let begun = Instant::now();
    let most = Duration::try_from(most).unwrap_or_default();
    let mut pause = FIRST_PAUSE;
    let last = Arc::new(Last {
        out: Arc::clone(&ports.out),
        said: Mutex::new(None),
    });
    loop {
        let now = Ports {
            out: last.clone(),
            now: Timestamp::now(),
            ..ports.clone()
        };
        let ended = desk::all(&now, jobs, fail).await;
        let waits = match &ended {
            Ok(ended) => matches!(ended, Ended::NotYet | Ended::NoFacts),
            Err(Failure::Facts(error)) => error.is_temporary(),
            Err(_) => false,
        };
        let left = most.saturating_sub(begun.elapsed());
        if !waits || left.is_zero() {
            let said = last
                .said
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(said) = said {
                ports.out.show(&said).await?;
            }
            return ended;
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
