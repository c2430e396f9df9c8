//! What a person sees while GitHub is asked.
//!
//! Of a single answer nothing for a second, then for how long; only on a terminal. Of work that
//! takes long how far it is: one line that is written anew on a terminal, a line now and then in a
//! pipe or a workflow's log. On a terminal the line is taken away before anything else is printed.

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

/// How often a line is added where there is no terminal.
const NOW_AND_THEN: Duration = Duration::from_secs(30);

/// How far long work is, on standard error.
pub(crate) struct Far {
    terminal: bool,
    /// When a line was written last.
    last: Mutex<Option<Instant>>,
}

impl Far {
    /// Nothing is shown yet.
    pub(crate) fn begin() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            last: Mutex::new(None),
        }
    }

    /// Shows how far it is, unless that was shown just now.
    pub(crate) fn show(&self, line: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !due(self.terminal, last.map(|at| at.elapsed())) {
            return;
        }
        *last = Some(Instant::now());
        let mut out = std::io::stderr();
        // A terminal that was closed, or a full disk behind a pipe, is no reason to stop.
        let _ = match self.terminal {
            true => write!(out, "\r{line}\x1b[K"),
            false => writeln!(out, "waterline: {line}"),
        };
    }

    /// Says something that must not be passed over, on a line of its own.
    pub(crate) fn say(&self, text: &str) {
        self.clear();
        let _ = writeln!(std::io::stderr(), "waterline: {text}");
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && last.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Whether a line is due, so long after the last one.
fn due(terminal: bool, since: Option<Duration>) -> bool {
    let every = if terminal { EVERY } else { NOW_AND_THEN };
    since.is_none_or(|since| since >= every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_now_and_then_and_a_terminal_four_a_second() {
        let ms = |n| Some(Duration::from_millis(n));
        assert!(due(true, None) && due(false, None));
        assert!(due(true, ms(250)) && !due(true, ms(200)));
        assert!(!due(false, ms(29_000)) && due(false, ms(30_000)));
    }
}
