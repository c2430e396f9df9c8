//! How often and how soon a request is sent again.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// Tries in all.
const TRIES: u32 = 4;

/// Before the second try, at most; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(400);

/// No further try is begun after this: the job's own retry takes over.
const BUDGET: Duration = Duration::from_secs(45);

/// What is left of the tries of one call.
#[derive(Debug)]
pub(super) struct Retries {
    repeatable: bool,
    begun: Instant,
    tried: u32,
}

impl Retries {
    /// The first try is being made.
    pub(super) fn new(repeatable: bool) -> Self {
        Self {
            repeatable,
            begun: Instant::now(),
            tried: 1,
        }
    }

    /// Whether there may be another try at all.
    pub(super) fn left(&self) -> bool {
        self.tried < TRIES && self.begun.elapsed() < BUDGET
    }

    /// The pause before another try after an outage; none where it must not be repeated.
    pub(super) fn next_pause(&mut self) -> Option<Duration> {
        if !self.repeatable || !self.left() {
            return None;
        }
        let longest = FIRST_PAUSE * (1 << (self.tried - 1));
        self.tried += 1;
        Some(longest.mul_f64(0.5 + 0.5 * chance()))
    }

    /// A pause that GitHub asked for.
    pub(super) fn after(&mut self, pause: Duration) -> Duration {
        self.tried += 1;
        pause
    }
}

/// A number from 0 to 1, so that many who failed together do not come back together. The
/// standard library seeds its hashers at random, and jitter needs nothing better.
fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0);
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_is_tried_four_times_and_a_write_once() {
        let mut reads = Retries::new(true);
        let pauses: Vec<_> = std::iter::from_fn(|| reads.next_pause()).collect();
        assert_eq!(pauses.len(), 3);
        assert!(
            pauses
                .iter()
                .all(|pause| (200..=1_600).contains(&pause.as_millis())),
            "{pauses:?}"
        );
        assert_eq!(Retries::new(false).next_pause(), None);
    }
}
