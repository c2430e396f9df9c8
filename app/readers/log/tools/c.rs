//! C and C++: gcc, clang, MSVC, linkers, CMake, clang-tidy, sanitizers, valgrind, gtest, catch2, ctest.

use crate::Category::{Compile, Config, Crash, Lint, Test, Timeout};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static GTEST: Block = Block {
    first: First::Head,
    most: 30,
    said: 3,
    ..Block::new(&[
        (r"^\[  FAILED  \]|^\[       OK|^\[ RUN", Part::End),
        (
            r"^(?:Expected|Value of|Actual|Which is|  Actual|  Expected|To be equal)\b.*|^\s+(?:Which is|Actual|Expected):",
            Part::Said,
        ),
        (r"^\s+\S", Part::More),
    ])
};

static CATCH: Block = Block {
    first: First::Head,
    most: 14,
    said: 3,
    ..Block::new(&[
        (
            r"^\s+(?:REQUIRE|CHECK|REQUIRE_\w+|CHECK_\w+|FAIL)\(",
            Part::More,
        ),
        (r"^(?:with expansion|due to|explicitly with)", Part::Skip),
        (r"^={10,}|^-{10,}", Part::End),
        (r"^\s{2,}(?P<msg>\S.*)", Part::Said),
    ])
};

static ASAN: Block = Block {
    first: First::Head,
    most: 40,
    ..Block::new(&[
        (
            r"^\s+#\d+ .* (?P<file>/?[\w.][^\s:]*|/\S+?):(?P<line>\d+)(?::(?P<col>\d+))?(?: \(.*\))?$",
            Part::At,
        ),
        (r"^SUMMARY: ", Part::Close),
    ])
};

static VALGRIND: Block = Block {
    first: First::Head,
    most: 12,
    ..Block::new(&[
        (
            r"^==\d+==\s+(?:at|by) 0x\w+: .* \((?P<file>[\w.-]+):(?P<line>\d+)\)",
            Part::At,
        ),
        (r"^==\d+== *$", Part::Close),
        (r"^==\d+==", Part::Skip),
    ])
};

/// What a failed program wrote stands below its line, up to an empty one.
static CTEST: Block = Block {
    first: First::Head,
    plain: true,
    most: 12,
    blanks: 1,
    ..Block::new(&[(r"^\s+Start +\d+: |^\s*\d+/\d+ Test ", Part::End)])
};

