//! What a capability answers: a document, a conclusion, and effects as values.
//!
//! A document is blocks, never a ready Markdown string, so that one place (`markdown`, `text`)
//! turns strangers' text into something that cannot ping, link, embed or command. An effect says
//! what to do on GitHub; only the port carries it out.

mod answer;
mod escape;
mod markdown;
mod marker;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use escape::{clean, plain_title, workflow_data, workflow_property};
pub use marker::Marker;

use crate::model::{CommentId, DeploymentId, IssueNumber, RepoName, RunId, Sha, Sighting, Spoken};

/// The longest comment that we send, in bytes. GitHub refuses more than 65,536 characters
/// ("Body is too long"); bytes are never fewer than characters, and the marker needs room too.
pub const COMMENT_LIMIT: usize = 60_000;

/// The longest comment on a deployment, in bytes; GitHub counts characters.
pub const DEPLOYMENT_COMMENT: usize = 1_024;

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    /// Plain words; whatever they contain is shown, never interpreted.
    Text(String),
    /// Words that should stand out.
    Strong(String),
    /// A name, a path or a command, in the fixed-width face.
    Code(String),
    /// A link. Only `http` and `https` addresses become one; others are shown as text.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        url: String,
    },
}

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A name, a path or a command, in the fixed-width face.
pub fn code(text: impl Into<String>) -> Inline {
    Inline::Code(text.into())
}

/// Words that should stand out.
pub fn strong(text: impl Into<String>) -> Inline {
    Inline::Strong(text.into())
}

/// A link with its text.
pub fn link(text: impl Into<String>, url: impl Into<String>) -> Inline {
    Inline::Link {
        text: text.into(),
        url: url.into(),
    }
}

/// A line of a document.
pub type Line = Vec<Inline>;

/// Builds a line from texts and inlines alike: `line!["step ", code(name), " failed"]`.
#[macro_export]
macro_rules! line {
    ($($part:expr),* $(,)?) => { vec![$($crate::report::Inline::from($part)),*] };
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading of the third level; a comment is no place for larger ones.
    Heading(Line),
    /// One paragraph.
    Paragraph(Line),
    /// A list with bullets.
    List(Vec<Line>),
    /// A table; each row has as many cells as the header.
    Table {
        /// The column titles.
        header: Vec<Line>,
        /// The rows.
        rows: Vec<Vec<Line>>,
    },
    /// Lines of a file or a log, shown as they are.
    Excerpt(Vec<String>),
    /// Something that is shown when asked for.
    Fold {
        /// The line that is always shown.
        summary: Line,
        /// What stands below it.
        blocks: Vec<Block>,
    },
    /// Small print.
    Note(Line),
}

/// What is shown to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document {
    /// The parts, from top to bottom.
    pub blocks: Vec<Block>,
}

impl Document {
    /// GitHub-flavoured Markdown of at most `limit` bytes. What does not fit is left out at a
    /// block's border, and a last line says so.
    #[must_use]
    pub fn markdown(&self, limit: usize) -> String {
        markdown::render(self, limit)
    }

    /// Plain text for a terminal: no control characters but line breaks.
    #[must_use]
    pub fn text(&self) -> String {
        text::render(self)
    }
}

/// How it ended, for exit codes and step outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Done, nothing wrong, or allowed.
    Success,
    /// Done, and the answer is no.
    Failure,
    /// Not yet.
    Wait,
    /// Done, with nothing to decide.
    Neutral,
    /// A gate says no, whether or not a failure was asked to count.
    Blocked,
    /// The facts for an answer could not be had.
    Unknown,
    /// The rules for an answer cannot be read.
    Invalid,
}

/// All that a capability answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One line without markup, for lists and logs.
    pub title: String,
    /// How it ended.
    pub conclusion: Conclusion,
    /// A stable word for the reason, for scripts.
    pub reason_code: String,
    /// What is shown.
    pub document: Document,
    /// What a workflow step points out on the lines of the change.
    pub annotations: Vec<Annotation>,
    /// What is done on GitHub, in this order.
    pub effects: Vec<Effect>,
    /// True where only somebody who asked should hear it: nothing that stands is changed unasked.
    pub only_if_asked: bool,
    /// When to look again, where nobody needs to ask for that.
    pub again: Option<Timestamp>,
}

