//! A freeze calendar in the iCalendar format (RFC 5545): which event is going on.
//!
//! Times with a zone are of that zone, times in UTC are UTC, and floating times and whole days are
//! of the policy's zone. What is not understood is an error and never "no freeze": the gate then
//! waits.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::wall;

/// The most events that are read.
const MOST: usize = 5_000;
/// The longest calendar that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// An event's name, its first moment, and the first after it.
pub(super) type Going = (String, (Timestamp, Timestamp));

/// The event that goes on at a moment and ends last.
///
/// # Errors
/// What is not understood, in a few words.
pub(super) fn in_force(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<Going>, String> {
    if text.len() > LONGEST {
        return Err("it is longer than 1 MB".to_owned());
    }
    if !text.trim_start().starts_with("BEGIN:VCALENDAR") || !text.contains("END:VCALENDAR") {
        return Err("it is no iCalendar file".to_owned());
    }
    let mut going: Option<Going> = None;
    for event in events(text)? {
        let Some((begins, ends)) = event.time(zone)? else {
            continue;
        };
        let later = going.as_ref().is_none_or(|(_, (_, known))| ends > *known);
        if begins <= now && now < ends && later {
            going = Some((event.name, (begins, ends)));
        }
    }
    Ok(going)
}

/// A moment as an event writes it.
enum Written {
    Utc(Timestamp),
    Wall(DateTime, Option<String>),
    Day(Date),
}

#[derive(Default)]
struct Event {
    name: String,
    start: Option<Written>,
    end: Option<Written>,
    duration: Option<Span>,
    cancelled: bool,
}

/// Lines that begin with a blank continue the one before (RFC 5545, 3.1).
fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn events(text: &str) -> Result<Vec<Event>, String> {
    let mut found = Vec::new();
    let mut open: Option<Event> = None;
    // Alarms and the like stand inside an event, with words of their own.
    let mut inner = 0_u32;
    for line in unfold(text) {
        let Some((head, value)) = split(&line) else {
            continue;
        };
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        let name = name.to_ascii_uppercase();
        match (name.as_str(), value, &mut open) {
            ("BEGIN", "VEVENT", None) => open = Some(Event::default()),
            ("END", "VEVENT", Some(_)) if inner == 0 => {
                found.extend(open.take());
                if found.len() > MOST {
                    return Err(format!("it has more than {MOST} events"));
                }
            }
            ("BEGIN", _, Some(_)) => inner += 1,
            ("END", _, Some(_)) => inner = inner.saturating_sub(1),
            (_, _, Some(event)) if inner == 0 => event.take(&name, parameters, value)?,
            _ => {}
        }
    }
    match open {
        Some(_) => Err("an event has no end".to_owned()),
        None => Ok(found),
    }
}

/// At the first colon outside of quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((&line[..at], &line[at + 1..]))
}

