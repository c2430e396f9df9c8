//! Memory for bodies whose sender is not known yet.
//!
//! A small body needs no leave: the number of connections bounds them all together. Above that,
//! two pools: one for bodies up to a megabyte, one for the rare larger ones. A body takes room as
//! it grows, not as it announces, and never more than twice what has arrived: who wants to fill a
//! pool has to send half of it. A pool that is full is not waited for, or strangers who stall
//! could have every delivery wait; GitHub notes the refusal, and we ask for the delivery again.

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

    /// Takes room for `wanted` bytes that have arrived, and for as many again at most, but not
    /// beyond `length`, which is how long the body says that it will be. The room that there is
    /// now; none where a pool is full.
    pub(crate) fn grow<'a>(
        &'a self,
        held: &mut Held<'a>,
        wanted: usize,
        length: usize,
    ) -> Option<usize> {
        let target = wanted.next_power_of_two().min(length.max(wanted));
        for (ceiling, pool) in [(MEDIUM, &self.medium), (usize::MAX, &self.large)] {
            let has = held.room.max(SMALL);
            let step = target.min(ceiling);
            if has < wanted && has < step {
                let units = u32::try_from((step - has).div_ceil(UNIT)).ok()?;
                held.permits.push(pool.try_acquire_many(units).ok()?);
                held.room = step;
            }
        }
        Some(held.room.max(SMALL))
    }

    /// Bytes that are free in both pools.
    #[cfg(test)]
    fn free(&self) -> usize {
        (self.medium.available_permits() + self.large.available_permits()) * UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: usize = 25 << 20;

    #[test]
    fn a_small_body_needs_no_room_and_a_medium_one_none_of_the_large() {
        let budget = Budget::new(128 << 20, 1_024, LARGEST);
        let mut held = Vec::new();
        // Large ones, until one is refused.
        loop {
            let mut one = Held::default();
            let Some(room) = budget.grow(&mut one, LARGEST, LARGEST) else {
                break;
            };
            assert_eq!(room, LARGEST);
            held.push(one);
        }
        assert_eq!(held.len(), 2);
        let mut small = Held::default();
        assert_eq!(budget.grow(&mut small, 20_000, 20_000), Some(SMALL));
        let mut medium = Held::default();
        assert_eq!(budget.grow(&mut medium, 60_000, 90_000), Some(64 << 10));
        assert_eq!(budget.grow(&mut medium, 70_000, 90_000), Some(90_000));
    }

    #[test]
    fn room_doubles_with_what_has_arrived_and_is_given_back() {
        let budget = Budget::new(128 << 20, 1_024, LARGEST);
        let all = budget.free();
        let mut held = Held::default();
        assert_eq!(budget.grow(&mut held, 1, LARGEST), Some(SMALL));
        assert_eq!(budget.free(), all, "what is small is free");
        for arrived in (SMALL + 1..LARGEST).step_by(7_001) {
            let room = budget.grow(&mut held, arrived, LARGEST).unwrap();
            assert!((arrived..=2 * arrived).contains(&room), "{arrived}: {room}");
            let taken = all - budget.free();
            assert!(taken <= room && taken + SMALL >= room, "{arrived}: {taken}");
        }
        drop(held);
        assert_eq!(budget.free(), all);
    }

    #[test]
    fn who_stalls_holds_no_more_than_twice_what_was_sent() {
        let budget = Budget::new(128 << 20, 1_024, LARGEST);
        let mut stalled = Vec::new();
        for _ in 0..100 {
            let mut one = Held::default();
            assert!(budget.grow(&mut one, SMALL + 1, LARGEST).is_some());
            stalled.push(one);
        }
        let mut other = Held::default();
        assert_eq!(budget.grow(&mut other, MEDIUM, MEDIUM), Some(MEDIUM));
    }

    #[test]
    fn a_full_pool_refuses_at_once() {
        let budget = Budget::new(0, 0, LARGEST);
        let mut all = Vec::new();
        for size in [MEDIUM, SMALL + 1] {
            loop {
                let mut one = Held::default();
                if budget.grow(&mut one, size, LARGEST).is_none() {
                    break;
                }
                all.push(one);
            }
        }
        let mut late = Held::default();
        assert_eq!(budget.grow(&mut late, SMALL + 1, LARGEST), None);
        all.pop();
        assert!(budget.grow(&mut late, SMALL + 1, LARGEST).is_some());
    }
}
