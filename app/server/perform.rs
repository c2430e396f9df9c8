//! Doing a job: the seam between the worker and everything that it sets in motion.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use waterline_core::engine::{self, Outcome};
use waterline_core::error::Result;
use waterline_core::event::Job;
use waterline_core::port::{Memory, Out, Ports};
use waterline_core::report::Decided;
use waterline_github::App;

/// Whoever does jobs.
#[async_trait]
pub trait Perform: Send + Sync {
    /// Does a job, for a delivery whose GUID goes along with every request.
    ///
    /// # Errors
    /// Temporary ones where another try may succeed; all others end the job.
    async fn perform(&self, job: &Job, delivery: &str) -> Result<Outcome>;
}

/// Does jobs on GitHub, as the App.
pub struct AppWork {
    app: Arc<App>,
    memory: Arc<dyn Memory>,
}

impl AppWork {
    /// Work through `app` that is remembered in `memory`.
    #[must_use]
    pub fn new(app: Arc<App>, memory: Arc<dyn Memory>) -> Self {
        Self { app, memory }
    }
}

#[async_trait]
impl Perform for AppWork {
    async fn perform(&self, job: &Job, delivery: &str) -> Result<Outcome> {
        let repo = job.subject.repo();
        let installation = match job.installation {
            Some(installation) => installation,
            // A repository's own webhook names none.
            None => self.app.installation_of(repo).await?,
        };
        let ports = Ports {
            github: self.app.port(installation, repo, delivery).await?,
            memory: Arc::clone(&self.memory),
            out: Arc::new(Nobody),
            asked: None,
            now: Timestamp::now(),
            post: true,
        };
        engine::perform(&ports, job).await
    }
}

/// Nobody waits at a server: what is to be seen is posted, and notes go to the log.
struct Nobody;

#[async_trait]
impl Out for Nobody {
    async fn show(&self, _: &Decided) -> Result<()> {
        Ok(())
    }

    async fn note(&self, note: &str) {
        tracing::info!("{note}");
    }
}
