//! JUnit's XML, as the many test runners write it: `failure` and `error` elements in `testcase`.
//!
//! A pull parser with a depth of its own. It knows no entities but XML's five and characters by
//! number; what a document type declares is passed over, so there is nothing to expand.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::{Failure, bound, place, text};

/// What is open at a place in the file.
#[derive(Default)]
struct State {
    depth: usize,
    /// Names and files of the suites that are open.
    suites: Vec<(Option<String>, Option<String>)>,
    case: Option<Failure>,
    /// The failure that is open, with what its attributes say.
    open: Option<Open>,
    found: Vec<Failure>,
    root: bool,
}

struct Open {
    message: String,
    said: String,
    /// Elements that are open within it.
    inner: usize,
}

/// The failures; nothing where this is no such file.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<Failure>> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut state = State::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if !state.start(&start, false) {
                    break;
                }
            }
            Ok(Event::Empty(start)) => {
                if !state.start(&start, true) {
                    break;
                }
                state.end(start.local_name().as_ref());
            }
            Ok(Event::End(end)) => state.end(end.local_name().as_ref()),
            Ok(Event::Text(said)) => state.said(&said),
            Ok(Event::CData(said)) => state.said(&said),
            Ok(Event::GeneralRef(name)) => {
                state.said(&resolved(&name));
            }
            // What was read of a file that breaks off counts.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    state.root.then_some(state.found)
}

impl State {
    /// Takes a start; false where the file is not to be read on.
    fn start(&mut self, start: &BytesStart<'_>, empty: bool) -> bool {
        let local = start.local_name();
        let name = local.as_ref();
        if !self.root {
            self.root = matches!(name, "testsuites" | "testsuite" | "testrun");
            if !self.root {
                return false;
            }
        }
        self.depth += 1;
        if self.depth > bound::DEPTH || self.found.len() > bound::FAILURES * 4 {
            return false;
        }
        if let Some(open) = &mut self.open {
            open.inner += usize::from(!empty);
            return true;
        }
        match name {
            "testsuite" => {
                let attribute = |wanted| attribute(start, wanted).and_then(|t| text::named(&t));
                self.suites.push((attribute("name"), attribute("file")));
            }
            "testcase" => self.case = Some(self.case(start)),
            "failure" | "error" if self.case.is_some() || !self.suites.is_empty() => {
                let message = attribute(start, "message").filter(|m| !m.trim().is_empty());
                let message = message.or_else(|| attribute(start, "type"));
                self.open = Some(Open {
                    message: message.unwrap_or_default(),
                    said: String::new(),
                    inner: 0,
                });
            }
            _ => {}
        }
        true
    }

    fn case(&self, start: &BytesStart<'_>) -> Failure {
        let get = |wanted| attribute(start, wanted).and_then(|t| text::named(&t));
        let suite = self.suites.iter().rev();
        let file = get("file").or_else(|| get("filepath"));
        Failure {
            name: get("name").unwrap_or_default(),
            class: get("classname").or_else(|| get("class")),
            file: file.or_else(|| suite.clone().find_map(|(_, file)| file.clone())),
            line: get("line")
                .or_else(|| get("lineno"))
                .and_then(|n| n.parse().ok()),
            ..Failure::default()
        }
    }

    fn said(&mut self, said: &str) {
        if let Some(open) = &mut self.open {
            text::add(&mut open.said, said);
        }
    }

    fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        if let Some(open) = &mut self.open {
            if open.inner > 0 && !matches!(name, "failure" | "error") {
                open.inner -= 1;
                return;
            }
            self.close();
            return;
        }
        match name {
            "testcase" => self.case = None,
            "testsuite" => drop(self.suites.pop()),
            _ => {}
        }
    }

    /// A failure has ended.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let suite = self.suites.last().and_then(|(name, _)| name.clone());
        let mut failure = self.case.clone().unwrap_or_default();
        if failure.name.is_empty() {
            failure.name = suite.unwrap_or_else(|| "a test".to_owned());
        }
        // A test may fail and then break; that is one failure.
        let same = |old: &&Failure| old.name == failure.name && old.class == failure.class;
        if self.case.is_some() && self.found.last().filter(same).is_some() {
            return;
        }
        let first = |said: &str| {
            said.lines()
                .find(|l| !l.trim().is_empty())
                .map(str::to_owned)
        };
        let message = first(&open.message).or_else(|| first(&open.said));
        failure.message = text::line(&message.unwrap_or_default(), bound::LINE);
        failure.excerpt = text::excerpt(match open.said.trim().is_empty() {
            true => &open.message,
            false => &open.said,
        });
        let (file, class) = (failure.file.as_deref(), failure.class.as_deref());
        if let Some((file, line)) = place::find(&open.said, file, class) {
            // The place that failed says more than where the test begins.
            failure.file = Some(text::line(&file, bound::NAME));
            failure.line = Some(line);
        }
        self.found.push(failure);
    }
}

/// The value of an attribute.
fn attribute(start: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|a| a.key.as_ref() == wanted)?;
    let mut value = String::new();
    text::add(&mut value, &found.value);
    Some(unescaped(&value))
}

/// A text with its references resolved; what is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let name = rest[at + 1..].split_once(';').map(|(name, _)| name);
        match name.filter(|name| name.len() <= 10) {
            Some(name) => {
                out.push_str(&resolved(name));
                rest = &rest[at + name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

/// What a reference stands for; one that nobody knows is shown as it is written.
fn resolved(name: &str) -> String {
    let number = |text: &str, radix| {
        u32::from_str_radix(text, radix)
            .ok()
            .and_then(char::from_u32)
    };
    let known = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(hex) if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            Some(decimal) => number(decimal, 10),
            None => None,
        },
    };
    known.map_or_else(
        || text::line(&format!("&{name};"), bound::NAME),
        String::from,
    )
}
