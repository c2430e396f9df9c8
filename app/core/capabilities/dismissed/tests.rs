//! The list holds what holds.

use super::Switch;
use super::facts::Facts;
use crate::capability::Capability as _;

fn facts(at: &str) -> Facts {
    let by = serde_json::json!({ "login": "mona", "bot": false });
    serde_json::from_value(serde_json::json!({
        "at": at, "repo": "octo/shop", "number": 7,
        "sayings": [
            { "about": { "failure": "1f0c9a7be2d4835a" }, "title": "Test cart failed", "by": by,
              "reason": "the proxy", "at": "2026-01-01T00:00:00Z", "until": "2026-06-30T00:00:00Z" },
            { "about": { "test": "cart › adds the discount" }, "title": "cart › adds the discount", "by": by,
              "at": "2026-02-01T00:00:00Z", "until": "2026-07-31T00:00:00Z" },
        ],
    }))
    .unwrap()
}

#[test]
fn what_has_expired_is_not_in_the_list() {
    for (at, dismissed, flaky) in [
        ("2026-06-29T23:59:59Z", 1, 1),
        ("2026-06-30T00:00:00Z", 0, 1),
        ("2026-08-01T00:00:00Z", 0, 0),
    ] {
        let verdict = super::Dismissed::decide(&facts(at), &Switch::default());
        let counted = (verdict.dismissed.len(), verdict.flaky.len());
        assert_eq!(counted, (dismissed, flaky), "{at}");
    }
}

#[test]
fn each_row_says_who_until_when_and_by_which_id_it_is_taken_back() {
    let facts = facts("2026-03-01T00:00:00Z");
    let verdict = super::Dismissed::decide(&facts, &Switch::default());
    let text = super::Dismissed::render(&facts, &verdict).document.text();
    let id = &verdict.flaky[0].about.id()[..7];
    for part in [
        "1f0c9a7",
        "@mona",
        "2026-06-30",
        "the proxy",
        "--undo ID",
        id,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
