//! How fast logs are read, beside one regular expression of twenty words that counts lines in the
//! same bytes: `cargo bench -p waterline-log`. Criterion gives MB/s for both; the last line puts
//! them in relation. `callgrind.sh` beside this file counts instructions instead of time.

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

mod words;

use words::{WORDS, count, read};

/// The cases of this crate, with the output of a busy and peaceful step before each.
fn log() -> std::io::Result<Vec<u8>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"))? {
        paths.push(entry?.path().join("log.txt"));
    }
    paths.sort();
    let mut log = Vec::new();
    for round in 0..40 {
        for path in &paths {
            for n in 0..200 {
                let line = format!(
                    "2026-11-20T10:11:12.{n:07}Z   Compiling crate-{n} v1.{round}.{n} (/w/crates/{n})\n"
                );
                log.extend_from_slice(line.as_bytes());
            }
            log.extend_from_slice(&std::fs::read(path)?);
        }
    }
    Ok(log)
}

/// The best of five: what disturbs a measurement only makes it longer.
fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..5).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (log, words) = (log()?, regex::bytes::Regex::new(WORDS)?);
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Bytes(log.len() as u64));
    group.bench_function("read", |b| b.iter(|| read(&log)));
    group.bench_function("twenty words", |b| b.iter(|| count(&words, &log)));
    group.finish();
    criterion.final_summary();
    let (ours, theirs) = (best(|| read(&log)), best(|| count(&words, &log)));
    let speed = |time: Duration| log.len() as f64 / 1e6 / time.as_secs_f64();
    println!(
        "read {:.0} MB/s, twenty words {:.0} MB/s, ratio {:.1}",
        speed(ours),
        speed(theirs),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    Ok(())
}
