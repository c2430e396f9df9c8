//! Elixir and Erlang: ExUnit, mix, credo, EUnit, common test, the compilers.

use crate::Category::{Compile, Dependency, Lint, Script, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static EXUNIT: Block = Block {
    first: First::Said,
    most: 40,
    said: 4,
    ..Block::new(&[
        (
            r"^\s+(?P<file>\S+\.exs?):(?P<line>\d+): (?:\(|\w)",
            Part::Last,
        ),
        (r"^\s+\S+\.exs?:\d+$", Part::Skip),
        (
            r"^\s+(?:Assertion with|Assertion failed|Expected|expected|Unexpectedly|match \(|\*\* \(|Assert).*",
            Part::Said,
        ),
        (r"^\s+(?:left|right): .*", Part::Said),
        (r"^\s+code: ", Part::More),
        (r"^Finished in|^\s+\d+\) ", Part::End),
    ])
};

static ERROR: Block = Block {
    first: First::Head,
    most: 14,
    ..Block::new(&[
        (r"└─ (?P<file>\S+?):(?P<line>\d+)", Part::At),
        (r"^\s+(?P<file>\S+\.exs?):(?P<line>\d+)", Part::At),
        (r"^\s*│|^\s*\d+ │", Part::Quote),
        (r"^\S", Part::End),
    ])
};

static FILES: Block = Block {
    first: First::Said,
    most: 8,
    ..Block::new(&[
        (r"^\s+\* (?P<file>\S+)", Part::Said),
        (r"^The following files", Part::Skip),
        (r"^\s*$|^mix format", Part::Skip),
    ])
};

static EUNIT: Block = Block {
    first: First::Said,
    most: 20,
    said: 3,
    ..Block::new(&[
        (
            r"^in function .*\((?P<file>\S+\.erl), line (?P<line>\d+)\)",
            Part::At,
        ),
        (r"^in call from ", Part::Skip),
        (r"^\s*\{(?:value|expected),.*", Part::Said),
        (r"^\s*(?:\*\*error:|expected:|got:).*", Part::More),
        (r"^\s+(?:Failed|Test run|All \d+)|^={6,}", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("exunit: failed test", &[") test ", ") property ", ") doctest "], r"^\s+\d+\) (?P<test>(?:test|property|doctest) .+?) \((?P<class>[\w.]+)\)$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&EXUNIT)),
    Rule::new("mix format: unformatted", &["mix format failed"], r"^\*\* \(Mix\) mix format failed", Tier::Lint).is(Lint).then(Then::Open(&FILES)),
    Rule::new("mix: dependencies", &["Unchecked dependencies", "the dependency ", "Can't continue due to errors on dependencies", "lock mismatch"], r"^(?:Unchecked dependencies|\*\* \(Mix\) Can't continue due to errors on dependencies|  the dependency |  lock mismatch).*", Tier::Fatal)
        .is(Dependency),
    Rule::new("elixir: compile error", &["Error) "], r"^\*\* \((?:CompileError|SyntaxError|TokenMissingError|MismatchedDelimiterError)\) (?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?:? ?(?P<msg>.*)", Tier::Failure)
        .is(Compile),
    Rule::new("elixir: error", &["error: "], r"^\s*error: (?P<msg>.+)", Tier::Failure)
        .is(Compile)
        .under(&["mix ", "elixir"])
        .then(Then::Open(&ERROR)),
    Rule::new("elixir: warning as error", &["    warning: "], r"^\s*warning: (?P<msg>.+)", Tier::Fatal)
        .is(Compile)
        .under(&["warnings-as-errors"])
        .then(Then::Open(&ERROR)),
    Rule::new("elixir: compilation", &["== Compilation error", "could not compile dependency", "Compilation failed due to warnings"], r"^(?:== Compilation error|could not compile dependency|Compilation failed due to warnings)", Tier::Wrapper)
        .is(Compile),
    Rule::new("elixir: uncaught", &["** ("], r"^\*\* \((?P<class>[\w.]+)\) (?P<msg>.+)", Tier::Exception).mostly(Script),
    Rule::new("credo: issue", &["┃ ["], r"^┃ \[\w\] . (?P<msg>.+)", Tier::Lint).is(Lint).then(Then::Open(&CREDO)),
    Rule::new("erlang: compile error", &[".erl:"], r"^(?:.*── )?(?P<file>\S+\.erl):(?P<line>\d+)(?::(?P<col>\d+))?:? (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("dialyzer: finding", &[" Column "], r"^Line (?P<line>\d+) Column (?P<col>\d+): (?P<msg>.+)", Tier::Lint).is(Lint).under(&["dialyzer"]).file_above(),
    Rule::new("eunit: failed test", &["*failed*"], r"^\s*(?:\S+\.erl:\d+:)?\s*(?P<class>\w+): (?P<test>\w+?)(?: \(.*\))?\s*\.{3}(?:\[.*\] )?\*failed\*", Tier::Failure)
        .is(Test)
        .then(Then::Open(&EUNIT)),
    Rule::new("common test: failed", &["==> ", "FAILED"], r"^%%% (?P<class>\w+) ==> (?P<test>\S+): FAILED", Tier::Failure).is(Test).then(Then::Open(&COMMON)),
    Rule::new("rebar: verdict", &["===> "], r"^===> (?:Compiling .* failed|Error|Failed)", Tier::Wrapper),
];

static COMMON: Block = Block {
    first: First::Head,
    most: 6,
    said: 2,
    ..Block::new(&[
        (
            r#"\{file,"(?P<file>[^"]+)"\},\{line,(?P<line>\d+)\}"#,
            Part::Said,
        ),
        (r"^%%% \S+ ==> (?P<msg>.+)", Part::Said),
        (r"^\S", Part::End),
    ])
};

static CREDO: Block = Block {
    first: First::Head,
    most: 3,
    ..Block::new(&[(r"^┃\s+(?P<file>\S+?):(?P<line>\d+)", Part::At)])
};

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("  1) test adds (CalcTest)\n     test/calc_test.exs:5\n     Assertion with == failed\n     code:  assert 1 == 2\n     left:  1\n     right: 2\n     stacktrace:\n       test/calc_test.exs:6: (test)\n\nFinished in 0.1 seconds", "Assertion with ==", Test)
                .tests(&["CalcTest.test adds"]),
            case("** (SyntaxError) lib/x.ex:3:5: unexpected token: )", "unexpected token", Compile).at("lib/x.ex:3"),
        ]);
    }
}
