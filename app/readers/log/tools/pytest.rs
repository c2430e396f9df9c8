//! pytest: sections of failures, collection errors, the closing summary, and its own crashes.

use crate::Category::{Config, Crash, Test};
use crate::rule::{Block, Part, Rule, Then, Tier};

static SECTION: Block = Block {
    most: 400,
    needs_said: true,
    ..Block::new(&[
        (
            r#"^E\s+File "(?P<file>[^"]+)", line (?P<line>\d+)"#,
            Part::Said,
        ),
        (r"^E\s+\^+\s*$", Part::Skip),
        (r"^E\s+(?P<msg>\S.*)$", Part::Said),
        (r"^(?P<file>[^\s:]+\.py):(?P<line>\d+): ", Part::Last),
        (
            r"^-{5,} Captured|^-{5,} (?:generated|coverage)|^={5,} |^!{5,} |^\+{5,} ",
            Part::End,
        ),
        (
            r"^(?P<msg>(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout|Interrupt)(?:: .*)?)$",
            Part::Said,
        ),
        (r"^> ", Part::Statement),
        (r"^\s|^Traceback", Part::Skip),
    ])
};

static CRASH: Block = Block {
    most: 120,
    ..Block::new(&[
        (r#"^  File "(?P<file>[^"]+)", line (?P<line>\d+)"#, Part::At),
        (r"^(?:Current thread|Thread) ", Part::Skip),
        (
            r"^Extension modules:|^\S+\.sh: line|^Segmentation fault",
            Part::End,
        ),
    ])
};

static INTERNAL: Block = Block {
    most: 80,
    ..Block::new(&[
        (
            r"^INTERNALERROR>\s+(?P<msg>[\w.]+(?:Error|Exception|Exit)\b.*)",
            Part::Said,
        ),
        (r"^INTERNALERROR>", Part::Skip),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "pytest: collecting failed",
        &["ERROR collecting "],
        r"^_+ ERROR collecting (?P<test>\S+) _+$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&SECTION)),
    Rule::new(
        "pytest: failed test",
        &["__ ", "_ ERROR at "],
        r"^_+ (?:ERROR at (?:setup|teardown) of )?(?P<test>[\w\[].*?) _+$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&SECTION)),
    Rule::new(
        "pytest: collecting failed",
        &["while loading conftest"],
        r"^\w+Error while loading conftest",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&SECTION)),
    Rule::new("pytest: error", &["E  "], r"^E {2,}(?P<msg>\S.*)$", Tier::Failure).mostly(Test),
    Rule::new(
        "pytest: summary",
        &["FAILED ", "ERROR "],
        r"^(?:FAILED|ERROR)(?: \[[\d.]+s\])? (?P<test>\S+\.py(?:::.+?)?)(?: - (?P<msg>.*))?$",
        Tier::Summary,
    )
    .mostly(Test),
    Rule::new(
        "pytest: failed test",
        &["FAILED", "ERROR"],
        r"^(?:\[gw\d+\] )?(?:\[ *\d+%\] )?(?P<test>\S+\.py::.+?) (?:FAILED|ERROR)\b",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "pytest: failed test",
        &["FAILED tests", "FAILED test", "] FAILED ", "] ERROR "],
        r"^\[gw\d+\] \[ *\d+%\] (?:FAILED|ERROR) (?P<test>\S+\.py::.+?)\s*$",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "python: fatal error",
        &["Windows fatal exception: "],
        r"^Windows fatal exception: (?P<msg>.+)",
        Tier::Crash,
    )
    .is(Crash)
    .then(Then::Open(&CRASH)),
    Rule::new(
        "python: fatal error",
        &["Fatal Python error: "],
        r"^(?:(?:\S+::.+? )|\S*\s*)Fatal Python error: (?P<msg>.+)",
        Tier::Crash,
    )
    .is(Crash)
    .then(Then::Open(&CRASH)),
    Rule::new("pytest: internal error", &["INTERNALERROR> "], r"^INTERNALERROR> (?P<msg>Traceback.*)", Tier::Failure)
        .mostly(Config)
        .then(Then::Open(&INTERNAL)),
    Rule::new(
        "pytest: usage",
        &["ERROR: file or directory not found", "ERROR: not found", "ERROR: usage", "unrecognized arguments"],
        r"^(?:ERROR: (?:file or directory not found|not found|usage)|\S+: error: unrecognized arguments).*",
        Tier::Fatal,
    )
    .is(Config),
    Rule::new("pytest: no tests", &["no tests ran"], r"^(?:=+ )?no tests ran in ", Tier::Fatal).is(Config),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Crash, Dependency, Test, Timeout};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "=== FAILURES ===\n____________ test_sum ____________\n\n    def test_sum():\n>       assert add(1, 2) == 4\nE       assert 3 == 4\nE        +  where 3 = add(1, 2)\n\ntests/test_a.py:7: AssertionError\n===== short test summary info =====\nFAILED tests/test_a.py::test_sum - assert 3 == 4\n==== 1 failed in 0.1s ====",
                "assert 3 == 4",
                Test,
            )
            .tests(&["tests/test_a.py::test_sum"])
            .at("tests/test_a.py:7"),
            case(
                "_______ ERROR collecting tests/test_b.py _______\ntests/test_b.py:1: in <module>\n    import nowhere\nE   ModuleNotFoundError: No module named 'nowhere'",
                "No module named 'nowhere'",
                Dependency,
            )
            .tests(&["tests/test_b.py"]),
            case(
                "ImportError while loading conftest '/w/conftest.py'.\nconftest.py:1: in <module>\nE     File \"/w/app/core.py\", line 12\nE       def f(\nE            ^\nE   SyntaxError: '(' was never closed",
                "line 12",
                Compile,
            )
            .at("/w/app/core.py:12"),
            case(
                "____ test_slow ____\nE   Failed: Timeout (>3.0s) from pytest-timeout.",
                "Timeout (>3.0s)",
                Timeout,
            )
            .tests(&["test_slow"]),
            case("tests/test_c.py::test_x Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n  File \"/home/runner/work/a/a/a.py\", line 3 in f", "Fatal Python error", Crash).at("a.py:3"),
        ]);
    }
}
