//! What changes from run to run changes no fingerprint; another failure has another one.

use proptest::prelude::*;
use waterline_log::{Category, Cause, LineRange, Reading};

use super::{bare, of, template, test};

fn reading(lines: &[&str], tests: &[&str]) -> Reading {
    let text: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
    Reading {
        lines: 10,
        bytes: 100,
        truncated: false,
        step: None,
        category: Category::Test,
        summary: "A test failed".to_owned(),
        causes: vec![Cause::new(LineRange::one(1), text, "test")],
        tests: tests.iter().map(|t| (*t).to_owned()).collect(),
        locations: Vec::new(),
        exit_code: Some(1),
        suggestion: None,
    }
}

#[test]
fn lines_lose_what_changes_from_run_to_run() {
    for (line, left) in [
        (
            "at /home/runner/work/shop/shop/src/cart.test.js:12:24",
            "at src/cart.test.js:#:#",
        ),
        (
            r"at D:\a\shop\shop\src\cart.test.js:12",
            "at src/cart.test.js:#",
        ),
        (
            "connect ECONNREFUSED 127.0.0.1:43121",
            "connect ECONNREFUSED #:#",
        ),
        ("2026-11-24T10:00:00.123Z took 1.25 s", "<time> took <time>"),
        (
            "GET https://user@registry.example:8443/a/b?c=1 failed",
            "GET https://registry.example failed",
        ),
        (
            "no object 1a2b3c4d5e6f in 'tmp-x7Yz19QpA2'",
            "no object <id> in '<id>'",
        ),
        ("commit deadbeef and facade", "commit deadbeef and facade"),
    ] {
        assert_eq!(template(line), left);
    }
}

#[test]
fn a_matrix_is_one_job() {
    for job in [
        "test",
        "test (ubuntu-latest, 20)",
        "test (windows)",
        "Test macos-14",
        "test-linux-x64",
    ] {
        assert_eq!(bare(job), "test", "{job}");
    }
    assert_ne!(bare("lint"), bare("test"));
}

#[test]
fn a_tests_own_number_is_part_of_its_name() {
    assert_ne!(test("case 1"), test("case 2"));
    assert_eq!(
        test("./spec/models/cart_spec.rb:12"),
        test("/srv/app/spec/models/cart_spec.rb:90")
    );
}

#[test]
fn what_says_nothing_has_no_fingerprint() {
    let empty = reading(&["##[error]Process completed with exit code 1."], &[]);
    assert_eq!(of("test", &empty), None);
    assert_eq!(of("test", &reading(&[], &[])), None);
    let mut unknown = reading(&["something broke"], &[]);
    unknown.category = Category::Inconclusive;
    assert_eq!(of("test", &unknown), None);
}

#[derive(Debug, Clone)]
struct Noise {
    line: u32,
    port: u16,
    seed: u64,
    run: u32,
    ms: u32,
    hash: String,
    root: String,
    second: u8,
}

fn noise() -> impl Strategy<Value = Noise> {
    let roots = prop::sample::select(vec![
        "/home/runner/work/shop/shop",
        "/Users/runner/work/shop/shop",
        "/__w/shop/shop",
        r"D:\a\shop\shop",
        "/builds/x/y/z",
    ]);
    (
        1..9_999_u32,
        1024..u16::MAX,
        any::<u64>(),
        1..u32::MAX,
        0..100_000_u32,
        "[0-9a-f]{38}[0-9][a-f]",
        roots,
        0..60_u8,
    )
        .prop_map(|(line, port, seed, run, ms, hash, root, second)| Noise {
            line,
            port,
            seed,
            run,
            ms,
            hash,
            root: root.to_owned(),
            second,
        })
}

fn noisy(n: &Noise, message: &str) -> Vec<String> {
    let slash = if n.root.contains('\\') { '\\' } else { '/' };
    vec![
        format!("{message} (seed {}) in {} ms", n.seed, n.ms),
        format!("at {}{slash}src{slash}cart.test.js:{}:7", n.root, n.line),
        format!("commit {} of run {} on port {}", n.hash, n.run, n.port),
        format!(
            "2026-11-{:02}T10:00:{:02}.{}Z",
            1 + n.second % 28,
            n.second,
            n.ms
        ),
    ]
}

fn fingerprint(n: &Noise, job: &str, message: &str, name: &str) -> String {
    let lines = noisy(n, message);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    of(job, &reading(&lines, &[name])).unwrap().0
}

proptest! {
    #[test]
    fn it_survives_another_run(a in noise(), b in noise()) {
        prop_assert_eq!(
            fingerprint(&a, "test (ubuntu-latest)", "totals differ", "cart › adds"),
            fingerprint(&b, "test (windows-2022)", "totals differ", "cart › adds")
        );
    }

    #[test]
    fn it_tells_failures_apart(a in noise(), word in "[g-z]{4,12}") {
        let one = fingerprint(&a, "test", "totals differ", "cart › adds");
        prop_assert_ne!(&one, &fingerprint(&a, "test", "totals differ", &format!("cart › {word}")));
        prop_assert_ne!(&one, &fingerprint(&a, "test", &format!("{word} differ, not totals"), "cart › adds"));
        prop_assert_ne!(&one, &fingerprint(&a, &format!("job {word}"), "totals differ", "cart › adds"));
    }

    #[test]
    fn a_template_is_its_own_template(line in "\\PC{0,80}") {
        let once = template(&line);
        prop_assert_eq!(template(&once), once);
    }
}
