//! The clock on the wall of a zone, and the moments that it shows.
//!
//! Once a year an hour is shown twice and another not at all. A freeze then lasts from the earlier
//! to the later of the two moments that could be meant, and a window the other way round: in doubt
//! nothing is deployed.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::policy::Window;

/// The earliest and the latest moment that a wall-clock time can mean; mostly the same.
pub(super) fn candidates(at: DateTime, tz: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let (one, other) = match tz.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => (offset, offset),
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            (before, after)
        }
    };
    let one = one.to_timestamp(at).ok()?;
    let other = other.to_timestamp(at).ok()?;
    Some((one.min(other), one.max(other)))
}

/// A time in which nothing begins, as wide as its words allow: its first moment, and the first
/// after it.
pub(super) fn freeze(
    from: DateTime,
    to: DateTime,
    tz: &TimeZone,
) -> Option<(Timestamp, Timestamp)> {
    Some((candidates(from, tz)?.0, candidates(to, tz)?.1))
}

/// Whether a window is open, and else when the next one opens within two weeks.
pub(super) fn open_at(
    windows: &[Window],
    now: Timestamp,
    default: &TimeZone,
) -> Result<(), Option<Timestamp>> {
    let mut next: Option<Timestamp> = None;
    for window in windows {
        let tz = window.timezone.as_ref().map_or(default, |zone| zone.tz());
        let today = now.to_zoned(tz.clone()).date();
        for ahead in -1..=14 {
            let Ok(day) = today.checked_add(i64::from(ahead).days()) else {
                continue;
            };
            let named = window.days.iter().any(|d| d.weekday() == day.weekday());
            if !window.days.is_empty() && !named {
                continue;
            }
            let from = window.from.0.unwrap_or(Time::midnight());
            let tomorrow = day.checked_add(1.day()).unwrap_or(day);
            let to = match window.to.0 {
                Some(to) if to > from => day.to_datetime(to),
                Some(to) => tomorrow.to_datetime(to),
                None => tomorrow.to_datetime(Time::midnight()),
            };
            let begins = candidates(day.to_datetime(from), tz).map(|(_, late)| late);
            let ends = candidates(to, tz).map(|(early, _)| early);
            let (Some(begins), Some(ends)) = (begins, ends) else {
                continue;
            };
            if begins <= now && now < ends {
                return Ok(());
            }
            if begins > now && begins < ends {
                next = Some(next.map_or(begins, |known| known.min(begins)));
            }
        }
    }
    Err(next)
}
