//! Reports that number their failures: mocha and its kin, rspec, jasmine, phpunit, minitest, hspec.

use crate::Category::{Compile, Config, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static ITEM: Block = Block {
    first: First::Said,
    most: 80,
    said: 3,
    needs_said: true,
    ..Block::new(&[
        (r"^\s*\d+\) ", Part::End),
        (
            r"^\s*(?:✔|✓|√|✗|·|\.{3,})|^\s*\d+ (?:passing|failing|pending|examples?|specs?|tests?)\b|^Finished in|^(?:FAILURES|ERRORS|Tests): |^Failed examples:|^Top \d+ slowest",
            Part::End,
        ),
        (r"^\s*(?:Failure/Error|Message|Stack):? *", Part::More),
        (
            r"^\s+(?:[Ee]xpected|EXPECTED|got|but got|received|Received|Actual|actual|left|right)\b.*",
            Part::Said,
        ),
        (
            r"^\s*(?P<msg>(?:[\w.]+(?:::|\\))*[\w.]*(?:Error|Exception|Failure|Timeout|Panic)\b(?: \[\w+\])?(?::.*)?)$",
            Part::Said,
        ),
        (
            r"^\s*(?:Failed asserting|Error: |Failed: |Timeout|Timed out|uncaught exception|Failed expectation|undefined method|undefined local|cannot load|wrong number).*",
            Part::Said,
        ),
        (r"^\s+# (?:\./)?(?P<file>\S+?):(?P<line>\d+)", Part::At),
        (
            r"^\s*at .*?\(?(?P<file>(?:file://)?[^\s()]+?):(?P<line>\d+):(?P<col>\d+)\)?$",
            Part::At,
        ),
        (
            r"^\s*(?:#\d+\s+)?(?P<file>/?\S+\.(?:php|exs|rb|hs|ex)):(?P<line>\d+)",
            Part::At,
        ),
        (r"^\s+\S+ !==? \S+$", Part::Said),
        (r"^\s+[-+]", Part::Skip),
        (r"^\s{5,}(?P<title>\S.*)$", Part::Title),
    ])
};

static OUTSIDE: Block = Block {
    first: First::Said,
    most: 16,
    said: 2,
    plain: true,
    ..Block::new(&[
        (r"^\s*Failure/Error:", Part::Skip),
        (r"^\s*(?:\w+::)*\w*(?:Error|Exception):$", Part::Skip),
        (r"^\s*# (?:\./)?(?P<file>\S+?):(?P<line>\d+)", Part::At),
        (
            r"^\s*(?P<file>/?\S+\.rb):(?P<line>\d+): (?P<msg>.+)",
            Part::Said,
        ),
        (r"^No examples found|^Finished in|^Run options", Part::End),
    ])
};

static MINITEST: Block = Block {
    first: First::Said,
    most: 20,
    said: 3,
    ..Block::new(&[
        (
            r"^(?P<class>[\w:]+)#(?P<test>[\w?!]+)(?: \[(?P<file>[^\]:]+):(?P<line>\d+)\])?:?$",
            Part::Test,
        ),
        (r"^\s*(?:Expected|Actual|.*Error: |[-+]).*", Part::Said),
        (r"^\s+(?P<file>\S+\.rb):(?P<line>\d+):in", Part::At),
        (r"^\d+ runs, |^\s*\d+\) ", Part::End),
    ])
};

static RSPEC_LIST: Block = Block::new(&[(r"^", Part::End)]);

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "minitest: failed test",
        &[") Failure:", ") Error:", "Failure:"],
        r"^\s*(?:\d+\) )?(?:Failure|Error):$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&MINITEST)),
    Rule::new(
        "rspec: outside of examples",
        &[
            "An error occurred while loading",
            "error occurred outside of examples",
        ],
        r"^An error occurred (?:while loading|outside of examples)",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&OUTSIDE)),
    Rule::new(
        "rspec: failed example",
        &["rspec ./", "rspec '"],
        r"^rspec '?\./\S+ # (?P<test>.+)$",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "a numbered failure",
        &[
            "1) ", "2) ", "3) ", "4) ", "5) ", "6) ", "7) ", "8) ", "9) ", "0) ",
        ],
        r"^\s{0,8}\d{1,4}\) (?P<test>\S.*)$",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&ITEM)),
    Rule::new(
        "cucumber: failing scenario",
        &["# features/"],
        r"^cucumber \S+ # (?:Scenario(?: Outline)?: )?(?P<test>.+)$",
        Tier::Summary,
    )
    .then(Then::Test),
    Rule::new(
        "phpunit: configuration",
        &["Cannot open file \"", "Test directory \""],
        r#"^(?:Cannot open file|Test directory|Could not read) ".+"#,
        Tier::Fatal,
    )
    .is(Config),
    Rule::new(
        "rspec: syntax",
        &["SyntaxError:"],
        r"^SyntaxError:$",
        Tier::Fatal,
    )
    .is(Compile)
    .then(Then::Open(&RSPEC_LIST)),
];

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "  Cart\n    ✔ starts\n    1) adds\n\n  1 passing (6ms)\n  1 failing\n\n  1) Cart\n       total\n         adds:\n\n      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n7 !== 12\n\n      at Context.<anonymous> (file:///home/runner/work/c/c/test/a.test.js:16:14)\n",
                "Expected values to be strictly equal",
                Test,
            )
            .tests(&["Cart > total > adds"])
            .at("test/a.test.js:16"),
            case(
                "Failures:\n\n  1) Price discounts\n     Failure/Error: expect(1).to eq(2)\n\n       expected: 2\n            got: 1\n\n       (compared using ==)\n     # ./spec/price_spec.rb:5:in `block'\n\nFinished in 0.1 seconds\nrspec ./spec/price_spec.rb:4 # Price discounts\n",
                "expected: 2",
                Test,
            )
            .tests(&["Price discounts"])
            .at("spec/price_spec.rb:5"),
            case("Failures:\n1) Cart multiplies\n  Message:\n    Expected 7 to be 12.\n  Stack:\n        at UserContext.<anonymous> (file:///home/runner/work/c/c/spec/a.mjs:4:43)\n\n1 spec, 1 failure", "Expected 7", Test)
                .tests(&["Cart multiplies"])
                .at("spec/a.mjs:4"),
            case("  1) Failure:\nPriceTest#test_discount [test/price_test.rb:9]:\nExpected: 900\n  Actual: 990\n\n1 runs, 1 assertions", "Expected: 900", Test)
                .tests(&["PriceTest.test_discount"]),
        ]);
    }
}
