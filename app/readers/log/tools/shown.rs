//! What is shown around a cause, and what is never shown: the quoted code and the place follow
//! the best cause; lines of success and pointers to help are no causes.

use crate::tools::check::reading;

/// All lines that are shown, in their order.
fn shown(command: &str, log: &str) -> Vec<String> {
    let reading = reading(command, log);
    let lines = reading.causes.iter().flat_map(|cause| cause.text.iter());
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn suites_that_pass_are_no_part_of_the_failure_before_them() {
    let log = " FAIL  src/cart.test.js\n  ● cart › total\n\n    expect(received).toBe(expected)\n\n    \
        Expected: 18.5\n    Received: 20\n\n      32 |   cart.redeem(v);\n    > 33 |   \
        expect(cart.total()).toBe(18.5);\n         |                        ^\n\n      \
        at Object.toBe (src/cart.test.js:33:24)\n\n PASS  src/checkout.test.js\n PASS  src/invoice.test.js\n";
    assert_eq!(
        shown("npm test", log),
        [
            "Expected: 18.5",
            "Received: 20",
            "● cart › total",
            "32 |   cart.redeem(v);",
            "> 33 |   expect(cart.total()).toBe(18.5);",
            "|                        ^",
            "at Object.toBe (src/cart.test.js:33:24)",
        ]
    );
}

#[test]
fn what_stands_left_of_the_heading_ends_a_report() {
    let log = "    ● a › b\n\n      it broke\n\n  other output of the run\n";
    let lines = shown("npm test", log);
    assert!(lines.contains(&"it broke".to_owned()));
    assert!(!lines.iter().any(|line| line.contains("other output")));
}

#[test]
fn a_compile_error_comes_with_its_code_and_without_pointers_to_help() {
    let log = "error[E0308]: mismatched types\n --> src/main.rs:2:18\n  |\n2 |     let x: u32 = \"a\";\n  \
        |            ---   ^^^ expected `u32`, found `&str`\n\nFor more information about this error, \
        try `rustc --explain E0308`.\nerror: could not compile `a` (bin \"a\") due to 1 previous error\n";
    assert_eq!(
        shown("cargo build", log),
        [
            "error[E0308]: mismatched types",
            "--> src/main.rs:2:18",
            "|",
            "2 |     let x: u32 = \"a\";",
            "|            ---   ^^^ expected `u32`, found `&str`",
        ]
    );
}

#[test]
fn pointers_to_help_are_no_guesses_either() {
    let log = "widget: cannot open the shelf\nFor more information about this error, try `w --explain 3`.\n\
        Tip: run with --stacktrace\n";
    let lines = shown("./widget", log);
    assert_eq!(lines[0], "widget: cannot open the shelf");
    assert!(
        lines
            .iter()
            .all(|line| !line.contains("--explain") && !line.contains("Tip"))
    );
}

#[test]
fn the_pretty_form_of_tsc_shows_the_code() {
    let log = "src/a.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.\n\n\
        2 const a: number = 'x';\n        ~\n\n\nFound 1 error in src/a.ts:2\n";
    let lines = shown("npx tsc", log);
    assert!(lines[0].contains("TS2322"));
    assert_eq!(lines[1..3], ["2 const a: number = 'x';", "~"]);
}

#[test]
fn pytest_shows_the_statement_that_failed() {
    let log = "=== FAILURES ===\n_____ test_add _____\n\n    def test_add():\n>       assert add(1, 2) == 4\n\
        E       assert 3 == 4\nE        +  where 3 = add(1, 2)\n\ntests/test_a.py:5: AssertionError\n\
        === short test summary info ===\nFAILED tests/test_a.py::test_add - assert 3 == 4\n";
    let lines = shown("pytest", log);
    assert_eq!(lines[0], "E       assert 3 == 4");
    assert!(lines.contains(&">       assert add(1, 2) == 4".to_owned()));
    assert!(lines.contains(&"tests/test_a.py:5: AssertionError".to_owned()));
}

#[test]
fn java_shows_the_first_frame_of_the_project() {
    let log = "> Task :test FAILED\n\nPriceTest > adds() FAILED\n    org.opentest4j.AssertionFailedError: \
        expected: <3> but was: <4>\n        at org.junit.jupiter.api.AssertEquals.fail(AssertEquals.java:1)\n        \
        at shop.PriceTest.adds(PriceTest.java:14)\n\n2 tests completed, 1 failed\n";
    let lines = shown("./gradlew test", log);
    assert!(lines[0].contains("expected: <3>"));
    assert!(lines.contains(&"at shop.PriceTest.adds(PriceTest.java:14)".to_owned()));
}
