//! GitHub's limits: how long it asks to be left alone, and by whom.
//!
//! Going on while limited can get an App banned. So whoever was told to wait is held back here,
//! before anything is sent, until the time has passed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use waterline_core::error::{Error, Result};
use waterline_core::port::Quota;

use super::Answer;

/// Where GitHub names no time, it wants at least a minute, and longer each time.
const AT_LEAST: Duration = Duration::from_secs(60);

/// The primary limit is reset every hour: nothing has to wait longer than that.
const AT_MOST: Duration = Duration::from_secs(3_600);

/// What GitHub asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// This long.
    For(Duration),
    /// It does not say.
    Unsaid,
}

/// Who has to wait, and until when; and what is left to whom.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<String, Hold>>, Mutex<HashMap<String, Quota>>);

#[derive(Debug)]
struct Hold {
    until: Instant,
    /// How often in a row GitHub has limited us without naming a time.
    strikes: u32,
}

impl Limits {
    /// Holds back whoever was told to wait.
    pub(super) fn check(&self, owner: &str) -> Result<()> {
        let holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = holds
            .get(owner)
            .map(|hold| hold.until.saturating_duration_since(Instant::now()));
        match left {
            Some(left) if !left.is_zero() => Err(Error::RateLimited(left)),
            _ => Ok(()),
        }
    }

    /// Remembers that GitHub asked to wait, and says for how long.
    pub(super) fn note(&self, owner: &str, wait: Wait) -> Duration {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let hold = holds.entry(owner.to_owned()).or_insert(Hold {
            until: now,
            strikes: 0,
        });
        let wait = match wait {
            Wait::For(wait) => wait.min(AT_MOST),
            Wait::Unsaid => {
                hold.strikes = (hold.strikes + 1).min(6);
                (AT_LEAST * (1 << (hold.strikes - 1))).min(AT_MOST)
            }
        };
        hold.until = hold.until.max(now + wait);
        wait
    }

    /// Remembers what an answer says of the quota.
    pub(super) fn hear(&self, owner: &str, answer: &Answer) {
        if let Some(quota) = quota(answer) {
            let mut quotas = self.1.lock().unwrap_or_else(PoisonError::into_inner);
            quotas.insert(owner.to_owned(), quota);
        }
    }

    /// What GitHub last said of somebody's quota.
    pub(super) fn quota(&self, owner: &str) -> Option<Quota> {
        let quotas = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.get(owner).copied()
    }

    /// Forgets the strikes of somebody who was answered.
    pub(super) fn clear(&self, owner: &str) {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One of several requests at once may have been limited after this one was sent.
        if holds
            .get(owner)
            .is_some_and(|hold| hold.until <= Instant::now())
        {
            holds.remove(owner);
        }
    }
}

/// What an answer asks for; none where it is no limit.
pub(super) fn wait(answer: &Answer) -> Option<Wait> {
    if !matches!(answer.status().as_u16(), 403 | 429) {
        return None;
    }
    let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(Wait::For(Duration::from_secs(seconds)));
    }
    if number("x-ratelimit-remaining") == Some(0) {
        let reset = number("x-ratelimit-reset").and_then(|at| i64::try_from(at).ok());
        let left = reset.map(|at| at.saturating_sub(Timestamp::now().as_second()).max(1));
        let left = left.and_then(|left| u64::try_from(left).ok());
        return Some(left.map_or(Wait::Unsaid, |left| Wait::For(Duration::from_secs(left))));
    }
    let said = answer.message();
    // A 403 that names no limit is about a permission: waiting would not help.
    let limited = answer.status().as_u16() == 429 || said.to_lowercase().contains("rate limit");
    limited.then_some(Wait::Unsaid)
}

