//! The Test Anything Protocol: `not ok` lines with the block of YAML below them.
//!
//! Of nested tests the innermost tells; a test around it only repeats that it failed.

use crate::{Failure, bound, place, text};

/// A line `ok …` or `not ok …`.
struct Point<'a> {
    indent: usize,
    ok: bool,
    name: &'a str,
}

/// The failures; nothing where this is no such file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Option<Vec<Failure>> {
    let whole = String::from_utf8_lossy(bytes);
    let named = name.to_ascii_lowercase().ends_with(".tap");
    let points = || whole.lines().any(|l| point(l).is_some());
    let is_tap = whole.starts_with("TAP version") || named && points();
    if !is_tap {
        return None;
    }
    let mut found: Vec<Failure> = Vec::new();
    // The depth of the last failure, where the test around it may still come.
    let mut inner: Option<usize> = None;
    let mut lines = whole.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(why) = line.trim_start().strip_prefix("Bail out!") {
            found.push(failure("Bail out!", why, ""));
            break;
        }
        let Some(point) = point(line) else { continue };
        if inner.is_some_and(|depth| depth > point.indent) {
            inner = (!point.ok).then_some(point.indent);
            continue;
        }
        if point.ok {
            continue;
        }
        let mut block = String::new();
        if lines.next_if(|l| l.trim() == "---").is_some() {
            for line in lines.by_ref() {
                if line.trim() == "..." {
                    break;
                }
                text::add(&mut block, line);
                text::add(&mut block, "\n");
            }
        }
        inner = Some(point.indent);
        found.push(failure(point.name, "", &block));
        if found.len() > bound::FAILURES * 4 {
            break;
        }
    }
    Some(found)
}

fn point(line: &str) -> Option<Point<'_>> {
    let bare = line.trim_start();
    let indent = line.len() - bare.len();
    let (ok, rest) = match bare.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, bare.strip_prefix("ok")?),
    };
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let rest = rest
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let name = rest.trim_start().trim_start_matches("- ").trim();
    // A test that is skipped or still to be written does not count as failed.
    let (name, directive) = name.rsplit_once(" # ").unwrap_or((name, ""));
    let directive = directive.to_ascii_uppercase();
    let excused = directive.starts_with("TODO") || directive.starts_with("SKIP");
    let ok = ok || excused;
    Some(Point {
        indent,
        ok,
        name: name.trim(),
    })
}

fn failure(name: &str, message: &str, block: &str) -> Failure {
    let value = |key: &str| {
        let line = block.lines().find_map(|l| l.trim_start().strip_prefix(key));
        let value = line
            .map(|v| v.trim().trim_matches(['\'', '"']))
            .unwrap_or_default();
        (!value.is_empty() && !value.starts_with(['|', '>'])).then(|| value.to_owned())
    };
    let said = value("message:").or_else(|| value("error:"));
    let at = value("at:")
        .or_else(|| value("location:"))
        .unwrap_or_default();
    let place = place::find(&at, None, None).or_else(|| place::find(block, None, None));
    let (file, line) = match (value("file:"), value("line:").and_then(|n| n.parse().ok())) {
        (Some(file), Some(line)) => (Some(file), Some(line)),
        _ => (place.as_ref().map(|p| p.0.clone()), place.map(|p| p.1)),
    };
    Failure {
        name: text::named(name).unwrap_or_else(|| "a test".to_owned()),
        class: None,
        file: file.and_then(|f| text::named(&f)),
        line,
        message: text::line(&said.unwrap_or_else(|| message.to_owned()), bound::LINE),
        excerpt: text::excerpt(block),
    }
}
