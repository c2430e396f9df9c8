//! JavaScript's test runners: jest, vitest, playwright, node's own, bun, deno, ava, karma, cypress.

use crate::Category::{Crash, Test, Timeout};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

/// A stack frame of a JavaScript engine.
const FRAME: &str =
    r"^\s*(?:at|❯) (?:.*?[( ])?(?P<file>(?:file://)?[^\s()]+?):(?P<line>\d+):(?P<col>\d+)\)?$";
/// A line of quoted source.
const SOURCE: &str = r"^\s*>?\s*\d*\s*[|│]";

static JEST: Block = Block {
    first: First::Values,
    plain: true,
    most: 120,
    ..Block::new(&[
        (r"^\s*expect\(.*\)\.", Part::Skip),
        (r"^\s{2,}(?:Expected|Received)\b.*:", Part::Said),
        (FRAME, Part::At),
        (SOURCE, Part::Quote),
        (
            r"^(?:Test Suites:|Tests:|\s?PASS |\s?FAIL |Snapshots:|Summary of all|-{5,}\||\s*console\.\w+|npm |yarn |error Command)",
            Part::End,
        ),
        (r"^\s+[-+] ", Part::More),
    ])
};

static SUITE: Block = Block {
    first: First::Said,
    plain: true,
    most: 60,
    said: 2,
    ..Block::new(&[
        (FRAME, Part::At),
        (SOURCE, Part::Quote),
        (r"^\s*Jest encountered an unexpected token", Part::More),
        (
            r"^\s*(?:Jest failed to parse|By default|Out of the box|Here's what|You'll find|Details:|• )",
            Part::Skip,
        ),
        (r"^(?:Test Suites:|\s?PASS |\s?FAIL |-{5,}\|)", Part::End),
        (r"^\s+(?:SyntaxError|\w*Error): ", Part::Said),
        (r"^\s+Require stack:", Part::Skip),
        (r"^\s+(?P<file>/app/\S+|/\S+\.[cm]?[jt]sx?)$", Part::Skip),
    ])
};

static VITEST: Block = Block {
    first: First::Said,
    most: 60,
    said: 2,
    ..Block::new(&[
        (FRAME, Part::At),
        (SOURCE, Part::Quote),
        (r"^⎯{5,}|^\s*Test Files |^\s*FAIL ", Part::End),
        (
            r"^(?P<msg>(?:\w+\.)*\w*(?:Error|Exception|Failure)\b.*)",
            Part::Said,
        ),
        (r"^\s*[-+] (?:Expected|Received|Snapshot)", Part::Skip),
        (r"^\s*[-+] ", Part::More),
    ])
};

static PLAYWRIGHT: Block = Block {
    first: First::Said,
    most: 80,
    said: 3,
    ..Block::new(&[
        (r"^\s+(?:Expected|Received)\b.*:", Part::Said),
        (
            r"^\s+(?:\w*Error|Test timeout|Timed out|Timeout)\b.*",
            Part::Said,
        ),
        (FRAME, Part::At),
        (SOURCE, Part::Quote),
        (
            r"^\s+\d+ (?:failed|flaky|passed|skipped|did not run)",
            Part::End,
        ),
        (r"^\s+\d+\) <", Part::Skip),
        (r"^\s+(?:Retry #|Error Context|attachment #|─+)", Part::Skip),
    ])
};

static NODE: Block = Block {
    first: First::Said,
    most: 40,
    said: 3,
    needs_said: true,
    ..Block::new(&[
        (FRAME, Part::At),
        (
            r"^\s+(?P<msg>(?:\[?\w*Error|Expected|Received|expected|actual)\b.*)",
            Part::Said,
        ),
        (r"^\s+\S+ !==? \S+$", Part::Said),
        (r"^\s*(?:✔|✖|ℹ|▶|# )", Part::End),
    ])
};

static DENO: Block = Block {
    first: First::Said,
    most: 40,
    ..Block::new(&[
        (r"^error: (?P<msg>.+)", Part::Said),
        (r"^\s+(?:-|\+)\s+", Part::More),
        (FRAME, Part::At),
        (r"^ ?FAILURES|^FAILED \|", Part::End),
    ])
};

