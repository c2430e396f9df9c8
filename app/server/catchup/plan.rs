//! Which of the missed deliveries are asked for now, and which are put off.
//!
//! A delivery is asked for again once five minutes, or a quarter of the time for which we have
//! known it to be missing, have passed since the last time: some twenty-five times in the three
//! days for which GitHub keeps it. What was asked for before this process started counts for half
//! a minute only, for a start may be what mends things.

use std::collections::VecDeque;
use std::time::Duration;

use waterline_github::FailedDelivery;

use super::{Caught, OLDEST};
use crate::journal::{Asked, Error, Journal, millis};

/// The shortest time between two asks.
const SPACING: Duration = Duration::from_secs(300);
/// The same after a start: longer than GitHub takes to hand a delivery over.
const AFTER_START: Duration = Duration::from_secs(30);
/// Names of marks.
const SINCE: &str = "catch-up: put off since";
const DUE: &str = "catch-up: put off until";

/// What is to be done with a list of missed deliveries.
pub(super) struct Plan {
    pub(super) ask: VecDeque<FailedDelivery>,
    pub(super) caught: Caught,
    pub(super) put_off: PutOff,
}

/// Deliveries that were put off, as far as the next rounds must know. Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PutOff {
    /// When GitHub made the oldest of their attempts.
    pub(super) since: i64,
    /// When the first of them is to be asked for.
    pub(super) due: i64,
}

impl PutOff {
    /// Nothing was.
    const NOTHING: Self = Self {
        since: i64::MAX,
        due: i64::MAX,
    };

    pub(super) async fn read(journal: &Journal) -> Result<Self, Error> {
        Ok(Self {
            since: journal.mark(SINCE).await?.unwrap_or(i64::MAX),
            due: journal.mark(DUE).await?.unwrap_or(i64::MAX),
        })
    }

    pub(super) async fn write(self, journal: &Journal) -> Result<(), Error> {
        journal.set_mark(SINCE, self.since).await?;
        journal.set_mark(DUE, self.due).await
    }

    /// Both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            since: self.since.min(other.since),
            due: self.due.min(other.due),
        }
    }
}

/// Sorts what is missing.
pub(super) async fn plan(
    journal: &Journal,
    failed: Vec<FailedDelivery>,
    now: i64,
    started: i64,
) -> Result<Plan, Error> {
    let guids: Vec<String> = failed
        .iter()
        .map(|delivery| delivery.guid.clone())
        .collect();
    let held = journal.holds(&guids).await?;
    let asked = journal.asked(&guids).await?;
    let mut plan = Plan {
        ask: VecDeque::new(),
        caught: Caught::default(),
        put_off: PutOff::NOTHING,
    };
    for delivery in failed {
        if held.contains(&delivery.guid) {
            // Stored, but answered too late, or its jobs died: a person may ask for it again.
            plan.caught.held += 1;
            continue;
        }
        match asked
            .get(&delivery.guid)
            .map(|asked| due(asked, now, started))
        {
            // GitHub has forgotten it.
            Some(None) => plan.caught.given_up += 1,
            Some(Some(due)) if due > now => {
                let since = delivery.delivered_at.as_millisecond();
                plan.put_off = plan.put_off.and(PutOff { since, due });
            }
            _ => plan.ask.push_back(delivery),
        }
    }
    Ok(plan)
}

/// When a delivery may be asked for again; none once GitHub has forgotten it.
fn due(asked: &Asked, now: i64, started: i64) -> Option<i64> {
    if now - asked.first_at >= millis(OLDEST) {
        return None;
    }
    if asked.last_at < started {
        return Some(asked.last_at + millis(AFTER_START));
    }
    // A third of the time until then is a quarter of the time until now.
    let growing = (asked.last_at - asked.first_at) / 3;
    Some(asked.last_at + growing.max(millis(SPACING)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_grow_rare_and_end_with_the_age() {
        let mut asked = Asked {
            first_at: 0,
            last_at: 0,
        };
        let mut times = Vec::new();
        while let Some(due) = due(&asked, asked.last_at, 0) {
            asked.last_at = due;
            times.push(due / 60_000);
        }
        assert_eq!(times[..5], [5, 10, 15, 20, 26], "in minutes");
        assert!(times.len() < 30, "{times:?}");
        assert!(times.iter().any(|&at| at > 2 * 24 * 60), "{times:?}");
        asked.last_at = 1_000;
        assert_eq!(due(&asked, 2_000, 1_500), Some(31_000), "after a start");
    }
}
