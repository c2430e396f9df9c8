//! Memory for bodies whose sender is not known yet.
//!
//! A small body needs no leave: the number of connections bounds them all together. Above that,
//! two pools: one for bodies up to a megabyte, one for the rare larger ones. So a small delivery
//! never waits for a large one, and a body takes room as it grows, not as it announces.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Up to here a body needs no leave, in bytes. Nearly all deliveries are smaller.
pub(crate) const SMALL: usize = 32 << 10;
/// Up to here it takes its room from the first pool.
const MEDIUM: usize = 1 << 20;
/// What one permit stands for.
const UNIT: usize = 4 << 10;

/// Room for bodies.
pub(crate) struct Budget {
    medium: Semaphore,
    large: Semaphore,
}

/// Room that a body has taken; it is free again when this is dropped.
#[derive(Default)]
pub(crate) struct Held<'a> {
    room: usize,
    permits: Vec<SemaphorePermit<'a>>,
}

impl Budget {
    /// `total` bytes in all, of which `connections` small bodies may take their share unasked. At
    /// least one body of the largest kind fits.
    pub(crate) fn new(total: usize, connections: usize, largest: usize) -> Self {
        let rest = total.saturating_sub(connections * SMALL);
        Self {
            medium: Semaphore::new((rest / 3).max(8 * MEDIUM) / UNIT),
            large: Semaphore::new((rest - rest / 3).max(largest) / UNIT),
        }
    }

    /// Waits for room up to `wanted` bytes, at least: the next step that a growing body needs.
    /// `length` is how long it says that it will be at most. The room that there is now.
    pub(crate) async fn grow<'a>(
        &'a self,
        held: &mut Held<'a>,
        wanted: usize,
        length: usize,
    ) -> usize {
        // One step in each pool: nobody holds part of a pool while waiting for the rest of it, so
        // two growing bodies cannot wait for each other.
        for (ceiling, pool) in [(MEDIUM, &self.medium), (usize::MAX, &self.large)] {
            let step = length.min(ceiling);
            if held.room.max(SMALL) < wanted && held.room.max(SMALL) < step {
                let units = (step - held.room.max(SMALL)).div_ceil(UNIT);
                if let Ok(permit) = pool
                    .acquire_many(u32::try_from(units).unwrap_or(u32::MAX))
                    .await
                {
                    held.permits.push(permit);
                    held.room = step;
                }
            }
        }
        held.room.max(SMALL)
    }

    /// Bytes that are free in both pools.
    #[cfg(test)]
    fn free(&self) -> usize {
        (self.medium.available_permits() + self.large.available_permits()) * UNIT
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LARGEST: usize = 25 << 20;

    #[tokio::test]
    async fn a_small_body_never_waits() {
        let budget = Budget::new(128 << 20, 1_024, LARGEST);
        let mut held = Vec::new();
        // Large ones, until one has to wait.
        loop {
            let mut one = Held::default();
            let Some(room) = budget.grow(&mut one, 2 << 20, LARGEST).now_or_never() else {
                break;
            };
            assert_eq!(room, LARGEST);
            held.push(one);
        }
        assert_eq!(held.len(), 2);
        let mut small = Held::default();
        assert_eq!(
            budget.grow(&mut small, 20_000, 20_000).now_or_never(),
            Some(SMALL)
        );
        let mut medium = Held::default();
        assert_eq!(
            budget.grow(&mut medium, 60_000, 90_000).now_or_never(),
            Some(90_000)
        );
    }

    #[tokio::test]
    async fn room_is_taken_as_a_body_grows_and_given_back() {
        let budget = Budget::new(128 << 20, 1_024, LARGEST);
        let all = budget.free();
        let mut held = Held::default();
        assert_eq!(budget.grow(&mut held, 1, LARGEST).await, SMALL);
        assert_eq!(budget.free(), all, "what is small is free");
        assert_eq!(budget.grow(&mut held, SMALL + 1, LARGEST).await, MEDIUM);
        assert_eq!(budget.grow(&mut held, MEDIUM + 1, LARGEST).await, LARGEST);
        assert!(all - budget.free() >= LARGEST - SMALL);
        drop(held);
        assert_eq!(budget.free(), all);
    }
}
