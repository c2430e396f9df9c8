//! How long the gate takes to decide: one deployment with the enterprise example and a thousand
//! facts, and a what-if over ten thousand stored decisions.
//!
//! `cargo bench -p waterline-core --bench gate`. It ends with exit code 1 where a promise is not
//! kept: 10 µs for one decision, 2 s for all.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;
use waterline_core::capabilities::gate::facts::{Check, Facts};
use waterline_core::capabilities::gate::replay::{Kept, Replayed};
use waterline_core::capabilities::gate::verdict::Decision;
use waterline_core::capabilities::gate::{decide, policy_of};

const POLICY: &str = include_str!("../../tests/cases/gate-enterprise.yml");
const GREEN: &str = include_str!("../../tests/cases/gate-green.json");
const FACTS: usize = 1_000;
const DECISIONS: usize = 10_000;
const ONE: Duration = Duration::from_micros(10);
const ALL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let (Ok(policy), Ok(green)) = (policy_of(POLICY), serde_json::from_str::<Facts>(GREEN)) else {
        eprintln!("the example cannot be read");
        return ExitCode::FAILURE;
    };
    let facts = grown(green.clone());
    let verdict = decide(&facts, &policy);
    println!(
        "{} facts, {} reasons, {:?}",
        count(&serde_json::to_value(&facts).unwrap_or_default()),
        verdict.reasons.len(),
        verdict.decision
    );
    if verdict.decision != Decision::Allow {
        eprintln!("not every rule was asked: {verdict:#?}");
        return ExitCode::FAILURE;
    }
    let one = fastest(|| {
        for _ in 0..1_000 {
            black_box(decide(black_box(&facts), black_box(&policy)));
        }
    }) / 1_000;
    println!("one decision: {one:?} (at most {ONE:?})");

    let lines = stored(&green);
    let bytes: usize = lines.iter().map(String::len).sum();
    let all = fastest(|| {
        let mut replayed = Replayed::default();
        for line in &lines {
            if let Ok(kept) = serde_json::from_str::<Kept>(line) {
                replayed.add(&kept, &policy, None);
            }
        }
        assert_eq!(replayed.decisions, DECISIONS);
        black_box(replayed.changed.len());
    });
    println!(
        "{DECISIONS} stored decisions ({} KiB): {all:?} (at most {ALL:?})",
        bytes / 1024
    );
    match one <= ONE && all <= ALL {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The best of a few rounds: what else the machine does is not ours.
fn fastest(work: impl Fn()) -> Duration {
    let rounds = (0..7).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    rounds.min().unwrap_or_default()
}

/// The example with so many files and checks that there are a thousand facts.
fn grown(mut facts: Facts) -> Facts {
    let sha = facts
        .event
        .deployment
        .as_ref()
        .map(|d| d.sha.clone())
        .unwrap_or_default();
    let owner = vec!["@acme/billing".to_owned()];
    let mut number = 0;
    while count(&serde_json::to_value(&facts).unwrap_or_default()) < FACTS {
        number += 1;
        if let Some(pr) = facts.prs.first_mut() {
            for file in 0..3 {
                let path = format!("src/part-{number}/file-{file}.rs");
                if let Some(owners) = &mut pr.codeowners {
                    owners.insert(path.clone(), owner.clone());
                }
                pr.files.push(path);
            }
        }
        facts.checks.push(Check {
            id: 90_000 + number,
            name: format!("unit ({number})"),
            app_id: 15_368,
            sha: sha.clone(),
            status: "completed".to_owned(),
            conclusion: Some("success".to_owned()),
            ..Check::default()
        });
    }
    facts
}

/// Every value that is no list and no mapping is a fact.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        Value::Null => 0,
        _ => 1,
    }
}

/// Decisions as they are kept, one on a line, at moments over a year.
fn stored(green: &Facts) -> Vec<String> {
    let day = |number: usize| {
        let hours = i64::try_from(number).unwrap_or_default();
        green
            .now
            .map(|now| now + jiff::SignedDuration::from_hours(hours % (365 * 24)))
    };
    let line = |number| {
        let mut facts = green.clone();
        facts.now = day(number);
        let verdict = serde_json::json!({"decision": "allow", "reason_code": "ok"});
        serde_json::json!({"id": number.to_string(), "facts": facts, "verdict": verdict})
            .to_string()
    };
    (0..DECISIONS).map(line).collect()
}
