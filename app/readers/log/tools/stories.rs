//! Tests that read as stories: behave with a traceback, cucumber of Ruby, behat, phpspec, uvu.

use crate::Category::Test;
use crate::rule::{Block, First, Part, Rule, Then, Tier};

/// What stands indented below a step that failed.
static STEP: Block = Block {
    first: First::Said,
    most: 14,
    said: 3,
    ..Block::new(&[
        (r"^\s+(?P<file>\S+\.rb):(?P<line>\d+):in ", Part::At),
        (
            r#"^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)"#,
            Part::Last,
        ),
        (
            r"^\s+(?:\w+\.)*\w*(?:Error|Exception|Failure)\b(?::.*)?$",
            Part::Final,
        ),
        (
            r"^\s*$|^\S|^\s+(?:Given|When|Then|And|But|Scenario)\b",
            Part::End,
        ),
        (r"^\s+(?P<msg>(?:[Ee]xpected|got|actual).*)", Part::Said),
    ])
};

static UVU: Block = Block {
    first: First::Head,
    most: 14,
    said: 3,
    ..Block::new(&[
        (r"^\s+(?:\+\+|--|··)\S.*", Part::Said),
        (
            r"^\s+at .*\((?P<file>(?:file://)?[^\s()]+):(?P<line>\d+):(?P<col>\d+)\)",
            Part::At,
        ),
        (r"^\s+Total: ", Part::End),
        (r"^\s+(?P<msg>[A-Z].+)", Part::Said),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "behave: failed step",
        &["Traceback (most recent call last)"],
        r"^\s{6,}Traceback \(most recent call last\):$",
        Tier::Failure,
    )
    .is(Test)
    .under(&["behave"])
    .then(Then::Open(&STEP)),
    Rule::new(
        "cucumber: failed step",
        &["expected: ", "Error)", "expected "],
        r"^\s{6,}(?P<msg>expected:? .+)$",
        Tier::Failure,
    )
    .is(Test)
    .under(&["cucumber"])
    .then(Then::Open(&STEP_HEAD)),
    Rule::new(
        "cucumber: failing scenario",
        &["cucumber "],
        r"^cucumber \S+\.feature:\d+ # (?:Scenario(?: Outline)?: )?(?P<test>.+)$",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "behat: scenario",
        &["Scenario:"],
        r"^\s*Scenario: (?P<test>\S.*?)\s+# \S+\.feature:\d+$",
        Tier::Failure,
    )
    .is(Test)
    .under(&["behat"])
    .then(Then::Open(&BEHAT)),
    Rule::new(
        "behat: failed step",
        &["Failed asserting", "(Exception)", "Error: "],
        r"^\s{4,}(?P<msg>Failed asserting .*|.*\(Exception\)$|\w*Error: .*)",
        Tier::Failure,
    )
    .is(Test)
    .under(&["behat"]),
    Rule::new(
        "behat: list",
        &[".feature:"],
        r"^\s+\S+\.feature:\d+ \(on line \d+\)$",
        Tier::Wrapper,
    )
    .under(&["behat"]),
    Rule::new(
        "phpspec: failed example",
        &["✘ "],
        r"^\s*\d+\s+✘ (?P<test>\S.*?)(?: \(\d+ms\))?$",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&PHPSPEC)),
    Rule::new(
        "uvu: failed test",
        &["FAIL  \""],
        r#"^\s+FAIL\s+"(?P<test>[^"]+)"$"#,
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&UVU)),
];

static STEP_HEAD: Block = Block {
    first: First::Head,
    most: 10,
    said: 2,
    ..Block::new(&[
        (r"^\s+got: .*", Part::Said),
        (r"^\s+(?:\./)?(?P<file>\S+\.rb):(?P<line>\d+):in ", Part::At),
        (r"^\S", Part::End),
    ])
};

/// A story that may end well: it counts only by what failed in it.
static BEHAT: Block = Block {
    first: First::Said,
    most: 60,
    said: 2,
    needs_said: true,
    ..Block::new(&[
        (
            r"^\s{4,}(?P<msg>Failed asserting .*|.*\(Exception\)$|\w*Error: .*)",
            Part::Final,
        ),
        (
            r"^\s*(?:Scenario|Feature|Background)|^\d+ scenarios?|^---",
            Part::End,
        ),
    ])
};

static PHPSPEC: Block = Block {
    first: First::Head,
    most: 4,
    said: 1,
    ..Block::new(&[
        (
            r"^\s+(?P<msg>(?:expected|exception|method|no).*)",
            Part::Said,
        ),
        (r"^\s*\d+\s|^\S", Part::End),
    ])
};

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold_under};

    #[test]
    fn cases() {
        hold_under("behave", &[
            case("  Scenario: add           # features/a.feature:4\n    Then the sum is 12     # features/steps/a.py:11\n      Traceback (most recent call last):\n        File \"/home/runner/work/a/a/features/steps/a.py\", line 13, in step\n          assert s == 12\n      AssertionError: sum was 7\n\nFailing scenarios:\n  features/a.feature:4  add\n", "sum was 7", Test)
                .tests(&["add"])
                .at("features/steps/a.py:13"),
        ]);
        hold_under("bundle exec cucumber", &[
            case("    Then the sum is 12     # features/steps.rb:11\n      expected: 12\n           got: 7\n\n      (compared using ==)\n       (RSpec::Expectations::ExpectationNotMetError)\n      ./features/steps.rb:12:in `sum'\n\nFailing Scenarios:\ncucumber features/a.feature:4 # Scenario: add\n", "expected: 12", Test)
                .tests(&["add"])
                .at("features/steps.rb:12"),
        ]);
        hold_under("vendor/bin/behat", &[
            case("  Scenario: add             # features/a.feature:4\n    Then the sum is 12         # Context::sum()\n      Failed asserting that 7 matches expected 12.\n\n--- Failed scenarios:\n\n    features/a.feature:4 (on line 6)\n", "Failed asserting that 7", Test)
                .tests(&["add"]),
        ]);
        hold_under("vendor/bin/phpspec run", &[
            case("  14  ✔ is initializable\n  19  ✘ adds\n      expected [integer:12], but got [integer:7].\n\n----  broken examples\n\n  19  ✘ adds (10ms)\n      expected [integer:12], but got [integer:7].\n", "✘ adds", Test).tests(&["adds"]),
        ]);
        hold_under("npx uvu", &[
            case("   FAIL  \"adds\"\n    Expected values to be strictly equal:  (is)\n\n        ++12     (Expected)\n        --7    (Actual)\n\n    at Object.handler (file:///home/runner/work/a/a/tests/a.js:9:10)\n\n  Total:     2\n", "FAIL  \"adds\"", Test)
                .tests(&["adds"])
                .at("tests/a.js:9"),
        ]);
    }
}
