//! Rust: rustc and cargo, clippy, rustfmt, libtest and nextest, panics.

use crate::Category::{Compile, Config, Crash, Dependency, Lint, Test, Timeout};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static ERROR: Block = Block {
    first: First::Head,
    most: 40,
    blanks: 1,
    ..Block::new(&[
        (
            r"^\s*--> (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)",
            Part::At,
        ),
        (r"^\s*= (?:help|note):", Part::Skip),
        (r"^\s*\d* *\|", Part::Quote),
        (r"^(?:error|warning)(?:\[|:)", Part::End),
    ])
};

static PANIC: Block = Block {
    first: First::Head,
    plain: true,
    blanks: 1,
    most: 12,
    said: 1,
    ..Block::new(&[
        (r"^\s+left: |^\s*right: ", Part::More),
        (r"^note: |^stack backtrace:|^test \S+", Part::End),
    ])
};

static FORMAT: Block = Block {
    first: First::Head,
    most: 12,
    blanks: 1,
    ..Block::new(&[(r"^[-+]", Part::More), (r"^Diff in", Part::End)])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("cargo: verdict", &["error: could not compile", "error: test failed", "error: build failed", "error: aborting due", "error: doctest failed", "error: 1 target failed", "targets failed:", "error: process didn't exit", "error: test run failed", "error: failed to run custom build"], r"^error: (?:could not compile|test failed|build failed|aborting due|doctest failed|\d+ targets? failed|process didn't exit|test run failed|recipe|failed to run custom build)", Tier::Wrapper)
        .mostly(Compile),
    Rule::new(
        "cargo: dependencies",
        &["error: "],
        r"^error: (?P<msg>(?:no matching package|failed to select a version|failed to get|failed to download|failed to load source|the lock file|unable to get packages|package `.*` cannot be built|failed to fetch|cannot find|checksum for|unable to update|no such command|rustc .* is not supported|failed to resolve|cannot update the lock).*)",
        Tier::Fatal,
    )
    .mostly(Dependency)
    .then(Then::Cause(2)),
    Rule::new("cargo: manifest", &["error: "], r"^error: (?P<msg>(?:failed to parse manifest|could not find `Cargo\.toml`|manifest path).*)", Tier::Fatal)
        .is(Config)
        .then(Then::Cause(3)),
    Rule::new("rustc: error", &["error[E"], r"^error\[E\d+\]: (?P<msg>.+)", Tier::Failure).is(Compile).then(Then::Open(&ERROR)),
    Rule::new("miri: undefined behaviour", &["error: Undefined Behavior"], r"^(?:test \S+ \.\.\. )?error: Undefined Behavior: (?P<msg>.+)", Tier::Crash)
        .is(Crash)
        .then(Then::Open(&ERROR)),
    Rule::new("libtest: no panic", &["did not panic as expected"], r"^note: test did not panic as expected(?: at (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+))?", Tier::Failure).is(Test),
    Rule::new("libtest: failed test", &[" ... FAILED"], r"^test (?P<test>\S+(?: - .+?)?)(?: - should panic)? \.\.\. FAILED", Tier::Summary).then(Then::Test),
    Rule::new("libtest: failed test", &[" stdout ----"], r"^---- (?P<test>\S.*?)(?: - should panic)? stdout ----$", Tier::Summary).then(Then::Test),
    Rule::new("nextest: timeout", &["TIMEOUT ["], r"^\s+TIMEOUT \[.*?\] (?:\([^)]*\) )?(?P<test>\S+ \S+)", Tier::Failure).is(Timeout),
    Rule::new("nextest: crash", &["SIGSEGV [", "SIGABRT [", "ABORT ["], r"^\s+(?:SIGSEGV|SIGABRT|SIGBUS|ABORT) \[.*?\] (?:\([^)]*\) )?(?P<test>\S+ \S+)", Tier::Summary)
        .is(Crash),
    Rule::new("nextest: failed test", &["FAIL ["], r"^\s+FAIL \[.*?\] (?:\([^)]*\) )?(?P<test>\S+ \S+)", Tier::Summary).then(Then::Test),
    Rule::new(
        "rust: panic",
        &["panicked at "],
        r"^\s*thread '(?P<test>[^']*)' (?:\(\d+\) )?panicked at (?:'.*', )?(?P<file>[^\s:]+):(?P<line>\d+):(?P<col>\d+):?$",
        Tier::Exception,
    )
    .is(Crash)
    .then(Then::Open(&PANIC)),
    Rule::new("rust: panic", &["panicked at "], r"^\s*thread '(?P<test>[^']*)' (?:\(\d+\) )?panicked at (?P<msg>.*)$", Tier::Exception)
        .is(Crash),
    Rule::new("rust: stack overflow", &["has overflowed its stack"], r"^\s*thread '(?P<test>[^']*)' (?:\(\d+\) )?has overflowed its stack", Tier::Crash)
        .is(Crash),
    Rule::new("rustfmt: difference", &["Diff in "], r"^Diff in (?P<file>\S+?)(?: at line |:)(?P<line>\d+):$", Tier::Lint)
        .is(Lint)
        .then(Then::Open(&FORMAT)),
    Rule::new("libtest: verdict", &["test result: FAILED"], r"^test result: FAILED", Tier::Wrapper).is(Test),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Config, Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "error[E0308]: mismatched types\n  --> src/stock.rs:32:9\n   |\n32 |         x\n   |         ^\n\nerror: could not compile `a` (lib) due to 1 previous error",
                "E0308",
                Compile,
            )
            .at("src/stock.rs:32"),
            case(
                "running 2 tests\nthread 'a::boom' (7) panicked at src/a.rs:65:9:\nwanted\nthread 'a::adds' (8) panicked at src/a.rs:27:9:\nassertion `left == right` failed\n  left: 1\n right: 2\ntest a::adds ... FAILED\ntest a::boom - should panic ... ok\n\nfailures:\n    a::adds\n\ntest result: FAILED. 1 passed; 1 failed;\nerror: test failed, to rerun pass `--lib`",
                "'a::adds' (8) panicked",
                Test,
            )
            .tests(&["a::adds"])
            .at("src/a.rs:27"),
            case("error: no matching package named `zz` found\nlocation searched: crates.io index", "no matching package", Dependency),
            case("error: invalid float, expected nothing\n --> Cargo.toml:3:14\n  |\n", "invalid float", Config).at("Cargo.toml:3"),
        ]);
    }
}
