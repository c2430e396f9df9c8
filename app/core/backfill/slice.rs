//! History in pieces that GitHub lists whole: it gives at most a thousand runs in answer to one
//! question, so a span with more of them is halved. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::port::Span;

/// From one moment to another, in whole seconds.
pub(super) fn whole(since: Timestamp, until: Timestamp) -> Span {
    let second = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
    Span {
        from: second(since),
        to: second(until),
    }
}

/// The older and the newer half, which share no second; none where it is a single second.
pub(super) fn halves(span: Span) -> Option<(Span, Span)> {
    let seconds = span.to.as_second() - span.from.as_second();
    if seconds < 1 {
        return None;
    }
    let last = span
        .from
        .checked_add(SignedDuration::from_secs(seconds / 2))
        .ok()?;
    let next = last.checked_add(SignedDuration::from_secs(1)).ok()?;
    let older = Span { to: last, ..span };
    Some((older, Span { from: next, ..span }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        let at = |second| Timestamp::from_second(second).unwrap();
        Span {
            from: at(from),
            to: at(to),
        }
    }

    #[test]
    fn halves_cover_every_second_once_down_to_a_single_one() {
        let mut open = vec![span(100, 137)];
        let mut seconds = Vec::new();
        while let Some(next) = open.pop() {
            match halves(next) {
                Some((older, newer)) => open.extend([older, newer]),
                None => {
                    assert_eq!(next.from, next.to);
                    seconds.push(next.from.as_second());
                }
            }
        }
        assert_eq!(
            seconds,
            (100..=137).rev().collect::<Vec<_>>(),
            "newest first"
        );
        assert_eq!(halves(span(5, 6)), Some((span(5, 5), span(6, 6))));
        assert_eq!(halves(span(6, 5)), None);
    }

    #[test]
    fn a_span_is_told_in_whole_seconds() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let whole = whole(at("2026-11-01T00:00:00.7Z"), at("2026-11-02T00:00:00.2Z"));
        assert_eq!(whole.from, at("2026-11-01T00:00:00Z"));
        assert_eq!(whole.to, at("2026-11-02T00:00:00Z"));
    }
}
