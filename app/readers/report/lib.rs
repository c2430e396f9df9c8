//! Reads the reports that a run leaves behind: JUnit XML, SARIF and TAP, as files or in a ZIP archive.
//!
//! Whoever writes a report may be hostile. Nothing is written to a disk, names of files are only
//! ever shown, no entity of an XML file is expanded but the five that every one has, and every size
//! has a bound ([`bound`]). What breaks a bound is named in a sentence; the rest is read all the same.

mod archive;
pub mod bound;
mod junit;
mod place;
mod sarif;
mod tap;
mod text;

use serde::{Deserialize, Serialize};

/// What form a report has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// JUnit's XML, which most test runners can write.
    Junit,
    /// The Static Analysis Results Interchange Format.
    Sarif,
    /// The Test Anything Protocol.
    Tap,
}

/// One report, as far as it tells of failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The file, as the archive or the caller names it.
    pub file: String,
    /// Its form.
    pub kind: Kind,
    /// What failed, in the order of the file.
    pub failures: Vec<Failure>,
    /// How many more there are than are kept.
    #[serde(default)]
    pub more: usize,
}

/// A failing test, or a finding of a linter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The test's name, or the rule's.
    pub name: String,
    /// The class, package or suite of the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The file in the code, as the report writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong, in one line.
    pub message: String,
    /// A few lines of what the report says more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<String>,
}

impl Failure {
    /// The name with its class before it, unless it tells that by itself.
    #[must_use]
    pub fn full_name(&self) -> String {
        match self.class.as_deref().map(str::trim) {
            Some(class) if !class.is_empty() && !self.name.contains(class) => {
                format!("{class}.{}", self.name)
            }
            _ => self.name.clone(),
        }
    }

    /// Hands every text that came out of the report to `change`.
    pub fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        change(&mut self.name);
        self.class.iter_mut().for_each(&mut change);
        self.file.iter_mut().for_each(&mut change);
        change(&mut self.message);
        self.excerpt.iter_mut().for_each(&mut change);
    }
}

/// What was found in a file or an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The reports.
    pub reports: Vec<Report>,
    /// What was left out, and why; a sentence each.
    pub notes: Vec<String>,
}

/// Reads a file: an archive, or one report. What is neither gives nothing.
#[must_use]
pub fn read(name: &str, bytes: &[u8]) -> Found {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive::read(bytes);
    }
    let mut found = Found::default();
    if bytes.len() > bound::FILE {
        let shown = text::line(name, bound::NAME);
        found.notes.push(archive::too_large(&shown));
        return found;
    }
    found.reports.extend(report(name, bytes));
    found
}

/// Reads one report, if these bytes are one, by what stands in them.
fn report(name: &str, bytes: &[u8]) -> Option<Report> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let (kind, failures) = match start.first()? {
        b'<' => (Kind::Junit, junit::read(start)?),
        b'{' => (Kind::Sarif, sarif::read(start)?),
        _ => (Kind::Tap, tap::read(name, start)?),
    };
    let mut report = Report {
        file: text::line(name, bound::NAME),
        kind,
        more: failures.len().saturating_sub(bound::FAILURES),
        failures,
    };
    report.failures.truncate(bound::FAILURES);
    Some(report)
}
