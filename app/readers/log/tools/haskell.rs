//! Haskell and OCaml: ghc, cabal, hspec, tasty, HUnit, ocaml, dune, alcotest.

use crate::Category::{Compile, Dependency, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static GHC: Block = Block {
    first: First::Head,
    plain: true,
    most: 12,
    blanks: 1,
    said: 1,
    ..Block::new(&[(r"^\s*(?:\||\d+ \|)", Part::Skip)])
};

static OCAML: Block = Block {
    first: First::Said,
    most: 12,
    ..Block::new(&[
        (r"^Error: (?P<msg>.+)", Part::Said),
        (r"^Warning ", Part::Drop),
        (r"^\d* *\||^\s+\^", Part::Skip),
        (r#"^File ""#, Part::End),
    ])
};

static TASTY: Block = Block {
    first: First::Said,
    most: 12,
    said: 3,
    ..Block::new(&[
        (r"^\s*(?P<file>\S+\.hs):(?P<line>\d+)", Part::At),
        (r"^\s*(?:expected|but got|Error|got).*", Part::Said),
        (r"OK$|FAIL$|^\s*Use -p|^\d+ out of", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "ghc: error",
        &[".hs:", ".lhs:"],
        r"^(?P<file>\S+\.l?hs):(?P<line>\d+):(?P<col>\d+): error:?(?P<msg>.*)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&GHC)),
    Rule::new(
        "tasty: failed test",
        &["FAIL"],
        r"^\s+(?P<test>\S.*?):\s+FAIL(?: \([\d.]+s\))?$",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&TASTY)),
    Rule::new(
        "hunit: failed test",
        &["### Failure in: ", "### Error in: "],
        r"^### (?:Failure|Error) in: (?P<test>.+)",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&TASTY)),
    Rule::new(
        "hspec: failed example",
        &["FAILED ["],
        r"^\s+(?P<test>\S.*?) (?:\[✘\]|FAILED \[\d+\])$",
        Tier::Loose,
    )
    .then(Then::Noise),
    Rule::new(
        "cabal: error",
        &[
            "cabal: ",
            "Error: cabal",
            "Could not resolve dependencies",
            "Error: [Cabal",
        ],
        r"^(?:Error: )?(?:\[Cabal-\d+\]|cabal: |.*Could not resolve dependencies).*",
        Tier::Fatal,
    )
    .mostly(Dependency),
    Rule::new(
        "ocaml: error",
        &["File \""],
        r#"^File "(?P<file>[^"]+)", lines? (?P<line>\d+)(?:-\d+)?, characters"#,
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&OCAML)),
    Rule::new(
        "alcotest: failed test",
        &["[FAIL]"],
        r"^(?:│ |>)?\s*\[FAIL\]\s+(?P<class>\S+)\s+\d+\s+(?P<test>.+?)\.?(?:\s+│)?$",
        Tier::Failure,
    )
    .is(Test)
    .then(Then::Open(&ALCO)),
];

static ALCO: Block = Block {
    first: First::Said,
    most: 30,
    said: 3,
    ..Block::new(&[
        (
            r"^\s*(?:│ )?\s*(?:ASSERT|FAIL|Expected|Received|Raised|Error).*",
            Part::Said,
        ),
        (
            r#"^Called from .* in file "(?P<file>[^"]+)", line (?P<line>\d+)"#,
            Part::At,
        ),
        (r"^\s*(?:│ )?Logs saved|^ *\d+ failure", Part::End),
    ])
};

#[cfg(test)]
mod tests {
    use crate::Category::Compile;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("src/A.hs:5:3: error: [GHC-83865]\n    • Couldn't match expected type ‘Int’ with actual type ‘Bool’\n", "GHC-83865", Compile).at("src/A.hs:5"),
            case("File \"a.ml\", line 3, characters 5-8:\n3 | let x\n         ^\nError: This expression has type int", "This expression", Compile).at("a.ml:3"),
        ]);
    }
}