static CMAKE: Block = Block {
    first: First::Head,
    most: 8,
    plain: true,
    blanks: 2,
    ..Block::new(&[(r"^Call Stack|^-- ", Part::End)])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("clang-tidy: finding", &[",-warnings-as-errors]"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): error: (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new(
        "compiler: error",
        &[": error: ", ": fatal error: "],
        r"^\s*(?:In file included from )?(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+)(?::(?P<col>\d+))?: (?:fatal )?error: (?P<msg>.+)",
        Tier::Failure,
    )
    .mostly(Compile)
    .then(Then::Cause(2)),
    Rule::new(
        "msvc: error",
        &["error C", "error LNK", "error MSB", "error CS", "error FS", "error BC", "error NU", "error NETSDK", "error D8"],
        r"^\s*(?:\d+>)?(?P<file>[^()]+)\((?P<line>\d+)(?:,(?P<col>\d+))?(?:,\d+,\d+)?\) ?: (?:fatal )?error (?:C|LNK|CS|FS|BC|MSB|NU|CA|SA|IDE|NETSDK)\d+: (?P<msg>.+?)(?: \[[^\]]+proj\])?$",
        Tier::Failure,
    )
    .mostly(Compile),
    Rule::new("nvcc or icc: error", &["): error", "): catastrophic error", "): fatal error"], r"^(?P<file>[^\s()]+\.\w{1,4})\((?P<line>\d+)\): (?:catastrophic |fatal )?error:?(?: #\d+\S*)? (?P<msg>.+)", Tier::Failure).mostly(Compile),
    Rule::new("msvc: linker", &["error LNK", "fatal error "], r"^.* : (?:fatal )?error LNK\d+: (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("linker: error", &["undefined reference to", "multiple definition of", "undefined symbol", "cannot find -l", "ld: symbol(s) not found", "Undefined symbols for", "ld: library not found"], r"(?:undefined reference to|multiple definition of|undefined symbol|cannot find -l|symbol\(s\) not found|Undefined symbols for|library not found).*", Tier::Failure)
        .is(Compile),
    Rule::new("linker: verdict", &["collect2: error", "linker command failed"], r"(?:collect2: error|linker command failed)", Tier::Wrapper),
    Rule::new("cmake: error", &["CMake Error"], r"^CMake Error(?: at (?P<file>\S+?):(?P<line>\d+))?", Tier::Failure)
        .mostly(Config)
        .then(Then::Open(&CMAKE)),
    Rule::new("autoconf: error", &["configure: error: "], r"^configure: error: (?P<msg>.+)", Tier::Fatal).is(Config),
    Rule::new("meson: error", &["ERROR: "], r"^\S*meson\.build:(?P<line>\d+):(?P<col>\d+): ERROR: (?P<msg>.+)", Tier::Fatal).is(Config),
    Rule::new("gtest: failure", &[": Failure"], r"^(?P<file>\S+?)(?::|\()(?P<line>\d+)\)?: (?:Failure|error: .*)$", Tier::Failure)
        .is(Test)
        .then(Then::Open(&GTEST)),
    Rule::new("catch2: failure", &[": FAILED:"], r"^(?P<file>\S+?)(?::|\()(?P<line>\d+)\)?: FAILED:", Tier::Failure)
        .is(Test)
        .title_above()
        .then(Then::Open(&CATCH)),
    Rule::new("doctest: failure", &["ERROR: CHECK", "ERROR: REQUIRE", "ERROR: test case"], r"^(?P<file>\S+?)(?::|\()(?P<line>\d+)\)?: (?:FATAL )?ERROR: (?P<msg>.+)", Tier::Failure)
        .is(Test)
        .then(Then::Cause(1)),
    Rule::new("boost: failure", &["error: in \""], r#"^(?P<file>\S+?)(?::|\()(?P<line>\d+)\)?: (?:fatal )?error: in "(?P<test>[^"]+)": (?P<msg>.+)"#, Tier::Failure).is(Test),
    Rule::new("unity: failure", &[":FAIL"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<test>\w+):FAIL(?:: (?P<msg>.*))?$", Tier::Failure).is(Test),
    Rule::new("ctest: timeout", &["***Timeout"], r"^\s*\d+/\d+ Test +#\d+: (?P<test>\S+) \.*\s*\*\*\*Timeout", Tier::Summary).is(Timeout),
    Rule::new("ctest: crash", &["***Exception"], r"^\s*\d+/\d+ Test +#\d+: (?P<test>\S+) \.*\s*\*\*\*Exception: (?:SegFault|Illegal|Numerical)", Tier::Summary).is(Crash),
    Rule::new("ctest: failed test", &["***Failed", "***Exception", "***Not Run"], r"^\s*\d+/\d+ Test +#\d+: (?P<test>\S+) \.*\s*\*\*\*", Tier::Summary)
        .is(Test)
        .then(Then::Open(&CTEST)),
    Rule::new("ctest: failed test", &["(Failed)", "(SEGFAULT)", "(Timeout)"], r"^\s+\d+ - (?P<test>\S+) \((?:Failed|SEGFAULT|Timeout|Subprocess aborted)\)", Tier::Summary).then(Then::Test),
    Rule::new("sanitizer: error", &["Sanitizer: ", "ERROR: LeakSanitizer"], r"^(?:==\d+==)?(?:ERROR|WARNING): (?:Address|Leak|Memory|Thread|Undefined)\w*Sanitizer: (?P<msg>.+)", Tier::Crash)
        .is(Crash)
        .then(Then::Open(&ASAN)),
    Rule::new("ubsan: error", &[": runtime error: "], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): runtime error: (?P<msg>.+)", Tier::Crash).is(Crash),
    Rule::new("valgrind: error", &["== Invalid", "== Conditional", "== Use of", "definitely lost in", "== Mismatched", "== Syscall"], r"^==\d+== (?P<msg>(?:Invalid (?:read|write|free)|Conditional jump|Use of uninit|.*definitely lost in loss record|Mismatched free|Syscall param).*)", Tier::Crash)
        .is(Crash)
        .then(Then::Open(&VALGRIND)),
    Rule::new("assert: failed", &["Assertion `", "Assertion failed", "assertion failed"], r"^(?:\S+: )?(?P<file>\S+?):(?P<line>\d+): .*Assertion (?:`.*' )?failed|^Assertion failed: .*", Tier::Failure).is(Crash),
    Rule::new("terminate: called", &["terminate called", "libc++abi: "], r"^(?:terminate called|libc\+\+abi: ).*", Tier::Summary).is(Crash).then(Then::Cause(1)),
    Rule::new("clang-format: violation", &["[-Wclang-format-violations]"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): (?:error|warning): code should be clang-formatted", Tier::Lint).is(Lint),
    Rule::new("cppcheck: error", &[": error:"], r"^(?P<file>\S+?):(?P<line>\d+):(?:\d+:)? (?:error|style|warning|performance): (?P<msg>.+ \[\w+\])", Tier::Lint).is(Lint).under(&["cppcheck"]),
    Rule::new("cpplint: finding", &["] [1]", "] [2]", "] [3]", "] [4]", "] [5]"], r"^(?P<file>\S+?):(?P<line>\d+):  (?P<msg>.+\[\w+/\w+\] \[\d\])", Tier::Lint).is(Lint),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Config, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("src/m.c:3:7: warning: unused variable 'x'\nsrc/m.c:4:15: error: 'six' undeclared\n    4 |   six;\nmake: *** [m.o] Error 1", "'six' undeclared", Compile).at("src/m.c:4"),
            case("C:\\w\\a.cpp(253): error C2065: 'X': undeclared identifier", "C2065", Compile),
            case("CMake Error at CMakeLists.txt:5 (add_libary):\n  Unknown CMake command \"add_libary\".\n", "CMake Error", Config).at("CMakeLists.txt:5"),
            case("[ RUN      ] Geo.Area\n/home/runner/work/g/g/t.cpp:9: Failure\nExpected equality of these values:\n  area(2)\n    Which is: 5\n  4\n[  FAILED  ] Geo.Area (0 ms)\n", "t.cpp:9: Failure", Test)
                .tests(&["Geo.Area"])
                .at("t.cpp:9"),
        ]);
    }
}
