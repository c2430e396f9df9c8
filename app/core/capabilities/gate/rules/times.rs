//! Windows and freezes: what the clock on the wall says.

use jiff::Timestamp;

use super::super::calendar;
use super::super::case::Case;
use super::super::policy::{Exception, Freeze, Span, Window, lasting};
use super::super::verdict::{Fact, Reason, said};
use super::super::wall;

/// How old a copy of a calendar may be, unless the policy says.
const FRESH: i64 = 24;

/// A window is open.
pub(super) fn windows(case: &Case<'_>) -> Option<Reason> {
    const RULE: &str = "windows";
    // What one window lets through is let through.
    let excepted = |w: &Window| case.excepted(&w.except);
    if case.rules.windows.is_empty() {
        return None;
    }
    if let Some(exception) = case.rules.windows.iter().find_map(excepted) {
        return Some(case.exempt(RULE, "the window", exception));
    }
    let evidence = Fact::Clock { at: case.now };
    let zone = case.policy.timezone.tz();
    Some(match wall::open_at(&case.rules.windows, case.now, zone) {
        Ok(()) => Reason::met(RULE, said("ok", "a window is open"), evidence),
        Err(next) => {
            let sentence = match next {
                Some(next) => format!("next window opens {next}"),
                None => "no window opens within two weeks".to_owned(),
            };
            Reason::waiting(RULE, said("outside_window", sentence), evidence).at(next)
        }
    })
}

/// No freeze is in force.
pub(super) fn freezes(case: &Case<'_>) -> Vec<Reason> {
    let judge = |freeze: &Freeze| match freeze {
        Freeze::Time {
            name,
            from,
            to,
            timezone,
            except,
        } => {
            let zone = timezone.as_ref().unwrap_or(&case.policy.timezone);
            match wall::freeze(from.0, to.0, zone.tz()) {
                Some(time) => in_force(case, name, time, except),
                None => None,
            }
        }
        Freeze::Calendar {
            calendar,
            max_age,
            except,
        } => read(case, calendar, *max_age, except),
    };
    case.rules.freeze.iter().filter_map(judge).collect()
}

const RULE: &str = "freeze";

fn in_force(
    case: &Case<'_>,
    name: &str,
    (begins, ends): (Timestamp, Timestamp),
    except: &[Exception],
) -> Option<Reason> {
    if case.now < begins || case.now >= ends {
        return None;
    }
    if let Some(exception) = case.excepted(except) {
        return Some(case.exempt(RULE, &format!("freeze \"{name}\""), exception));
    }
    let sentence = format!("frozen by \"{name}\" until {ends}");
    let evidence = Fact::Clock { at: case.now };
    Some(Reason::waiting(RULE, said("frozen", sentence), evidence).at(Some(ends)))
}

fn read(
    case: &Case<'_>,
    name: &str,
    max_age: Option<Span>,
    except: &[Exception],
) -> Option<Reason> {
    let source = |told: &str| Fact::Source {
        name: "calendar".to_owned(),
        said: told.to_owned(),
    };
    let mut note = None;
    if let Some(error) = case.facts.errors.get("calendar") {
        let copy = error
            .split_whitespace()
            .filter_map(|word| word.parse::<Timestamp>().ok())
            .next_back();
        let most = max_age.map_or(jiff::SignedDuration::from_hours(FRESH), |age| age.0);
        let age = copy.map(|copy| case.now.duration_since(copy));
        if case.facts.calendar.is_none() || age.is_none_or(|age| age > most || age.is_negative()) {
            let old = age.map_or("cannot be read".to_owned(), |age| {
                format!("is {} old", lasting(age))
            });
            let sentence = format!(
                "freeze calendar {old} (max {}): refusing to guess",
                lasting(most)
            );
            let said = said("facts_unavailable", sentence);
            return Some(Reason::waiting(RULE, said, source(error)));
        }
        note = copy;
    }
    let Some(text) = &case.facts.calendar else {
        let said = said(
            "facts_unavailable",
            format!("the freeze calendar {name} is not known"),
        );
        return Some(Reason::waiting(RULE, said, source("nothing")));
    };
    let zone = case.policy.timezone.tz();
    match calendar::in_force(text, case.now, zone) {
        Err(why) => {
            let said = said(
                "facts_unavailable",
                format!("the freeze calendar {name}: {why}"),
            );
            Some(Reason::waiting(RULE, said, source(&why)))
        }
        Ok(Some((event, time))) => in_force(case, &event, time, except),
        Ok(None) => note.map(|copy| {
            let sentence = format!("no freeze (calendar copy of {copy} used)");
            Reason::met(RULE, said("ok", sentence), source("an older copy"))
        }),
    }
}
