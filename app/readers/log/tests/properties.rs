//! What holds for every log: no panic, the same answer however the stream is cut, a bounded
//! answer, and a cause that noise around it does not hide.

use proptest::prelude::*;
use waterline_log::{LogReader, Options, Reading, read};

/// A failing step with one unmistakable cause.
const FAILURE: &str = "##[group]Run make\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n\
    src/m.c:4:15: error: 'six' undeclared\nmake: *** [m.o] Error 1\n\
    ##[error]Process completed with exit code 2.\n";

fn in_pieces(bytes: &[u8], sizes: &[usize]) -> Reading {
    let mut reader = LogReader::new(Options::default());
    let (mut rest, mut at) = (bytes, 0);
    while !rest.is_empty() {
        let size = sizes.get(at % sizes.len().max(1)).copied().unwrap_or(7);
        let (piece, left) = rest.split_at(size.clamp(1, rest.len()));
        reader.push(piece);
        rest = left;
        at += 1;
    }
    reader.finish()
}

fn bounded(reading: &Reading) -> bool {
    let shown: u64 = reading
        .excerpt()
        .iter()
        .map(|range| range.last - range.first + 1)
        .sum();
    shown <= 15 && reading.tests.len() <= 400 && reading.summary.len() < 2000
}

/// Lines in which the shapes that readers look for are frequent.
fn line() -> impl Strategy<Value = String> {
    let shapes = prop::sample::select(vec![
        "##[group]Run x",
        "##[endgroup]",
        "##[error]",
        "error: ",
        "FAILED ",
        "● a › b",
        "  1) x",
        "Traceback (most recent call last):",
        "E   assert 1",
        "--- FAIL: T (0s)",
        "npm error code E",
        "=== RUN   T",
        "____ t ____",
        "\u{1b}[31m",
        "\r",
        "panicked at ",
        "* What went wrong:",
        "Post job cleanup.",
        "diff --git ",
        "CMake Error at a:1",
        "not ok 1 - x",
        "In a.sh line 3:",
        "error[E0308]: ",
        " --> src/a.rs:1:2",
        "  12 |   x",
        "    |   ^",
        ">       assert ",
        "src/a.ts:1:2 - error TS1: ",
        "    at f (src/a.js:1:2)",
        "    Expected: ",
        " PASS  ",
        "╷",
        "│ Error: ",
    ]);
    (shapes, ".{0,40}").prop_map(|(shape, rest)| format!("{shape}{rest}"))
}

/// How often each property is tried.
fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(200)
}

/// Small logs of real shape: what is done to them comes nearer to a torn log than chance does.
const LOGS: [&str; 3] = [
    FAILURE,
    "##[group]Run npm test\nshell: bash\n##[endgroup]\n FAIL  a.test.js\n  ● a › b\n\n    \
     Expected: 1\n    Received: 2\n\n    > 3 |   x\n        |   ^\n\n      at f (a.test.js:3:4)\n\n \
     PASS  b.test.js\n##[error]Process completed with exit code 1.\n",
    "##[group]Run pytest\nshell: bash\n##[endgroup]\n=== FAILURES ===\n____ test_a ____\n\n\
     >       assert f() == 2\nE       assert 1 == 2\n\ntests/a.py:5: AssertionError\n\
     FAILED tests/a.py::test_a - assert 1 == 2\n##[error]Process completed with exit code 1.\n",
];

/// What is done to a log at a place: bytes go, come twice, or are put in.
fn mutated(log: &str, changes: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = log.as_bytes().to_vec();
    for (at, length, new) in changes {
        let at = at % (bytes.len() + 1);
        let end = (at + length).min(bytes.len());
        let piece = if new.is_empty() {
            bytes[at..end].repeat(2)
        } else {
            new.clone()
        };
        bytes.splice(at..end, piece);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        prop_assert!(bounded(&read(&bytes, Options::default())));
    }

    #[test]
    fn any_mixture_of_shapes_is_read_the_same_in_pieces(
        lines in prop::collection::vec(line(), 0..80),
        sizes in prop::collection::vec(1_usize..200, 1..6),
    ) {
        let text = lines.join("\n");
        let whole = read(text.as_bytes(), Options::default());
        prop_assert!(bounded(&whole));
        prop_assert_eq!(in_pieces(text.as_bytes(), &sizes), whole);
    }

    #[test]
    fn a_torn_log_is_read_the_same_in_pieces(
        log in prop::sample::select(LOGS.to_vec()),
        changes in prop::collection::vec(
            (any::<usize>(), 0_usize..40, prop::collection::vec(any::<u8>(), 0..6)), 1..8),
        sizes in prop::collection::vec(1_usize..200, 1..6),
    ) {
        let bytes = mutated(log, &changes);
        let whole = read(&bytes, Options::default());
        prop_assert!(bounded(&whole));
        prop_assert_eq!(in_pieces(&bytes, &sizes), whole);
    }
}

