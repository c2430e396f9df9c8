//! Test frameworks that fit no language: behave, cucumber, robot framework, plain harnesses.

use crate::Category::{Config, Flaky, Test, Timeout};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static HARNESS: Block = Block {
    first: First::Said,
    plain: false,
    most: 6,
    said: 3,
    ..Block::new(&[
        (
            r"^\s{2,}(?:(?P<file>[\w./-]+\.\w+):(?P<line>\d+):? ?)?(?P<msg>\S.*)",
            Part::Said,
        ),
        (r"^\S|^\[", Part::End),
    ])
};

static ROBOT: Block = Block {
    first: First::Said,
    plain: true,
    most: 3,
    needs_said: true,
    ..Block::new(&[
        (r"^\d+ tests?, \d+ passed", Part::Drop),
        (r"^[-=]{10,}", Part::Close),
    ])
};

/// A tick list: a crossed line and what is indented below it.
static CROSSED: Block = Block {
    first: First::Said,
    most: 8,
    needs_said: true,
    ..Block::new(&[
        (
            r"^\s+at (?:.*\()?(?P<file>[\w./-]+\.\w+):(?P<line>\d+)",
            Part::At,
        ),
        (
            r"^\s+(?P<msg>[\w.]*(?:Error|Exception|Failure|[Ee]xpected|[Aa]ssert)\w*\b.*)",
            Part::Said,
        ),
        (r"[✓✔✗✘×]", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("bazel: failed test", &["FAIL: //", "TIMEOUT: //"], r"^(?:FAIL|TIMEOUT): (?P<test>//\S+) \(", Tier::Summary).mostly(Test),
    Rule::new("behave: failed step", &["ASSERT FAILED: ", "Assertion Failed: ", "ASSERT FAILED"], r"^\s+(?:ASSERT FAILED|Assertion Failed)(?:: (?P<msg>.+))?", Tier::Failure).is(Test),
    Rule::new("behave: failing scenario", &[".feature:"], r"^\s+(?P<path>\S+\.feature):\d+\s+(?P<test>\S.*)$", Tier::Summary).then(Then::Test),
    Rule::new("cucumber: undefined step", &["Undefined. Implement", "Undefined step"], r"^\s*(?:\? |Undefined).*", Tier::Fatal).is(Config).under(&["cucumber", "behave"]),
    Rule::new("robot: failed test", &["| FAIL |"], r"^(?P<test>\S.*?)\s+(?::: .*)?\| FAIL \|$", Tier::Failure).is(Test).then(Then::Open(&ROBOT)),
    Rule::new("harness: failed test", &["[  FAILED  ] "], r"^\[  FAILED  \] (?P<test>[\w./:]+)(?:,.*)?(?: \(\d+ ms\))?$", Tier::Failure)
        .is(Test)
        .then(Then::Blame)
        .block(&HARNESS),
    Rule::new("harness: failed test", &["FAIL: ", "XPASS: "], r"^(?:FAIL|XPASS): (?P<test>[\w./+-]*[\w+-])$", Tier::Summary).is(Test),
    Rule::new("a crossed test", &["✗ ", "✘ "], r"^[\w\s]{0,12}[✗✘] (?P<test>[^\[\s].*)$", Tier::Failure).is(Test).then(Then::Open(&CROSSED)),
    Rule::new("a time limit", &["returning 124", "took >", "took longer than", "Command timed out", "TimeoutExpired", "Process timed out"], r"(?i)(?:took (?:>|longer than) ?\d+|returning 124|command timed out|timeoutexpired|process timed out)", Tier::Fatal)
        .is(Timeout),
    Rule::new("a signal", &["Received signal: "], r"^\S+(?: \d+/\d+)? failed! Received signal: (?P<msg>\w+)", Tier::Crash).is(crate::Category::Crash),
    Rule::new("retries: flaky", &["flaky test"], r"(?i)^\s*\d+ flaky tests?\b", Tier::Summary).is(Flaky).then(Then::Note),
    Rule::new("wait: timed out", &["imed out waiting", "Timeout waiting", "timeout waiting"], r"(?i)timed? ?out waiting", Tier::Fatal).is(Timeout),
    Rule::new("retry: final attempt", &["Final attempt failed", "Retry limit", "retries exceeded", "all attempts failed"], r"(?i)(?:final attempt failed|retry limit|all attempts failed)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("[       OK ] s.c1 (1 ms)\n[  FAILED  ] s.c2\n    tests/s.cc:234: expected checksum 1, got 2\n[       OK ] s.c3 (1 ms)", "expected checksum", Test)
                .tests(&["s.c2"])
                .at("tests/s.cc:234"),
            case("    Then I get 5       # features/steps/s.py:6\n      ASSERT FAILED: got -1, want 5\n\nFailing scenarios:\n  features/a.feature:2  add\n", "ASSERT FAILED", Test).tests(&["add"]),
        ]);
    }
}