impl Event {
    fn take(&mut self, name: &str, parameters: &str, value: &str) -> Result<(), String> {
        match name {
            "SUMMARY" => self.name = plain(value),
            "DTSTART" => self.start = Some(written(parameters, value)?),
            "DTEND" => self.end = Some(written(parameters, value)?),
            "DURATION" => {
                let text = shown(value);
                self.duration = Some(
                    value
                        .parse()
                        .map_err(|_| format!("`{text}` is no duration"))?,
                );
            }
            "STATUS" => self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "RRULE" | "RDATE" => {
                return Err(
                    "an event repeats, which is not understood; write each time as an event"
                        .to_owned(),
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn time(&self, zone: &TimeZone) -> Result<Option<(Timestamp, Timestamp)>, String> {
        if self.cancelled {
            return Ok(None);
        }
        let Some(start) = &self.start else {
            return Err("an event has no start".to_owned());
        };
        let far = || "an event lies too far away".to_owned();
        let from = bounds(start, zone)?;
        let to = match (&self.end, &self.duration, start) {
            (Some(end), _, _) => bounds(end, zone)?,
            (None, Some(length), Written::Utc(at)) => {
                let end = at.checked_add(*length).map_err(|_| far())?;
                (end, end)
            }
            (None, Some(length), Written::Wall(at, id)) => {
                let end = at.checked_add(*length).map_err(|_| far())?;
                bounds(&Written::Wall(end, id.clone()), zone)?
            }
            (None, Some(length), Written::Day(day)) => {
                let end = day.checked_add(*length).map_err(|_| far())?;
                bounds(&Written::Day(end), zone)?
            }
            (None, None, Written::Day(day)) => {
                bounds(&Written::Day(day.tomorrow().map_err(|_| far())?), zone)?
            }
            // A moment without length freezes nothing.
            (None, None, _) => from,
        };
        Ok(Some((from.0, to.1)))
    }
}

/// The earliest and latest moment that can be meant.
fn bounds(written: &Written, zone: &TimeZone) -> Result<(Timestamp, Timestamp), String> {
    let far = || "an event lies too far away".to_owned();
    match written {
        Written::Utc(at) => Ok((*at, *at)),
        Written::Day(day) => wall::candidates(day.at(0, 0, 0, 0), zone).ok_or_else(far),
        Written::Wall(at, None) => wall::candidates(*at, zone).ok_or_else(far),
        Written::Wall(at, Some(id)) => {
            let unknown = |_| format!("\"{}\" is not an IANA time zone", shown(id));
            let own = TimeZone::get(id).map_err(unknown)?;
            wall::candidates(*at, &own).ok_or_else(far)
        }
    }
}

fn written(parameters: &str, value: &str) -> Result<Written, String> {
    let wrong = || format!("`{}` is no date", shown(value));
    let parameter = |wanted: &str| {
        parameters.split(';').find_map(|p| {
            let (name, value) = p.split_once('=')?;
            name.eq_ignore_ascii_case(wanted)
                .then(|| value.trim_matches('"').to_owned())
        })
    };
    let value = value.trim();
    if value.len() == 8 {
        return Date::strptime("%Y%m%d", value)
            .map(Written::Day)
            .map_err(|_| wrong());
    }
    let (digits, utc) = match value.strip_suffix('Z') {
        Some(digits) => (digits, true),
        None => (value, false),
    };
    let at = DateTime::strptime("%Y%m%dT%H%M%S", digits).map_err(|_| wrong())?;
    if utc {
        let at = TimeZone::UTC.to_timestamp(at).map_err(|_| wrong())?;
        return Ok(Written::Utc(at));
    }
    Ok(Written::Wall(at, parameter("TZID")))
}

/// A text without the format's escapes.
fn plain(value: &str) -> String {
    let text = value
        .replace("\\n", " ")
        .replace("\\,", ",")
        .replace("\\;", ";");
    shown(&text)
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn going(event: &str, now: &str) -> Result<Option<String>, String> {
        let text = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let found = in_force(&text, now.parse().unwrap(), &zone)?;
        Ok(found.map(|(name, (from, to))| format!("{name} {from} {to}")))
    }

    #[test]
    fn floating_times_and_whole_days_are_of_the_policys_zone() {
        let day = "SUMMARY:Inventory\r\nDTSTART;VALUE=DATE:20261224";
        assert_eq!(
            going(day, "2026-12-23T23:30:00Z").unwrap().unwrap(),
            "Inventory 2026-12-23T23:00:00Z 2026-12-24T23:00:00Z"
        );
        assert_eq!(going(day, "2026-12-24T23:00:00Z").unwrap(), None);
        let floating = "SUMMARY:Night\r\nDTSTART:20260701T220000\r\nDURATION:PT2H";
        assert!(going(floating, "2026-07-01T20:00:00Z").unwrap().is_some());
        assert!(going(floating, "2026-07-01T22:00:00Z").unwrap().is_none());
    }

    #[test]
    fn a_zone_of_its_own_and_folded_lines() {
        let event = "SUMMARY:Black\r\n  Friday\r\nDTSTART;TZID=America/New_York:20261127T000000\r\nDTEND;TZID=America/New_York:20261128T000000";
        assert_eq!(
            going(event, "2026-11-27T05:00:00Z").unwrap().unwrap(),
            "Black Friday 2026-11-27T05:00:00Z 2026-11-28T05:00:00Z"
        );
    }

    #[test]
    fn what_is_not_understood_is_no_absence() {
        for event in [
            "DTSTART:yesterday",
            "DTSTART:20261127T000000\r\nRRULE:FREQ=WEEKLY",
            "SUMMARY:no start",
            "DTSTART;TZID=Mars/Base:20261127T000000\r\nDTEND:20261128T000000",
        ] {
            assert!(going(event, "2026-11-27T05:00:00Z").is_err(), "{event}");
        }
        let zone = TimeZone::UTC;
        assert!(in_force("<html>", Timestamp::UNIX_EPOCH, &zone).is_err());
    }

    #[test]
    fn a_cancelled_event_freezes_nothing() {
        let event = "STATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20261224";
        assert_eq!(going(event, "2026-12-24T12:00:00Z").unwrap(), None);
    }
}
