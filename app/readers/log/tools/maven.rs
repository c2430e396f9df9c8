//! Maven: surefire and failsafe, the compiler, dependencies, checkstyle and other plugins.

use crate::Category::{Compile, Coverage, Crash, Dependency, Gate, Lint, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static REPORT: Block = Block {
    first: First::Values,
    most: 120,
    said: 2,
    ..Block::new(&[
        (
            r"<<< (?:FAILURE|ERROR)!|^\[(?:INFO|ERROR)\] *$|^\[INFO\] (?:Running|Results)|^Results|^Tests run:|^Running ",
            Part::End,
        ),
        (
            r"\((?P<file>\w+\.(?:java|kt|groovy|scala)):(?P<line>\d+)\)$",
            Part::At,
        ),
        (
            r"^(?P<msg>(?:[\w$]+\.)+[\w$]*(?:Error|Exception|Failure|Failed|Throwable|Timeout|Invocations|Wanted)\w*\b.*)",
            Part::Said,
        ),
        (
            r"^\s*(?:Expecting|Expected|expected|Actual|but)\b.*",
            Part::Said,
        ),
        (r"^\s+(?:at |\.\.\. \d+)|^Caused by", Part::Skip),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("surefire: class", &["Tests run:"], r"^(?:\[\w+\] )?Tests run:", Tier::Loose).then(Then::Noise),
    Rule::new(
        "surefire: failed test",
        &["<<< FAILURE!", "<<< ERROR!"],
        r"^(?:\[ERROR\] )?(?P<test>[\w$]+(?:\[.*\])?)\((?P<class>[\w.$]+)\)\s+(?:--\s+)?Time elapsed: .*<<< (?:FAILURE|ERROR)!",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&REPORT)),
    Rule::new(
        "surefire: failed test",
        &["<<< FAILURE!", "<<< ERROR!"],
        r"^(?:\[ERROR\] )?(?P<test>\S+?(?:\(.*?\))?(?:\[.*?\])?)\s+(?:--\s+)?Time elapsed: .*<<< (?:FAILURE|ERROR)!",
        Tier::Failure,
    )
    .mostly(Test)
    .then(Then::Open(&REPORT)),
    Rule::new(
        "surefire: summary",
        &["[ERROR]   "],
        r"^\[ERROR\]\s{2,}(?P<class>[A-Z][\w$]*)\.(?P<test>[\w$]+)(?::\d+|->|»| ).*",
        Tier::Summary,
    )
    .mostly(Test),
    Rule::new(
        "checkstyle: finding",
        &["[ERROR] ", "[WARN] ", "[WARNING] "],
        r"^\[(?:ERROR|WARN|WARNING)\] (?P<file>\S+\.(?:java|xml|properties)):\[?(?P<line>\d+)[^ ]* (?P<msg>(?:\(\w+\) \w+: .+|.+\[\w+\]))$",
        Tier::Lint,
    )
    .is(Lint),
    Rule::new(
        "maven: compile error",
        &["[ERROR] "],
        r"^\[ERROR\] (?:file://)?(?P<file>\S+\.(?:java|kt|scala|groovy)):\[?(?P<line>\d+)(?:[,:] ?(?P<col>\d+)\]?|: error:) (?:error: )?(?P<msg>.+)",
        Tier::Failure,
    )
    .mostly(Compile),
    Rule::new("pmd: finding", &["PMD Failure: "], r"^\[(?:ERROR|WARNING|INFO)\] PMD Failure: (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("maven: coverage", &["Rule violated for", "Coverage checks have not been met"], r"^\[(?:ERROR|WARNING)\] .*(?:Rule violated for|Coverage checks have not been met).*", Tier::Lint)
        .is(Coverage),
    Rule::new("surefire: crash", &["The forked VM terminated", "VM crash or System.exit"], r"^\[ERROR\] .*The forked VM terminated", Tier::Crash)
        .is(Crash),
    Rule::new("maven: compiler", &["Fatal error compiling"], r"^\[ERROR\] Failed to execute goal .*Fatal error compiling: (?P<msg>.+)", Tier::Fatal)
        .is(crate::Category::Config),
    Rule::new(
        "maven: tests failed",
        &["Failed to execute goal"],
        r"^\[ERROR\] Failed to execute goal .*(?:surefire|failsafe|maven-compiler|maven-javadoc|kotlin-maven|jacoco)",
        Tier::Wrapper,
    )
    .mostly(Test),
    Rule::new(
        "maven: a linter objects",
        &["Failed to execute goal"],
        r"^\[ERROR\] Failed to execute goal .*(?:checkstyle|pmd|spotbugs|findbugs|spotless|fmt-maven|formatter|license|rat-plugin|forbiddenapis|animal-sniffer|sortpom|impsort|errorprone).*",
        Tier::Fatal,
    )
    .is(Lint),
    Rule::new("maven: enforcer gave up", &["Failed to execute goal"], r"^\[ERROR\] Failed to execute goal .*enforcer", Tier::Wrapper),
    Rule::new("maven: enforcer", &["Failed to execute goal", "maven-enforcer", "with message:"], r"^\[(?:ERROR|WARNING)\] (?:Failed to execute goal .*enforcer.*|Rule \d+: .*failed with message:)", Tier::Fatal)
        .is(Gate)
        .then(Then::Cause(2)),
    Rule::new(
        "maven: dependencies",
        &["could not be resolved", "Could not resolve dependencies", "Non-resolvable", "Could not find artifact", "Could not transfer artifact", "Failed to collect dependencies"],
        r"^\[(?:ERROR|FATAL)\] (?P<msg>.*(?:could not be resolved|Could not resolve dependencies|Non-resolvable|Could not find artifact|Could not transfer artifact|Failed to collect dependencies).*)",
        Tier::Fatal,
    )
    .mostly(Dependency),
    Rule::new("maven: goal failed", &["Failed to execute goal"], r"^\[ERROR\] Failed to execute goal (?P<msg>.+)", Tier::Fatal),
    Rule::new("maven: project", &["[ERROR] ", "[FATAL] "], r"^\[(?:FATAL|ERROR)\] (?P<msg>(?:Malformed POM|Non-parseable POM|Unknown lifecycle phase|No plugin found|The goal you specified|Could not find goal|'.*' (?:is missing|must be)|Unrecognised tag|The project ).*)", Tier::Fatal)
        .is(crate::Category::Config),
    Rule::new("maven: advice", &["[ERROR] "], r"^\[ERROR\] (?:\[Help|To see the full|Re-run Maven|For more information|After correcting|  mvn|$|Please refer|Failures:|Errors:|COMPILATION ERROR|There (?:are|were) |-> )", Tier::Loose)
        .then(Then::Noise),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Lint, Network, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in shop.PriceTest\n[ERROR] discounts(shop.PriceTest)  Time elapsed: 0.01 s  <<< FAILURE!\njava.lang.AssertionError: expected:<900> but was:<990>\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat shop.PriceTest.discounts(PriceTest.java:9)\n\n[ERROR]   PriceTest.discounts:9 expected:<900> but was:<990>\n[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.22:test",
                "expected:<900>",
                Test,
            )
            .tests(&["shop.PriceTest.discounts"])
            .at("PriceTest.java:9"),
            case("[ERROR] /home/runner/work/s/s/src/A.java:[9,5] cannot find symbol", "cannot find symbol", Compile).at("src/A.java:9"),
            case("[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:2.17:check (default) on project x: Failed", "checkstyle", Lint),
            case("[ERROR] Plugin a:b:1 or one of its dependencies could not be resolved: Failed to read artifact descriptor: Connection refused", "could not be resolved", Network),
        ]);
    }
}
