//! PHP: the engine, phpunit, pest, phpstan, psalm, phpcs, php-cs-fixer, composer.

use crate::Category::{Compile, Dependency, Lint, Script, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static PHPUNIT: Block = Block {
    first: First::Said,
    plain: true,
    most: 30,
    said: 3,
    ..Block::new(&[
        (r"^(?P<file>/?\S+\.php):(?P<line>\d+)$", Part::At),
        (
            r"^\d+\) |^(?:FAILURES|ERRORS|Tests): |^--$|^There (?:was|were) ",
            Part::End,
        ),
        (
            r"^(?:Failed asserting|\S*(?:Error|Exception): |--- Expected|\+\+\+ Actual|[-+]).*",
            Part::Said,
        ),
    ])
};

static PEST: Block = Block {
    first: First::Said,
    plain: true,
    most: 30,
    said: 2,
    ..Block::new(&[
        (r"^\s+at (?P<file>\S+\.php):(?P<line>\d+)", Part::At),
        (r"^\s+Tests: ", Part::End),
        (r"^\s*(?:➜)?\s*\d+▕", Part::Skip),
        (r"^\s*[─]{8,}", Part::Skip),
        (r"^ {2}(?P<msg>[A-Z].*)", Part::Said),
    ])
};

static STAN: Block = Block {
    first: First::Said,
    most: 40,
    said: 3,
    needs_said: true,
    ..Block::new(&[
        (r"^\s*-+(?: -+)?\s*$", Part::Skip),
        (r"^\s+(?P<line>\d+)\s{2,}(?P<msg>\S.*)", Part::Said),
        (r"^\s+\[ERROR\]", Part::Close),
        (r"^\s+Line\s+\S", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("phpunit: failed test", &["1) ", "2) ", "3) ", "4) ", "5) ", "6) ", "7) ", "8) ", "9) ", "0) "], r"^\d+\) (?P<test>[\w\\]+::\w+.*)$", Tier::Failure).mostly(Test).then(Then::Open(&PHPUNIT)),
    Rule::new("pest: failed test", &["FAILED  "], r"^\s+FAILED\s+(?P<test>\S.*?)(?:\s{2,}.*)?$", Tier::Failure).mostly(Test).then(Then::Open(&PEST)),
    Rule::new("php: fatal error", &["Fatal error: ", "PHP Fatal error"], r"^(?:PHP )?Fatal error:\s+(?P<msg>.+?)(?: in (?P<file>\S+\.php)(?:(?:\((?:\d+)\) : .*)?| on line |:)(?P<line>\d+))?$", Tier::Fatal)
        .mostly(Script),
    Rule::new("php: parse error", &["Parse error: "], r"^(?:PHP )?Parse error:\s+(?P<msg>.+?)(?: in (?P<file>\S+\.php) on line (?P<line>\d+))?$", Tier::Failure).is(Compile),
    Rule::new("phpstan: findings", &["  Line   "], r"^\s+Line\s+(?P<path>\S+\.php)", Tier::Lint).is(Lint).then(Then::Open(&STAN)),
    Rule::new("phpstan: finding", &[".php:"], r"^(?P<file>\S+\.php):(?P<line>\d+)(?::(?P<col>\d+))?:(?P<msg>.+)$", Tier::Lint).is(Lint).under(&["phpstan", "psalm", "phpcs", "phpmd"]),
    Rule::new("psalm: finding", &["ERROR: "], r"^ERROR: (?P<msg>\w+) - (?P<file>\S+\.php):(?P<line>\d+):(?P<col>\d+)", Tier::Lint).is(Lint),
    Rule::new("phpcs: finding", &["| ERROR"], r"^\s*(?P<line>\d+) \| (?:ERROR|WARNING)\s*\| (?P<msg>.+)", Tier::Lint).is(Lint).file_above(),
    Rule::new("pint: file", &["⨯ "], r"^\s+⨯ (?P<file>\S+\.php)\s", Tier::Lint).is(Lint),
    Rule::new("composer: problem", &["  - ", "- Required package"], r"^\s*- (?P<msg>(?:Root composer\.json requires|\S+ (?:v?\S+ )?(?:requires|conflicts)|Required package|The requested package|Installation request).*)", Tier::Fatal)
        .is(Dependency),
    Rule::new("composer: verdict", &["Your requirements could not be resolved", "lock file is not up to date", "Your lock file does not contain"], r"(?:Your requirements could not be resolved|lock file is not up to date|Your lock file does not contain)", Tier::Exception)
        .is(Dependency),
    Rule::new("php: uncaught", &["Uncaught "], r"^(?:PHP )?(?:Warning|Error|Notice)?:?\s*Uncaught (?P<msg>.+)", Tier::Exception).mostly(Script),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Lint, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("There was 1 failure:\n\n1) Tests\\PriceTest::testDiscount\nFailed asserting that 990 matches expected 900.\n\n/home/runner/work/s/s/tests/PriceTest.php:12\n\nFAILURES!", "Failed asserting", Test)
                .tests(&["Tests\\PriceTest::testDiscount"])
                .at("tests/PriceTest.php:12"),
            case("PHP Parse error:  syntax error, unexpected token \"}\" in /home/runner/work/s/s/src/P.php on line 7", "unexpected token", Compile).at("src/P.php:7"),
            case(" ------ -----\n  Line   src/P.php\n ------ -----\n  12     Method P::x() has no return type.\n ------ -----\n\n [ERROR] Found 1 error", "no return type", Lint),
        ]);
    }
}
