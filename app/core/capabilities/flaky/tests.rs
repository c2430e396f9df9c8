//! A test is meant by its name, by its letters, or by the id of the finding that names it.

use proptest::prelude::*;
use pulldown_cmark::{Event as Md, Options, Parser, Tag};

use super::Switch;
use super::decide::Verdict;
use super::facts::Facts;
use crate::capability::Capability as _;
use crate::model::About;
use crate::report::COMMENT_LIMIT;

fn facts(test: &str, undo: bool, said: &[&str]) -> Facts {
    let by = serde_json::json!({ "login": "mona", "bot": false });
    let said: Vec<_> = said
        .iter()
        .map(|name| {
            serde_json::json!({ "about": { "test": name }, "title": name, "by": by,
                "at": "2026-01-01T00:00:00Z", "until": "2026-06-30T00:00:00Z" })
        })
        .collect();
    serde_json::from_value(serde_json::json!({
        "at": "2026-01-02T00:00:00Z", "repo": "octo/shop", "number": 7,
        "asked": { "by": by }, "test": test, "undo": undo, "sayings": said,
        "diagnosed": [
            { "fingerprint": "1f0c9a7be2d4835a", "summary": "2 tests failed",
              "tests": ["cart › adds the discount", "cart › счёт"] },
            { "fingerprint": "22229a7be2d4835a", "summary": "error[E0308]" },
        ],
    }))
    .unwrap()
}

fn decide(facts: &Facts) -> Verdict {
    super::Flaky::decide(facts, &Switch::default())
}

fn tests(verdict: &Verdict) -> Vec<String> {
    let (Verdict::Flaky { sayings, .. } | Verdict::TakenBack { sayings }) = verdict else {
        panic!("{verdict:?}");
    };
    let name = |about: &About| match about {
        About::Test(name) => name.clone(),
        About::Failure(print) => panic!("{print}"),
    };
    sayings.iter().map(|s| name(&s.about)).collect()
}

#[test]
fn ascii_is_enough_to_name_any_test() {
    for (written, meant) in [
        (
            "cart > adds the discount",
            &["cart › adds the discount"][..],
        ),
        ("cart › adds the discount", &["cart › adds the discount"]),
        ("1f0c9a7", &["cart › adds the discount", "cart › счёт"]),
        ("test_elsewhere", &["test_elsewhere"]),
    ] {
        let verdict = decide(&facts(written, false, &[]));
        assert_eq!(tests(&verdict), meant, "{written}");
        let Verdict::Flaky { seen, .. } = verdict else {
            panic!("{written}");
        };
        assert_eq!(seen, written != "test_elsewhere");
    }
}

#[test]
fn an_id_without_a_failing_test_keeps_nothing() {
    for written in ["22229a7", "abcdef0"] {
        let facts = facts(written, false, &[]);
        assert!(
            matches!(decide(&facts), Verdict::Unknown { .. }),
            "{written}"
        );
        assert!(super::Flaky::say(&facts, &decide(&facts)).is_empty());
    }
}

#[test]
fn it_is_taken_back_by_name_by_letters_and_by_id() {
    let name = "cart › счёт";
    let id = About::Test(name.to_owned()).id();
    for written in [name, "cart", &id[..7], &id] {
        assert_eq!(
            tests(&decide(&facts(written, true, &[name, "other"]))),
            [name],
            "{written}"
        );
    }
    assert_eq!(decide(&facts("nothing", true, &[name])), Verdict::NotFlaky);
    let two = facts("a b", true, &["a › b", "a > b"]);
    assert!(matches!(decide(&two), Verdict::Ambiguous { .. }));
}

proptest! {
    #[test]
    fn no_name_does_harm(name in "\\PC{0,80}", tail in "[ -~]{0,5000}") {
        for hostile in ["@team ", "<b>", "`", "::error::"] {
            let facts = facts(&format!("{name}{hostile}{tail}"), false, &[]);
            let verdict = decide(&facts);
            let said = super::Flaky::render(&facts, &verdict).document.markdown(COMMENT_LIMIT);
            for event in Parser::new_ext(&said, Options::all()) {
                match event {
                    Md::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => {
                        prop_assert!(false, "{}", said);
                    }
                    Md::Html(html) | Md::InlineHtml(html) => {
                        prop_assert!(matches!(&*html, "<sub>" | "</sub>"), "{}", said);
                    }
                    Md::Text(text) => prop_assert!(!text.contains("@team"), "{}", said),
                    _ => {}
                }
            }
            prop_assert!(!said.lines().any(|l| l.starts_with("::")), "{}", said);
            prop_assert!(said.len() < 5_000);
        }
    }
}
