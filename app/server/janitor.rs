//! What has to be done now and then: forgetting what is old, and tidying the metrics.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use crate::journal::Journal;
use crate::metric;

/// How often the journal is pruned. The first time a minute after the start, which has better
/// things to do.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const FIRST: Duration = Duration::from_secs(60);
/// How often histograms hand over what they gathered: they grow until then.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Runs until it is aborted.
pub(crate) async fn run(journal: Journal) {
    let mut prune = tokio::time::interval_at(Instant::now() + FIRST, PRUNE_EVERY);
    let mut upkeep = tokio::time::interval(UPKEEP_EVERY);
    prune.set_missed_tick_behavior(MissedTickBehavior::Delay);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = prune.tick() => match journal.prune().await {
                Ok(pruned) => tracing::debug!(?pruned, "forgot what was kept long enough"),
                Err(error) => tracing::warn!("what is old could not be forgotten: {error}"),
            },
            _ = upkeep.tick() => {
                if let Some(handle) = metric::install() {
                    handle.run_upkeep();
                }
            }
        }
    }
}
