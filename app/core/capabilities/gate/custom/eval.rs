//! The evaluation of a checked expression, whose cost is known before it begins.
//!
//! What cannot be had is an error and not a value: a fact that was not read, an overflow, a
//! division by zero. As in CEL, `false && error` is false and `true || error` is true.

use std::borrow::Cow;

use jiff::Timestamp;

use super::check::{Does, Node};
use super::schema::{Value, World};
use super::verbs::{Compare, Count, Loop, Part, Test};

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Failed {
    /// A fact was not read, or not wholly.
    Unknown,
    /// A number too large, or a division by zero.
    Arithmetic,
    /// It would take too long with facts of this size.
    TooCostly,
}

type Had<'a> = Result<Value<'a>, Failed>;

/// Whether an expression holds.
pub(super) fn holds(node: &Node, world: &World<'_>) -> Result<bool, Failed> {
    truth(node, world, &mut Vec::new())
}

fn truth<'a>(
    node: &Node,
    world: &World<'a>,
    variables: &mut Vec<Value<'a>>,
) -> Result<bool, Failed> {
    match value(node, world, variables)? {
        Value::Bool(is) => Ok(is),
        _ => Err(Failed::Unknown),
    }
}

fn value<'a>(node: &Node, world: &World<'a>, variables: &mut Vec<Value<'a>>) -> Had<'a> {
    let mut of = |node: &Node| value(node, world, variables);
    Ok(match &node.does {
        Does::Bool(is) => Value::Bool(*is),
        Does::Number(number) => Value::Number(*number),
        Does::Text(text) => Value::Text(Cow::Owned(text.clone())),
        Does::Time(at) => Value::Time(*at),
        Does::Span(span) => Value::Span(*span),
        Does::List(items) => Value::List(items.iter().map(of).collect::<Result<_, _>>()?),
        Does::Root(root) => root.read(world).ok_or(Failed::Unknown)?,
        Does::Variable(at) => variables.get(*at).cloned().ok_or(Failed::Unknown)?,
        Does::Field(inner, field) => (field.read)(&of(inner)?).ok_or(Failed::Unknown)?,
        Does::Not(inner) => Value::Bool(!truth(inner, world, variables)?),
        Does::Minus(inner) => match of(inner)? {
            Value::Number(n) => Value::Number(n.checked_neg().ok_or(Failed::Arithmetic)?),
            _ => return Err(Failed::Unknown),
        },
        Does::And(a, b) => Value::Bool(both(a, b, false, world, variables)?),
        Does::Or(a, b) => Value::Bool(both(a, b, true, world, variables)?),
        Does::Compare(how, a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Value::Bool(compared(*how, &a, &b)?)
        }
        Does::Count(how, a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            counted(*how, a, b)?
        }
        Does::In(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Value::Bool(items(b)?.any(|item| item == a))
        }
        Does::Choice(condition, yes, no) => match truth(condition, world, variables)? {
            true => value(yes, world, variables)?,
            false => value(no, world, variables)?,
        },
        Does::Size(inner) => match of(inner)? {
            Value::Text(text) => number(text.chars().count())?,
            list => number(items(list)?.len())?,
        },
        Does::Test(test, a, b) => match (of(a)?, of(b)?) {
            (Value::Text(a), Value::Text(b)) => Value::Bool(match test {
                Test::Contains => a.contains(&*b),
                Test::StartsWith => a.starts_with(&*b),
                Test::EndsWith => a.ends_with(&*b),
            }),
            _ => return Err(Failed::Unknown),
        },
        Does::Matches(inner, pattern) => match of(inner)? {
            Value::Text(text) => Value::Bool(pattern.is_match(&text)),
            _ => return Err(Failed::Unknown),
        },
        Does::Part(part, inner, zone) => match of(inner)? {
            Value::Time(at) => Value::Number(part.of(at, zone)),
            _ => return Err(Failed::Unknown),
        },
        Does::Loop(how, list, body) => {
            let list = of(list)?;
            looped(*how, list, body, world, variables)?
        }
    })
}

/// `&&` and `||`: the side that settles it wins over an error of the other.
fn both<'a>(
    a: &Node,
    b: &Node,
    settles: bool,
    world: &World<'a>,
    variables: &mut Vec<Value<'a>>,
) -> Result<bool, Failed> {
    let first = truth(a, world, variables);
    if first == Ok(settles) {
        return first;
    }
    match truth(b, world, variables) {
        Ok(second) if second == settles => Ok(second),
        second => first.and(second),
    }
}

