//! When enough of the quota was used. Pure.
//!
//! The hour's requests are shared with whoever else works with the same token or installation,
//! first of all the App, whose answers somebody waits for. History can wait.

use jiff::Timestamp;

use crate::port::Quota;

/// Until when nothing more may be asked; none where it may go on.
pub(super) fn exhausted(quota: Option<Quota>, reserve: u8, now: Timestamp) -> Option<Timestamp> {
    // Without a word of GitHub about it there is no limit, as on most Enterprise Servers. What was
    // said of an hour that has ended tells nothing of the next.
    let quota = quota.filter(|quota| quota.reset > now)?;
    let floor = quota.limit.saturating_mul(u64::from(reserve)) / 100;
    (quota.left <= floor).then_some(quota.reset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_at_the_reserve_and_never_without_a_limit() {
        let reset: Timestamp = "2026-11-24T11:00:00Z".parse().unwrap();
        let quota = |left| {
            Some(Quota {
                limit: 1_000,
                left,
                reset,
            })
        };
        let now: Timestamp = "2026-11-24T10:20:00Z".parse().unwrap();
        assert_eq!(exhausted(quota(401), 40, now), None);
        assert_eq!(exhausted(quota(400), 40, now), Some(reset));
        assert_eq!(exhausted(quota(1), 0, now), None);
        assert_eq!(exhausted(quota(0), 0, now), Some(reset));
        assert_eq!(exhausted(None, 90, now), None);
        assert_eq!(exhausted(quota(0), 40, reset), None, "the hour is over");
    }
}