proptest! {
    // Making noise is cheap, so that 2,000 cases take seconds.
    #![proptest_config(ProptestConfig::with_cases(cases() * 10))]

    #[test]
    fn noise_before_and_after_does_not_hide_the_cause(
        at in 0..LOGS.len(),
        lines in (0_usize..400, 0_usize..400, 0_usize..60),
        seed in 1_u64..,
    ) {
        let mut dice = Dice(seed);
        let before = noise(lines.0, &mut dice);
        let within = format!("##[endgroup]\n{}", noise(lines.1, &mut dice));
        let after = format!("{}##[error]", noise(lines.2, &mut dice));
        let failure = LOGS[at]
            .replacen("##[endgroup]\n", &within, 1)
            .replacen("##[error]", &after, 1);
        let text = format!("{before}{failure}Post job cleanup.\n{before}");
        let reading = read(text.as_bytes(), Options::default());
        let mut shown = reading.causes.iter().flat_map(|cause| &cause.text);
        prop_assert!(shown.any(|line| line.contains(CAUSES[at])), "{}\n{:#?}", text, reading);
    }
}

/// A part of the cause of each of the logs.
const CAUSES: [&str; 3] = ["'six' undeclared", "Expected: 1", "assert 1 == 2"];

/// Numbers that look like chance. A strategy for each character of the noise took minutes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % most as u64).unwrap_or_default()
    }
}

/// What peaceful steps write: words of chance, and lines of tools that are at work.
fn noise(lines: usize, dice: &mut Dice) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789 ....    ";
    const TOOLS: [&str; 12] = [
        "   Compiling itoa v1.0.18",
        "test parses_error ... ok",
        " PASS  src/a.test.js",
        "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0",
        "npm warn deprecated glob@7.2.3: no longer supported",
        "ok 12 - a timeout is told",
        "tests/a.py::test_failure PASSED [ 12%]",
        "\u{1b}[32m✓\u{1b}[0m shows an error (3 ms)",
        "Retrying after a timeout, 2 of 5",
        "10%\r50%\r100%",
        "gcc -Wall -Werror -c failure.c -o failure.o",
        "2026-11-20T10:11:12.1234567Z   0 errors, 0 failures",
    ];
    let mut text = String::new();
    for _ in 0..lines {
        if dice.below(3) == 0 {
            text += TOOLS[dice.below(TOOLS.len())];
        } else {
            let letters = (0..dice.below(60)).map(|_| LETTERS[dice.below(LETTERS.len())]);
            text.extend(letters.collect::<Vec<_>>().into_iter().map(char::from));
        }
        text.push('\n');
    }
    text
}

#[test]
fn an_endless_line_is_no_matter() {
    let mut reader = LogReader::new(Options::default());
    for _ in 0..64 {
        reader.push(&vec![b'x'; 256 * 1024]);
    }
    reader.push(b"\n");
    reader.push(FAILURE.as_bytes());
    let reading = reader.finish();
    assert!(reading.truncated);
    assert_eq!(reading.exit_code, Some(2));
}

#[test]
fn ten_thousand_failures_give_a_short_answer() {
    let mut log = String::from("##[group]Run make\nshell: bash\n##[endgroup]\n");
    for n in 0..10_000 {
        log += &format!("src/m{n}.c:4:15: error: 'v{n}x' undeclared\n--- FAIL: Test{n} (0.00s)\n");
    }
    log += "##[error]Process completed with exit code 2.\n";
    assert!(bounded(&read(log.as_bytes(), Options::default())));
}