static BUN: Block = Block {
    first: First::Said,
    most: 30,
    ..Block::new(&[
        (r"^(?:Expected|Received)\b.*:", Part::Said),
        (FRAME, Part::At),
        (r"^\((?:fail|pass)\) ", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("jest: suite failed to run", &["Test suite failed to run"], r"^\s*● (?:.* › )?Test suite failed to run", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&SUITE)),
    Rule::new("jest: console", &["● Console", "● Validation", "● Deprecation", "● Cannot log after", "● process.exit", "● Multiple"], r"^\s*● (?:Console|Validation|Deprecation|Multiple)", Tier::Loose)
        .then(Then::Noise),
    Rule::new("jest: failed test", &["● "], r"^\s*● (?P<test>\S.*)$", Tier::Failure).mostly(Test).then(Then::Open(&JEST)),
    Rule::new("vitest: suite failed", &["FAIL "], r"^\s*FAIL\s+(?:\|\S+\| +)?\S+ \[ .* \]$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&VITEST)),
    Rule::new("vitest: failed test", &["FAIL "], r"^\s*FAIL\s+(?:\|?\S+\|? +)?(?P<path>\S+\.[cm]?[jt]sx?) > (?P<test>.+)$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&VITEST)),
    Rule::new("vitest: unhandled error", &["⎯ Unhandled ", "⎯ Uncaught "], r"^⎯+ (?:Unhandled|Uncaught) (?:Rejection|Error|Exception) ⎯+", Tier::Failure)
        .is(Test)
        .then(Then::Open(&VITEST)),
    Rule::new("playwright: flaky", &[" flaky"], r"^\s+\d+ flaky$", Tier::Summary).then(Then::Note),
    Rule::new(
        "playwright: failed test",
        &[".spec.", ".test."],
        r"^\s+\d+\) (?:\[[^\]]+\] › )?\S+\.(?:spec|test)\.\w+:\d+:\d+ › (?P<test>.+?)(?: ─+)?$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&PLAYWRIGHT)),
    Rule::new("bun: failed test", &["(fail) "], r"^\(fail\) (?P<test>.+?)(?: \[[\d.]+m?s\])?$", Tier::Summary).then(Then::Test),
    Rule::new("bun: failed test", &["error: expect("], r"^error: expect\(", Tier::Failure).is(Test).then(Then::Open(&BUN)),
    Rule::new("deno check: error", &["[ERROR]: "], r"^TS\d+ \[ERROR\]: (?P<msg>.+)", Tier::Failure).is(crate::Category::Compile).then(Then::Open(&DENO_CHECK)),
    Rule::new("deno fmt: difference", &["from /"], r"^from (?P<path>/\S+):$", Tier::Lint).is(crate::Category::Lint).under(&["deno fmt"]),
    Rule::new("deno: failed test", &[" => "], r"^(?P<test>\S.*?) => (?P<path>\S+?\.[cm]?[jt]sx?):\d+:\d+$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&DENO)),
    Rule::new("node: failed test", &["✖ "], r"^\s*✖ (?P<test>\S.*?) \([\d.]+ms\)$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&NODE)),
    Rule::new("ava: failed test", &["✖ ", "✘ [fail]"], r"^\s*(?:✖|✘) \[fail\]: (?P<test>.+)$", Tier::Summary).then(Then::Test),
    Rule::new("ava: difference", &["Difference (- actual"], r"^\s+Difference \(- actual, \+ expected\):$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&AVA)),
    Rule::new(
        "karma: failed test",
        &[" FAILED"],
        r"^(?:HeadlessChrome|Chrome|Firefox|Safari|PhantomJS|Chromium)\S* [^)]*\) (?P<test>.+) FAILED$",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&NODE)),
    Rule::new("mocha: uncaught", &["Exception during run: "], r"^\s*Exception during run: (?P<msg>.+)", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&NODE_UNCAUGHT)),
    Rule::new("jest: open handles", &["did not exit one second"], r"^Jest did not exit", Tier::Wrapper).is(Timeout),
    Rule::new("jest: worker", &["jest worker process", "Jest worker encountered"], r"^\s*(?:A jest worker process|.*Jest worker encountered).*", Tier::Failure)
        .is(Crash),
];

static DENO_CHECK: Block = Block {
    first: First::Head,
    most: 6,
    ..Block::new(&[
        (FRAME, Part::At),
        (r"^\s*~+$", Part::Quote),
        (r"^TS\d+ |^error: |^Found ", Part::End),
    ])
};

static AVA: Block = Block {
    first: First::Head,
    most: 16,
    said: 3,
    ..Block::new(&[
        (r"^\s+[-+] .*", Part::Said),
        (
            r"^\s+› (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)$",
            Part::At,
        ),
        (r"^\s+(?:─|\d+ tests? failed)", Part::End),
    ])
};

static NODE_UNCAUGHT: Block = Block {
    first: First::Head,
    most: 30,
    ..Block::new(&[(FRAME, Part::At), (r"^\S", Part::End)])
};

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "FAIL test/a.test.js\n  ● Cart › adds\n\n    expect(received).toBe(expected) // Object.is equality\n\n    Expected: 12\n    Received: 7\n\n      14 |     x\n    > 15 |     y\n         |  ^\n\n      at Object.<anonymous> (test/a.test.js:15:4)\n\nTests: 1 failed",
                "Expected: 12",
                Test,
            )
            .tests(&["Cart › adds"])
            .at("test/a.test.js:15"),
            case("  ● Test suite failed to run\n\n    Cannot find module 'left' from 'a.js'\n\n      at Resolver._throw (node_modules/jest/x.js:1:2)\n", "Cannot find module", Dependency),
            case(" FAIL  test/a.test.js > Cart > adds\nAssertionError: expected 7 to be 12\n\n ❯ test/a.test.js:9:3\n", "expected 7 to be 12", Test)
                .tests(&["Cart > adds"])
                .at("test/a.test.js:9"),
            case("adds => ./main_test.ts:7:6\nerror: AssertionError: Values are not equal.\n    at file:///home/runner/work/x/x/main_test.ts:8:3\n", "Values are not equal", Test)
                .tests(&["adds"])
                .at("main_test.ts:8"),
        ]);
    }
}
