//! JavaScript's package managers and node itself: npm, yarn, pnpm; out of memory, uncaught errors.

use crate::Category::{Config, Dependency, Oom, Script};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static NPM: Block = Block {
    first: First::Head,
    most: 20,
    said: 2,
    ..Block::new(&[
        (
            r"^npm (?:error|ERR!) (?:notsup Required|notsup Actual|network request|\d+ |notarget|ERESOLVE|peer|FetchError|\w*Error: |Missing script|Missing:|Invalid:|`npm ci`|Could not resolve|Found:|errno|Invalid|enoent ENOENT|missing:)",
            Part::Said,
        ),
        (r"^npm (?:error|ERR!)", Part::Skip),
        (r"^\S", Part::End),
    ])
};

static USAGE: Block = Block {
    first: First::Said,
    most: 12,
    said: 3,
    ..Block::new(&[
        (
            r"^npm (?:error|ERR!) (?:`npm ci`|Missing:|Invalid:|The `npm ci`|npm ci can)",
            Part::Said,
        ),
        (r"^npm (?:error|ERR!)", Part::Skip),
        (r"^\S", Part::End),
    ])
};

static THROWN: Block = Block {
    first: First::Head,
    most: 20,
    ..Block::new(&[
        (
            r"^\s+at (?:.*?[( ])?(?P<file>(?:file://)?[^\s()]+?):(?P<line>\d+):(?P<col>\d+)\)?$",
            Part::At,
        ),
        (r"^\S", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("npm: lifecycle", &["npm error Lifecycle", "npm ERR! Test failed", "ELIFECYCLE", "npm error command", "npm error path", "npm error A complete log", "npm ERR! A complete log"], r"^npm (?:error|ERR!) (?:Lifecycle|Test failed|code ELIFECYCLE|errno \d|command|path|A complete log|workspace|location|Exit status)", Tier::Wrapper),
    Rule::new("npm: missing script", &["Missing script"], r#"^npm (?:error|ERR!) (?:Missing script|missing script)"#, Tier::Fatal).is(Config),
    Rule::new("npm: usage", &["code EUSAGE"], r"^npm (?:error|ERR!) code EUSAGE$", Tier::Fatal).is(Dependency).then(Then::Open(&USAGE)),
    Rule::new("npm: error", &["npm error code ", "npm ERR! code "], r"^npm (?:error|ERR!) code (?P<msg>E\w+)$", Tier::Fatal)
        .mostly(Dependency)
        .then(Then::Open(&NPM)),
    Rule::new("npm: error", &["npm error `npm ci`", "npm ERR! `npm ci`", "npm ERR! cipm", "npm error Invalid", "npm error Missing", "npm ERR! Missing"], r"^npm (?:error|ERR!) (?P<msg>`npm ci`|cipm|Invalid|Missing).*", Tier::Fatal)
        .is(Dependency),
    Rule::new("yarn: lockfile", &["lockfile needs to be updated", "lockfile would have been modified", "YN0028"], r"^(?:error |➤ YN0028: ).*lockfile.*", Tier::Fatal).is(Dependency),
    Rule::new("yarn: command failed", &["error Command failed with exit code"], r"^error Command failed with exit code", Tier::Wrapper),
    Rule::new("yarn: error", &["error Couldn't", "error An unexpected error", "error Found incompatible", "error Package", "error Integrity", "error Command \"", "YN00", "YN0001"], r"^(?:error (?P<msg>(?:Couldn't|An unexpected error|Found incompatible|Package|Integrity|Command ).*)|➤ YN\d+: .*(?:Error|│.*(?:failed|couldn't|can't)).*)", Tier::Fatal)
        .mostly(Dependency),
    Rule::new("pnpm: error", &["ERR_PNPM_"], r"ERR_PNPM_(?P<msg>\w+.*)", Tier::Fatal).mostly(Dependency).then(Then::Cause(2)),
    Rule::new("pnpm: lifecycle", &["ELIFECYCLE"], r"^\s*ELIFECYCLE", Tier::Wrapper),
    Rule::new("node: out of memory", &["JavaScript heap out of memory"], r"JavaScript heap out of memory", Tier::Crash).is(Oom),
    Rule::new("node: missing module", &["Error: Cannot find module", "ERR_MODULE_NOT_FOUND"], r"^\s*(?:Uncaught )?Error(?: \[ERR_MODULE_NOT_FOUND\])?: (?P<msg>Cannot find (?:module|package) .+)", Tier::Exception)
        .is(Dependency)
        .then(Then::Open(&THROWN)),
    Rule::new("node: uncaught error", &["Error: ", "Error ["], r"^(?:Uncaught )?(?P<msg>\w*Error(?: \[\w+\])?: .+)", Tier::Exception)
        .mostly(Script)
        .then(Then::Open(&THROWN)),
    Rule::new("bun: install", &["error: No version matching", "error: lockfile had changes", "error: Failed to resolve"], r"^error: (?:No version matching|lockfile had changes|Failed to resolve|.* failed to resolve).*", Tier::Fatal).is(Dependency),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Network, Oom};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree\nnpm error A complete log",
                "ERESOLVE",
                Dependency,
            ),
            case(
                "npm error code ECONNREFUSED\nnpm error FetchError: request to http://h/is-odd failed, reason: connect ECONNREFUSED",
                "ECONNREFUSED",
                Network,
            ),
            case(
                "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
                "heap out of memory",
                Oom,
            ),
        ]);
    }
}
