//! What has to hold for every log whatever: it is read without a panic, the same however it is
//! cut, the answer is bounded and can be written down, it points into the log, and no command in
//! it holds anything but plain words. The first byte says how the log is cut.

use waterline_log::{Baseline, LogReader, Options, Reading, read};

/// Reads one input in several ways.
pub(crate) fn entry(data: &[u8]) {
    let Some((first, log)) = data.split_first() else {
        return;
    };
    let whole = read(log, Options::default());
    check(&whole);
    assert_eq!(in_pieces(log, usize::from(*first) + 1), whole);
    let half = &log[..log.len() / 2];
    let options = Options {
        baseline: Some(Baseline::read(half)),
        ..Options::default()
    };
    check(&read(log, options));
}

fn in_pieces(log: &[u8], size: usize) -> Reading {
    let mut reader = LogReader::new(Options::default());
    log.chunks(size).for_each(|piece| reader.push(piece));
    reader.finish()
}

fn check(reading: &Reading) {
    let mut shown = 0;
    for range in reading.excerpt() {
        assert!(1 <= range.first && range.first <= range.last && range.last <= reading.lines);
        shown += range.last - range.first + 1;
    }
    assert!(shown <= 15 && reading.tests.len() <= 400 && reading.summary.len() < 2000);
    if let Some(suggestion) = &reading.suggestion {
        let lines = suggestion.evidence;
        assert!(1 <= lines.first && lines.first <= lines.last && lines.last <= reading.lines);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b" _.@/+=-".contains(&b);
        assert!(suggestion.command.iter().all(|c| c.bytes().all(plain)));
    }
    let text = serde_json::to_string(reading).unwrap();
    assert_eq!(&serde_json::from_str::<Reading>(&text).unwrap(), reading);
}
