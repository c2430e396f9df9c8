//! Measures how fast logs are read: `throughput FILE...` reads each from memory and prints MB/s,
//! and, in turns with it, how fast one regular expression of twenty words counts lines.

use std::time::Instant;

#[path = "../benches/words/mod.rs"]
mod words;

use words::{WORDS, count, read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = regex::bytes::Regex::new(WORDS)?;
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
        for _ in 0..3 {
            ours = ours.min(seconds(|| read(&bytes)));
            theirs = theirs.min(seconds(|| count(&words, &bytes)));
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed needs no more digits")]
        let size = bytes.len() as f64 / 1e6;
        let (ours, theirs) = (size / ours, size / theirs);
        let ratio = theirs / ours;
        println!("{path}: {ours:.0} MB/s, twenty words {theirs:.0} MB/s, ratio {ratio:.1}");
    }
    Ok(())
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
