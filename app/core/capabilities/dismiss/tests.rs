//! An id means one recent failure or is asked for again, and no reason does harm.

use proptest::prelude::*;
use pulldown_cmark::{Event as Md, Options, Parser, Tag};

use super::Switch;
use super::decide::Verdict;
use super::facts::Facts;
use crate::capability::Capability as _;
use crate::report::COMMENT_LIMIT;

fn seen(print: &str) -> serde_json::Value {
    serde_json::json!({
        "fingerprint": print, "run": 42, "attempt": 1, "sha": "a".repeat(40), "pull_request": 7,
        "job": "test", "url": "https://github.com/octo/shop/actions/runs/42",
        "at": "2026-01-01T00:00:00Z", "passed_again": false,
    })
}

fn facts(id: &str, alike: &[&str], reason: &str) -> Facts {
    let alike: Vec<_> = alike.iter().map(|print| seen(print)).collect();
    serde_json::from_value(serde_json::json!({
        "at": "2026-01-02T00:00:00Z", "repo": "octo/shop", "number": 7,
        "asked": { "by": { "id": 5, "login": "mona", "bot": false },
                   "url": "https://github.com/octo/shop/pull/7#issuecomment-1" },
        "id": id, "reason": reason, "alike": alike, "recent": [seen("99aa99aa99aa99aa")],
        "diagnosed": [{ "fingerprint": "1f0c9a7be2d4835a", "summary": "Test cart failed" }],
    }))
    .unwrap()
}

fn decide(facts: &Facts) -> Verdict {
    super::Dismiss::decide(facts, &Switch::default())
}

fn answer(facts: &Facts) -> String {
    let report = super::Dismiss::render(facts, &decide(facts));
    report.document.markdown(COMMENT_LIMIT)
}

#[test]
fn one_failure_of_that_id_is_dismissed_for_180_days() {
    let facts = facts("1f0c9a7", &["1f0c9a7be2d4835a"], "the proxy");
    let Verdict::Dismissed { saying, before } = decide(&facts) else {
        panic!("{:?}", decide(&facts));
    };
    assert_eq!(before, None);
    assert_eq!(saying.title, "Test cart failed");
    assert_eq!(saying.by.id, Some(5));
    assert_eq!(saying.until.to_string(), "2026-07-01T00:00:00Z");
    assert_eq!(super::Dismiss::say(&facts, &decide(&facts)).len(), 1);
}

#[test]
fn an_id_of_several_or_of_none_keeps_nothing_and_offers_what_there_is() {
    let two = facts("1f0c", &["1f0c9a7be2d4835a", "1f0c9a7be2d48000"], "x");
    assert!(matches!(decide(&two), Verdict::Ambiguous { .. }));
    let said = answer(&two);
    // As many digits as tell them apart.
    assert!(
        said.contains("`1f0c9a7be2d483`") && said.contains("`1f0c9a7be2d480`"),
        "{said}"
    );
    let none = facts("zz", &[], "x");
    assert!(matches!(decide(&none), Verdict::Unknown { .. }));
    assert!(answer(&none).contains("`99aa99a`"), "{}", answer(&none));
    for facts in [two, none] {
        assert!(super::Dismiss::say(&facts, &decide(&facts)).is_empty());
    }
}

#[test]
fn a_reason_has_an_end() {
    let facts = facts("1f0c9a7", &["1f0c9a7be2d4835a"], &"x".repeat(5_000));
    assert_eq!(decide(&facts), Verdict::TooLong { characters: 5_000 });
    assert!(!answer(&facts).contains("xxxx"));
}

proptest! {
    /// Whatever a reason says, a reader of Markdown finds our own words and links, and no others.
    #[test]
    fn no_reason_does_harm(noise in "\\PC{0,60}", pick in 0_usize..8, tail in "[ -~]{0,60}") {
        let hostile = [
            "@octo/team", "<img src=x onerror=alert(1)>", "::error::x", "![a](https://evil.example/x.png)",
            "-->", "```\n", "[x](javascript:alert(1))", "https://evil.example #1 GH-2",
        ][pick];
        let facts = facts("1f0c9a7", &["1f0c9a7be2d4835a"], &format!("{noise}{hostile}{tail}"));
        let said = answer(&facts);
        for event in Parser::new_ext(&said, Options::all()) {
            match event {
                Md::Start(Tag::Link { dest_url, .. }) => {
                    prop_assert!(dest_url.starts_with("https://github.com/octo/shop/"), "{}", said);
                }
                Md::Start(Tag::Image { .. } | Tag::CodeBlock(_) | Tag::Heading { .. } | Tag::HtmlBlock) => {
                    prop_assert!(false, "{}", said);
                }
                Md::Html(html) | Md::InlineHtml(html) => {
                    prop_assert!(matches!(&*html, "<sub>" | "</sub>"), "{}", said);
                }
                _ => {}
            }
        }
        prop_assert!(!said.contains("@octo") && !said.lines().any(|l| l.starts_with("::")), "{}", said);
    }
}