fn looped<'a>(
    how: Loop,
    list: Value<'a>,
    body: &Node,
    world: &World<'a>,
    variables: &mut Vec<Value<'a>>,
) -> Had<'a> {
    let mut kept = Vec::new();
    let mut failed = None;
    let mut met = 0_usize;
    let mut all = 0_usize;
    for item in items(list)? {
        all += 1;
        variables.push(item.clone());
        let said = value(body, world, variables);
        variables.pop();
        match (how, said) {
            (Loop::Map, Ok(value)) => kept.push(value),
            (_, Ok(Value::Bool(is))) => {
                met += usize::from(is);
                if is && how == Loop::Filter {
                    kept.push(item);
                }
                match (how, is) {
                    (Loop::Exists, true) => return Ok(Value::Bool(true)),
                    (Loop::All, false) => return Ok(Value::Bool(false)),
                    _ => {}
                }
            }
            (_, Ok(_)) => return Err(Failed::Unknown),
            (_, Err(why)) => failed = Some(why),
        }
    }
    if let Some(why) = failed {
        return Err(why);
    }
    Ok(match how {
        Loop::All => Value::Bool(met == all),
        Loop::Exists => Value::Bool(met > 0),
        Loop::ExistsOne => Value::Bool(met == 1),
        Loop::Filter | Loop::Map => Value::List(kept),
    })
}

fn items<'a>(list: Value<'a>) -> Result<std::vec::IntoIter<Value<'a>>, Failed> {
    match list {
        Value::List(items) => Ok(items.into_iter()),
        Value::Texts(texts) => {
            let texts = texts.iter().map(|t| Value::Text(Cow::Borrowed(t.as_str())));
            Ok(texts.collect::<Vec<_>>().into_iter())
        }
        _ => Err(Failed::Unknown),
    }
}

fn number<'a>(count: usize) -> Had<'a> {
    let count = i64::try_from(count).map_err(|_| Failed::Arithmetic)?;
    Ok(Value::Number(count))
}

fn compared(how: Compare, a: &Value<'_>, b: &Value<'_>) -> Result<bool, Failed> {
    let order = match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Span(a), Value::Span(b)) => a.cmp(b),
        _ => return Err(Failed::Unknown),
    };
    Ok(match how {
        Compare::Same => order.is_eq(),
        Compare::Other => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::LessOrSame => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::MoreOrSame => order.is_ge(),
    })
}

fn counted<'a>(how: Count, a: Value<'a>, b: Value<'a>) -> Had<'a> {
    let had = match (how, a, b) {
        (_, Value::Number(a), Value::Number(b)) => Value::Number(
            match how {
                Count::Add => a.checked_add(b),
                Count::Subtract => a.checked_sub(b),
                Count::Multiply => a.checked_mul(b),
                Count::Divide => a.checked_div(b),
                Count::Rest => a.checked_rem(b),
            }
            .ok_or(Failed::Arithmetic)?,
        ),
        (Count::Add, Value::Text(a), Value::Text(b)) => Value::Text(a + b),
        (Count::Add, Value::Time(at), Value::Span(span))
        | (Count::Add, Value::Span(span), Value::Time(at)) => {
            Value::Time(at.checked_add(span).map_err(|_| Failed::Arithmetic)?)
        }
        (Count::Subtract, Value::Time(at), Value::Span(span)) => {
            Value::Time(at.checked_sub(span).map_err(|_| Failed::Arithmetic)?)
        }
        (Count::Subtract, Value::Time(a), Value::Time(b)) => Value::Span(a.duration_since(b)),
        (Count::Add, Value::Span(a), Value::Span(b)) => {
            Value::Span(a.checked_add(b).ok_or(Failed::Arithmetic)?)
        }
        (Count::Subtract, Value::Span(a), Value::Span(b)) => {
            Value::Span(a.checked_sub(b).ok_or(Failed::Arithmetic)?)
        }
        _ => return Err(Failed::Unknown),
    };
    Ok(had)
}

impl Part {
    /// The part of a moment, counted as CEL does: months and days of the year from 0, Sunday is 0.
    fn of(self, at: Timestamp, zone: &jiff::tz::TimeZone) -> i64 {
        let local = zone.to_datetime(at);
        i64::from(match self {
            Part::FullYear => local.year(),
            Part::Month => i16::from(local.month()) - 1,
            Part::Date => i16::from(local.day()),
            Part::DayOfMonth => i16::from(local.day()) - 1,
            Part::DayOfWeek => i16::from(local.weekday().to_sunday_zero_offset()),
            Part::DayOfYear => local.day_of_year() - 1,
            Part::Hours => i16::from(local.hour()),
            Part::Minutes => i16::from(local.minute()),
        })
    }
}
