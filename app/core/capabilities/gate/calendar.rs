//! A freeze calendar in the iCalendar format (RFC 5545): which event is going on.
//!
//! Times with a zone are of that zone, times in UTC are UTC, and floating times and whole days are
//! of the policy's zone. What is not understood is an error and never "no freeze": the gate then
//! waits.

mod repeat;

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
        for (begins, ends) in event.times(now, zone)? {
            let later = going.as_ref().is_none_or(|(_, (_, known))| ends > *known);
            if begins <= now && now < ends && later {
                going = Some((event.name.clone(), (begins, ends)));
            }
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
    rule: Option<String>,
    more: Vec<Written>,
    without: Vec<Written>,
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
            "RRULE" if self.rule.is_some() => {
                return Err("an event has two rules of repetition".to_owned());
            }
            "RRULE" => self.rule = Some(value.trim().to_ascii_uppercase()),
            "RDATE" | "EXDATE" => {
                let list = match name {
                    "RDATE" => &mut self.more,
                    _ => &mut self.without,
                };
                for one in value.split(',').take(MOST) {
                    list.push(written(parameters, one)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Its times around a moment; all where it does not repeat.
    fn times(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<(Timestamp, Timestamp)>, String> {
        if self.cancelled {
            return Ok(Vec::new());
        }
        let far = |_| "an event lies too far away".to_owned();
        let start = self.start.as_ref().ok_or("an event has no start")?;
        let (first, own) = wall_of(start, zone)?;
        let end = match (&self.end, &self.duration, start) {
            (Some(end), _, _) => on_the_clock_of(end, &own, zone)?,
            (None, Some(length), _) => first.checked_add(*length).map_err(far)?,
            (None, None, Written::Day(_)) => first.tomorrow().map_err(far)?,
            // A moment without length freezes nothing.
            (None, None, _) => return Ok(Vec::new()),
        };
        let lasts = first.until(end).map_err(far)?;
        let mut starts = vec![first];
        if let Some(rule) = &self.rule {
            let here = own.to_datetime(now);
            starts.extend(repeat::starts(rule, first, here, lasts.get_days(), &own)?);
        }
        for one in &self.more {
            starts.push(on_the_clock_of(one, &own, zone)?);
        }
        for one in &self.without {
            let without = on_the_clock_of(one, &own, zone)?;
            starts.retain(|start| *start != without);
        }
        let mut times = Vec::new();
        for start in starts {
            let end = start.checked_add(lasts).map_err(far)?;
            let time = wall::freeze(start, end, &own);
            times.push(time.ok_or("an event lies too far away")?);
        }
        Ok(times)
    }
}

/// What the clock of its own zone shows, and that zone.
fn wall_of(written: &Written, zone: &TimeZone) -> Result<(DateTime, TimeZone), String> {
    match written {
        Written::Utc(at) => Ok((TimeZone::UTC.to_datetime(*at), TimeZone::UTC)),
        Written::Day(day) => Ok((day.at(0, 0, 0, 0), zone.clone())),
        Written::Wall(at, None) => Ok((*at, zone.clone())),
        Written::Wall(at, Some(id)) => {
            let unknown = |_| format!("\"{}\" is not an IANA time zone", shown(id));
            Ok((*at, TimeZone::get(id).map_err(unknown)?))
        }
    }
}

/// The same moment by another clock.
fn on_the_clock_of(written: &Written, own: &TimeZone, zone: &TimeZone) -> Result<DateTime, String> {
    let (at, theirs) = wall_of(written, zone)?;
    if theirs == *own {
        return Ok(at);
    }
    let moments = wall::candidates(at, &theirs).ok_or("an event lies too far away")?;
    Ok(own.to_datetime(moments.1))
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
            "DTSTART:20261127T000000\r\nDURATION:PT1H\r\nRRULE:FREQ=SOMETIMES",
            "DTSTART:19700101T000000\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY",
            "SUMMARY:no start",
            "DTSTART;TZID=Mars/Base:20261127T000000\r\nDTEND:20261128T000000",
        ] {
            assert!(going(event, "2026-11-27T05:00:00Z").is_err(), "{event}");
        }
        let zone = TimeZone::UTC;
        assert!(in_force("<html>", Timestamp::UNIX_EPOCH, &zone).is_err());
    }

    #[test]
    fn an_event_that_repeats_stays_at_its_time_on_the_wall() {
        let fridays = "SUMMARY:Friday\r\nDTSTART;TZID=Europe/Berlin:20260102T160000\r\n\
            DTEND;TZID=Europe/Berlin:20260102T180000\r\nRRULE:FREQ=WEEKLY;BYDAY=FR\r\n\
            EXDATE;TZID=Europe/Berlin:20260710T160000";
        assert!(going(fridays, "2026-01-09T15:00:00Z").unwrap().is_some());
        assert!(going(fridays, "2026-07-03T14:00:00Z").unwrap().is_some());
        assert_eq!(going(fridays, "2026-07-03T16:00:00Z").unwrap(), None);
        assert_eq!(going(fridays, "2026-07-10T14:30:00Z").unwrap(), None);
        let ended = format!("{fridays}\r\n");
        let ended = ended.replace("BYDAY=FR", "BYDAY=FR;UNTIL=20260601T000000Z");
        assert_eq!(
            going(ended.trim_end(), "2026-07-03T14:00:00Z").unwrap(),
            None
        );
        let yearly =
            "DTSTART;VALUE=DATE:20201224\r\nDTEND;VALUE=DATE:20201227\r\nRRULE:FREQ=YEARLY";
        assert!(going(yearly, "2026-12-26T12:00:00Z").unwrap().is_some());
        assert_eq!(going(yearly, "2026-12-27T12:00:00Z").unwrap(), None);
    }

    #[test]
    fn a_cancelled_event_freezes_nothing() {
        let event = "STATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20261224";
        assert_eq!(going(event, "2026-12-24T12:00:00Z").unwrap(), None);
    }
}
