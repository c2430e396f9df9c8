//! How long a failed job waits before its next try.
//!
//! Eight tries from two seconds up, four times longer each, at most half an hour: about seventy
//! minutes in all, which outlasts most incidents of GitHub.

use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// The pauses between tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first try. Default 2 s.
    pub first: Duration,
    /// How much longer each further pause is. Default 4.
    pub factor: u32,
    /// The longest pause. Default 30 min.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            factor: 4,
            longest: Duration::from_secs(1_800),
        }
    }
}

impl Backoff {
    /// The pause after `tries` tries, between three and five quarters of the nominal one: `roll`
    /// is any random number.
    #[must_use]
    pub fn pause(&self, tries: u32, roll: u64) -> Duration {
        let nominal = self
            .factor
            .checked_pow(tries.saturating_sub(1))
            .and_then(|times| self.first.checked_mul(times))
            .map_or(self.longest, |pause| pause.min(self.longest));
        nominal.mul_f64(0.75 + 0.5 * (roll % 1_000) as f64 / 1_000.0)
    }
}

/// A random number, for jitter, names of instances and lease tokens: nothing secret hangs on it.
pub(crate) fn random() -> u64 {
    // Each `RandomState` has keys of its own, seeded by the operating system.
    std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_the_longest() {
        let backoff = Backoff::default();
        let nominal: Vec<u64> = (1..=8)
            .map(|tries| backoff.pause(tries, 500).as_secs())
            .collect();
        assert_eq!(nominal, [2, 8, 32, 128, 512, 1_800, 1_800, 1_800]);
        assert_eq!(backoff.pause(1, 0), Duration::from_millis(1_500));
        assert!(backoff.pause(1, 999) < Duration::from_millis(2_500));
        assert!(backoff.pause(u32::MAX, 999) <= Duration::from_secs(2_250));
    }

    #[test]
    fn random_numbers_differ() {
        assert_ne!(random(), random());
    }
}
