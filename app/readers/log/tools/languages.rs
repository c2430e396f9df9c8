//! Other languages: nim, crystal, julia, dart, perl, R, lua, ada, fortran, latex, sql, clojure, solidity.

use crate::Category::{Compile, Config, Dependency, Script, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static PLAIN: Block = Block {
    first: First::Said,
    plain: true,
    most: 8,
    said: 1,
    ..Block::new(&[(r"^[─═-]{8,}", Part::Close)])
};

static BUSTED: Block = Block {
    first: First::Said,
    most: 16,
    said: 4,
    ..Block::new(&[
        (r"^(?:Passed in|Expected):?", Part::Said),
        (r"^\((?:number|string|table|boolean|nil)\)", Part::Said),
        (
            r"^(?P<file>\S+\.lua):(?P<line>\d+): (?P<msg>attempt .+)",
            Part::Said,
        ),
        (r"^(?P<file>\S+\.lua):(?P<line>\d+): (?P<msg>.+)", Part::At),
        (r"^(?:Failure|Error) (?:->|→)", Part::End),
        (r"^(?P<test>\S.*)$", Part::Test),
    ])
};

static JULIA: Block = Block {
    first: First::Said,
    most: 8,
    said: 2,
    ..Block::new(&[
        (r"^\s+(?:Expression|Evaluated): ", Part::Said),
        (r"^Stacktrace", Part::Close),
    ])
};

static DART: Block = Block {
    first: First::Said,
    most: 12,
    said: 3,
    ..Block::new(&[
        (r"^\s+(?:Expected|Actual|Which): ", Part::Said),
        (
            r"(?:^|\s)(?P<file>(?:test|integration_test)/\S+\.dart) (?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (r"^\d\d:\d\d ", Part::End),
    ])
};

static CLOJURE: Block = Block {
    first: First::Said,
    most: 8,
    said: 2,
    ..Block::new(&[
        (r"^\s*(?:[Ee]xpected|[Aa]ctual):", Part::Said),
        (r"^(?:Ran \d+|FAIL in|ERROR in)", Part::End),
    ])
};

static FORTRAN: Block = Block {
    first: First::Said,
    most: 8,
    needs_said: true,
    ..Block::new(&[
        (r"^(?:Fatal )?Error: ", Part::Final),
        (r"^Warning: ", Part::Drop),
    ])
};

static SOLIDITY: Block = Block {
    first: First::Head,
    most: 4,
    ..Block::new(&[(
        r"^\s*--> (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)",
        Part::At,
    )])
};

static ZIG: Block = Block {
    first: First::Said,
    most: 12,
    ..Block::new(&[
        (r"^expected .+, found .+", Part::Said),
        (
            r"^(?P<file>\S+\.zig):(?P<line>\d+):(?P<col>\d+): 0x",
            Part::Last,
        ),
        (r"^\s|^\S+\.zig:\d+:\d+: ", Part::Skip),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("nim: failed check", &["Check failed: "], r"^\s*(?P<file>\S+\.nim)\((?P<line>\d+), (?P<col>\d+)\): Check failed: (?P<msg>.+)", Tier::Failure).is(Test).then(Then::Cause(1)),
    Rule::new("nim: failed test", &["[FAILED] "], r"^\s*\[FAILED\] (?P<test>.+)$", Tier::Summary).is(Test).then(Then::Blame),
    Rule::new("nim: error", &[" Error: "], r"^(?P<file>\S+\.nim)\((?P<line>\d+), (?P<col>\d+)\) Error: (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("nim: verdict", &["execution of an external program failed"], r"^Error: execution of an external program failed", Tier::Wrapper),
    Rule::new("crystal: error", &["Error: "], r"^In (?P<file>\S+\.cr):(?P<line>\d+):(?P<col>\d+)", Tier::Failure).is(Compile),
    Rule::new("julia: failed test", &["Test Failed at ", "Error During Test at "], r"^.*(?:Test Failed|Error During Test) at (?P<file>\S+?):(?P<line>\d+)", Tier::Failure).is(Test).then(Then::Open(&JULIA)),
    Rule::new("julia: error", &["ERROR: LoadError", "ERROR: "], r"^ERROR: (?:LoadError: )?(?P<msg>(?:\w+Error|ArgumentError|Package|syntax|Unsatisfiable).*)", Tier::Exception).mostly(Script),
    Rule::new("dart: failed test", &[" [E]"], r"^\d\d:\d\d [+\d ~-]+: (?P<test>.+) \[E\]$", Tier::Failure).is(Test).then(Then::Open(&DART)),
    Rule::new("dart: error", &[".dart:"], r"^(?P<file>\S+\.dart):(?P<line>\d+):(?P<col>\d+): Error: (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("dart analyze: finding", &["error • ", "warning • ", "info • "], r"^\s*(?:error|warning|info) • (?P<msg>.+?) • (?P<file>\S+\.dart):(?P<line>\d+):(?P<col>\d+)(?: • |$)", Tier::Lint).is(crate::Category::Lint).under(&["dart", "flutter"]),
    Rule::new("dart analyze: finding", &["error • ", "warning • ", "info • ", "error - ", "warning - ", "info - "], r"^\s*(?:error|warning|info) (?:•|-) (?:(?P<file>\S+\.dart):(?P<line>\d+):(?P<col>\d+) - )?(?P<msg>.+)", Tier::Lint).is(crate::Category::Lint).under(&["dart", "flutter"]),
    Rule::new("perl: error", &[" line "], r"^(?P<msg>(?:syntax error|Can't locate|Can't find|Undefined subroutine|Global symbol|Bareword|Can't locate object).*) at (?P<file>\S+) line (?P<line>\d+)", Tier::Exception).mostly(Compile),
    Rule::new("perl: missing module", &["Can't locate "], r"^Can't locate \S+\.pm in @INC", Tier::Fatal).is(Dependency),
    Rule::new("testthat: failure", &["Failure (", "Error ("], r"^\s*(?:── )?(?:\d+\. )?(?:Failure|Error) \('(?P<file>[^':]+):(?P<line>\d+)(?::\d+)?'\): (?P<test>.+?)(?: ─+)?$", Tier::Failure).is(Test).then(Then::Open(&PLAIN)),
    Rule::new("r: error", &["Error in ", "Error: ", "Execution halted"], r"^Error in .+", Tier::Exception).mostly(Script).then(Then::Cause(1)),
    Rule::new("r: verdict", &["Execution halted", "Error: Test failures"], r"^(?:Execution halted|Error: Test failures)", Tier::Wrapper),
    Rule::new("busted: failure", &["Failure -> ", "Error -> ", "Failure → ", "Error → "], r"^(?:Failure|Error) (?:->|→) (?P<path>\S+) @ \d+$", Tier::Failure).is(Test).then(Then::Open(&BUSTED)),
    Rule::new("lua: error", &["lua: ", "luajit: "], r"^lua(?:jit|[\d.]+)?: (?P<file>\S+?):(?P<line>\d+): (?P<msg>.+)", Tier::Exception).mostly(Script),
    Rule::new("gnat: error", &[".adb:", ".ads:"], r"^(?P<file>\S+\.ad[bs]):(?P<line>\d+):(?P<col>\d+): (?:error: )?(?P<msg>[^w(].+)", Tier::Failure).is(Compile),
    Rule::new("fortran: error", &[".f90:", ".f:", ".F90:", ".f03:"], r"^(?P<file>\S+\.[fF]\w*):(?P<line>\d+):(?P<col>\d+):$", Tier::Failure).is(Compile).then(Then::Open(&FORTRAN)),
    Rule::new("latex: error", &["! "], r"^! (?P<msg>(?:LaTeX Error|Undefined control|Missing|Emergency stop|Package|Extra|File ended).*)", Tier::Failure).is(Compile).then(Then::Cause(2)),
    Rule::new("sql: error", &["ERROR:  ", "ERROR 1", "Parse error near", "Error: near"], r"^(?:psql:(?P<file>\S+?):(?P<line>\d+): ERROR: +(?P<msg>.+)|ERROR \d{4} \(\w+\).*|(?:Parse|Runtime) error near line \d+.*|Error: near line.*)", Tier::Fatal).is(Script),
    Rule::new("clojure: failure", &["FAIL in ", "ERROR in "], r"^(?:FAIL|ERROR) in \(?(?P<test>[^\s()]+)\)? \((?P<file>\S+?):(?P<line>\d+)\)", Tier::Failure).is(Test).then(Then::Open(&CLOJURE)),
    Rule::new("clojure: syntax", &["Syntax error "], r"^Syntax error .* at \((?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)\)", Tier::Failure).is(Compile).then(Then::Cause(1)),
    Rule::new("solidity: error", &["Error ("], r"^Error \(\d+\): (?P<msg>.+)", Tier::Failure).is(Compile).then(Then::Open(&SOLIDITY)),
    Rule::new("forge: failed test", &["[FAIL"], r"^\[FAIL[.:] ?(?P<msg>[^\]]*)\] (?P<test>\w+\(.*?\))", Tier::Failure).is(Test),
    Rule::new("zig: failed test", &["...FAIL"], r"^(?:\d+/\d+ )?(?P<test>\S.*?)\.\.\.(?:.*\.\.\.)?FAIL \((?P<msg>.+)\)", Tier::Failure).is(Test).then(Then::Open(&ZIG)),
    Rule::new("zig: failed test", &["error: '"], r"^error: '(?P<test>[^']+)' failed: (?P<msg>.*)", Tier::Failure).is(Test).then(Then::Open(&ZIG)),
    Rule::new("elm: error", &[".elm"], r"^-- (?P<msg>[A-Z][A-Z ]+) -+ (?P<path>\S+\.elm)", Tier::Failure).is(Compile),
    Rule::new("protoc: error", &[".proto:"], r"^(?P<file>\S+\.proto):(?P<line>\d+):(?P<col>\d+):? ?(?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("sphinx: warning", &[": WARNING: "], r"^(?P<file>\S+?):(?P<line>\d+): WARNING: (?P<msg>.+)", Tier::Fatal).is(Compile).under(&["sphinx", "make html", "docs"]),
    Rule::new("mkdocs: warning", &["WARNING -", "Aborted with"], r"^(?:WARNING -\s+.+|Aborted with \d+ .*)", Tier::Fatal).is(Config).under(&["mkdocs"]),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("[Suite] math\n    /home/runner/work/n/n/t.nim(5, 20): Check failed: add(2, 3) == 5\n    add(2, 3) was -1\n  [FAILED] adds\nError: execution of an external program failed: 't'", "Check failed", Test)
                .tests(&["adds"])
                .at("t.nim:5"),
            case("Failure ('test-price.R:3'): discounts\ndiscount(1000, 10) not equal to 900.\n1/1 mismatches\n────────────\nError: Test failures\nExecution halted", "not equal to 900", Test)
                .tests(&["discounts"])
                .at("test-price.R:3"),
            case("Failure -> spec/p_spec.lua @ 3\nprice discounts\nspec/p_spec.lua:4: Expected objects to be equal.\nPassed in:\n(number) 990\nExpected:\n(number) 900", "Passed in", Test)
                .tests(&["price discounts"])
                .at("spec/p_spec.lua:4"),
            case("hello.adb:4:14: error: \"X\" is undefined", "is undefined", Compile).at("hello.adb:4"),
        ]);
    }
}
