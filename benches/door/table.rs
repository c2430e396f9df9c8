//! What is printed: each measurement, their medians, and the ratios beside their floors.

use std::fmt::Write as _;

use crate::options::Options;
use crate::parcel::Parcels;
use crate::round::Round;
use crate::subject::Subject;

/// Waterline takes at least so many times Probot's deliveries a second …
const MORE: f64 = 3.0;
/// … with at most this part of its processor time for each, and of its memory.
const LESS: f64 = 1.0 / 3.0;

/// What was measured, and where.
pub(crate) fn conditions(options: &Options, parcels: &Parcels) -> String {
    let bytes = parcels.completed.iter().map(super::parcel::Parcel::size);
    let kilobytes = bytes.sum::<usize>() as f64 / parcels.completed.len() as f64 / 1e3;
    format!(
        "Signed workflow_run deliveries of {kilobytes:.1} kB. The server has core {}, the load \
         generator core {}; {} rounds of {} s, each after {} s of warm-up; data in {}.\n",
        options.server_core,
        options.own_core,
        options.rounds,
        options.seconds,
        options.warm_up,
        std::env::temp_dir().display(),
    )
}

/// The table's first line.
pub(crate) fn head() -> String {
    format!(
        "{:<12}{:>12}{:>7}{:>14}{:>9}{:>9}{:>9}{:>10}{:>8}{:>9}",
        "server",
        "connections",
        "round",
        "deliveries/s",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "peak MB",
        "busy %",
        "refused"
    )
}

/// One line of it.
pub(crate) fn line(round: &Round) -> String {
    let turn = match round.turn {
        0 => "median".to_owned(),
        turn => turn.to_string(),
    };
    format!(
        "{:<12}{:>12}{turn:>7}{:>14.0}{:>9.2}{:>9.2}{:>9.1}{:>10.1}{:>8.0}{:>9}",
        round.subject.name(),
        round.connections,
        round.rate,
        round.p50.as_secs_f64() * 1e3,
        round.p99.as_secs_f64() * 1e3,
        round.cpu.as_secs_f64() * 1e6,
        round.peak as f64 / 1e6,
        round.busy * 100.0,
        round.refused,
    )
}

/// The median of every column, for every server and number of connections.
pub(crate) fn medians(options: &Options, subjects: &[Subject], rounds: &[Round]) -> String {
    let mut text = head();
    for &connections in &options.connections {
        for &subject in subjects {
            if let Some(round) = median(rounds, subject, connections) {
                let _ = write!(text, "\n{}", line(&round));
            }
        }
    }
    text
}

/// How Waterline compares with Probot, where both were measured.
pub(crate) fn ratios(options: &Options, subjects: &[Subject], rounds: &[Round]) -> String {
    let mut text = String::new();
    for &connections in &options.connections {
        let Some(probot) = median(rounds, Subject::Probot, connections) else {
            continue;
        };
        for &subject in subjects.iter().filter(|&&s| s != Subject::Probot) {
            let Some(ours) = median(rounds, subject, connections) else {
                continue;
            };
            let rate = ours.rate / probot.rate;
            let cpu = ours.cpu.as_secs_f64() / probot.cpu.as_secs_f64();
            let memory = ours.peak as f64 / probot.peak as f64;
            let _ = writeln!(
                text,
                "{:<12}{connections:>12} connections: {rate:.2} × the deliveries a second (floor \
                 ≥ {MORE}: {}), {cpu:.3} of the CPU for each (≤ {LESS:.3}: {}), {memory:.3} of \
                 the memory (≤ {LESS:.3}: {})",
                subject.name(),
                word(rate >= MORE),
                word(cpu <= LESS),
                word(memory <= LESS),
            );
        }
    }
    text
}

fn word(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

fn median(rounds: &[Round], subject: Subject, connections: usize) -> Option<Round> {
    let these = rounds
        .iter()
        .filter(|r| r.subject == subject && r.connections == connections);
    let these: Vec<&Round> = these.collect();
    let first = *these.first()?;
    let middle = |column: fn(&Round) -> f64| {
        let mut values: Vec<f64> = these.iter().map(|round| column(round)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let seconds = std::time::Duration::from_secs_f64;
    Some(Round {
        turn: 0,
        rate: middle(|r| r.rate),
        p50: seconds(middle(|r| r.p50.as_secs_f64())),
        p99: seconds(middle(|r| r.p99.as_secs_f64())),
        cpu: seconds(middle(|r| r.cpu.as_secs_f64())),
        peak: middle(|r| r.peak as f64) as u64,
        busy: middle(|r| r.busy),
        refused: these.iter().map(|r| r.refused).sum(),
        ..first.clone()
    })
}
