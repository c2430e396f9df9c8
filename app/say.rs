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

/// Prints a JSON value as one line that neither the runner of GitHub Actions nor a terminal
/// takes for a command: the runner finds `##[` anywhere in a line, and JSON may hold control
/// characters beyond ASCII. Both are written as escapes, which is the same JSON.
pub(crate) fn say_json(value: &serde_json::Value, pretty: bool) {
    let text = if pretty {
        format!("{value:#}")
    } else {
        value.to_string()
    };
    let mut out = String::with_capacity(text.len());
    for c in text.replace("#[", "#\\u005b").chars() {
        let hidden =
            c != '\n' && waterline_core::report::clean(c.encode_utf8(&mut [0; 4])).is_empty();
        if hidden {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    say(&out);
}
