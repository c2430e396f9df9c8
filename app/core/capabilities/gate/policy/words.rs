//! The small words of a policy: spans of time, zones, logins, teams, patterns. Each refuses what
//! it cannot mean while it is read, so that the error has a place in the file.

use std::borrow::Cow;
use std::fmt;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Says that a type is written as a string of a form.
macro_rules! written_as_text {
    ($name:ident, $about:literal, $pattern:literal) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "description": $about, "pattern": $pattern})
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::read(&text).map_err(D::Error::custom)
            }
        }
    };
}

/// A length of time: `30m`, `2h`, `7d`, `1h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub SignedDuration);

impl Span {
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        let wrong = || {
            let text = text.escape_debug();
            format!("`{text}` is no length of time; write `30m`, `2h` or `7d`")
        };
        let mut seconds: i64 = 0;
        let mut number = String::new();
        for c in text.chars() {
            if c.is_ascii_digit() && number.len() < 9 {
                number.push(c);
                continue;
            }
            let unit = match c {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                'w' => 604_800,
                _ => return Err(wrong()),
            };
            seconds += number.parse::<i64>().map_err(|_| wrong())? * unit;
            number.clear();
        }
        if text.is_empty() || !number.is_empty() || seconds == 0 {
            return Err(wrong());
        }
        Ok(Self(SignedDuration::from_secs(seconds)))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&lasting(self.0))
    }
}

written_as_text!(
    Span,
    "A length of time: `30m`, `2h`, `7d`",
    "^([0-9]+[smhdw])+$"
);

/// `7d12h`, `40m`, `15s`: the two largest units.
#[must_use]
pub fn lasting(duration: SignedDuration) -> String {
    let mut left = duration.as_secs().max(0);
    let mut text = String::new();
    let mut units = 0;
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        let whole = left / unit;
        left %= unit;
        if whole > 0 && units < 2 {
            text.push_str(&format!("{whole}{name}"));
            units += 1;
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

/// A zone of the IANA database, such as `Europe/Berlin`, or `UTC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("UTC") {
            return Ok(Self(TimeZone::UTC));
        }
        let unknown = || {
            let text = text.escape_debug();
            format!(
                "\"{text}\" is not an IANA time zone; write one such as `Europe/Berlin`, or `UTC`"
            )
        };
        // Abbreviations mean several zones, and the database carries some for old times' sake.
        if !text.contains('/') || text.starts_with("Etc/") || text.starts_with("posix") {
            return Err(unknown());
        }
        TimeZone::get(text).map(Self).map_err(|_| unknown())
    }

    /// The zone itself.
    #[must_use]
    pub fn tz(&self) -> &TimeZone {
        &self.0
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

written_as_text!(
    Zone,
    "A zone of the IANA database, or `UTC`",
    "^(UTC|[A-Za-z_]+/.+)$"
);

/// A team as `organisation/team`, or a short name from `teams`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Team(pub String);

impl Team {
    fn read(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('@').unwrap_or(text);
        let fits = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        let right = match text.split_once('/') {
            Some((owner, team)) => fits(owner) && fits(team),
            None => fits(text),
        };
        if right {
            return Ok(Self(text.to_owned()));
        }
        let text = text.escape_default();
        Err(format!("`{text}` is no team; write `organisation/team`"))
    }
}

impl fmt::Display for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

written_as_text!(
    Team,
    "`organisation/team`, or a name from `teams`",
    "^@?[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?$"
);

/// A login, with the account's number where it shall survive a change of hands: `ada#1815`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The login.
    pub name: String,
    /// The number that it has to belong to.
    pub id: Option<u64>,
}

impl Login {
    fn read(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('@').unwrap_or(text);
        if let Some(strange) = text.chars().find(|c| !c.is_ascii()) {
            let (shown, code) = (text.escape_unicode_beyond_ascii(), u32::from(strange));
            return Err(format!(
                "\"{shown}\" cannot be a GitHub login (non-ASCII U+{code:04X})"
            ));
        }
        let (name, id) = match text.split_once('#') {
            Some((name, id)) => (
                name,
                Some(id.parse().map_err(|_| {
                    format!(
                        "`{}`: what follows `#` is the account's number",
                        text.escape_default()
                    )
                })?),
            ),
            None => (text, None),
        };
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_[]".contains(&b);
        if name.is_empty() || !name.bytes().all(fits) {
            return Err(format!(
                "`{}` cannot be a GitHub login",
                text.escape_default()
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            id,
        })
    }

    /// Whether this is the person. GitHub's logins have no case.
    #[must_use]
    pub fn is(&self, login: &str, id: u64) -> bool {
        self.name.eq_ignore_ascii_case(login) && self.id.is_none_or(|own| own == id)
    }
}

/// Shows what only looks like ASCII.
trait Shown {
    fn escape_unicode_beyond_ascii(&self) -> String;
}

impl Shown for str {
    fn escape_unicode_beyond_ascii(&self) -> String {
        let shown = |c: char| match c.is_ascii() && !c.is_ascii_control() {
            true => c.to_string(),
            false => format!("\\u{:04x}", u32::from(c)),
        };
        self.chars().take(80).map(shown).collect()
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.id.map_or(Ok(()), |id| write!(f, "#{id}"))
    }
}

written_as_text!(
    Login,
    "A login, or `login#number`",
    "^@?[A-Za-z0-9_-]+(\\[bot\\])?(#[0-9]+)?$"
);

/// A share in percent: `10%`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(pub f64);

impl Percent {
    fn read(text: &str) -> Result<Self, String> {
        let number = text
            .strip_suffix('%')
            .and_then(|n| n.trim().parse::<f64>().ok());
        match number.filter(|n| (0.0..=100.0).contains(n)) {
            Some(number) => Ok(Self(number)),
            None => Err(format!(
                "`{}` is no share; write `10%`",
                text.escape_debug()
            )),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

written_as_text!(Percent, "A share: `10%`", "^[0-9.]+ ?%$");

/// What a rule may let through all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exception {
    /// A commit that was live and successful before.
    Rollback,
    /// A deployment that fixes an open incident.
    Fix,
    /// A deployment from a hotfix branch.
    Hotfix,
    /// An exact revert of something that is live.
    Revert,
}

/// A rule that can never fail is a mistake.
pub(super) fn at_least_one<E: serde::de::Error>(count: u32) -> Result<u32, E> {
    if count == 0 {
        return Err(E::custom(
            "count must be at least 1 (remove the rule to require none)",
        ));
    }
    Ok(count)
}
