//! Measures how fast logs are read: `throughput FILE...` reads each from memory and prints MB/s.

use std::time::Instant;

use waterline_log::{LogReader, Options};

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let mut best = f64::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            let mut reader = LogReader::new(Options::default());
            for chunk in bytes.chunks(64 * 1024) {
                reader.push(chunk);
            }
            std::hint::black_box(reader.finish());
            best = best.min(start.elapsed().as_secs_f64());
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed needs no more digits")]
        let speed = bytes.len() as f64 / 1e6 / best;
        println!("{path}: {speed:.0} MB/s");
    }
    Ok(())
}
