//! What was said counts for what it was said of, while it holds, and never against what was seen.

use serde_json::json;

use super::super::decide::{Finding, Outcome, Verdict, decide};
use super::super::facts::Facts;
use super::super::{Rules, origin::Origin, render};
use crate::model::Saying;
use crate::report::{CheckConclusion, Conclusion, Effect};

/// A pull request with one failed job whose two tests fail; the golden case's facts, cut down.
fn facts() -> Facts {
    let text = include_str!("../../../../tests/cases/diagnose/failing-test/facts.json");
    let mut facts: Facts = serde_json::from_str(text).unwrap();
    facts.past.remembers = true;
    facts
}

fn said(facts: &Facts, about: serde_json::Value, reason: &str) -> Saying {
    serde_json::from_value(json!({
        "about": about, "title": "cart › adds the discount",
        "by": { "login": "mona", "bot": false }, "reason": reason, "at": facts.at,
        "until": facts.at + crate::saying::KEPT,
        "url": "https://github.com/octo/shop/pull/7#issuecomment-1",
    }))
    .unwrap()
}

fn verdict(facts: &Facts) -> Verdict {
    decide(facts, &Rules::default())
}

fn first(verdict: &Verdict) -> &Finding {
    verdict.findings.first().unwrap()
}

/// The failure of these facts, dismissed.
fn dismissed() -> Facts {
    let mut facts = facts();
    let print = first(&verdict(&facts)).fingerprint.clone();
    facts.past.sayings = vec![said(&facts, json!({ "failure": print }), "the proxy")];
    facts
}

/// Each failing test of these facts, said to be flaky.
fn flaky() -> Facts {
    let mut facts = facts();
    let tests = first(&verdict(&facts)).tests.clone();
    assert!(!tests.is_empty());
    let sayings = tests
        .iter()
        .map(|test| said(&facts, json!({ "test": test }), ""));
    facts.past.sayings = sayings.collect();
    facts
}

#[test]
fn a_dismissed_finding_is_folded_and_holds_nobody_up() {
    let facts = dismissed();
    let verdict = verdict(&facts);
    assert_eq!(verdict.outcome, Outcome::Dismissed);
    assert!(verdict.findings.is_empty() && verdict.dismissed.len() == 1);
    let report = render::render(&facts, &verdict);
    assert_eq!(report.conclusion, Conclusion::Neutral);
    assert_eq!(report.reason_code, "dismissed");
    assert!(report.annotations.is_empty());
    let check = report.effects.iter().find_map(|effect| match effect {
        Effect::Check { conclusion, .. } => Some(*conclusion),
        _ => None,
    });
    assert_eq!(check, Some(CheckConclusion::Neutral));
    let text = report.document.text();
    for part in [
        "What failed has been dismissed",
        "@mona",
        "the proxy",
        "until 20",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn it_is_told_again_from_the_very_moment_on() {
    let mut facts = dismissed();
    let until = facts.past.sayings[0].until;
    for (at, outcome) in [
        (
            until - jiff::SignedDuration::from_secs(1),
            Outcome::Dismissed,
        ),
        (until, Outcome::Failed),
    ] {
        facts.at = at;
        assert_eq!(verdict(&facts).outcome, outcome, "{at}");
    }
    let mut facts = flaky();
    facts.at = facts.past.sayings[0].until;
    assert_ne!(
        first(&verdict(&facts)).is_it_me.as_ref().unwrap().origin,
        Origin::KnownFlake
    );
}

#[test]
fn a_flake_by_word_rests_on_who_said_so_and_weighs_less_than_what_was_seen() {
    let origin = |facts: &Facts| first(&verdict(facts)).is_it_me.clone().unwrap();
    let mut facts = flaky();
    facts.past.touched = Some(Vec::new());
    let judged = origin(&facts);
    assert_eq!(judged.origin, Origin::KnownFlake);
    let evidence = serde_json::to_value(&judged.evidence).unwrap();
    assert_eq!(
        (&evidence[0]["kind"], &evidence[0]["by"]),
        (&json!("said"), &json!("mona"))
    );
    // A changed file that the failure names is more than a word.
    facts.past.touched = Some(vec!["src/cart.test.js".to_owned()]);
    let judged = origin(&facts);
    assert_eq!(judged.origin, Origin::New);
    let told = crate::report::Document {
        blocks: vec![crate::report::Block::Paragraph(judged.said)],
    };
    assert!(told.text().contains("said to be flaky"), "{}", told.text());
}

#[test]
fn a_word_about_one_test_does_not_hide_another() {
    let mut facts = flaky();
    facts.past.touched = Some(Vec::new());
    for run in &mut facts.runs {
        for job in &mut run.failed {
            if let super::super::facts::Log::Read { reading, .. } = &mut job.log {
                reading.tests.push("cart › something else".to_owned());
            }
        }
    }
    let verdict = verdict(&facts);
    let judged = first(&verdict).is_it_me.clone().unwrap();
    assert_ne!(judged.origin, Origin::KnownFlake);
    let text = render::render(&facts, &verdict).document.text();
    assert!(
        text.contains("failing tests") && text.contains("said to be flaky"),
        "{text}"
    );
}
