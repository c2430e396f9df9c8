//! What a passing run of the same job said, as a set of templates. A line that stood in a
//! passing run, too, is hardly why this one failed.

use std::collections::HashSet;

use crate::split::{self, Splitter};
use crate::{clean, frame, mask};

/// The most templates that are kept.
const MOST: usize = 400_000;

/// The templates of a passing run.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    seen: HashSet<u64>,
}

impl Baseline {
    /// Reads a passing run that is in memory.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut reader = BaselineReader::default();
        reader.push(bytes);
        reader.finish()
    }

    /// Whether a line like this stood in the passing run.
    pub(crate) fn knows(&self, text: &str) -> bool {
        self.seen.contains(&mask::hash(text.as_bytes()))
    }
}

/// Reads a passing run as a stream.
#[derive(Default)]
pub struct BaselineReader {
    splitter: Splitter,
    scratch: Vec<u8>,
    seen: HashSet<u64>,
}

impl BaselineReader {
    /// Takes the next bytes of the log.
    pub fn push(&mut self, chunk: &[u8]) {
        let (seen, scratch) = (&mut self.seen, &mut self.scratch);
        self.splitter.push(chunk, |run| {
            split::lines(run).for_each(|line| remember(seen, scratch, line))
        });
    }

    /// Ends the stream.
    #[must_use]
    pub fn finish(mut self) -> Baseline {
        let (seen, scratch) = (&mut self.seen, &mut self.scratch);
        self.splitter
            .finish(|run| split::lines(run).for_each(|line| remember(seen, scratch, line)));
        Baseline { seen: self.seen }
    }
}

fn remember(seen: &mut HashSet<u64>, scratch: &mut Vec<u8>, line: &[u8]) {
    if seen.len() >= MOST {
        return;
    }
    let (_, rest) = frame::timestamp(line);
    let (_, rest) = frame::mark(rest);
    scratch.clear();
    clean::text(rest, scratch);
    let text = clean::utf8(scratch);
    seen.insert(mask::hash(clean::prefix(&text).as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_do_not_matter() {
        let log = b"2026-11-20T10:11:12.1234567Z took 5 ms\n2026-11-20T10:11:12.1234567Z ##[warning]old\n";
        let base = Baseline::read(log);
        assert!(base.knows("took 77 ms"));
        assert!(base.knows("old"));
        assert!(!base.knows("failed"));
    }
}
