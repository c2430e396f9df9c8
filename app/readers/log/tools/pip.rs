//! Python's package managers: pip, uv, poetry, pdm, conda, tox.

use crate::Category::{Config, Dependency};
use crate::rule::{Rule, Then, Tier};

pub(crate) static RULES: &[Rule] = &[
    // The index was unreachable: what pip concludes from it is not the cause.
    Rule::new(
        "pip: connection broken",
        &["WARNING: Retrying (Retry("],
        r"^\s*WARNING: Retrying \(Retry\(.*\)\) after connection broken by (?P<msg>.+)",
        Tier::Lint,
    )
    .is(crate::Category::Network),
    Rule::new("pip: hashes", &["DO NOT MATCH THE HASHES"], r"^ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", Tier::Fatal)
        .is(Dependency)
        .then(Then::Cause(3)),
    Rule::new(
        "pip: conflict",
        &["ERROR: Cannot install ", "ResolutionImpossible", "conflicting dependencies"],
        r"^ERROR: (?:Cannot install|ResolutionImpossible).*",
        Tier::Fatal,
    )
    .is(Dependency)
    .then(Then::Cause(4)),
    Rule::new(
        "pip: building failed",
        &["ERROR: Failed building", "error: subprocess-exited", "error: metadata-generation", "ERROR: Could not build wheels", "Failed to build "],
        r"^\s*(?:ERROR: Failed building|error: subprocess-exited|error: metadata-generation|ERROR: Could not build wheels|(?:ERROR: )?Failed to build )",
        Tier::Exception,
    )
    .mostly(Dependency),
    Rule::new("pip: error", &["ERROR: "], r"^ERROR: (?P<msg>(?:Could not find a version|No matching distribution|Could not install|Could not open requirements|Invalid requirement|Package .* requires a different|.* is not a supported wheel|.*does not appear to be a Python project|Ignored the following|HTTP error|Hash|Exception:|Could not detect requirement|Directory|Double requirement|pip's dependency resolver).*)", Tier::Fatal)
        .mostly(Dependency),
    Rule::new(
        "setuptools: error",
        &["error: "],
        r"^\s*error: (?P<msg>(?:command '.*' failed|can't find Rust compiler|Microsoft Visual C\+\+).*)",
        Tier::Fatal,
    )
    .is(Dependency),
    Rule::new(
        "uv: error",
        &["error: ", "× "],
        r"^\s*(?:error:|×) (?P<msg>(?:The lockfile|Failed to|No solution|Error while|Request failed|Distribution|Package|Unable to find lockfile|No interpreter|Could not|No `|Because ).*)",
        Tier::Fatal,
    )
    .mostly(Dependency)
    .then(Then::Cause(2)),
    Rule::new(
        "poetry: lock",
        &["poetry.lock", "pyproject.toml changed"],
        r"^(?:Error: )?(?:pyproject\.toml changed significantly|poetry\.lock is not up to date|The lock file is not|Could not (?:find|parse)).*",
        Tier::Fatal,
    )
    .is(Dependency),
    Rule::new("poetry: solving", &["Because ", "version solving failed"], r"^\s*(?:Because .* (?:depends on|requires|doesn't match).*|.*version solving failed\.)", Tier::Fatal)
        .is(Dependency),
    Rule::new(
        "conda: error",
        &["PackagesNotFoundError", "UnsatisfiableError", "LibMambaUnsatisfiable", "libmamba", "CondaHTTPError", "ResolvePackageNotFound", "nothing provides"],
        r"^(?:error\s+)?(?:\s*-? ?nothing provides|(?:PackagesNotFound|LibMambaUnsatisfiable|Unsatisfiable|CondaHTTP)Error|ResolvePackageNotFound|error\s+libmamba).*",
        Tier::Fatal,
    )
    .mostly(Dependency)
    .then(Then::Cause(2)),
    Rule::new("tox: verdict", &["InvocationError", ": FAIL "], r"^(?:ERROR: InvocationError|  \S+: FAIL |  evaluation failed)", Tier::Wrapper),
    Rule::new("tox: configuration", &["ERROR: tox config", "ERROR: unknown environment", "skipped because could not find python"], r"^(?:ERROR: (?:tox config|unknown environment)|.*skipped because could not find python).*", Tier::Fatal).is(Config),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Network};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(x)': /simple/a/\nERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)\nERROR: No matching distribution found for a==1",
                "connection broken",
                Network,
            ),
            case(
                "ERROR: Could not find a version that satisfies the requirement a==99 (from versions: 1.0)\nERROR: No matching distribution found for a==99",
                "a==99",
                Dependency,
            ),
            case(
                "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.",
                "lockfile",
                Dependency,
            ),
        ]);
    }
}
