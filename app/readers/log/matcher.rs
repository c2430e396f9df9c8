//! A repository's own problem matchers, in GitHub's JSON format: patterns over one or several
//! lines that name file, line, severity and message. A match is a candidate for the cause, ranked
//! by the same scores as what the tables know.

mod dialect;
mod parse;
mod running;

use std::sync::Arc;

use regex::Regex;

pub(crate) use running::Running;

/// The largest file of matchers, in bytes.
pub const SIZE_LIMIT: usize = 64 * 1024;
/// The most matchers of one file.
const MATCHERS: usize = 20;
/// The most patterns of one matcher.
const PATTERNS: usize = 8;

/// A problem matcher.
#[derive(Clone, Debug)]
pub struct Matcher {
    owner: Arc<str>,
    warning: bool,
    patterns: Vec<Step>,
}

/// One line of a matcher, with the groups that tell.
#[derive(Clone, Debug)]
struct Step {
    source: String,
    regex: Regex,
    file: Option<usize>,
    from_path: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
    severity: Option<usize>,
    message: Option<usize>,
    repeat: bool,
}

/// What a file of problem matchers came to.
#[derive(Clone, Debug, Default)]
pub struct MatcherFile {
    /// The matchers that can be used.
    pub matchers: Vec<Matcher>,
    /// What is wrong with the others.
    pub faults: Vec<MatcherError>,
}

impl MatcherFile {
    /// Reads a file of problem matchers, whatever it holds.
    #[must_use]
    pub fn read(json: &str) -> Self {
        parse::read(json)
    }
}

/// What is wrong in a file of problem matchers, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatcherError {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl MatcherError {
    fn new(line: u64, column: u64, message: String) -> Self {
        Self {
            line,
            column,
            message,
        }
    }
}

impl std::fmt::Display for MatcherError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for MatcherError {}

/// By which matcher a finding was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct By {
    pub(crate) owner: Arc<str>,
    /// Whether it is none that stops anything: it is never told first.
    pub(crate) warning: bool,
}
