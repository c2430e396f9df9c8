//! Linters and formatters of everything else: shell, Docker, YAML, Markdown, SQL, workflows, commits.

use crate::Category::{Compile, Gate, Lint};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static SHELLCHECK: Block = Block {
    first: First::Said,
    most: 8,
    blanks: 1,
    ..Block::new(&[
        (r"^\s*\^-*\^? ?-* ?SC\d+|^\s*\^-+\^? SC\d+.*", Part::Said),
        (r"SC\d{4}", Part::Said),
        (r"^For more information", Part::End),
    ])
};

static TYPOS: Block = Block {
    first: First::Head,
    most: 4,
    ..Block::new(&[(
        r"^\s*(?:-->|╭▸|╭─\[?) ?(?P<file>[^\s:]+):(?P<line>\d+):(?P<col>\d+)",
        Part::At,
    )])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("shellcheck: finding", &["sh line ", ".bats line ", "In ./"], r"^In (?P<file>\S+) line (?P<line>\d+):$", Tier::Lint).is(Lint).then(Then::Open(&SHELLCHECK)),
    Rule::new("shellcheck: finding", &["[SC"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): \w+: (?P<msg>.+ \[SC\d+\])", Tier::Lint).is(Lint),
    Rule::new("hadolint: finding", &[" DL", " SC"], r"^(?P<file>\S+?):(?P<line>\d+)(?::\d+)? (?P<msg>(?:DL|SC)\d{4} .+)", Tier::Lint).is(Lint),
    Rule::new("yamllint: finding", &[" error "], r"^\s+(?P<line>\d+):(?P<col>\d+)\s+error\s+(?P<msg>\S.*\([\w-]+\)|syntax error: .*)$", Tier::Lint).is(Lint).file_above(),
    Rule::new("yamllint: finding", &["[error] "], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): \[error\] (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("actionlint: finding", &[".yml:", ".yaml:"], r"^(?P<file>\S+\.ya?ml):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+ \[[\w-]+\])$", Tier::Lint).is(Lint),
    Rule::new("ansible-lint: finding", &[".yml:", ".yaml:"], r"^(?P<file>\S+\.ya?ml):(?P<line>\d+)(?::\d+)?: (?P<msg>\S.*)", Tier::Lint).is(Lint).under(&["ansible-lint", "lint"]),
    Rule::new("markdownlint: finding", &[" MD"], r"^(?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?(?: error)? (?P<msg>MD\d{3}\S* .+)", Tier::Lint).is(Lint),
    Rule::new("sqlfluff: finding", &["L: "], r"^L:\s+(?P<line>\d+) \| P:\s+(?P<col>\d+) \| (?P<msg>.+)", Tier::Lint).is(Lint).file_above(),
    Rule::new("luacheck: finding", &[".lua:"], r"^\s*(?P<file>\S+\.lua):(?P<line>\d+):(?P<col>\d+)(?:-\d+)?: (?P<msg>\([WE]\d+\) .+|.+)", Tier::Lint).is(Lint).under(&["luacheck"]),
    Rule::new("hlint: finding", &[".hs:"], r"^(?P<file>\S+\.hs):(?P<line>\d+):(?P<col>\d+)\S*: (?:Warning|Suggestion|Error): (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("lintr: finding", &["_linter]"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): \w+: (?P<msg>.*_linter\].*)", Tier::Lint).is(Lint),
    Rule::new("typos: finding", &["` should be `"], r"^error: (?P<msg>`.+` should be `.+)", Tier::Lint).is(Lint).then(Then::Open(&TYPOS)),
    Rule::new("cspell: finding", &["Unknown word ("], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+) - (?P<msg>Unknown word .+)", Tier::Lint).is(Lint),
    Rule::new("commitlint: finding", &["✖   "], r"^✖\s{3}(?P<msg>.+ \[[\w-]+\])$", Tier::Lint).is(Lint),
    Rule::new("links: broken", &["[404]", "[ERROR] http", "[✖] http", "[TIMEOUT] http"], r"^\s*(?:✗ |\* )?\[(?:\d{3}|ERROR|✖|TIMEOUT)\] (?P<msg>\S+)", Tier::Lint).is(Lint),
    Rule::new("perlcritic: finding", &["See page"], r"^(?:(?P<file>\S+): )?(?P<msg>.+ at line (?P<line>\d+), column (?P<col>\d+)\.\s+See page.*)", Tier::Lint).is(Lint),
    Rule::new("clang-format or similar: difference", &["code should be clang-formatted"], r"^(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): .*code should be clang-formatted", Tier::Lint).is(Lint),
    Rule::new("swiftlint: finding", &["error: "], r"^(?P<file>\S+\.swift):(?P<line>\d+):(?P<col>\d+): error: (?P<msg>.+ Violation: .+)", Tier::Lint).is(Lint),
    Rule::new("editorconfig: finding", &["Wrong indentation", "Trailing whitespace", "Final newline expected"], r"^\s+(?P<line>\d+): (?P<msg>(?:Wrong|Trailing|Final).+)", Tier::Lint).is(Lint),
    Rule::new("openapi or spectral: finding", &["  error  "], r"^\s+(?P<line>\d+):(?P<col>\d+)\s+error\s+(?P<msg>\S.*)", Tier::Lint).is(Lint).file_above(),
    Rule::new("json: parse", &["not valid JSON", "nvalid JSON", "JSONDecodeError", "JSON parse error", "arse error", "jsonlint"], r"^(?:parse error|Error: Parse error|jsonlint|.*(?:is not valid JSON|invalid JSON|JSONDecodeError|JSON parse error)).*", Tier::Fatal).is(Compile),
    Rule::new("changelog: missing", &["hangelog", "CHANGELOG", "news fragment"], r"(?i)(?:(?:missing|no|add an?|update the) (?:changelog|news fragment)|changelog\S* (?:has no|is missing|was not|must|needs))", Tier::Fatal).is(Gate),
];

#[cfg(test)]
mod tests {
    use crate::Category::Lint;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("Dockerfile:1 DL3007 warning: Using latest is prone to errors", "DL3007", Lint).at("Dockerfile:1"),
            case("./a.yml\n  5:3       error    duplication of key \"c\" in mapping  (key-duplicates)\n", "duplication", Lint).at("a.yml:5"),
            case("In deploy.sh line 3:\necho $1\n     ^-- SC2086 (info): Double quote to prevent globbing.\n\nFor more information:", "SC2086", Lint).at("deploy.sh:3"),
            case("== [q/a.sql] FAIL\nL:   1 | P:  10 | CP01 | Keywords must be upper case.", "CP01", Lint).at("q/a.sql:1"),
        ]);
    }
}
