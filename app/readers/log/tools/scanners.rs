//! Scanners and gates: vulnerabilities, licences, leaked secrets, public interfaces, and the
//! linters of infrastructure and documents.

use crate::Category::{Compile, Config, Dependency, Gate, Infra, Lint, Permission, Secret};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static VULNERABILITY: Block = Block {
    first: First::Head,
    most: 14,
    said: 2,
    ..Block::new(&[
        (r"^\s+(?:Found|Fixed) in: ", Part::Said),
        (
            r"^\s+#\d+: (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): ",
            Part::At,
        ),
        (r"^Vulnerability #|^Your code is", Part::End),
    ])
};

static SEMVER: Block = Block {
    first: First::Head,
    most: 14,
    said: 2,
    ..Block::new(&[
        (
            r"^\s+\S.*?(?:in file |in )(?P<file>\S+?):(?P<line>\d+)",
            Part::Said,
        ),
        (r"^--- failure |^\s+Summary ", Part::End),
    ])
};

static CHECKOV: Block = Block {
    first: First::Head,
    most: 5,
    said: 2,
    ..Block::new(&[
        (r"^\s*PASSED for resource", Part::Drop),
        (r"^\s*FAILED for resource: .+", Part::Said),
        (r"^\s*File: (?P<file>\S+?):(?P<line>\d+)", Part::At),
        (r"^Check: ", Part::End),
    ])
};

static LEAK: Block = Block {
    first: First::Head,
    most: 8,
    said: 2,
    ..Block::new(&[
        (r"^(?:File|Secret):\s+.*", Part::Said),
        (r"^(?:Fingerprint|Finding):", Part::End),
    ])
};

static TFLINT: Block = Block {
    first: First::Head,
    most: 4,
    ..Block::new(&[(r"^\s+on (?P<file>\S+) line (?P<line>\d+)", Part::At)])
};

static HOOK: Block = Block {
    first: First::Head,
    most: 14,
    said: 3,
    plain: true,
    ..Block::new(&[
        (r"^- (?:hook id|exit code|duration): ", Part::Skip),
        (r"^- files were modified", Part::More),
        (r"\.{3,}(?:\(.*\))?(?:Passed|Failed|Skipped)$", Part::End),
    ])
};

/// A message above its source in a drawn frame, as miette and ariadne write it.
static FRAMED: Block = Block {
    first: First::Head,
    most: 14,
    placed: Some((Tier::Failure, Compile)),
    ..Block::new(&[
        (
            r"^\s*[╭┌][─-]+\[(?P<file>[^\s:\]]+):(?P<line>\d+):(?P<col>\d+)\]",
            Part::At,
        ),
        (r"^\s*\d+ *[│|]|^\s*[·:]", Part::Quote),
        (r"^\s*[╰└]", Part::Close),
        (r"^\s{0,4}[×⚠x] ", Part::End),
    ])
};

static STYLE: Block = Block {
    first: First::Head,
    most: 2,
    ..Block::new(&[(
        r"^at (?P<file>\S+\.php):(?P<line>\d+):(?P<col>\d+)$",
        Part::At,
    )])
};

static RULE: Block = Block {
    first: First::Head,
    most: 2,
    said: 1,
    ..Block::new(&[
        (
            r"^(?P<file>\S+\.(?:ya?ml|j2)):(?P<line>\d+)(?::(?P<col>\d+))?(?: (?:Task|.*)|$)",
            Part::Said,
        ),
        (r"^", Part::End),
    ])
};

