//! The filter `created` of a list: GitHub's syntax for searching by date, as far as lists of runs take it.

use jiff::Timestamp;
use jiff::civil::Date;

/// Whether a moment is within `2026-01-05`, `>=2026-01-05T08:00:00Z`, `A..B` and their like. What is no date holds
/// for nothing.
pub(crate) fn holds(filter: &str, at: Timestamp) -> bool {
    if let Some((from, to)) = filter.split_once("..") {
        let after = from == "*" || bounds(from).is_some_and(|(first, _)| at >= first);
        let before = to == "*" || bounds(to).is_some_and(|(_, end)| at < end);
        return after && before;
    }
    let with = |sign: &str, holds: fn(Timestamp, (Timestamp, Timestamp)) -> bool| {
        let rest = filter.strip_prefix(sign)?;
        Some(bounds(rest).is_some_and(|bounds| holds(at, bounds)))
    };
    with(">=", |at, (first, _)| at >= first)
        .or_else(|| with("<=", |at, (_, end)| at < end))
        .or_else(|| with(">", |at, (_, end)| at >= end))
        .or_else(|| with("<", |at, (first, _)| at < first))
        .unwrap_or_else(|| bounds(filter).is_some_and(|(first, end)| at >= first && at < end))
}

/// The first moment of a day or a second, and the first one after it.
fn bounds(text: &str) -> Option<(Timestamp, Timestamp)> {
    if let Ok(at) = text.parse::<Timestamp>() {
        let first = Timestamp::from_second(at.as_second()).ok()?;
        return Some((first, Timestamp::from_second(at.as_second() + 1).ok()?));
    }
    let day: Date = text.parse().ok()?;
    let start = |day: Date| Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    Some((start(day)?, start(day.tomorrow().ok()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_within_a_day_a_range_or_beyond_a_bound() {
        let at: Timestamp = "2026-01-05T08:00:00.4Z".parse().unwrap();
        for (filter, expected) in [
            ("2026-01-05", true),
            ("2026-01-06", false),
            (">=2026-01-05", true),
            (">2026-01-05", false),
            ("<2026-01-06", true),
            ("<=2026-01-04", false),
            ("2026-01-05T08:00:00Z..2026-01-05T08:00:00Z", true),
            ("2026-01-05T07:00:00Z..2026-01-05T07:59:59Z", false),
            ("2026-01-05T08:00:01Z..*", false),
            ("*..2026-01-05", true),
            ("yesterday", false),
            ("..", false),
        ] {
            assert_eq!(holds(filter, at), expected, "{filter}");
        }
    }
}
