//! Thresholds that were not reached: coverage, sizes, budgets, audits, speed.

use crate::Category::{Coverage, Gate};
use crate::rule::{Rule, Then, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("coverage: too low", &["Required test coverage", "fail-under", "Coverage failure:", "Coverage for ", "coverage threshold", "does not meet", "below the", "minimum coverage", "coverage is below", "Coverage is below", "below minimum", "less than fail"], r"(?i)(?:required test coverage of .* not reached|fail[-_]under|coverage failure:|coverage for \w+ \([\d.]+%\) (?:does not meet|is below)|coverage .*(?:below|less than|under) .*(?:threshold|minimum|expected|required|\d)|(?:line|branch|minimum|total|test)s? coverage .*(?:below|less than|does not meet|under|expected)|does not meet .*(?:coverage )?threshold)", Tier::Lint)
        .is(Coverage),
    Rule::new("size: over the limit", &["size limit has exceeded", "exceeds the size limit", "exceeded maximum budget", "asset size limit", "bundle size"], r"(?i)(?:size limit has exceeded|exceeds the size limit|exceeded maximum budget|error.*asset size limit|bundle size .*(?:exceed|larger|over))", Tier::Lint)
        .is(Gate),
    Rule::new("audit: vulnerabilities", &["vulnerabilit"], r"(?i)^(?:error: )?(?:found )?\d+ (?:\w+ severity )?vulnerabilit(?:y|ies)(?: found)?|^Found \d+ known vulnerabilit|(?:high|critical) severity vulnerabilit", Tier::Fatal)
        .is(Gate),
    Rule::new("audit: advisory", &["RUSTSEC-", "GHSA-", "CVE-"], r"^(?:ID:\s+RUSTSEC|error\[vulnerability\]|\S+\s+(?:GHSA|CVE|PYSEC)-).*", Tier::Fatal)
        .is(Gate)
        .under(&["audit", "trivy", "deny", "grype", "safety", "snyk"]),
    Rule::new("benchmark: regression", &["REGRESSION", "regression"], r"^(?:(?:MISSING )?REGRESSION|.*[Pp]erformance regression|.*benchmark.* regress)", Tier::Fatal).is(Gate),
    Rule::new("quality gate: failed", &["QUALITY GATE", "Quality Gate", "quality gate"], r"(?i)quality gate.*(?:fail|error|not pass)", Tier::Lint).is(Gate),
    Rule::new("secrets: leak", &["leaks found", "Potential secret", "Secret detected"], r"(?i)(?:leaks found: [1-9]|potential secret|secret detected)", Tier::Lint).is(Gate),
    Rule::new("semver: break", &["semver requires new"], r"semver requires new (?:major|minor) version", Tier::Fatal).is(Gate).then(Then::Cause(1)),
];

#[cfg(test)]
mod tests {
    use crate::Category::Coverage;
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "FAIL Required test coverage of 90% not reached. Total coverage: 81.82%",
                "Required test coverage",
                Coverage,
            ),
            case(
                "Jest: \"global\" coverage threshold for branches (90%) not met: 45.45%\n  ● Console\nJest: Coverage for branches (45.45%) does not meet \"global\" threshold (90%)",
                "threshold",
                Coverage,
            ),
            case(
                "Coverage failure: total of 70 is less than fail-under=90",
                "fail-under=90",
                Coverage,
            ),
        ]);
    }
}
