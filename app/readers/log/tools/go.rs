//! Go: tests, the compiler, vet and golangci-lint, races, panics, modules.

use crate::Category::{Compile, Config, Crash, Dependency, Lint, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static FAIL: Block = Block {
    first: First::Said,
    most: 60,
    said: 3,
    ..Block::new(&[
        (
            r"^\s*(?:=== |--- |FAIL\b|PASS\b|ok\s|exit status|panic:)",
            Part::End,
        ),
        (
            r"^\s+Error Trace:\s+(?P<file>\S+\.go):(?P<line>\d+)",
            Part::At,
        ),
        (r"race detected during execution", Part::Skip),
        (r"^(?:got|want):$", Part::Said),
        (r"^\s+Error:\s+(?P<msg>.+)", Part::Said),
        (r"^\s+(?:expected|actual)\s*: ", Part::Said),
        (
            r"^\s+(?P<file>\S+\.go):(?P<line>\d+): (?P<msg>\S.+)",
            Part::Said,
        ),
        (r"^\s+\S", Part::Skip),
    ])
};

/// What a running test writes; it counts only if the test fails.
static RUN: Block = Block {
    first: First::Said,
    most: 60,
    said: 3,
    needs_said: true,
    ..Block::new(&[
        (
            r"^\s*(?:=== |--- |FAIL\b|PASS\b|ok\s|exit status|panic:)",
            Part::End,
        ),
        (
            r"^\s+Error Trace:\s+(?P<file>\S+\.go):(?P<line>\d+)",
            Part::At,
        ),
        (r"^\s+Error:\s+(?P<msg>.+)", Part::Said),
        (
            r"^\s+(?P<file>\w\S*\.go):(?P<line>\d+): (?P<msg>\S.+)",
            Part::Said,
        ),
    ])
};

static STACK: Block = Block {
    first: First::Head,
    most: 40,
    ..Block::new(&[
        (r"^\s+(?P<file>/\S+\.go):(?P<line>\d+)", Part::At),
        (r"^={18}$|^FAIL\b|^exit status", Part::End),
        (r"^\s+panic: |^\[recovered\]", Part::More),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("go: failed test", &["--- FAIL: "], r"^\s*--- FAIL: (?P<test>\S+) \(", Tier::Failure)
        .is(Test)
        .then(Then::Open(&FAIL)),
    Rule::new("go: output of a test", &["=== RUN "], r"^\s*=== RUN\s+(?P<test>\S+)", Tier::Exception)
        .is(Test)
        .then(Then::Open(&RUN)),
    Rule::new("go: data race", &["WARNING: DATA RACE"], r"^WARNING: DATA RACE", Tier::Crash)
        .is(Test)
        .then(Then::Open(&STACK)),
    Rule::new("go: panic", &["panic: ", "fatal error: "], r"^(?:panic|fatal error): (?P<msg>.+)", Tier::Crash)
        .mostly(Crash)
        .then(Then::Open(&STACK)),
    Rule::new(
        "golangci-lint: finding",
        &[".go:"],
        r"^(?P<file>[\w./\\-]+\.go):(?P<line>\d+)(?::(?P<col>\d+))?: (?P<msg>.+ \((?:errcheck|govet|staticcheck|gosec|revive|gocritic|unused|ineffassign|gosimple|stylecheck|typecheck|lll|gofmt|goimports|misspell|unparam|gocyclo|funlen|dupl|\w{4,16})\))$",
        Tier::Lint,
    )
    .is(Lint)
    .under(&["golangci"]),
    // What vet cannot compile begins with `vet: `; all else that it says is a finding.
    Rule::new(
        "go vet: finding",
        &[".go:"],
        r"^(?:\.[/\\])?(?P<file>[\w./\\-]+\.go):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)",
        Tier::Lint,
    )
    .is(Lint)
    .under(&["go vet"]),
    Rule::new(
        "go vet: could not compile",
        &["vet: "],
        r"^vet: (?:\.[/\\])?(?P<file>[\w./\\-]+\.go):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)",
        Tier::Failure,
    )
    .mostly(Compile),
    Rule::new(
        "go: compile error",
        &[".go:"],
        r"^(?:vet: )?(?:\.[/\\])?(?P<file>[\w./\\-]+\.go):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)",
        Tier::Failure,
    )
    .mostly(Compile),
    Rule::new("go: at work", &["go: "], r"^go: (?:downloading|finding|extracting|added|upgraded|downgraded|found|creating|to add|removed|warning)", Tier::Loose)
        .then(Then::Noise),
    Rule::new("go: module requires", &["go: "], r"^go: .*requires go >= ", Tier::Fatal).is(Config),
    Rule::new("go: modules", &["go: "], r"^go: (?P<msg>\S.+)", Tier::Fatal).mostly(Dependency).then(Then::Cause(1)),
    Rule::new("go: missing sum", &["missing go.sum entry", "no required module provides", "cannot find package"], r"^(?:.+: )?(?:missing go\.sum entry|no required module provides|cannot find package).*", Tier::Fatal)
        .is(Dependency),
    Rule::new("go: timeout", &["test timed out after"], r"^panic: test timed out after", Tier::Crash).is(crate::Category::Timeout),
    Rule::new("go: verdict", &["FAIL\t", "[build failed]", "exit status "], r"^(?:FAIL\t|exit status \d+$)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "=== RUN   TestMean\n=== RUN   TestMean/one\n    geo_test.go:20: fine\n=== RUN   TestMean/two\n    geo_test.go:24: Mean = 4, want 2\n--- FAIL: TestMean (0.00s)\n    --- PASS: TestMean/one (0.00s)\n    --- FAIL: TestMean/two (0.00s)\nFAIL\nFAIL\texample.com/geo\t0.1s",
                "want 2",
                Test,
            )
            .tests(&["TestMean/two"])
            .at("geo_test.go:24"),
            case("--- FAIL: TestA (0.00s)\n    a_test.go:9: got 1\nFAIL", "got 1", Test).tests(&["TestA"]).at("a_test.go:9"),
            case("# example.com/geo\n./geo.go:17:9: undefined: x", "undefined: x", Compile).at("geo.go:17"),
            case("go: downloading x v1\ngo: example.com/x@v9: unknown revision v9", "unknown revision", Dependency),
        ]);
    }
}
