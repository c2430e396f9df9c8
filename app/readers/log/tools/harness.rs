//! Harnesses that no language owns: automake and dejagnu, LLVM's lit, meson, Mozilla's,
//! Qt Test, gocheck, ginkgo, Pester, dub, doctests.

use crate::Category::{Crash, Lint, Test, Timeout};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static LIT: Block = Block {
    first: First::Said,
    most: 120,
    said: 3,
    ..Block::new(&[
        (
            r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): error: (?P<msg>.+)",
            Part::Said,
        ),
        (
            r"^(?:PASS|FAIL|XFAIL|XPASS|UNSUPPORTED|TIMEOUT|UNRESOLVED): |^Failed Tests|^Testing Time",
            Part::End,
        ),
        (r"^\*{20}$", Part::Close),
    ])
};

static MESON: Block = Block {
    first: First::Head,
    most: 30,
    said: 3,
    plain: true,
    ..Block::new(&[
        (r"^\s*\d+/\d+ \S|^Summary of Failures|^Ok: ", Part::End),
        (r"^>>> |^―+|^(?:stdout|stderr):$", Part::Skip),
    ])
};

static QTEST: Block = Block {
    first: First::Head,
    most: 6,
    said: 3,
    ..Block::new(&[
        (r"^\s+Loc: \[(?P<file>\S+)\((?P<line>\d+)\)\]", Part::At),
        (r"^\s+(?P<msg>\S.*)", Part::Said),
        (r"^\S", Part::End),
    ])
};

static GOCHECK: Block = Block {
    first: First::Said,
    most: 30,
    said: 3,
    ..Block::new(&[
        (r"^(?P<file>\S+_test\.go):(?P<line>\d+):$", Part::Last),
        (r"^\.\.\. (?P<msg>\S.*)", Part::Said),
        (r"^-{20,}|^OOPS: |^(?:FAIL|PASS|PANIC): ", Part::End),
    ])
};

static GINKGO: Block = Block {
    first: First::Head,
    most: 40,
    said: 4,
    ..Block::new(&[
        (
            r"^\s+\[(?:FAILED|PANICKED|TIMEDOUT)\] (?P<msg>\S.*)",
            Part::Said,
        ),
        (
            r"^\s+In \[\w+\] at: (?P<file>\S+?):(?P<line>\d+)",
            Part::Last,
        ),
        (r"^\s+(?:<\w+|to \w+|\w+: )", Part::Said),
        (r"^-{20,}", Part::Close),
    ])
};

static PESTER: Block = Block {
    first: First::Said,
    most: 8,
    said: 2,
    plain: true,
    ..Block::new(&[
        (r"^\s*at .*, (?P<file>\S+\.ps1):(?P<line>\d+)$", Part::At),
        (r"^\s*\[[-+]\] |^Tests completed", Part::End),
    ])
};

static ELM: Block = Block {
    first: First::Head,
    most: 12,
    said: 3,
    ..Block::new(&[
        (r"^TEST RUN|^[↓✗]", Part::End),
        (r"^\s+[╷╵│]", Part::Skip),
        (r"^\s{4,}(?P<msg>\S.*)", Part::Said),
    ])
};

static GOTESTSUM: Block = Block {
    first: First::Said,
    most: 30,
    said: 3,
    ..Block::new(&[
        (r"^\s*--- |^=== |^DONE ", Part::End),
        (
            r"^\s+(?P<file>\S+\.go):(?P<line>\d+): (?P<msg>\S.+)",
            Part::Said,
        ),
    ])
};

static TEST_UNIT: Block = Block {
    first: First::Said,
    most: 20,
    said: 2,
    ..Block::new(&[
        (r"^(?P<file>\S+\.rb):(?P<line>\d+):in ", Part::At),
        (r"^<.*> (?:expected|was expected).*|^<.*>\.?$", Part::Said),
        (r"^={20,}", Part::Close),
    ])
};

