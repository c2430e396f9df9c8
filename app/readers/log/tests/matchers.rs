//! Problem matchers: published ones and our own on small logs
//! (`matchers/NAME/{matcher.json,log.txt,reading.json}`, written anew by `UPDATE=1`), and what holds for any of them.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use waterline_log::{MatcherFile, Options, Reading, read};

fn reading(json: &str, log: &[u8]) -> Reading {
    let options = Options {
        matchers: MatcherFile::read(json).matchers,
        ..Options::default()
    };
    read(log, options)
}

#[test]
fn every_case_reads_as_it_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("matchers");
    let update = std::env::var_os("UPDATE").is_some();
    let mut seen = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let json = std::fs::read_to_string(folder.join("matcher.json")).unwrap_or_default();
        assert_eq!(MatcherFile::read(&json).faults, [], "{}", folder.display());
        let log = std::fs::read(folder.join("log.txt")).unwrap();
        let reading = reading(&json, &log);
        let file = folder.join("reading.json");
        if update {
            let text = serde_json::to_string_pretty(&reading).unwrap();
            std::fs::write(&file, text + "\n").unwrap();
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let wanted: Reading = serde_json::from_str(&text).unwrap();
        assert_eq!(reading, wanted, "{}", folder.display());
        seen += 1;
    }
    assert!(seen >= 7, "only {seen} cases");
}

fn case(name: &str) -> (String, Vec<u8>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("matchers")
        .join(name);
    let json = std::fs::read_to_string(folder.join("matcher.json")).unwrap_or_default();
    (
        json,
        std::fs::read(folder.join("log.txt")).unwrap_or_default(),
    )
}

#[test]
fn a_match_is_the_cause_where_no_reader_knows_one() {
    let (json, log) = case("from-path");
    let with = reading(&json, &log);
    assert_eq!(
        with.causes[0].text,
        ["    at 11, level error: the sum is never returned"]
    );
    assert_eq!(with.causes[0].why, "problem matcher: frost-check");
    assert_eq!(
        with.locations[0].to_string(),
        "services/cart/src/total.frost:11"
    );
    let without = read(&log, Options::default());
    assert!(without.locations.is_empty(), "{without:?}");
}

#[test]
fn a_warning_is_never_told_first() {
    let (json, log) = case("only-warnings");
    let first = &reading(&json, &log).causes[0];
    assert!(first.text[0].contains("fell off"), "{first:?}");
    let only = b"##[group]Run ./frost\nshell: bash\n##[endgroup]\nfrost src/a.frost:3 capitals\n##[error]Process completed with exit code 1.\n";
    for cause in reading(&json, only).causes {
        assert_ne!(cause.why, "problem matcher: frost-check");
    }
}

#[test]
fn the_report_of_a_framework_stays_first() {
    let (json, log) = case("beside-a-reader");
    let with = reading(&json, &log);
    assert_eq!(with.causes[0], read(&log, Options::default()).causes[0]);
}

/// What took exponential time by backtracking takes linear time here.
#[test]
fn no_pattern_makes_a_log_endless() {
    let json = r#"{"problemMatcher": [
        {"owner": "a", "pattern": [{"regexp": "^(a+)+$", "message": 1}]},
        {"owner": "b", "pattern": [{"regexp": "(.*)*x(.*)*y(.*)*z", "message": 1}]},
        {"owner": "c", "pattern": [{"regexp": "(\\w+\\s?)*!$", "message": 1},
                                    {"regexp": "(a|aa|aaa)+b", "message": 1, "loop": true}]}]}"#;
    assert_eq!(MatcherFile::read(json).faults, []);
    let line = format!("{}!\n", "a".repeat(5_000));
    let log = line.repeat(400);
    let started = Instant::now();
    assert_eq!(reading(json, log.as_bytes()).lines, 400);
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}

/// Patterns of the pieces that people write.
fn pattern() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "^", "$", "(", ")", "(.*)", r"(\d+)", r"\s+", r"[^\s]", "[", "]", "{", "}", "{2,3}", "*",
        "+?", "|", r"\b", r"\1", "(?=", "(?!", "(?:", r"\u001b", r"\/", "a", ":", "é", r"[\w.-]",
        "&&", r"\",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_a_file_of_matchers_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let file = MatcherFile::read(&text);
        prop_assert!(!file.faults.is_empty() || !file.matchers.is_empty() || text.contains("problemMatcher"));
    }

    #[test]
    fn any_matcher_reads_any_log(
        patterns in prop::collection::vec(pattern(), 1..4),
        groups in prop::collection::vec(0_usize..3, 4),
        repeat in any::<bool>(),
        lines in prop::collection::vec(".{0,60}", 0..40),
    ) {
        let patterns: Vec<_> = patterns.iter().enumerate().map(|(at, regexp)| serde_json::json!({
            "regexp": regexp, "file": groups[0], "line": groups[1], "severity": groups[2], "message": groups[3],
            "loop": repeat && at + 1 == patterns.len(),
        })).collect();
        let json = serde_json::json!({"problemMatcher": [{"owner": "x", "pattern": patterns}]}).to_string();
        let file = MatcherFile::read(&json);
        prop_assert_eq!(file.matchers.len() + file.faults.len(), 1);
        for fault in &file.faults {
            prop_assert!(!fault.message.contains('\n'), "{}", fault);
        }
        let reading = reading(&json, lines.join("\n").as_bytes());
        let shown: u64 = reading.excerpt().iter().map(|range| range.last - range.first + 1).sum();
        prop_assert!(shown <= 15);
    }
}
