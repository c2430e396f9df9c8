//! Swift: XCTest, Swift Testing, the package manager, xcodebuild.

use crate::Category::{Dependency, Test};
use crate::rule::{Rule, Then, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("xctest: failure", &[": error: "], r"^(?P<file>\S+\.swift):(?P<line>\d+): error: (?:-\[)?(?P<test>[\w.]+[ .]\w+)\]? : (?P<msg>.+)", Tier::Failure).is(Test),
    Rule::new("xctest: failed test", &["Test Case '"], r"^Test Case '(?:-\[)?(?P<test>[\w.]+[ .]\w+)\]?' failed", Tier::Summary).then(Then::Test),
    Rule::new("swift testing: issue", &["recorded an issue at"], r"^. Test (?P<test>\S.*?) recorded an issue .*at (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)", Tier::Failure).is(Test),
    Rule::new("cocoapods: versions", &["[!] "], r"^\[!\] (?P<msg>(?:CocoaPods could not find|Unable to find|The `.*` .*requires).*)", Tier::Failure).is(Dependency),
    Rule::new("swift: dependencies", &["error: Dependencies could not be resolved", "error: no such module", "unable to resolve product"], r"error: (?:Dependencies could not be resolved|.*unable to resolve product).*", Tier::Fatal).is(Dependency),
    Rule::new("xcodebuild: verdict", &["** TEST FAILED **", "** BUILD FAILED **", "xcodebuild: error: "], r"^(?:\*\* (?:TEST|BUILD) FAILED \*\*|xcodebuild: error: )", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::Test;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[case("/home/runner/work/a/a/Tests/T.swift:9: error: PriceTests.testDiscount : XCTAssertEqual failed: (\"990\") is not equal to (\"900\")", "XCTAssertEqual", Test)
            .tests(&["PriceTests.testDiscount"])
            .at("Tests/T.swift:9")]);
    }
}
