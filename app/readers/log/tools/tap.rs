//! The Test Anything Protocol and those who speak it: prove, bats, node, tape.

use crate::Category::Test;
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static POINT: Block = Block {
    first: First::Said,
    most: 40,
    said: 3,
    ..Block::new(&[
        (
            r"^\s*(?:not )?ok \d+|^\s*1\.\.\d+|^# (?:tests|Looks like|Subtest)",
            Part::End,
        ),
        (r"^\s*#\s+(?:got|expected): ?.*", Part::Said),
        (r"^\s*#\s+`.*' failed", Part::Said),
        (r"^\s*#\s+at (?P<file>\S+) line (?P<line>\d+)", Part::At),
        (
            r"^\s*# \(in test file (?P<file>[^,]+), line (?P<line>\d+)\)",
            Part::At,
        ),
        (
            r"^\s*# \(from function .* in (?:test )?file (?P<file>[^,]+), line (?P<line>\d+)",
            Part::At,
        ),
        (
            r"^\s*#\s+in test file (?P<file>[^,]+), line (?P<line>\d+)",
            Part::At,
        ),
        (
            r"^\s+location: '?(?P<file>[^']+?):(?P<line>\d+)(?::(?P<col>\d+))?'?$",
            Part::At,
        ),
        (r"^\s+(?:error|message|expected|actual) *: ", Part::Said),
        (
            r"^\s+at: .*\((?P<file>[^()\s]+?):(?P<line>\d+):(?P<col>\d+)\)$",
            Part::At,
        ),
        (r"^\s*#\s+Failed test", Part::Skip),
        (r"^\s*\.\.\.$", Part::Close),
        (r"^\s*# (?P<msg>.+)", Part::More),
    ])
};

static MORE: Block = Block {
    first: First::Said,
    most: 12,
    said: 3,
    ..Block::new(&[
        (r"^#\s+(?:got|expected): ?.*", Part::Said),
        (r"^#\s+at (?P<file>\S+) line (?P<line>\d+)", Part::At),
        (r"^\s*(?:not )?ok \d+|^# Looks like", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "tap: expected failure",
        &["not ok "],
        r"^\s*not ok \d+.*# (?:TODO|SKIP)",
        Tier::Loose,
    )
    .then(Then::Noise),
    Rule::new(
        "tap: failed test",
        &["not ok "],
        r"^\s*not ok \d+ (?:- )?(?P<test>\S.*?)(?: # (?:time=|in ).*)?$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&POINT)),
    Rule::new(
        "perl: failed test",
        &["Failed test "],
        r"^#\s+Failed test '(?P<test>[^']+)'",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&MORE)),
    Rule::new(
        "bats: failed test",
        &["✗ "],
        r"^ ✗ (?P<test>.+)$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&BATS)),
    Rule::new(
        "prove: verdict",
        &["Result: FAIL", "Failed 1/", "Dubious, test returned"],
        r"^(?:Result: FAIL|Failed \d+/|Dubious|.*\(Wstat:)",
        Tier::Wrapper,
    ),
];

static BATS: Block = Block {
    first: First::Said,
    most: 14,
    said: 3,
    ..Block::new(&[
        (
            r"^\s+\((?:in test file|from function) .*?(?P<file>[^ ,]+), line (?P<line>\d+)",
            Part::At,
        ),
        (r"^\s+`.*' failed", Part::Said),
        (r"^ (?:✓|✗|-) |^\d+ tests", Part::End),
    ])
};

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "1..2\nok 1 - starts\nnot ok 2 - adds\n#   Failed test 'adds'\n#   at t/a.t line 5.\n#          got: '7'\n#     expected: '12'\n# Looks like you failed 1 test of 2.\nResult: FAIL",
                "got: '7'",
                Test,
            )
            .tests(&["adds"])
            .at("t/a.t:5"),
            case("1..1\nnot ok 1 prints the version\n# (in test file test/a.bats, line 4)\n#   `[ \"$output\" = 2 ]' failed\n", "failed", Test)
                .tests(&["prints the version"])
                .at("test/a.bats:4"),
        ]);
    }
}
