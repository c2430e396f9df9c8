//! What is counted, and the one place where labels are kept from growing without end.
//!
//! A label never holds what a stranger chose: events and capabilities that we do not know are
//! `other`. The names are a contract with dashboards; they are listed in the documentation.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use waterline_core::capabilities;

/// Upper bounds of the buckets, in seconds: from an answer within a millisecond to a job of
/// ten minutes.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0,
    600.0,
];

/// Upper bounds for counts of things.
const COUNTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// The recorder of this process. Whoever comes first installs it; where something else was
/// installed before, there is nothing to show.
pub(crate) fn install() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let parts = Matcher::Suffix("_parts".to_owned());
            let builder = builder.set_buckets(SECONDS).ok()?;
            let recorder = builder
                .set_buckets_for_metric(parts, COUNTS)
                .ok()?
                .build_recorder();
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).ok()?;
            describe();
            Some(handle)
        })
        .as_ref()
}

fn describe() {
    describe_counter!(
        "waterline_deliveries_total",
        "Deliveries by event and what became of them"
    );
    describe_histogram!(
        "waterline_ack_seconds",
        "From a signed delivery's head to its answer"
    );
    describe_gauge!("waterline_queue_depth", "Jobs that wait, run, or are dead");
    describe_gauge!(
        "waterline_queue_lag_seconds",
        "Wait of the oldest job that could run"
    );
    describe_counter!(
        "waterline_jobs_total",
        "Tries of jobs by capability and outcome"
    );
    describe_histogram!("waterline_job_seconds", "How long a job's try took");
    describe_histogram!(
        "waterline_job_wait_seconds",
        "How long a due job waited for a worker"
    );
    describe_histogram!(
        "waterline_journal_commit_parts",
        "Writes that shared one commit"
    );
    describe_counter!(
        "waterline_journal_errors_total",
        "Writes that the database refused"
    );
    describe_counter!(
        "waterline_redeliveries_total",
        "Deliveries that GitHub was asked for again"
    );
}

/// The event, where it is one that our capabilities want, or GitHub's own hello.
fn event_label(event: &str) -> &'static str {
    static KNOWN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        capabilities::events()
            .into_iter()
            .chain(["ping", "installation"])
            .collect()
    });
    KNOWN
        .iter()
        .find(|known| **known == event)
        .copied()
        .unwrap_or("other")
}

fn capability_label(name: &str) -> &'static str {
    match capabilities::find(name) {
        Some(entry) => entry.name,
        None if name == "reply" => "reply",
        None => "other",
    }
}

/// A delivery was answered.
pub(crate) fn delivery(event: &str, outcome: &'static str) {
    let event = event_label(event);
    counter!("waterline_deliveries_total", "event" => event, "outcome" => outcome).increment(1);
}

/// A delivery that GitHub signed was answered: strangers do not colour how long that takes.
pub(crate) fn acknowledged(took: Duration) {
    histogram!("waterline_ack_seconds").record(took.as_secs_f64());
}

/// A job's try has ended.
pub(crate) fn job(name: &str, outcome: &'static str, took: Duration) {
    let name = capability_label(name);
    counter!("waterline_jobs_total", "capability" => name, "outcome" => outcome).increment(1);
    histogram!("waterline_job_seconds", "capability" => name).record(took.as_secs_f64());
}

/// A job begins that was due so many milliseconds ago.
pub(crate) fn waited(ms: i64) {
    histogram!("waterline_job_wait_seconds").record(ms as f64 / 1_000.0);
}

/// The queue as it is now.
pub(crate) fn queue((queued, leased, dead): (i64, i64, i64), lag_ms: i64) {
    for (state, count) in [("queued", queued), ("leased", leased), ("dead", dead)] {
        gauge!("waterline_queue_depth", "state" => state).set(count as f64);
    }
    gauge!("waterline_queue_lag_seconds").set(lag_ms as f64 / 1_000.0);
}

/// GitHub was asked for a delivery again.
pub(crate) fn asked_again(outcome: &'static str) {
    counter!("waterline_redeliveries_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_make_labels() {
        assert_eq!(event_label("workflow_run"), "workflow_run");
        assert_eq!(event_label("x\"}evil 1"), "other");
        assert_eq!(capability_label("diagnose"), "diagnose");
        assert_eq!(capability_label("nonsense"), "other");
    }
}
