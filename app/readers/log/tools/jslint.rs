//! JavaScript's linters and formatters, and TypeScript's compiler: eslint, stylelint, biome, prettier, tsc.

use crate::Category::{Compile, Lint};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

/// What the pretty form of tsc writes below an error: the code, and waves under it.
static CODE: Block = Block {
    first: First::Head,
    most: 5,
    blanks: 2,
    ..Block::new(&[(r"^\s*\d+ |^\s+~+\s*$", Part::Quote)])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "tsc: error",
        &["error TS"],
        r"^(?P<file>[^\s:(]+)(?:\(|:)(?P<line>\d+)[,:](?P<col>\d+)\)?(?: -|:) error TS\d+: (?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&CODE)),
    Rule::new("tsc: error", &["error TS"], r"error TS\d+: (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new(
        "eslint: error",
        &["  error  ", " error "],
        r"^\s+(?P<line>\d+):(?P<col>\d+)\s+error\s{2,}(?P<msg>\S.*)",
        Tier::Lint,
    )
    .is(Lint)
    .file_above(),
    Rule::new("eslint: too many warnings", &["ESLint found too many warnings"], r"^ESLint found too many warnings", Tier::Lint).is(Lint),
    Rule::new("eslint: configuration", &["ESLint couldn't find", "Oops! Something went wrong"], r"^(?:ESLint couldn't find|Oops! Something went wrong).*", Tier::Fatal)
        .is(crate::Category::Config),
    Rule::new(
        "stylelint: finding",
        &["✖  ", "×  ", "✖ "],
        r"^\s+(?P<line>\d+):(?P<col>\d+)\s+(?:✖|×)\s+(?P<msg>\S.*)",
        Tier::Lint,
    )
    .is(Lint)
    .file_above(),
    Rule::new("biome: finding", &["━━━"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+) (?P<msg>(?:lint|format|assist|parse|syntax)\S*.*?) ━+", Tier::Lint)
        .is(Lint)
        .then(Then::Cause(2)),
    Rule::new("biome: formatting", &[" format ━━━", "organizeImports ━━━", "assist ━━━"], r"^(?P<file>\S+) (?P<msg>(?:format|organizeImports|assist)\S*) ━+", Tier::Lint)
        .is(Lint),
    Rule::new("prettier: formatting", &["[warn] "], r"^\[warn\] (?P<file>[\w./\\@-]+\.\w+)$", Tier::Lint).is(Lint).under(&["prettier", "format", "lint"]),
    Rule::new("prettier: error", &["[error] "], r"^\[error\] (?P<file>\S+?): (?P<msg>.+?)(?: \((?P<line>\d+):(?P<col>\d+)\))?$", Tier::Lint).is(Lint).under(&["prettier", "format", "lint"]),
    Rule::new("deno lint: finding", &["error["], r"^error\[(?P<msg>[a-z-]+)\]: .+", Tier::Lint).is(Lint).under(&["deno"]).then(Then::Cause(1)),
    Rule::new("standard or xo: finding", &["  ✖  "], r"^\s+✖\s+(?P<line>\d+):(?P<col>\d+)\s+(?P<msg>\S.*)", Tier::Lint).is(Lint).file_above(),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Lint};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("/home/runner/work/c/c/src/a.js\n##[warning]  2:3  warning  Unexpected console statement  no-console\n##[error]  3:7  error    'x' is never used  no-unused-vars\n", "'x' is never used", Lint)
                .at("src/a.js:3"),
            case("src/b.ts(2,24): error TS2741: Property 'a' is missing", "TS2741", Compile).at("src/b.ts:2"),
            case("src/a.css\n  5:3  ✖  Empty block  block-no-empty", "Empty block", Lint).at("src/a.css:5"),
        ]);
    }
}
