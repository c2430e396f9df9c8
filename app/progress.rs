//! What a person at a terminal sees while GitHub is asked: nothing for a second, then for how long.
//!
//! Only on a terminal: a pipe or a workflow's log never sees it. The line is taken away before
//! anything else is printed.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is said.
const QUIET: Duration = Duration::from_secs(1);
/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(250);

#[derive(Clone, Copy)]
struct State {
    since: Instant,
    shown: bool,
}

/// A line on standard error, written while this lives.
pub(crate) struct Progress {
    state: Arc<Mutex<State>>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Progress {
    /// Begins to wait, on a terminal.
    pub(crate) fn start(what: &'static str) -> Self {
        let begun = State {
            since: Instant::now(),
            shown: false,
        };
        let state = Arc::new(Mutex::new(begun));
        let task = std::io::stderr().is_terminal().then(|| {
            let state = Arc::clone(&state);
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(EVERY).await;
                    tick(&state, what);
                }
            })
        });
        Self { state, task }
    }

    /// Takes the line away; it comes back after another second of waiting.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.shown) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
        state.since = Instant::now();
    }
}

fn tick(state: &Mutex<State>, what: &str) {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = state.since.elapsed();
    if waited > QUIET {
        let _ = write!(std::io::stderr(), "\r{what}: {} s\x1b[K", waited.as_secs());
        state.shown = true;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        self.clear();
    }
}
