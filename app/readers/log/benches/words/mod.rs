//! What reading is measured beside: the lines that hold one of twenty words, counted in the same
//! bytes. Shared by the bench and the example that takes files.

use waterline_log::{LogReader, Options};

/// Twenty words that people look for.
pub(crate) const WORDS: &str = "error|fail|fatal|exception|panic|denied|refused|timeout|cannot|unable|missing|\
     invalid|abort|killed|segfault|undefined|unresolved|conflict|mismatch|expected";

/// Reads a log as it comes from the network.
pub(crate) fn read(bytes: &[u8]) {
    let mut reader = LogReader::new(Options::default());
    for chunk in bytes.chunks(64 * 1024) {
        reader.push(chunk);
    }
    std::hint::black_box(reader.finish());
}

/// Counts the lines that match, in the way of `rg -c`: from each match to the end of its line.
pub(crate) fn count(words: &regex::bytes::Regex, bytes: &[u8]) {
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
