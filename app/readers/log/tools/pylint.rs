//! Python's linters and formatters: ruff, flake8, pylint, mypy, pyright, black, isort, bandit.

use crate::Category::Lint;
use crate::rule::{Block, Part, Rule, Then, Tier};

static RUFF: Block = Block {
    most: 12,
    needs_said: false,
    ..Block::new(&[
        (
            r"^\s+--> (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (r"^\s*(?:\d+ )?\|", Part::Skip),
        (r"^Found \d+ error", Part::End),
    ])
};

static BANDIT: Block = Block {
    most: 10,
    ..Block::new(&[
        (r"^\s+Location: (?P<file>\S+?):(?P<line>\d+)", Part::At),
        (r"^\s+(?:Severity|CWE|More Info):", Part::Skip),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "mypy: error",
        &[": error: "],
        r"^(?P<file>\S+\.pyi?):(?P<line>\d+)(?::(?P<col>\d+))?: error: (?P<msg>.+)",
        Tier::Lint,
    )
    .is(Lint),
    Rule::new(
        "flake8 or ruff: finding",
        &[".py:1", ".py:2", ".py:3", ".py:4", ".py:5", ".py:6", ".py:7", ".py:8", ".py:9", ".pyi:", ".ipynb:"],
        r"^(?P<file>\S+\.(?:pyi?|ipynb)):(?:cell \d+:)?(?P<line>\d+):(?P<col>\d+): (?P<msg>[A-Z]{1,5}\d{2,5}\b.*)",
        Tier::Lint,
    )
    .is(Lint),
    Rule::new(
        "ruff: finding",
        &["[*] ", "invalid-syntax", "unformatted: ", "F401", "F841", "F821", "F811", "E501", "E402", "E711", "E712", "E722", "E741", "W29", "I001", "UP0", "PLR", "SIM1", "RUF0", "D10"],
        r"^(?P<msg>(?:[A-Z]{1,4}\d{2,4} (?:\[\*\] )?[A-Z`].*|invalid-syntax: .*|unformatted: .*))$",
        Tier::Lint,
    )
    .is(Lint)
    .under(&["ruff"])
    .then(Then::Open(&RUFF)),
    Rule::new("pyright: error", &[" - error: "], r"^\s*(?P<file>\S+\.pyi?):(?P<line>\d+):(?P<col>\d+) - error: (?P<msg>.+)", Tier::Lint)
        .is(Lint),
    Rule::new("black: would reformat", &["would reformat "], r"^(?:would reformat|Would reformat:) (?P<file>\S+)", Tier::Lint).is(Lint),
    Rule::new("ruff: would reformat", &["Would reformat: "], r"^Would reformat: (?P<file>\S+)", Tier::Lint).is(Lint),
    Rule::new("black: error", &["error: cannot format "], r"^error: cannot format (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("isort: unsorted imports", &["Imports are incorrectly sorted"], r"^ERROR: (?P<file>\S+) Imports are incorrectly sorted", Tier::Lint)
        .is(Lint),
    Rule::new("bandit: issue", &[">> Issue: "], r"^>> Issue: (?P<msg>.+)", Tier::Lint)
        .is(Lint)
        .then(Then::Open(&BANDIT)),
    Rule::new("pylint: verdict", &["Your code has been rated"], r"^Your code has been rated", Tier::Wrapper).is(Lint),
    Rule::new("pydocstyle: finding", &["        D"], r"^\s{8}(?P<msg>D\d{3}: .+)", Tier::Lint).is(Lint),
    Rule::new("vulture: unused", &["% confidence)"], r"^(?P<file>\S+\.py):(?P<line>\d+): (?P<msg>unused .+)", Tier::Lint).is(Lint),
    Rule::new("codespell: typo", &[" ==> "], r"^(?P<file>\S+?):(?P<line>\d+): (?P<msg>\S+ ==> .+)", Tier::Lint).is(Lint),
];

#[cfg(test)]
mod tests {
    use crate::Category::Lint;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("app/a.py:3: error: Incompatible return value type  [return-value]\nFound 1 error in 1 file", "Incompatible return", Lint).at("app/a.py:3"),
            case("app/a.py:1:1: F401 'os' imported but unused", "F401", Lint).at("app/a.py:1"),
            case("would reformat app/a.py\n1 file would be reformatted.", "would reformat app/a.py", Lint),
            case(">> Issue: [B307:blacklist] Use of eval.\n   Severity: Medium\n   Location: app/a.py:31:4", "B307", Lint).at("app/a.py:31"),
        ]);
    }
}