static LINTED: Block = Block {
    first: First::Said,
    most: 8,
    said: 2,
    ..Block::new(&[
        (r"^\s+(?:Error|Warning|Advice) \(\S+\) .*", Part::Said),
        (r"^\s+\S.*", Part::More),
        (r"^>>> Lint", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("govulncheck: vulnerability", &["Vulnerability #"], r"^Vulnerability #\d+: (?P<msg>\S+)", Tier::Lint).is(Gate).then(Then::Open(&VULNERABILITY)),
    Rule::new("semver: break", &["--- failure "], r"^--- failure (?P<msg>\w+: .+) ---$", Tier::Lint).is(Gate).then(Then::Open(&SEMVER)),
    Rule::new("checkov: failed check", &["Check: CKV"], r#"^Check: (?P<msg>CKV\w+: .+)"#, Tier::Lint).is(Lint).then(Then::Open(&CHECKOV)),
    Rule::new("gitleaks: finding", &["RuleID:"], r"^RuleID:\s+(?P<msg>\S.*)", Tier::Lint).is(Gate).then(Then::Open(&LEAK)),
    Rule::new("tflint: issue", &["(terraform_", "(aws_", "(azurerm_", "(google_"], r"^(?:Error|Warning|Notice): (?P<msg>.+ \(\w+\))$", Tier::Lint).is(Lint).under(&["tflint"]).then(Then::Open(&TFLINT)),
    Rule::new("licences: forbidden", &["icense"], r"(?i)^(?:error\W+)?(?:forbidden|disallowed|unknown|incompatible|denied|failed to satisfy) licen[cs]e.*", Tier::Lint).is(Gate),
    Rule::new("cargo audit: advisory", &["Title:  "], r"^Title:\s{4,}(?P<msg>\S.*)", Tier::Lint).is(Gate).under(&["audit"]),
    Rule::new("pip-audit: vulnerability", &["PYSEC-", "GHSA-", "CVE-"], r"^(?P<msg>[\w.-]+\s+\S+\s+(?:PYSEC|GHSA|CVE)-\S+.*)", Tier::Lint).is(Gate).under(&["audit", "safety"]),
    Rule::new("composer audit: advisories", &["security vulnerability advisor"], r"^Found \d+ (?:abandoned|security vulnerability) advisor.*", Tier::Lint).is(Gate).then(Then::Cause(2)),
    Rule::new("cargo deny: finding", &["error["], r"^error\[(?P<msg>[a-z-]+\]: .+)", Tier::Lint).is(Gate).under(&["deny"]),
    Rule::new("cargo deny: verdict", &["advisories ", "bans ", "licenses ", "sources "], r"^(?:advisories|bans|licenses|sources) (?:ok|FAILED)\b", Tier::Wrapper).is(Gate).under(&["deny"]),
    Rule::new("npm audit: severity", &["Severity: "], r"^Severity: (?P<msg>high|critical|moderate|low)$", Tier::Lint).is(Gate).then(Then::Cause(1)),
    Rule::new("i18n: missing", &["Missing translations", "Missing keys"], r"^Missing (?:translations|keys) \(\d+\)", Tier::Lint).is(Lint).then(Then::Cause(2)),
    Rule::new("cloudflare: request", &["Cloudflare API"], r"^✘ \[ERROR\] (?P<msg>A request to the Cloudflare API.*)", Tier::Failure).is(Permission).then(Then::Cause(2)),
    Rule::new("trivy: findings", &["CRITICAL", "HIGH"], r"^│ (?P<msg>\S+ +│ (?:CVE|GHSA)-\S+ +│ (?:CRITICAL|HIGH)).*", Tier::Lint).is(Gate),
    Rule::new("pre-commit: hook failed", &["...Failed"], r"^(?P<msg>\S.*?)\.{3,}(?:\(.*\))?Failed$", Tier::Fatal).is(Lint).then(Then::Open(&HOOK)),
    Rule::new("psalm: finding", &["ERROR: "], r"^ERROR: (?P<msg>[A-Z]\w+)$", Tier::Lint).is(Lint).under(&["psalm"]).then(Then::Open(&STYLE)),
    Rule::new("ansible-lint: finding", &["no-changed-when", "no-handler", "no-free-form", "no-relative", "package-latest", "risky-", "command-instead", "yaml[", "name[", "fqcn[", "jinja[", "var-naming[", "key-order[", "schema[", "args[", "syntax-check["], r"^(?P<msg>[a-z][a-z-]+(?:\[[\w-]+\])?: [A-Z].+)$", Tier::Lint).is(Lint).under(&["ansible-lint"]).then(Then::Open(&RULE)),
    Rule::new("lintrunner: finding", &[">>> Lint for "], r"^>>> Lint for (?P<path>\S+):$", Tier::Lint).is(Lint).then(Then::Open(&LINTED)),
    Rule::new("android lint: finding", &[": Error: "], r"^(?P<file>\S+?):(?P<line>\d+): Error: (?P<msg>.+ \[\w+\])$", Tier::Lint).is(Lint),
    Rule::new("spotbugs: bug", &["[line "], r"^\[ERROR\] (?:High|Medium|Low): (?P<msg>.*) At (?P<file>\w+\.\w+):\[lines? (?P<line>\d+).*", Tier::Lint).is(Lint),
    Rule::new("scalafmt: unformatted", &["isn't formatted properly"], r"^(?:\[\w+\] )?(?:scalafmt: )?(?P<file>\S+) isn't formatted properly", Tier::Lint).is(Lint),
    Rule::new("verilator: warning", &["%Warning-", "%Error"], r"^%(?:Warning-\w+|Error(?:-\w+)?): (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)", Tier::Lint).mostly(Lint),
    Rule::new("sphinx: warning", &[".rst:", ".md:", ".py:docstring"], r"^(?:.*WARNING: )?(?P<file>\S+\.(?:rst|md|py)):(?:docstring of \S+:)?(?P<line>\d+): ?(?P<msg>.+)", Tier::Lint).is(Lint).under(&["sphinx"]),
    Rule::new("buf: breaking", &[".proto:"], r"^(?P<file>\S+\.proto):(?P<line>\d+):(?P<col>\d+):(?P<msg>.+)", Tier::Lint).is(Gate).under(&["breaking"]),
    Rule::new("oasdiff: breaking", &["error\t[", "error ["], r"^error\s+\[(?P<msg>[\w-]+\].*)", Tier::Lint).is(Gate).under(&["oasdiff", "openapi-diff"]).then(Then::Cause(2)),
    Rule::new("kubeconform: invalid", &[" is invalid: "], r"^(?P<path>\S+\.\w+) - \w+ \S+ is invalid: (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("machete: unused", &[" -- ./", "unused dependencies"], r"^\S+ -- \S*Cargo\.toml:$", Tier::Lint).is(Lint).then(Then::Cause(1)),
    Rule::new("a diagnostic with a frame", &["  × ", "  ⚠ ", "  x "], r"^\s{0,4}[×⚠x] (?P<msg>\S.*)", Tier::Exception).then(Then::Open(&FRAMED)),
    Rule::new("checksum: mismatch", &[": FAILED"], r"^(?P<path>\S+): FAILED(?: open or read)?$", Tier::Fatal).is(Dependency).under(&["sum -c", "sum --check", "shasum"]),
    Rule::new("stylua: difference", &["Diff in "], r"^Diff in (?P<path>\S+\.lua):$", Tier::Lint).is(Lint),
    Rule::new("shfmt: difference", &[".orig"], r"^--- (?P<path>\S+)\.orig(?:\s.*)?$", Tier::Lint).is(Lint),
    Rule::new("xcode: signing", &["No signing certificate", "No profiles for", "requires a provisioning profile"], r"(?P<msg>(?:No signing certificate|No profiles for|.*requires a provisioning profile).*)", Tier::Fatal).is(Secret),
    Rule::new("compose: unhealthy", &["dependency failed to start", "is unhealthy"], r"(?:dependency failed to start: .*|container .* is unhealthy)", Tier::Exception).is(Infra),
    Rule::new("docker: driver", &["nvidia-container-cli", "OCI runtime create failed"], r"(?:nvidia-container-cli: |OCI runtime create failed).*", Tier::Fatal).mostly(Infra),
    Rule::new("system: wrong architecture", &["exec format error", "Exec format error"], r"[Ee]xec format error", Tier::Fatal).is(Config),
    Rule::new("conan or vcpkg: error", &["ERROR: Package '", "not resolved:", "failed with: BUILD_FAILED"], r"^(?:ERROR: Package '.*' not resolved.*|ERROR: Missing prebuilt package.*|error: building \S+ failed with: \w+)", Tier::Failure).is(Dependency),
    Rule::new("cdk or pulumi: deployment", &["Deployment failed: ", "Missing required configuration"], r"(?:❌ .*[Dd]eployment failed: .*|Missing required configuration variable.*)", Tier::Fatal).mostly(Config),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Gate, Lint};
    use crate::tools::check::{case, hold, hold_under};

    #[test]
    fn cases() {
        hold(&[
            case("Vulnerability #1: GO-2099-0001\n    A flaw in example.com/net\n    Found in: example.com/net@v0.1.0\n    Fixed in: example.com/net@v0.2.0\n    Example traces found:\n      #1: cart/a.go:22:19: cart.Fetch calls net.Do\n\nYour code is affected by 1 vulnerability from 1 module.\n", "GO-2099-0001", Gate).at("cart/a.go:22"),
            case("--- failure function_missing: pub fn removed or renamed ---\n\nFailed in:\n  function a::sum, previously in file /home/runner/work/a/a/src/lib.rs:9\n\n     Summary semver requires new major version: 1 major and 0 minor checks failed\n", "function_missing", Gate),
            case("Check: CKV_X_1: \"passes\"\n\tPASSED for resource: a.b\n\nCheck: CKV_X_2: \"Bucket is public\"\n\tFAILED for resource: s3.logs\n\tFile: /main.tf:12-18\n", "CKV_X_2", Lint).at("/main.tf:12"),
            case("check yaml......Passed\ntrim trailing whitespace......Failed\n- hook id: trailing-whitespace\n- exit code: 1\n- files were modified by this hook\n\nFixing docs/a.md\n", "trim trailing whitespace", Lint),
            case(">>> Lint for src/a.py:\n\n  Error (MYPY) [attr-defined]\n    \"A\" has no attribute \"b\"\n\n        20  |\n    >>> 22  |    return a.b\n", "Error (MYPY)", Lint),
            case("/home/runner/work/a/a/src/Main.kt:14: Error: Call requires API level 26 [NewApi]\n", "requires API level", Lint).at("src/Main.kt:14"),
            case("[warn] scalafmt: /home/runner/work/a/a/src/A.scala isn't formatted properly!\n[error] scalafmt: 1 files must be formatted (a)\n", "A.scala isn't formatted", Lint),
            case("\n  × lint(no-debugger): `debugger` is not allowed\n   ╭─[src/a.js:14:3]\n 13 │ function f() {\n 14 │   debugger;\n   ·   ─────────\n   ╰────\nFound 0 warnings and 1 error.\n", "`debugger` is not allowed", crate::Category::Compile).at("src/a.js:14"),
            case("--- scripts/ci.sh.orig\n+++ scripts/ci.sh\n@@ -1,2 +1,1 @@\n-if true\n-then\n+if true; then\n", "scripts/ci.sh.orig", Lint),
        ]);
        hold_under("ansible-lint", &[case("WARNING  Listing 1 violation(s) that are fatal\nno-changed-when: Commands should not change things.\nroles/web/tasks/main.yml:14 Task/Handler: restart\n\nFailed: 1 failure(s), 0 warning(s) on 14 files.\n", "no-changed-when", Lint).at("roles/web/tasks/main.yml:14")]);
        hold_under("sphinx-build -W docs out", &[case("reading sources... [100%] usage\n\nWarning, treated as error:\n/home/runner/work/a/a/docs/a.rst:14:undefined label: 'x' [ref.ref]\n", "undefined label", Lint).at("docs/a.rst:14")]);
    }
}
