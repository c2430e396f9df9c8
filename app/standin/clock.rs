//! Time in the stand-in. What is written on GitHub's objects comes from a settable clock that advances one step a
//! write, so that every run of a story has the same times. What depends on the caller's own clock (JWTs, tokens,
//! log links, rate limits) comes from the wall clock, which a test can put forward or back.

use jiff::{SignedDuration, Timestamp};

/// The two clocks of a [`World`](crate::World).
#[derive(Debug, Clone)]
pub struct Clock {
    /// The time that the next object will be later than.
    pub now: Timestamp,
    /// How far [`Clock::tick`] moves.
    pub step: SignedDuration,
    /// How far GitHub's wall clock is ahead of this machine's; put it forward to let tokens expire.
    pub skew: SignedDuration,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            now: Timestamp::constant(1_767_600_000, 0), // 2026-01-05T08:00:00Z, a Monday
            step: SignedDuration::from_secs(1),
            skew: SignedDuration::ZERO,
        }
    }
}

impl Clock {
    /// Moves the story's clock one step and returns the new time.
    pub fn tick(&mut self) -> Timestamp {
        self.advance(self.step)
    }

    /// Moves the story's clock by `duration` and returns the new time.
    pub fn advance(&mut self, duration: SignedDuration) -> Timestamp {
        self.now = self.now.saturating_add(duration).unwrap_or(Timestamp::MAX);
        self.now
    }

    /// The wall clock with its skew, in whole seconds.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        let now = Timestamp::now()
            .saturating_add(self.skew)
            .unwrap_or(Timestamp::MAX);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}
