//! Measures how fast logs are read, in seconds of work and not of time, so that it may run on a
//! busy machine: `throughput LOG... [-- COMMAND...]`.
//!
//! Each log is read twenty times end to end, in turns with one regular expression of twenty words
//! that counts lines in the same bytes. A command behind `--` is run on a file with the same
//! twenty logs and put beside it: `-- rg -j1 -c 'error|fail|…'`, or any other classifier.

use std::process::{Command, Stdio};

#[path = "../benches/words/mod.rs"]
mod words;

use words::{WORDS, count, read, worked};

/// How often a log is laid end to end.
const TIMES: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = regex::bytes::Regex::new(WORDS)?;
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (logs, command) = match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (&args[..], &[][..]),
    };
    for path in logs {
        let bytes = std::fs::read(path)?;
        #[expect(clippy::cast_precision_loss, reason = "a speed needs no more digits")]
        let size = (bytes.len() * TIMES) as f64 / 1e6;
        let ours = best(|| {
            read(&bytes, TIMES);
            Ok(())
        })?;
        let theirs = best(|| {
            count(&words, &bytes, TIMES);
            Ok(())
        })?;
        println!("{path}, {size:.0} MB:");
        println!("  read          {:7.0} MB/s", size / ours);
        println!(
            "  twenty words  {:7.0} MB/s, ratio {:.2}",
            size / theirs,
            ours / theirs
        );
        if let Some((program, args)) = command.split_first() {
            let file = std::env::temp_dir().join(format!("throughput-{}.log", std::process::id()));
            std::fs::write(&file, bytes.repeat(TIMES))?;
            let beside = best(|| {
                let mut run = Command::new(program);
                run.args(args).arg(&file).stdout(Stdio::null());
                run.status().map(drop)
            });
            std::fs::remove_file(&file)?;
            let beside = beside?;
            println!(
                "  {program}  {:.0} MB/s, ratio {:.2}",
                size / beside,
                ours / beside
            );
        }
    }
    Ok(())
}

/// The least work of three tries, in seconds.
fn best(mut work: impl FnMut() -> std::io::Result<()>) -> std::io::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..3 {
        let (before, start) = (worked(), std::time::Instant::now());
        work()?;
        let spent = match (before, worked()) {
            (Some(before), Some(after)) => after.0 - before.0 + after.1 - before.1,
            _ => start.elapsed().as_secs_f64(),
        };
        best = best.min(spent.max(0.01));
    }
    Ok(best)
}
