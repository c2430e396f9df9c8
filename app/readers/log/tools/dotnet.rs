//! .NET: dotnet test, xUnit, NUnit, NuGet, formatting. The compilers speak MSVC's dialect.

use crate::Category::{Config, Dependency, Lint, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static REPORT: Block = Block {
    first: First::Said,
    most: 40,
    said: 3,
    ..Block::new(&[
        (
            r"^\s*(?:Error Message|Stack Trace|Standard Output|Message):",
            Part::Skip,
        ),
        (
            r" in (?P<file>\S+\.(?:cs|fs|vb)):line (?P<line>\d+)",
            Part::At,
        ),
        (r"^\s+at ", Part::Skip),
        (
            r"^\s*(?:Failed|Passed|Skipped) \S|^(?:Failed|Passed)!|^Total tests|^Test Run|^\[xUnit",
            Part::End,
        ),
        (r"^\s+(?P<msg>\S.*)", Part::Said),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("dotnet: failed test", &["  Failed "], r"^\s+Failed (?P<test>[\w.+]+(?:\(.*\))?) \[(?:<|\d).*\]$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&REPORT)),
    Rule::new("xunit: failed test", &["[FAIL]"], r"^\s*(?:\[xUnit\.net [\d:.]+\]\s+)?(?P<test>[\w.+]+(?:\(.*\))?) \[FAIL\]$", Tier::Summary)
        .then(Then::Test),
    Rule::new("nunit: failed test", &[") Failed : "], r"^\d+\) Failed : (?P<test>\S+)", Tier::Failure).is(Test).then(Then::Open(&REPORT)),
    Rule::new("nuget: error", &["error NU"], r"error NU\d+: (?P<msg>.+)", Tier::Failure).is(Dependency),
    Rule::new("msbuild: error", &["error MSB", "error NETSDK"], r"(?:MSBUILD : )?error (?:MSB|NETSDK)\d+: (?P<msg>.+)", Tier::Fatal).is(Config),
    Rule::new("dotnet format: finding", &["error WHITESPACE", "error IMPORTS", "error FINALNEWLINE", "error CHARSET"], r"^(?P<file>[^()]+)\((?P<line>\d+),(?P<col>\d+)\): error (?:WHITESPACE|IMPORTS|FINALNEWLINE|CHARSET|IDE\d+): (?P<msg>.+)", Tier::Lint)
        .is(Lint),
    Rule::new("dotnet: uncaught", &["Unhandled exception. "], r"^Unhandled exception\. (?P<msg>.+)", Tier::Exception),
    Rule::new("dotnet: verdict", &["Test Run Failed", "Build FAILED"], r"^(?:Test Run Failed|Build FAILED)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("  Failed Shop.PriceTests.Discounts [5 ms]\n  Error Message:\n   Assert.Equal() Failure: Values differ\nExpected: 900\nActual:   990\n  Stack Trace:\n     at Shop.PriceTests.Discounts() in /home/runner/work/s/s/T.cs:line 9\n\nFailed!  - Failed: 1", "Assert.Equal() Failure", Test)
                .tests(&["Shop.PriceTests.Discounts"])
                .at("T.cs:9"),
            case("/home/runner/work/s/s/a.csproj : error NU1101: Unable to find package Zz.", "NU1101", Dependency),
        ]);
    }
}
