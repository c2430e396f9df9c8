//! JavaScript's bundlers: webpack, rollup, vite, esbuild, parcel, next, svelte, babel.

use crate::Category::Compile;
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static WEBPACK: Block = Block {
    first: First::Said,
    plain: true,
    most: 12,
    said: 1,
    ..Block::new(&[
        (r"^webpack |^ERROR in|^resolve '", Part::End),
        (r"^\s*(?:Module|TS\d+|Syntax|Error|Can't)\S* .*", Part::Said),
    ])
};

static PLACE: Block = Block {
    first: First::Head,
    most: 12,
    ..Block::new(&[
        (
            r"[\[\s(](?P<file>[\w./@-]+\.\w+):(?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (r"^\s+at ", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "webpack: error",
        &["ERROR in "],
        r"^ERROR in (?P<file>\S+?)(?: (?P<line>\d+):(?P<col>\d+)\S*)?$",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&WEBPACK)),
    Rule::new(
        "rollup: error",
        &["[!] "],
        r"^\[!\] (?:\([^)]*\) )?(?:RollupError: )?(?:(?P<file>\S+) \((?P<line>\d+):(?P<col>\d+)\): )?(?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&PLACE)),
    Rule::new(
        "rollup: error",
        &["RollupError: "],
        r"^(?:error during build:\s*)?(?:\w+: )?RollupError: (?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&PLACE)),
    Rule::new(
        "vite: error",
        &[
            "[UNRESOLVED_IMPORT]",
            "[PARSE_ERROR]",
            "[MISSING_EXPORT]",
            "[vite]: ",
            "[plugin",
        ],
        r"^(?:\[(?:[A-Z]+_[A-Z_]+|vite|plugin .*?)\]:?) (?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&PLACE)),
    Rule::new(
        "esbuild: error",
        &["[ERROR] "],
        r"^(?:✘|X|✗) \[ERROR\] (?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile)
    .then(Then::Open(&PLACE)),
    Rule::new(
        "next: error",
        &["Failed to compile"],
        r"^Failed to compile",
        Tier::Wrapper,
    )
    .is(Compile),
    Rule::new(
        "bundler: unresolved",
        &["Module not found: ", "Could not resolve "],
        r#"^(?:✘ )?(?P<msg>(?:Module not found: |Could not resolve ['"]).+)"#,
        Tier::Failure,
    )
    .is(Compile),
    Rule::new(
        "babel: syntax",
        &["SyntaxError: "],
        r"^(?:\[\w+\] )?SyntaxError: (?P<file>/\S+?): (?P<msg>.+?) \((?P<line>\d+):(?P<col>\d+)\)",
        Tier::Failure,
    )
    .is(Compile),
];

#[cfg(test)]
mod tests {
    use crate::Category::Compile;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("ERROR in ./src/i.js 1:0-27\nModule not found: Error: Can't resolve './g.js' in '/w/src'\nresolve './g.js' in '/w/src'\nwebpack 5 compiled with 1 error", "Can't resolve", Compile)
                .at("src/i.js:1"),
            case("✘ [ERROR] Could not resolve \"./g\"\n\n    src/i.js:1:19:\n      1 │ import", "Could not resolve", Compile).at("src/i.js:1"),
        ]);
    }
}
