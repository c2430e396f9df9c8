//! What many tools say in the same words. Asked last.

use crate::Category::Compile;
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static ERROR: Block = Block {
    first: First::Head,
    most: 30,
    blanks: 1,
    placed: Some((Tier::Failure, Compile)),
    ..Block::new(&[
        (
            r"^\s*(?:-->|╭─\[|┌─) ?(?P<file>[^\s:\[\]]+):(?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (
            r"^\s*(?:Caused by|caused by|hint|help|reason)\b.*",
            Part::More,
        ),
        (r"^\s*= (?:help|note):", Part::Skip),
        (r"^\s*\d* *[|│]", Part::Quote),
        (
            r"^(?:error|warning|Error|ERROR)(?:\[|:)|^\S+\.sh: |^\+ ",
            Part::End,
        ),
    ])
};

/// What stands below a line that only announces it.
static LIST: Block = Block {
    first: First::Said,
    plain: true,
    most: 6,
    said: 3,
    blanks: 2,
    needs_said: true,
    ..Block::new(&[
        (r"^\s*(?:at |[✓✔✅] )", Part::Skip),
        (r"^\s*(?:⚠|[Ww]arnings?:)", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "a tool: error",
        &["error: "],
        r"^error: (?P<msg>.+)",
        Tier::Fatal,
    )
    .then(Then::Open(&ERROR)),
    Rule::new(
        "a tool: fatal error",
        &["FATAL", "Fatal", "fatal"],
        r"^(?:\[?FATAL\]?|Fatal error|fatal error|Fatal)(?:: | +)(?P<msg>\S.+)",
        Tier::Exception,
    ),
    Rule::new(
        "a tool: error",
        &["Error: ", "ERROR: "],
        r"^(?:Error|ERROR): (?P<msg>.+)",
        Tier::Exception,
    )
    .then(Then::Open(&ERROR)),
    Rule::new(
        "a tool: a list of errors",
        &[
            "rrors:", "rror:", "ERRORS:", "ailures:", "iolations:", "roblems:", "ailed:", "issing:",
            "as error:", "FAILED", "nceled:",
        ],
        r"^\W*(?:[\w'-]+[,:]? ){0,9}(?:errors?|failures?|failed|violations?|problems?|missing|canceled|Errors?|ERRORS?|Failures?|Violations?|Problems?|Missing)(?: found)?: *(?:\(\w+\))?$|^[^\w\s]+ (?:[A-Z]+ ){0,4}FAILED!?$",
        Tier::Exception,
    )
    .then(Then::Open(&LIST)),
    Rule::new(
        "a tool: error",
        &["[ERROR]", "[error]", "[Error]"],
        r"^\[(?:ERROR|error|Error)\]:? (?P<msg>.+)",
        Tier::Exception,
    ),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Config, Network};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "error: could not fetch the index\n  Caused by: dns error\n",
                "could not fetch",
                Network,
            ),
            case(
                "error: expected a value\n --> Cargo.toml:3:14\n  |\n",
                "expected a value",
                Config,
            )
            .at("Cargo.toml:3"),
        ]);
    }
}
