//! Windows and freezes: wall-clock times in a zone of the IANA database.
//!
//! They are kept as they are written, from and to, never as a start and a length: the clock on the
//! wall is what people agreed on, and a day may have 23 or 25 hours.

use std::borrow::Cow;

use jiff::civil::{DateTime, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::words::{Exception, Span, Zone};

/// When deployments may begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Window {
    /// The days on which it opens; every day where none is named.
    #[serde(default)]
    pub days: Vec<Day>,
    /// From this time on.
    pub from: Clock,
    /// Until before this time; on the next day where it is not later.
    pub to: Clock,
    /// The zone of both; the policy's where none is named.
    #[serde(default)]
    pub timezone: Option<Zone>,
    /// What need not wait for it.
    #[serde(default)]
    pub except: Vec<Exception>,
}

/// When they may not: a time, or a calendar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Freeze {
    /// From a moment until before another.
    Time {
        /// What it is called.
        name: String,
        /// Its first moment.
        from: Moment,
        /// The first moment after it.
        to: Moment,
        /// The zone of both; the policy's where none is named.
        timezone: Option<Zone>,
        /// What is let through all the same.
        except: Vec<Exception>,
    },
    /// As long as an event of a calendar lasts.
    Calendar {
        /// A path on the default branch, or an address.
        calendar: String,
        /// How old a copy may be where the calendar cannot be read.
        #[serde(rename = "max-age")]
        max_age: Option<Span>,
        /// What is let through all the same.
        except: Vec<Exception>,
    },
}

impl<'de> Deserialize<'de> for Freeze {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: an untagged choice would swallow which value is wrong, and where.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Written {
            name: Option<String>,
            from: Option<Moment>,
            to: Option<Moment>,
            timezone: Option<Zone>,
            calendar: Option<String>,
            max_age: Option<Span>,
            #[serde(default)]
            except: Vec<Exception>,
        }
        let w = Written::deserialize(deserializer)?;
        match (w.from, w.to, w.calendar) {
            (Some(from), Some(to), None) if from.0 < to.0 => Ok(Self::Time {
                name: w.name.unwrap_or_else(|| "freeze".to_owned()),
                from,
                to,
                timezone: w.timezone,
                except: w.except,
            }),
            (Some(_), Some(_), None) => Err(D::Error::custom("this freeze ends before it begins")),
            (None, None, Some(calendar)) => Ok(Self::Calendar {
                calendar,
                max_age: w.max_age,
                except: w.except,
            }),
            _ => Err(D::Error::custom(
                "a freeze has `from` and `to`, or a `calendar`",
            )),
        }
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the days of the week need no words")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The same day in the words of the clock.
    #[must_use]
    pub fn weekday(self) -> jiff::civil::Weekday {
        use jiff::civil::Weekday as W;
        match self {
            Self::Mon => W::Monday,
            Self::Tue => W::Tuesday,
            Self::Wed => W::Wednesday,
            Self::Thu => W::Thursday,
            Self::Fri => W::Friday,
            Self::Sat => W::Saturday,
            Self::Sun => W::Sunday,
        }
    }
}

/// A time on the clock: `09:00`; `24:00` ends a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Clock(pub Option<Time>);

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "24:00" {
            return Ok(Self(None));
        }
        let time = (text.len() == 5).then(|| text.parse().ok()).flatten();
        time.map(|time| Self(Some(time))).ok_or_else(|| {
            let text = text.escape_debug();
            D::Error::custom(format!("`{text}` is no time of day; write `\"09:00\"`"))
        })
    }
}

impl JsonSchema for Clock {
    fn schema_name() -> Cow<'static, str> {
        "Clock".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"})
    }
}

/// A date with a time, as the clock on the wall shows it: `2026-12-18T17:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moment(pub DateTime);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = |why: &str| {
            let text = text.escape_debug();
            D::Error::custom(format!("`{text}` {why}; write `\"2026-12-18T17:00\"`"))
        };
        if text.contains(['Z', 'z', '+']) || text.len() > 19 {
            return Err(wrong("names an offset, and the zone stands in `timezone`"));
        }
        text.parse()
            .map(Self)
            .map_err(|_| wrong("is no date with a time"))
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?"})
    }
}
