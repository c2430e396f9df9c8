//! When an event that repeats begins: the days and times on its own clock that its rule names.
//!
//! The rule (RFC 5545, 3.3.10) is worked out on the clock on the wall, as if there were no zones:
//! an event at nine o'clock stays at nine when the clocks change. A rule that cannot be worked out
//! within bounds is an error.

use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// The most times that one event is looked at around a moment.
const MOST: u16 = 500;

/// The most years since its first time.
const MOST_YEARS: i16 = 60;

/// Parts of a rule that begin an event more than once a day.
const TOO_MANY: &[&str] = &[
    "SECONDLY", "MINUTELY", "HOURLY", "BYSECOND", "BYMINUTE", "BYHOUR",
];

/// The starts near a moment, on the event's own clock: those of the days before and behind it that
/// an event of `lasts_days` can reach from.
///
/// # Errors
/// What is not understood, in a few words.
pub(super) fn starts(
    rule: &str,
    first: DateTime,
    now: DateTime,
    lasts_days: i32,
    zone: &TimeZone,
) -> Result<Vec<DateTime>, String> {
    let wrong = || format!("`{}` is no rule that can be worked out", super::shown(rule));
    // From its first day on, each time is gone through: whole days, and not for ages.
    if TOO_MANY.iter().any(|part| rule.contains(part)) || now.year() - first.year() > MOST_YEARS {
        return Err(wrong());
    }
    let rule = until_by_the_wall(rule, zone).ok_or_else(wrong)?;
    let parsed: RRule<Unvalidated> = rule.parse().map_err(|_| wrong())?;
    let begins = to_utc(first).ok_or_else(wrong)?;
    let set: RRuleSet = parsed.build(begins).map_err(|_| wrong())?;
    let from = now
        .checked_sub((lasts_days.clamp(0, 3_000) + 2).days())
        .ok()
        .and_then(to_utc);
    let to = now.checked_add(2.days()).ok().and_then(to_utc);
    let (Some(from), Some(to)) = (from, to) else {
        return Err(wrong());
    };
    let found = set.after(from).before(to).limit().all(MOST);
    if found.limited {
        return Err(wrong());
    }
    found
        .dates
        .into_iter()
        .map(|at| from_utc(&at).ok_or_else(wrong))
        .collect()
}

/// `UNTIL` is in UTC where the event has a zone, and may be a mere date; the rule wants it by the
/// same clock as its start.
fn until_by_the_wall(rule: &str, zone: &TimeZone) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in rule.split(';') {
        let Some(until) = part.strip_prefix("UNTIL=") else {
            parts.push(part.to_owned());
            continue;
        };
        let wall = match super::written("", until).ok()? {
            super::Written::Utc(at) => zone.to_datetime(at),
            super::Written::Wall(at, _) => at,
            super::Written::Day(day) => day.at(23, 59, 59, 0),
        };
        parts.push(format!("UNTIL={}", wall.strftime("%Y%m%dT%H%M%SZ")));
    }
    Some(parts.join(";"))
}

fn to_utc(at: DateTime) -> Option<chrono::DateTime<Tz>> {
    let seconds = TimeZone::UTC.to_timestamp(at).ok()?.as_second();
    let at = chrono::DateTime::from_timestamp(seconds, 0)?;
    Some(at.with_timezone(&Tz::UTC))
}

fn from_utc(at: &chrono::DateTime<Tz>) -> Option<DateTime> {
    let at = jiff::Timestamp::from_second(at.timestamp()).ok()?;
    Some(TimeZone::UTC.to_datetime(at))
}
