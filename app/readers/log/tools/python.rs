//! Python outside of test frameworks: tracebacks, syntax errors, missing modules.

use crate::Category::{Compile, Dependency, Script};
use crate::rule::{Block, Part, Rule, Then, Tier};

static TRACEBACK: Block = Block {
    most: 200,
    needs_said: true,
    ..Block::new(&[
        (
            r#"^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)"#,
            Part::Last,
        ),
        (
            r"^(?:[a-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|Timeout|Failure|Fault|Failed|NotFound|Misconfigured|ImproperlyConfigured|DoesNotExist|Refused|Aborted|Unavailable|Denied|Exceeded|Warning)\b(?::|$| \[)",
            Part::Final,
        ),
        (r"^(?:[a-z_]\w*\.)+[A-Z]\w*(?::|$)", Part::Final),
    ])
};

static SYNTAX: Block = Block {
    most: 8,
    needs_said: true,
    ..Block::new(&[(
        r"^\s*(?:\*\*\* )?(?P<msg>(?:Syntax|Indentation|Tab)Error: .+)",
        Part::Final,
    )])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "python: uncaught exception",
        &["Traceback (most recent call last)"],
        r"^\s*(?:\w+: )?(?:\+ Exception Group )?Traceback \(most recent call last\):",
        Tier::Exception,
    )
    .mostly(Script)
    .then(Then::Open(&TRACEBACK)),
    Rule::new(
        "python: syntax error",
        &["File \""],
        r#"^\s*(?:Sorry: IndentationError|\*\*\* Error compiling|File "(?P<file>[^"]+)", line (?P<line>\d+))"#,
        Tier::Exception,
    )
    .is(Compile)
    .then(Then::Open(&SYNTAX)),
    Rule::new(
        "python: missing module",
        &["No module named "],
        r"^(?:\S*python[\d.]*(?:\.exe)?: )?(?:ModuleNotFoundError: |ImportError: |Error while finding module .*)?No module named (?P<msg>\S+)",
        Tier::Exception,
    )
    .is(Dependency),
    Rule::new(
        "python: cannot open",
        &["can't open file"],
        r"^\S*python[\d.]*: can't open file .*",
        Tier::Fatal,
    )
    .is(crate::Category::Config),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Network, Oom};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "Traceback (most recent call last):\n  File \"/home/runner/work/s/s/sync.py\", line 4, in <module>\n    go()\npage 1\n  File \"/usr/lib/python3.11/urllib/request.py\", line 216, in urlopen\nurllib.error.HTTPError: HTTP Error 502: Bad Gateway",
                "HTTP Error 502",
                Network,
            )
            .at("sync.py:4"),
            case("Traceback (most recent call last):\n  File \"load.py\", line 2, in <module>\nMemoryError", "MemoryError", Oom),
            case("/usr/bin/python3: No module named tox", "No module named tox", Dependency),
        ]);
    }
}
