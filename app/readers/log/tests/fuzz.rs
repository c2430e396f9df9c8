//! The fuzzer's entry on stable: for `FUZZ_SECONDS` (two, unless told otherwise) it is fed with
//! the cases and seeds, torn and mixed. Where it fails, the input is written to a file.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::time::{Duration, Instant};

#[path = "../fuzz/entry.rs"]
mod entry;

/// Shapes that readers look for, put in between.
const SHAPES: [&[u8]; 16] = [
    b"\n",
    b"\r",
    b"\x1b[31m",
    b"\x08",
    b"\xff\xfe",
    b"##[group]Run x\n",
    b"##[endgroup]\n",
    b"##[error]",
    b"2026-11-20T10:11:12.1234567Z ",
    b"Post job cleanup.\n",
    b"error: ",
    b"FAILED ",
    b"    at f (a.js:1:2)\n",
    b"99999999999999999999",
    b"service_1  | ",
    "● ü › 日本".as_bytes(),
];

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % most.max(1)
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_dir(root.join("cases")).unwrap();
    let logs = cases.map(|entry| entry.unwrap().path().join("log.txt"));
    let own = std::fs::read_dir(root.join("fuzz/seeds")).unwrap();
    let mut paths: Vec<_> = logs.chain(own.map(|entry| entry.unwrap().path())).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn torn(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut log = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(12) {
        let at = dice.below(log.len() + 1);
        let end = (at + dice.below(200)).min(log.len());
        let piece = match dice.below(6) {
            0 => Vec::new(),
            1 => log[at..end].repeat(2 + dice.below(30)),
            2 => SHAPES[dice.below(SHAPES.len())].repeat(1 + dice.below(4)),
            3 => vec![u8::try_from(dice.below(256)).unwrap(); 1 + dice.below(3)],
            4 => vec![b'x'; dice.below(40_000)],
            _ => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len());
                other[from..(from + dice.below(400)).min(other.len())].to_vec()
            }
        };
        log.splice(at..end, piece);
        log.truncate(200_000);
    }
    log
}

#[test]
fn torn_logs_hold_what_every_log_holds() {
    let wanted = std::env::var("FUZZ_SECONDS").ok();
    let seconds = wanted.and_then(|text| text.parse().ok()).unwrap_or(2);
    let until = Instant::now() + Duration::from_secs(seconds);
    let (seeds, mut dice, mut count) = (seeds(), Dice(0x9e37_79b9_7f4a_7c15), 0);
    while Instant::now() < until {
        let log = torn(&seeds, &mut dice);
        if std::panic::catch_unwind(|| entry::entry(&log)).is_err() {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torn.log");
            std::fs::write(&path, &log).unwrap();
            panic!("after {count} logs: {}", path.display());
        }
        count += 1;
    }
    println!("{count} logs");
}