static WTR: Block = Block {
    first: First::Said,
    most: 14,
    said: 2,
    ..Block::new(&[
        (
            r"^\s+at: (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (r"^\s+(?P<msg>\w*(?:Error|Exception)\b.*)", Part::Said),
        (r"^\S", Part::End),
    ])
};

static LUAUNIT: Block = Block {
    first: First::Said,
    most: 3,
    said: 1,
    ..Block::new(&[
        (
            r"^(?P<file>\S+\.lua):(?P<line>\d+): (?P<msg>.+)",
            Part::Final,
        ),
        (r"\.\.\. ", Part::End),
    ])
};

static NATIVE: Block = Block {
    first: First::Said,
    most: 8,
    said: 2,
    ..Block::new(&[
        (
            r"^\s+(?P<msg>(?:[\w$]+\.)+\w*(?:Error|Exception|Failure)\b.*)",
            Part::Said,
        ),
        (r"^\s+at ", Part::Skip),
        (r"^\S|^\d+ tests", Part::End),
    ])
};

static CMOCKA: Block = Block {
    first: First::Head,
    most: 4,
    ..Block::new(&[
        (
            r"^\[   LINE   \] --- (?P<file>\S+?):(?P<line>\d+): ",
            Part::At,
        ),
        (r"^\[  FAILED  \]", Part::End),
    ])
};

static DOCTEST: Block = Block {
    first: First::Head,
    most: 24,
    said: 4,
    ..Block::new(&[
        (
            r"^(?:Expected|Got|Exception raised|Expected nothing):?$",
            Part::Said,
        ),
        (r"^Failed example:$", Part::Skip),
        (r"^\*{20,}$", Part::Close),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    // Before what is numbered by test runners.
    Rule::new("php-cs-fixer: file", &[".php"], r"^\s*\d+\) (?P<file>\S+\.php)(?::(?P<line>\d+))?(?: \(.*\))?$", Tier::Lint).is(Lint).under(&["cs-fixer", "lint", "cs", "rector"]),
    Rule::new("elm: failed test", &["✗ "], r"^✗ (?P<test>\S.*)$", Tier::Failure).is(Test).under(&["elm"]).then(Then::Open(&ELM)),
    Rule::new("cppunit: failed test", &[") test: "], r"^\d+\) test: (?P<test>\S+) \([FE]\) line: (?P<line>\d+) (?P<file>\S+)", Tier::Failure).is(Test).then(Then::Cause(3)),
    Rule::new("gotestsum: failed test", &["=== FAIL: "], r"^=== FAIL: \S+ (?P<test>\S+) \(", Tier::Failure).is(Test).then(Then::Open(&GOTESTSUM)),
    Rule::new("test-unit: failed test", &["Failure: ", "Error: "], r"^(?:Failure|Error): (?P<test>test\w*\([\w:]+\))", Tier::Failure).is(Test).then(Then::Open(&TEST_UNIT)),
    Rule::new("web test runner: failed test", &["𐄂 "], r"^\s*𐄂 (?P<test>\S.*)$", Tier::Failure).is(Test).then(Then::Open(&WTR)),
    Rule::new("luaunit: failed test", &[" ... FAIL", " ... ERROR"], r"^\s+(?P<test>\w+\.\w+) \.\.\. (?:FAIL|ERROR)$", Tier::Failure).is(Test).then(Then::Open(&LUAUNIT)),
    Rule::new("kotlin: failed test", &["] FAILED"], r"^(?P<test>[\w$]+(?:\.[\w$]+)+\[\w+\]) FAILED$", Tier::Failure).is(Test).then(Then::Open(&NATIVE)),
    Rule::new("check: failed test", &[":F:", ":E:"], r"^(?P<file>[^\s:]+):(?P<line>\d+):[FE]:[^:]*:(?P<test>\w+):\d+: (?P<msg>.+)", Tier::Failure).is(Test),
    Rule::new("cmocka: failure", &["[  ERROR   ] --- "], r"^\[  ERROR   \] --- (?P<msg>.+)", Tier::Failure).is(Test).then(Then::Open(&CMOCKA)),
    Rule::new("lit: failed test", &[" :: "], r"^(?:FAIL|XPASS|UNRESOLVED): (?P<test>\S+ :: \S+) \(\d+ of \d+\)$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&LIT)),
    Rule::new("lit: failed test", &["TEST '"], r"^\*+ TEST '(?P<test>[^']+)' FAILED \*+$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&LIT)),
    Rule::new("lit: timeout", &["TIMEOUT: "], r"^TIMEOUT: (?P<test>\S+ :: \S+) \(\d+ of \d+\)$", Tier::Failure).is(Timeout),
    Rule::new("meson: failed test", &["FAIL ", "ERROR ", "TIMEOUT "], r"^\s*\d+/\d+ (?P<test>\S.*?)\s{2,}(?:FAIL|ERROR|TIMEOUT) +[\d.]+ ?s\b", Tier::Summary)
        .mostly(Test)
        .then(Then::Open(&MESON)),
    Rule::new("mozilla: unexpected", &["TEST-UNEXPECTED-"], r"TEST-UNEXPECTED-\w+ \| (?P<test>[^|]+?) \| (?P<msg>.+)", Tier::Failure).mostly(Test),
    Rule::new("mozilla: crash", &["PROCESS-CRASH"], r"PROCESS-CRASH \| (?P<msg>.+)", Tier::Crash).is(Crash),
    Rule::new("qtest: failed test", &["FAIL!  : ", "XPASS  : "], r"^(?:FAIL!|XPASS)  : (?P<test>\w+::\w+\(.*?\)) (?P<msg>\S.*)", Tier::Failure)
        .is(Test)
        .then(Then::Open(&QTEST)),
    Rule::new("gocheck: failed test", &["FAIL: ", "PANIC: "], r"^(?:FAIL|PANIC): (?P<path>\S+\.go):\d+: (?P<test>\w+\.\w+)$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&GOCHECK)),
    Rule::new("ginkgo: failed test", &[" [It] "], r"^(?P<test>\S.*? \[It\] \S.*)$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&GINKGO)),
    Rule::new("ginkgo: verdict", &["[FAIL] ", "Ginkgo ran ", "Test Suite Failed", "• [FAILED]"], r"^(?:\s+\[FAIL\] .*\[It\] .*|Ginkgo ran .*|Test Suite Failed|• \[FAILED\].*)$", Tier::Wrapper),
    Rule::new("pester: failed test", &["[-] "], r"^\s*\[-\] (?P<test>\S.*?) [\d.]+m?s \(", Tier::Failure)
        .is(Test)
        .then(Then::Open(&PESTER)),
    Rule::new("d: failed unittest", &["[unittest] "], r"^(?P<file>\S+\.d)\((?P<line>\d+)\): \[unittest\] (?P<msg>.+)", Tier::Failure).is(Test),
    Rule::new("doctest: failed example", &["\", line "], r#"^File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<test>[\w.<>]+)$"#, Tier::Failure)
        .is(Test)
        .under(&["doctest"])
        .then(Then::Open(&DOCTEST)),
    Rule::new("munit: failed test", &["==> X "], r"^(?:\[\w+\] )?==> X (?P<test>\S+(?:\.[^.]*?)??)\s+[\d.]+m?s (?P<msg>.*?): (?P<file>\S+):(?P<line>\d+)$", Tier::Failure)
        .is(Test)
        .then(Then::Cause(2)),
    Rule::new("munit: failed test", &["==> X "], r"^(?:\[\w+\] )?==> X (?P<test>\S.*?)\s+[\d.]+m?s (?P<msg>.+)$", Tier::Failure)
        .is(Test)
        .then(Then::Cause(2)),
];

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold, hold_under};

    #[test]
    fn cases() {
        hold(&[
            case(
                "PASS: Lang :: a.test (1 of 3)\nFAIL: Lang :: b/sum.test (2 of 3)\n******************** TEST 'Lang :: b/sum.test' FAILED ********************\nExit Code: 1\n\nsum.test:4:10: error: CHECK: expected string not found in input\n// CHECK: 12\n         ^\n********************\nPASS: Lang :: c.test (3 of 3)\n",
                "expected string not found",
                Test,
            )
            .tests(&["Lang :: b/sum.test"])
            .at("sum.test:4"),
            case("PASS: tests/a\nFAIL: tests/cart\nPASS: tests/c\nmake: *** [Makefile:8: check] Error 2", "FAIL: tests/cart", Test).tests(&["tests/cart"]),
            case("1/2 price     OK              0.01s\n2/2 cart      FAIL            0.02s   exit status 1\n", "cart      FAIL", Test).tests(&["cart"]),
            case("TEST-START | a/test_b.js\nTEST-UNEXPECTED-FAIL | a/test_b.js | sum - got 7, wanted 12\n", "got 7", Test).tests(&["a/test_b.js"]),
            case("PASS   : TstA::one()\nFAIL!  : TstA::sum(two) Compared values are not the same\n   Actual   (s): 7\n   Expected (12): 12\n   Loc: [/home/runner/work/a/a/tst_a.cpp(21)]\nTotals: 1 passed", "Compared values", Test)
                .tests(&["TstA::sum(two)"])
                .at("tst_a.cpp:21"),
            case("FAIL: a_test.go:19: MySuite.TestSum\n\na_test.go:22:\n    c.Assert(sum(), Equals, 12)\n... obtained int = 7\n... expected int = 12\n\nOOPS: 1 FAILED\n", "obtained int = 7", Test)
                .tests(&["MySuite.TestSum"])
                .at("a_test.go:22"),
            case("• [FAILED] [0.001 seconds]\nSum [It] adds\n/home/runner/work/a/a/sum_test.go:9\n\n  [FAILED] Expected\n      <int>: 7\n  to equal\n      <int>: 12\n  In [It] at: /home/runner/work/a/a/sum_test.go:11 @ 01/01/26\n------------------------------\n", "Sum [It] adds", Test)
                .tests(&["Sum [It] adds"])
                .at("sum_test.go:11"),
            case("[-] Sum.adds 21ms (19ms|2ms)\n Expected 12, but got 7.\n at $s | Should -Be 12, D:\\a\\x\\x\\Sum.Tests.ps1:9\nTests completed in 1s", "Expected 12, but got 7", Test)
                .tests(&["Sum.adds"])
                .at("Sum.Tests.ps1:9"),
            case("1) test: SumTest::adds (F) line: 14 sum_test.cpp\nequality assertion failed\n- Expected: 12\n- Actual  : 7\n", "SumTest::adds", Test)
                .tests(&["SumTest::adds"])
                .at("sum_test.cpp:14"),
            case("=== FAIL: cart TestSum/two (0.00s)\n    sum_test.go:31: got 7, want 12\n    --- FAIL: TestSum/two (0.00s)\n\nDONE 2 tests, 1 failure in 1s", "got 7, want 12", Test)
                .tests(&["TestSum/two"])
                .at("sum_test.go:31"),
            case("Failure: test_sum(SumTest)\ntest/sum_test.rb:9:in `test_sum'\n<12> expected but was\n<7>\n===============================================================================\n", "<12> expected but was", Test)
                .tests(&["test_sum(SumTest)"])
                .at("test/sum_test.rb:9"),
            case("    TestSum.testAdds ... FAIL\ntest/sum.lua:14: expected: 12, actual: 7\n", "expected: 12, actual: 7", Test)
                .tests(&["TestSum.testAdds"])
                .at("test/sum.lua:14"),
            case("sum.c:14:F:core:test_sum:0: Assertion 's == 12' failed: s == 7\n", "Assertion 's == 12' failed", Test)
                .tests(&["test_sum"])
                .at("sum.c:14"),
            case("[ RUN      ] test_sum\n[  ERROR   ] --- 0x7 != 0xc\n[   LINE   ] --- sum.c:14: error: Failure!\n[  FAILED  ] test_sum\n", "0x7 != 0xc", Test)
                .tests(&["test_sum"])
                .at("sum.c:14"),
            case("source/sum.d(14): [unittest] 7 != 12\n1/4 modules FAILED unittests\n", "7 != 12", Test).at("source/sum.d:14"),
            case("[info]   + adds 0.01s\n[info] ==> X a.SumSuite.adds twice  0.04s munit.FailException: /home/runner/work/a/a/Sum.scala:9\n[info] 9: assertEquals(s, 12)\n", "==> X a.SumSuite", Test)
                .tests(&["a.SumSuite.adds twice"])
                .at("Sum.scala:9"),
        ]);
        hold_under("python -m doctest sum.py", &[
            case("**********************************************************************\nFile \"/home/runner/work/a/a/sum.py\", line 4, in sum.adds\nFailed example:\n    adds(1)\nExpected:\n    12\nGot:\n    7\n**********************************************************************\n***Test Failed*** 1 failures.\n", "line 4, in sum.adds", Test)
                .tests(&["sum.adds"])
                .at("sum.py:4"),
        ]);
    }
}