/// The quota of the hour as an answer tells it; searches and the like have their own.
fn quota(answer: &Answer) -> Option<Quota> {
    let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
    let core = answer
        .header("x-ratelimit-resource")
        .is_none_or(|r| r == "core");
    let reset = number("x-ratelimit-reset").and_then(|at| i64::try_from(at).ok())?;
    let quota = Quota {
        limit: number("x-ratelimit-limit")?,
        left: number("x-ratelimit-remaining")?,
        reset: Timestamp::from_second(reset).ok()?,
    };
    core.then_some(quota)
}

/// The quota that is left, by GitHub's name for it.
pub(super) fn remaining(answer: &Answer) -> Option<(String, f64)> {
    let left = answer
        .header("x-ratelimit-remaining")?
        .parse::<u32>()
        .ok()?;
    let resource = answer.header("x-ratelimit-resource").unwrap_or("core");
    let known = resource.len() <= 40
        && resource
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_');
    known.then(|| (resource.to_owned(), f64::from(left)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::*;

    fn asked(status: u16, headers: &[(&str, &str)], body: &'static str) -> Option<Wait> {
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let status = StatusCode::from_u16(status).unwrap();
        wait(&Answer::new(
            status,
            pairs.collect(),
            Bytes::from_static(body.as_bytes()),
        ))
    }

    #[test]
    fn a_limit_says_how_long_and_a_permission_does_not() {
        let seconds = |n| Some(Wait::For(Duration::from_secs(n)));
        assert_eq!(asked(429, &[("retry-after", "7")], ""), seconds(7));
        assert_eq!(
            asked(
                403,
                &[("retry-after", "7"), ("x-ratelimit-remaining", "0")],
                ""
            ),
            seconds(7)
        );
        let reset = (Timestamp::now().as_second() + 90).to_string();
        let left = asked(
            403,
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", &reset),
            ],
            "",
        );
        assert!(
            matches!(left, Some(Wait::For(d)) if (88..=90).contains(&d.as_secs())),
            "{left:?}"
        );
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(asked(403, &[], secondary), Some(Wait::Unsaid));
        assert_eq!(asked(429, &[], ""), Some(Wait::Unsaid));
        let forbidden = r#"{"message":"Resource not accessible by integration"}"#;
        assert_eq!(
            asked(403, &[("x-ratelimit-remaining", "4999")], forbidden),
            None
        );
        assert_eq!(asked(200, &[("x-ratelimit-remaining", "0")], ""), None);
    }

    #[test]
    fn the_quota_is_told_for_each_by_itself() {
        let limits = Limits::default();
        let said = |left, resource| {
            let pairs = [
                ("x-ratelimit-limit", "5000"),
                ("x-ratelimit-remaining", left),
                ("x-ratelimit-reset", "1767600000"),
                ("x-ratelimit-resource", resource),
            ];
            let pairs = pairs.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            Answer::new(StatusCode::OK, pairs.into_iter().collect(), Bytes::new())
        };
        limits.hear("a", &said("4000", "core"));
        limits.hear("a", &said("7", "search"));
        let quota = limits.quota("a").unwrap();
        assert_eq!((quota.left, quota.limit), (4_000, 5_000));
        assert_eq!(quota.reset.as_second(), 1_767_600_000);
        assert_eq!(limits.quota("b"), None);
    }

    #[test]
    fn whoever_was_told_to_wait_is_held_back_alone_and_longer_each_time() {
        let limits = Limits::default();
        assert_eq!(limits.note("a", Wait::Unsaid), Duration::from_secs(60));
        assert!(matches!(limits.check("a"), Err(Error::RateLimited(left)) if left.as_secs() >= 59));
        assert!(limits.check("b").is_ok());
        assert_eq!(limits.note("a", Wait::Unsaid), Duration::from_secs(120));
        for _ in 0..10 {
            limits.note("a", Wait::Unsaid);
        }
        assert!(limits.note("a", Wait::Unsaid) <= AT_MOST);
        limits.clear("a");
        assert!(limits.check("a").is_err());
    }
}
