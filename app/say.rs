//! Standard output that may be closed: `waterline … | head` is no failure.

use std::io::Write as _;

/// Prints lines; a reader that has gone away ends the program without a word.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let told = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    if told.is_err_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
        std::process::exit(0);
    }
}
