//! What reading is measured beside: the lines that hold one of twenty words, counted in the same
//! bytes. Shared by the bench and the example that takes files.

use waterline_log::{LogReader, Options};

/// Twenty words that people look for.
pub(crate) const WORDS: &str = "error|fail|fatal|exception|panic|denied|refused|timeout|cannot|unable|missing|\
     invalid|abort|killed|segfault|undefined|unresolved|conflict|mismatch|expected";

/// Reads a log as it comes from the network, so many times over as one stream.
pub(crate) fn read(bytes: &[u8], times: usize) {
    let mut reader = LogReader::new(Options::default());
    for _ in 0..times {
        for chunk in bytes.chunks(64 * 1024) {
            reader.push(chunk);
        }
    }
    std::hint::black_box(reader.finish());
}

/// Counts the lines that match, in the way of `rg -c`: from each match to the end of its line.
pub(crate) fn count(words: &regex::bytes::Regex, bytes: &[u8], times: usize) {
    let mut lines = 0_u64;
    for _ in 0..times {
        let mut at = 0;
        while let Some(found) = words.find_at(bytes, at) {
            lines += 1;
            let rest = &bytes[found.end()..];
            let end = memchr::memchr(b'\n', rest);
            at = end.map_or(bytes.len(), |end| found.end() + end + 1);
            if at >= bytes.len() {
                break;
            }
        }
    }
    std::hint::black_box(lines);
}

/// The seconds of work that this process did so far, and those of the programs that it ran.
/// Other work on the machine makes neither longer; nothing where the system does not tell.
pub(crate) fn worked() -> Option<(f64, f64)> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    // In hundredths of a second: user and system time, and the same of children.
    let at = |n: usize| fields.get(n)?.parse::<f64>().ok();
    Some(((at(11)? + at(12)?) / 100.0, (at(13)? + at(14)?) / 100.0))
}
