//! What the reader says about a log. A [`Cause`] cannot be built without the lines it rests on.

use serde::{Deserialize, Serialize};

/// All that was read from one log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Lines in the log.
    pub lines: u64,
    /// Bytes in the log.
    pub bytes: u64,
    /// Whether something was left out because a bound was reached.
    pub truncated: bool,
    /// The step that failed.
    pub step: Option<StepFound>,
    /// What kind of failure it is.
    pub category: Category,
    /// One sentence.
    pub summary: String,
    /// The causes, best first.
    pub causes: Vec<Cause>,
    /// Failing tests, by the names their framework gives them.
    pub tests: Vec<String>,
    /// Places in the repository's code.
    pub locations: Vec<Location>,
    /// The exit code of the failing step.
    pub exit_code: Option<i32>,
    /// What to do now, where the tool's own output makes it certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

impl Reading {
    /// The lines to show, in the order they are to be shown.
    #[must_use]
    pub fn excerpt(&self) -> Vec<LineRange> {
        self.causes.iter().map(|cause| cause.lines).collect()
    }

    /// Hands every text that came out of the log to `change`.
    pub fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        change(&mut self.summary);
        self.tests.iter_mut().for_each(&mut change);
        self.locations.iter_mut().for_each(|l| change(&mut l.file));
        if let Some(step) = &mut self.step {
            change(&mut step.name);
            step.header.iter_mut().for_each(&mut change);
        }
        if let Some(suggestion) = &mut self.suggestion {
            change(&mut suggestion.text);
            suggestion.command.iter_mut().for_each(&mut change);
        }
        for cause in &mut self.causes {
            cause.text.iter_mut().for_each(&mut change);
            cause.location.iter_mut().for_each(|l| change(&mut l.file));
        }
    }
}

/// What to do now: a text for a person, never something to run unseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What it means and what to do.
    pub text: String,
    /// The tool's own command for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The lines of the log that it rests on.
    pub evidence: LineRange,
}

/// The failing step, as found in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFound {
    /// Its number in the API, when the steps were given.
    pub number: Option<u32>,
    /// Its name: the API's when given, else the text of its header.
    pub name: String,
    /// The text of its `##[group]` header.
    pub header: Option<String>,
    /// Its first line in the log, counted from 1.
    pub first_line: u64,
    /// Its last line.
    pub last_line: u64,
}

/// Lines of a log that tell why it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The lines in the log, counted from 1.
    pub lines: LineRange,
    /// The first of them counted within its step, for links to GitHub's log view.
    pub line_in_step: Option<u64>,
    /// Their text, without timestamps and colours.
    pub text: Vec<String>,
    /// Which reader says so.
    pub why: String,
    /// The place in the code that the lines name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

impl Cause {
    /// A cause rests on lines; `text` holds one string for each.
    #[must_use]
    pub fn new(lines: LineRange, text: Vec<String>, why: impl Into<String>) -> Self {
        Self {
            lines,
            line_in_step: None,
            text,
            why: why.into(),
            location: None,
        }
    }
}

/// Whether this reason is none of a reader's: the line was chosen for its words or its place.
#[must_use]
pub fn is_guess(why: &str) -> bool {
    const GUESSES: [&str; 3] = [
        "a line with a telling word",
        "the last words before the exit",
        "not in the passing run",
    ];
    GUESSES.contains(&why)
}

/// Lines from `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineRange {
    /// The first line.
    pub first: u64,
    /// The last line.
    pub last: u64,
}

impl LineRange {
    /// A single line.
    #[must_use]
    pub const fn one(line: u64) -> Self {
        Self {
            first: line,
            last: line,
        }
    }
}

/// A place in the code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file, relative to the repository where that can be told.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: Option<u32>,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A test failed.
    Test,
    /// A program crashed.
    Crash,
    /// Code does not compile or parse.
    Compile,
    /// A linter or formatter objects.
    Lint,
    /// A rule about quality, size or speed is broken.
    Gate,
    /// Too little is covered by tests.
    Coverage,
    /// A dependency is missing or does not fit.
    Dependency,
    /// A connection failed.
    Network,
    /// The machine or the service failed.
    Infra,
    /// Something took too long.
    Timeout,
    /// Somebody or something stopped the run.
    Cancelled,
    /// Memory ran out.
    Oom,
    /// The disk is full.
    Disk,
    /// A right is missing.
    Permission,
    /// A secret is missing or wrong.
    Secret,
    /// A configuration is wrong.
    Config,
    /// A script ended with an error of its own.
    Script,
    /// A test passed only on another try.
    Flaky,
    /// The log does not tell.
    Inconclusive,
}

impl Category {
    /// The word for it in sentences.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "a failing test",
            Self::Crash => "a crash",
            Self::Compile => "a compile error",
            Self::Lint => "a lint finding",
            Self::Gate => "a broken quality rule",
            Self::Coverage => "too little coverage",
            Self::Dependency => "a dependency problem",
            Self::Network => "a network failure",
            Self::Infra => "an infrastructure failure",
            Self::Timeout => "a timeout",
            Self::Cancelled => "a cancelled run",
            Self::Oom => "exhausted memory",
            Self::Disk => "a full disk",
            Self::Permission => "a missing right",
            Self::Secret => "a missing or wrong secret",
            Self::Config => "a configuration error",
            Self::Script => "a failing script",
            Self::Flaky => "a flaky test",
            Self::Inconclusive => "a cause that the log does not tell",
        }
    }
}
