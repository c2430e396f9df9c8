//! How fast logs are read, beside one regular expression of twenty words that counts lines in the
//! same bytes: `cargo bench -p waterline-log`. Criterion gives MB/s for both; the last line puts
//! them in relation, by seconds of work. The example `throughput` does the same for logs of yours,
//! and `callgrind.sh` beside this file counts instructions.

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

mod words;

use words::{WORDS, count, read, worked};

/// How often the log is laid end to end for the last line.
const TIMES: usize = 100;

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

/// The seconds of work that something takes, done often enough to be told in hundredths.
fn work(mut work: impl FnMut(usize)) -> f64 {
    let (before, start) = (worked(), Instant::now());
    work(TIMES);
    match (before, worked()) {
        (Some(before), Some(after)) => (after.0 - before.0).max(0.01),
        _ => start.elapsed().as_secs_f64(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (log, words) = (log()?, regex::bytes::Regex::new(WORDS)?);
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Bytes(log.len() as u64));
    group.bench_function("read", |b| b.iter(|| read(&log, 1)));
    group.bench_function("twenty words", |b| b.iter(|| count(&words, &log, 1)));
    group.finish();
    criterion.final_summary();
    let ours = work(|times| read(&log, times));
    let theirs = work(|times| count(&words, &log, times));
    let speed = |seconds: f64| (log.len() * TIMES) as f64 / 1e6 / seconds;
    println!(
        "read {:.0} MB/s, twenty words {:.0} MB/s, ratio {:.1}",
        speed(ours),
        speed(theirs),
        ours / theirs
    );
    Ok(())
}
