//! The rules about when and in which order deployments may begin, in words.

use super::super::policy::{Concurrency, Freeze, Globs, Span, Window};
use super::{Spoken, except};

impl Spoken for Window {
    const RULE: &'static str = "windows";
    fn sentence(&self) -> String {
        let days: Vec<String> = self.days.iter().map(|d| format!("{d:?}")).collect();
        let days = match days.as_slice() {
            [] => "every day".to_owned(),
            days => format!("on {}", days.join(", ")),
        };
        let zone = self.timezone.as_ref().map(|zone| format!(" in {zone}"));
        let (zone, except) = (zone.unwrap_or_default(), except(&self.except));
        let (from, to) = (self.from.0, self.to.0);
        let time = |time: Option<jiff::civil::Time>| {
            time.map_or("24:00".to_owned(), |t| t.strftime("%H:%M").to_string())
        };
        format!(
            "it begins {days} from {} until before {}{zone}{except}",
            time(from),
            time(to)
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        Vec::new()
    }
    fn timer(&self) -> Option<String> {
        Some("when a window opens".to_owned())
    }
}

impl Spoken for Freeze {
    const RULE: &'static str = "freeze";
    fn sentence(&self) -> String {
        match self {
            Self::Time {
                name,
                from,
                to,
                except: but,
                ..
            } => {
                format!(
                    "not during {name}, from {} until before {}{}",
                    from.0,
                    to.0,
                    except(but)
                )
            }
            Self::Calendar {
                calendar,
                except: but,
                ..
            } => {
                format!("not while {calendar} has an event{}", except(but))
            }
        }
    }
    fn sources(&self) -> Vec<&'static str> {
        match self {
            Self::Time { .. } => Vec::new(),
            Self::Calendar { .. } => vec!["calendar"],
        }
    }
    fn timer(&self) -> Option<String> {
        Some("when the freeze begins or ends".to_owned())
    }
}

impl Spoken for Globs {
    const RULE: &'static str = "branches";
    fn sentence(&self) -> String {
        format!("the commit is on one of the branches {self}")
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["range"]
    }
}

/// That deployments go forward, which is a word and no type of its own.
pub(in super::super) struct Forward;

impl Spoken for Forward {
    const RULE: &'static str = "order";
    fn sentence(&self) -> String {
        "it is newer than what is live, or a rollback".to_owned()
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["range", "deployments"]
    }
}

impl Spoken for Concurrency {
    const RULE: &'static str = "concurrency";
    fn sentence(&self) -> String {
        match self {
            Self::Number(max)
            | Self::Full {
                max,
                stale_after: None,
            } => {
                format!("fewer than {max} other deployments are under way")
            }
            Self::Full {
                max,
                stale_after: Some(after),
            } => format!(
                "fewer than {max} other deployments are under way, not counting those silent for {after}"
            ),
        }
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["deployments"]
    }
}

/// How long a deployment may wait.
pub(in super::super) struct Patience(pub(in super::super) Span);

impl Spoken for Patience {
    const RULE: &'static str = "max-wait";
    fn sentence(&self) -> String {
        format!("after waiting {} it is refused", self.0)
    }
    fn sources(&self) -> Vec<&'static str> {
        Vec::new()
    }
    fn timer(&self) -> Option<String> {
        Some(format!("{} after it was asked for", self.0))
    }
}