/// Facts, verdict and report of one capability on one subject, without their types.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What was known, as JSON.
    pub facts: serde_json::Value,
    /// What was decided, as JSON.
    pub verdict: serde_json::Value,
    /// What scripts get, with `"version": 1`.
    pub json: serde_json::Value,
    /// What is shown and done.
    pub report: Report,
    /// What is remembered for later jobs.
    pub learnt: Vec<Sighting>,
    /// What a person said of a failure, and is remembered too.
    pub spoken: Vec<Spoken>,
}

/// One thing to do on GitHub. Each can be carried out twice without a second trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The one comment of a capability on a subject, found again by its marker.
    Comment {
        /// Where.
        repo: RepoName,
        /// The issue or pull request.
        number: IssueNumber,
        /// By what it is found again.
        marker: Marker,
        /// What it says.
        document: Document,
        /// False to edit an earlier comment, and stay silent where there is none.
        create: bool,
    },
    /// The one check run of a name on a commit.
    Check {
        /// Where.
        repo: RepoName,
        /// The commit that it is shown on.
        sha: Sha,
        /// Its name, `waterline/…`.
        name: String,
        /// How it ended.
        conclusion: CheckConclusion,
        /// At most 255 characters.
        title: String,
        /// What it says.
        document: Document,
        /// What it points out.
        annotations: Vec<Annotation>,
        /// False to edit an earlier check run, and stay silent where there is none.
        create: bool,
    },
    /// The failed jobs of a run, once more.
    Rerun {
        /// Where.
        repo: RepoName,
        /// The run.
        run: RunId,
        /// The attempt that shall begin: where the run has reached it, nothing is done.
        attempt: u32,
    },
    /// The one issue about something, found again by its marker.
    Issue {
        /// Where.
        repo: RepoName,
        /// By what it is found again.
        marker: Marker,
        /// What it is called when it is opened.
        title: String,
        /// What it says.
        document: Document,
        /// Whether it shall be open.
        state: IssueState,
        /// Its number, where it is remembered: GitHub's lists may be minutes old. The engine
        /// fills this in.
        known: Option<IssueNumber>,
    },
    /// The answer to a deployment, or a report on one that still waits.
    Answer {
        /// Where.
        repo: RepoName,
        /// What is answered.
        judged: Judged,
    },
    /// A reaction to a comment.
    React {
        /// Where.
        repo: RepoName,
        /// The comment.
        comment: CommentId,
        /// Which one.
        reaction: Reaction,
    },
}

/// Whether an issue shall be open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Open, unless a person has closed it meanwhile.
    Open {
        /// False to edit an open one, and stay silent where there is none.
        create: bool,
        /// One that we closed since then is opened again; otherwise there is a new one.
        reopen: Timestamp,
    },
    /// Closed. Where none is open, nothing is said.
    Closed {
        /// By what the comment is found again.
        marker: Marker,
        /// The one comment that says why.
        comment: Document,
    },
}

/// A deployment that was judged, and what to say to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The run that waits.
    pub run: RunId,
    /// The environment.
    pub environment: String,
    /// The deployment, where it is known.
    pub deployment: Option<DeploymentId>,
    /// The commit that was judged.
    pub sha: String,
    /// Open pull requests that were judged, at which commit.
    pub heads: Vec<(IssueNumber, String)>,
    /// What becomes of it.
    pub judgement: Judgement,
    /// The reasons as stable words: the same reasons are reported once.
    pub reasons: Vec<String>,
    /// What is said.
    pub document: Document,
}

/// What becomes of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It goes ahead.
    Approved,
    /// It does not; its run ends.
    Rejected,
    /// It waits on.
    Waiting,
}

impl Judgement {
    /// GitHub's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Waiting => "waiting",
        }
    }
}

/// GitHub's conclusions of a check run, as far as we give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckConclusion {
    /// Green.
    Success,
    /// Red.
    Failure,
    /// Grey: it informs and decides nothing.
    Neutral,
}

/// GitHub's reactions, as far as we give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// 👀 accepted.
    Eyes,
    /// 😕 not allowed, or not understood.
    Confused,
}

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Notice,
    /// Worth a look.
    Warning,
    /// The cause of a failure.
    Failure,
}

/// A remark on a line of a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Path from the repository's root, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// How loud.
    pub level: Level,
    /// At most 255 characters.
    pub title: String,
    /// At most 64 KB.
    pub message: String,
}
