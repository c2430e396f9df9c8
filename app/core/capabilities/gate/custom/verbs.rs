//! What can be done with values: comparisons, arithmetic, CEL's methods and functions, loops.
//! Each says which types it takes, so that nothing ill-typed is ever evaluated.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Wrong;
use super::check::{Checker, Does, Node, wants};
use super::parse::{Kind, Written};
use super::schema::Type;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Same,
    Other,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
}

pub(super) fn compare(sign: &str) -> Option<Compare> {
    Some(match sign {
        "==" => Compare::Same,
        "!=" => Compare::Other,
        "<" => Compare::Less,
        "<=" => Compare::LessOrSame,
        ">" => Compare::More,
        ">=" => Compare::MoreOrSame,
        _ => return None,
    })
}

impl Compare {
    /// Everything plain can be compared; only what has an order is less or more.
    pub(super) fn fits(self, kind: Type) -> bool {
        match kind {
            Type::Number | Type::Text | Type::Time | Type::Span => true,
            Type::Bool => matches!(self, Compare::Same | Compare::Other),
            _ => false,
        }
    }
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Add,
    Subtract,
    Multiply,
    Divide,
    Rest,
}

/// The arithmetic behind a sign, and what comes out of it.
pub(super) fn count(sign: &str, left: Type, right: Type) -> Option<(Count, Type)> {
    use Type::{Number, Span, Text, Time};
    let count = match sign {
        "+" => Count::Add,
        "-" => Count::Subtract,
        "*" => Count::Multiply,
        "/" => Count::Divide,
        "%" => Count::Rest,
        _ => return None,
    };
    let kind = match (count, left, right) {
        (_, Number, Number) => Number,
        (Count::Add, Text, Text) => Text,
        (Count::Add, Time, Span) | (Count::Add, Span, Time) | (Count::Subtract, Time, Span) => Time,
        (Count::Add | Count::Subtract, Span, Span) | (Count::Subtract, Time, Time) => Span,
        _ => return None,
    };
    Some((count, kind))
}

/// A question about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Contains,
    StartsWith,
    EndsWith,
}

/// A part of a moment, as CEL counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    FullYear,
    Month,
    Date,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    Hours,
    Minutes,
}

/// A loop over a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loop {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

pub(super) fn looping(name: &str) -> Option<Loop> {
    Some(match name {
        "all" => Loop::All,
        "exists" => Loop::Exists,
        "exists_one" => Loop::ExistsOne,
        "filter" => Loop::Filter,
        "map" => Loop::Map,
        _ => return None,
    })
}

const METHODS: &[&str] = &[
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
];

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "getFullYear" => Part::FullYear,
        "getMonth" => Part::Month,
        "getDate" => Part::Date,
        "getDayOfMonth" => Part::DayOfMonth,
        "getDayOfWeek" => Part::DayOfWeek,
        "getDayOfYear" => Part::DayOfYear,
        "getHours" => Part::Hours,
        "getMinutes" => Part::Minutes,
        _ => return None,
    })
}

/// A method of a value.
pub(super) fn method(
    checker: &mut Checker,
    written: &Written,
    of: Node,
    name: &str,
    arguments: &[Written],
) -> Result<Node, Wrong> {
    let of_kind = of.kind;
    let of = Box::new(of);
    if let (Some(part), Type::Time) = (part(name), of_kind) {
        let does = Does::Part(part, of, zone(written, arguments)?);
        let kind = Type::Number;
        return Ok(Node { does, kind });
    }
    let (does, kind) = match (name, of_kind, arguments) {
        ("size", Type::Text | Type::List(_), []) => (Does::Size(of), Type::Number),
        ("contains" | "startsWith" | "endsWith", Type::Text, [other]) => {
            let test = match name {
                "contains" => Test::Contains,
                "startsWith" => Test::StartsWith,
                _ => Test::EndsWith,
            };
            let other = checker.wanted(other, Type::Text)?;
            (Does::Test(test, of, Box::new(other)), Type::Bool)
        }
        ("matches", Type::Text, [pattern]) => {
            let pattern = pattern_of(pattern)?;
            (Does::Matches(of, pattern), Type::Bool)
        }
        _ if METHODS.contains(&name) => {
            let message = format!("`{name}` does not fit {} like this", of_kind.word());
            return Err(Wrong::new(written.at, message));
        }
        _ => return Err(Wrong::unknown(written.at, "method", name, METHODS)),
    };
    Ok(Node { does, kind })
}

/// Patterns are written down, so that they are known, small and compiled before anything runs.
fn pattern_of(written: &Written) -> Result<regex::Regex, Wrong> {
    let Kind::Text(pattern) = &written.kind else {
        let message = "a pattern is a text that is written down, not computed";
        return Err(Wrong::new(written.at, message));
    };
    let built = regex::RegexBuilder::new(pattern)
        .size_limit(1 << 18)
        .build();
    built.map_err(|_| Wrong::new(written.at, "this is no pattern, or too large a one"))
}

fn zone(written: &Written, arguments: &[Written]) -> Result<TimeZone, Wrong> {
    match arguments {
        [] => Ok(TimeZone::UTC),
        [
            Written {
                kind: Kind::Text(name),
                at,
                ..
            },
        ] => {
            let zone = super::super::policy::Zone::read(name);
            zone.map(|zone| zone.tz().clone())
                .map_err(|why| Wrong::new(*at, why))
        }
        _ => Err(Wrong::new(
            written.at,
            "a zone is a text that is written down, such as \"Europe/Berlin\"",
        )),
    }
}

/// A function: `size(…)`, `timestamp("…")`, `duration("…")`.
pub(super) fn function(
    checker: &mut Checker,
    written: &Written,
    name: &str,
    arguments: &[Written],
) -> Result<Node, Wrong> {
    let text = match arguments {
        [
            Written {
                kind: Kind::Text(text),
                ..
            },
        ] => Some(text.as_str()),
        _ => None,
    };
    let (does, kind) = match (name, arguments, text) {
        ("size", [of], _) => {
            let node = checker.node(of)?;
            if !matches!(node.kind, Type::Text | Type::List(_)) {
                wants(of, &node, Type::Text)?;
            }
            (Does::Size(Box::new(node)), Type::Number)
        }
        ("timestamp", _, Some(text)) => {
            let read = text.parse::<Timestamp>();
            let at = read.map_err(|_| {
                Wrong::new(written.at, "write a moment as \"2026-12-18T16:00:00Z\"")
            })?;
            (Does::Time(at), Type::Time)
        }
        ("duration", _, Some(text)) => {
            let read = super::super::policy::Span::read(text);
            let span: SignedDuration = read.map_err(|why| Wrong::new(written.at, why))?.0;
            (Does::Span(span), Type::Span)
        }
        ("timestamp" | "duration", _, None) => {
            let message = format!("`{name}` takes one text that is written down");
            return Err(Wrong::new(written.at, message));
        }
        _ => {
            let known = &["size", "timestamp", "duration"];
            return Err(Wrong::unknown(written.at, "function", name, known));
        }
    };
    Ok(Node { does, kind })
}
