//! What is decided: allow, wait or block, with every reason, what it rests on, and when it changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What becomes of a deployment or a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It may go ahead.
    Allow,
    /// Not yet: a fact or the clock can still turn it. GitHub gets no answer.
    Wait,
    /// No: only another commit, another branch or another policy can turn it.
    Block,
    /// A command that is not obeyed.
    Refuse,
    /// It is none of our business.
    Ignore,
}

impl Decision {
    /// The word for it in JSON and in tests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Wait => "wait",
            Self::Block => "block",
            Self::Refuse => "refuse",
            Self::Ignore => "ignore",
        }
    }
}

/// All that is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What becomes of it.
    pub decision: Decision,
    /// A stable word for the reason that counts most.
    pub reason_code: String,
    /// Every rule that was asked, with what it said.
    pub reasons: Vec<Reason>,
    /// The next moment at which it can change by itself.
    pub next_change: Option<Timestamp>,
    /// When it will have changed by itself, where nothing but the clock stands in the way.
    pub until: Option<Timestamp>,
    /// What would have been decided, where the mode let it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_be: Option<Box<Verdict>>,
}

/// What a rule said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule, by the name that an override uses.
    pub rule: String,
    /// How it stands.
    pub state: State,
    /// A stable word.
    pub code: String,
    /// One sentence for people.
    pub sentence: String,
    /// What it rests on: never nothing.
    pub evidence: Vec<Fact>,
    /// When it can change by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_change: Option<Timestamp>,
}

/// How a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is met.
    Met,
    /// It is not met yet.
    Waiting,
    /// It cannot be met.
    Blocked,
}

impl State {
    /// How it is shown.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Met => "✓",
            Self::Waiting => "⏳",
            Self::Blocked => "✗",
        }
    }
}

/// What a reason rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "GitHub's own words")]
pub enum Fact {
    /// A line of the policy.
    Policy { key: String },
    /// A pull request.
    PullRequest { number: u64 },
    /// An issue.
    Issue { number: u64 },
    /// A commit.
    Commit { sha: String },
    /// A check run, or its absence on a commit.
    Check { name: String, sha: String },
    /// A deployment.
    Deployment { id: u64 },
    /// The clock.
    Clock { at: Timestamp },
    /// A source that could not be read, or what it said.
    Source { name: String, said: String },
}

/// What a reason says: a word for scripts, and a sentence.
pub(super) struct Said {
    code: &'static str,
    sentence: String,
}

pub(super) fn said(code: &'static str, sentence: impl Into<String>) -> Said {
    Said {
        code,
        sentence: sentence.into(),
    }
}

impl Reason {
    /// A reason cannot be made without its first evidence.
    fn new(rule: &str, state: State, said: Said, evidence: Fact) -> Self {
        Self {
            rule: rule.to_owned(),
            state,
            code: said.code.to_owned(),
            sentence: said.sentence,
            evidence: vec![evidence],
            next_change: None,
        }
    }

    pub(super) fn met(rule: &str, said: Said, evidence: Fact) -> Self {
        Self::new(rule, State::Met, said, evidence)
    }

    pub(super) fn waiting(rule: &str, said: Said, evidence: Fact) -> Self {
        Self::new(rule, State::Waiting, said, evidence)
    }

    pub(super) fn blocked(rule: &str, said: Said, evidence: Fact) -> Self {
        Self::new(rule, State::Blocked, said, evidence)
    }

    pub(super) fn at(mut self, next: Option<Timestamp>) -> Self {
        self.next_change = next;
        self
    }

    pub(super) fn and(mut self, more: Fact) -> Self {
        self.evidence.push(more);
        self
    }
}
