//! unittest, nose and Django's runner: a heading between rules, a traceback, an exception.

use crate::Category::Test;
use crate::rule::{Block, Part, Rule, Then, Tier};

static REPORT: Block = Block {
    most: 300,
    needs_said: true,
    ..Block::new(&[
        (
            r"^(?:Traceback \(|-{20,}$|During handling|The above exception)",
            Part::Skip,
        ),
        (
            r#"^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)"#,
            Part::Last,
        ),
        (r"^Ran \d+ tests? in|^={40,}$|^FAILED \(", Part::End),
        (r"^-+ >> (?:begin|end) captured", Part::Close),
        (
            r"^(?P<msg>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Timeout|Failure|Failed|Interrupt|Warning|DoesNotExist|NotFound|Unavailable|Skipped)?(?:: .*|$))",
            Part::Said,
        ),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "unittest: collecting failed",
        &["_FailedTest"],
        r"^ERROR: (?P<test>\S+) \(unittest\.loader\._FailedTest",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&REPORT)),
    Rule::new(
        "unittest: failed test",
        &["FAIL: ", "ERROR: "],
        r"^(?:FAIL|ERROR): (?P<test>\w\S*) \((?P<class>[\w.<>]+)\)",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&REPORT)),
    Rule::new(
        "nose: failed test",
        &["FAIL: ", "ERROR: "],
        r"^(?:FAIL|ERROR): (?:Failure: )?(?P<test>[A-Za-z_]\w*(?:\.\w+)+(?:\(.*\))?)$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&REPORT)),
    Rule::new(
        "unittest: failed test",
        &[" ... FAIL", " ... ERROR"],
        r"^(?P<test>\w+) \((?P<class>[\w.]+)\).* \.\.\. (?:FAIL|ERROR)$",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "unittest: verdict",
        &["FAILED ("],
        r"^FAILED \((?:\w+=\d+(?:, )?)+\)$",
        Tier::Wrapper,
    )
    .mostly(Test),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "======================================================================\nFAIL: test_a (m.T.test_a)\n----------------------------------------------------------------------\nTraceback (most recent call last):\n  File \"/home/runner/work/x/x/m.py\", line 4, in test_a\n    self.assertEqual(1, 2)\nAssertionError: 1 != 2\n\n----------------------------------------------------------------------\nRan 1 test in 0.1s\n\nFAILED (failures=1)",
                "AssertionError: 1 != 2",
                Test,
            )
            .tests(&["m.T.test_a"])
            .at("m.py:4"),
            case(
                "ERROR: tests.test_q (unittest.loader._FailedTest.tests.test_q)\n----------------------------------------------------------------------\nImportError: Failed to import test module: tests.test_q\nTraceback (most recent call last):\nModuleNotFoundError: No module named 'gone'",
                "Failed to import test module",
                Dependency,
            )
            .tests(&["tests.test_q"]),
        ]);
    }
}
