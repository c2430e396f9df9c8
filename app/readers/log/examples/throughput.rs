//! Measures how fast logs are read: `throughput FILE...` reads each from memory and prints MB/s,
//! and, in turns with it, how fast one regular expression of twenty words counts lines.

use std::time::Instant;

use waterline_log::{LogReader, Options};

/// Twenty words that people look for.
const WORDS: &str = "error|fail|fatal|exception|panic|denied|refused|timeout|cannot|unable|missing|\
     invalid|abort|killed|segfault|undefined|unresolved|conflict|mismatch|expected";

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

fn read(bytes: &[u8]) {
    let mut reader = LogReader::new(Options::default());
    for chunk in bytes.chunks(64 * 1024) {
        reader.push(chunk);
    }
    std::hint::black_box(reader.finish());
}

/// Counts the lines that match, in the way of `rg -c`: from each match to the end of its line.
fn count(words: &regex::bytes::Regex, bytes: &[u8]) {
    let (mut at, mut lines) = (0, 0_u64);
    while let Some(found) = words.find_at(bytes, at) {
        lines += 1;
        let rest = &bytes[found.end()..];
        let end = rest.iter().position(|byte| *byte == b'\n');
        at = end.map_or(bytes.len(), |end| found.end() + end + 1);
        if at >= bytes.len() {
            break;
        }
    }
    std::hint::black_box(lines);
}
