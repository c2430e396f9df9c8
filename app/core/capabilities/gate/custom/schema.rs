//! What an expression can see: the roots, their fields, the type of each, the source of facts
//! that it comes from, and how it is read.
//!
//! One table. The check of names and types, the list of what is needed, the sentence that
//! explains a rule and the evaluation all follow from it.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::super::facts::{Asked, Change, Facts, Repo};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Number,
    Text,
    Time,
    Span,
    Deployment,
    Pull,
    Range,
    Repo,
    List(&'static Type),
}

/// Lists that there are.
const TEXTS: Type = Type::List(&Type::Text);
const PULLS: Type = Type::List(&Type::Pull);

impl Type {
    /// The list of values of this type, where there is one.
    pub(super) fn list(self) -> Option<Type> {
        Some(match self {
            Type::Bool => Type::List(&Type::Bool),
            Type::Number => Type::List(&Type::Number),
            Type::Text => TEXTS,
            Type::Time => Type::List(&Type::Time),
            Type::Span => Type::List(&Type::Span),
            Type::Pull => PULLS,
            _ => return None,
        })
    }

    /// The word for it in an error.
    pub(super) fn word(self) -> &'static str {
        match self {
            Type::Bool => "true or false",
            Type::Number => "a number",
            Type::Text => "a text",
            Type::Time => "a moment",
            Type::Span => "a length of time",
            Type::Deployment => "the deployment",
            Type::Pull => "a pull request",
            Type::Range => "the range",
            Type::Repo => "the repository",
            Type::List(_) => "a list",
        }
    }
}

/// A value, borrowed from the facts wherever it can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
    Time(Timestamp),
    Span(SignedDuration),
    Deployment(&'a Asked),
    Pull(&'a Change),
    Range(&'a Facts),
    Repo(&'a Repo),
    Texts(&'a [String]),
    List(Vec<Value<'a>>),
}

/// What an expression is asked about.
#[derive(Clone, Copy)]
pub(in super::super) struct World<'a> {
    pub(in super::super) facts: &'a Facts,
    pub(in super::super) asked: &'a Asked,
    pub(in super::super) environment: &'a str,
    pub(in super::super) now: Timestamp,
    pub(in super::super) pull: Option<&'a Change>,
}

/// A root: what an expression can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Now,
    Environment,
    Deployment,
    Pull,
    Range,
    Repo,
}

/// The roots by name.
pub(super) const ROOTS: &[(&str, Root, Type)] = &[
    ("now", Root::Now, Type::Time),
    ("environment", Root::Environment, Type::Text),
    ("deployment", Root::Deployment, Type::Deployment),
    ("pr", Root::Pull, Type::Pull),
    ("range", Root::Range, Type::Range),
    ("repo", Root::Repo, Type::Repo),
];

impl Root {
    pub(super) fn read<'a>(self, world: &World<'a>) -> Option<Value<'a>> {
        Some(match self {
            Root::Now => Value::Time(world.now),
            Root::Environment => text(world.environment),
            Root::Deployment => Value::Deployment(world.asked),
            Root::Pull => Value::Pull(world.pull?),
            Root::Range => Value::Range(world.facts),
            Root::Repo => Value::Repo(&world.facts.repo),
        })
    }
}

/// A field of something.
pub(super) struct Field {
    pub(super) of: Type,
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// The source of facts that must have been read.
    pub(super) source: Option<&'static str>,
    /// Nothing where the fact is not known.
    pub(super) read: for<'a> fn(&Value<'a>) -> Option<Value<'a>>,
}

/// Writes a row of the table: what it is of, its name, type, source, and how it is read.
macro_rules! field {
    ($of:ident . $name:literal : $kind:expr, $source:expr, $own:ident => $read:expr) => {
        Field {
            of: Type::$of,
            name: $name,
            kind: $kind,
            source: $source,
            read: |value| match value {
                Value::$of($own) => $read,
                _ => None,
            },
        }
    };
}

/// All fields.
pub(super) const FIELDS: &[Field] = &[
    field!(Deployment."sha": Type::Text, None, d => Some(text(&d.sha))),
    field!(Deployment."ref": Type::Text, None, d => Some(text(&d.reference))),
    field!(Deployment."creator": Type::Text, None, d => Some(text(&d.creator))),
    field!(Repo."name": Type::Text, None, r => Some(text(&r.full_name))),
    field!(Repo."default_branch": Type::Text, None, r => Some(text(&r.default_branch))),
    field!(Range."prs": PULLS, Some("prs"), f => Some(Value::List(f.prs.iter().map(Value::Pull).collect()))),
    field!(Range."commits": TEXTS, Some("commits"), f => commits(f)),
    field!(Pull."number": Type::Number, Some("prs"), p => number(p.number)),
    field!(Pull."title": Type::Text, Some("prs"), p => Some(text(&p.title))),
    field!(Pull."author": Type::Text, Some("prs"), p => Some(text(&p.author.login))),
    field!(Pull."draft": Type::Bool, Some("prs"), p => Some(Value::Bool(p.draft))),
    field!(Pull."base": Type::Text, Some("prs"), p => Some(text(&p.base))),
    field!(Pull."additions": Type::Number, Some("prs"), p => number(p.additions)),
    field!(Pull."deletions": Type::Number, Some("prs"), p => number(p.deletions)),
    field!(Pull."labels": TEXTS, Some("labels"), p => Some(Value::Texts(&p.labels))),
    // A list that is not whole would make "none of them" true.
    field!(Pull."files": TEXTS, Some("prs"), p => (!p.files_truncated).then_some(Value::Texts(&p.files))),
];

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn number<'a>(number: u64) -> Option<Value<'a>> {
    i64::try_from(number).ok().map(Value::Number)
}

/// Every commit of the range, where those of every pull request were read.
fn commits(facts: &Facts) -> Option<Value<'_>> {
    if facts.range.truncated || facts.prs.iter().any(|pr| pr.commits.is_empty()) {
        return None;
    }
    let of_pulls = facts.prs.iter().flat_map(|pr| &pr.commits).map(|c| &c.sha);
    let all = of_pulls.chain(&facts.range.direct_commits);
    Some(Value::List(all.map(|sha| text(sha)).collect()))
}
