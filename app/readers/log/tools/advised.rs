//! Cases of the advice: what a step printed, and what to do about it. And that there is none
//! where nothing is certain.

use crate::Reading;
use crate::tools::check::reading;

/// A step's command, what it printed, a part of the text, and the command that is suggested.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const CASES: &[Case] = &[
    (
        "cargo test --locked",
        "error: the lock file /w/Cargo.lock needs to be updated but --locked was passed to prevent this",
        "Cargo.lock",
        Some("cargo update --workspace"),
    ),
    (
        "cargo test --locked",
        "error: cannot update the lock file /w/Cargo.lock because --locked was passed to prevent this",
        "Cargo.lock",
        Some("cargo update --workspace"),
    ),
    (
        "npm ci",
        "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.",
        "package-lock.json",
        Some("npm install"),
    ),
    (
        "npm ci",
        "npm ERR! code EUSAGE\nnpm ERR!\nnpm ERR! The `npm ci` command can only install with an existing package-lock.json or",
        "no package-lock",
        Some("npm install"),
    ),
    (
        "yarn install --frozen-lockfile",
        "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.",
        "yarn.lock",
        Some("yarn install"),
    ),
    (
        "yarn install --immutable",
        "➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.",
        "yarn.lock",
        Some("yarn install"),
    ),
    (
        "pnpm install",
        " ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json",
        "pnpm-lock.yaml",
        Some("pnpm install --no-frozen-lockfile"),
    ),
    (
        "poetry install",
        "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.",
        "poetry.lock",
        Some("poetry lock"),
    ),
    (
        "uv sync --locked",
        "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.",
        "uv.lock",
        Some("uv lock"),
    ),
    (
        "pipenv install --deploy",
        "Your Pipfile.lock (1a2b3c) is out of date. Expected: (4d5e6f).",
        "Pipfile.lock",
        Some("pipenv lock"),
    ),
    (
        "composer install",
        "Your lock file does not contain a compatible set of packages. Please run composer update.",
        "composer.lock",
        Some("composer update"),
    ),
    (
        "go build ./...",
        "go: updates to go.mod needed; to update it:\n\tgo mod tidy",
        "go.mod",
        Some("go mod tidy"),
    ),
    (
        "go build ./...",
        "main.go:4:2: missing go.sum entry for module providing package github.com/a/b; to add:\n\tgo get example.com/m",
        "go.sum",
        Some("go mod tidy"),
    ),
    (
        "go build ./...",
        "go: inconsistent vendoring in /w:",
        "vendor/",
        Some("go mod vendor"),
    ),
    (
        "go build ./...",
        "go: go.mod requires go >= 1.23.0 (running go 1.21.5; GOTOOLCHAIN=local)",
        "asks for Go 1.23.0",
        None,
    ),
    (
        "cargo build",
        "error: package `time v0.3.40` cannot be built because it requires rustc 1.81.0 or newer, while the currently active rustc version is 1.70.0",
        "needs Rust 1.81.0",
        None,
    ),
    (
        "cargo build",
        "error[E0463]: can't find crate for `core`\n  |\n  = note: the `thumbv7em-none-eabihf` target may not be installed\n  = help: consider downloading the target with `rustup target add thumbv7em-none-eabihf`",
        "lacks this target",
        None,
    ),
    (
        "cargo fmt",
        "error: 'cargo-fmt' is not installed for the toolchain '1.80.0-x86_64-unknown-linux-gnu'.",
        "component",
        Some("rustup component add rustfmt"),
    ),
    (
        "npm install",
        "npm error code ETARGET\nnpm error notarget No matching version found for @scope/left-pad@^99.0.0.",
        "@scope/left-pad",
        Some("npm view @scope/left-pad versions"),
    ),
    (
        "pip install -r r.txt",
        "ERROR: Could not find a version that satisfies the requirement flask==99.0 (from versions: 0.1, 3.0.0, 3.1.2)",
        "newest one listed is 3.1.2",
        None,
    ),
    (
        "cargo build",
        "error: failed to select a version for the requirement `itoa = \"^9\"`\ncandidate versions found which didn't match: 1.0.18, 1.0.17, ...\nlocation searched: crates.io index",
        "newest version in the registry is 1.0.18",
        None,
    ),
    (
        "pip install x",
        "error: externally-managed-environment",
        "virtual environment",
        None,
    ),
    (
        "cargo fmt --all -- --check",
        "Diff in /home/runner/work/a/a/src/lib.rs:3:\n-fn  a() {}\n+fn a() {}",
        "not formatted",
        Some("cargo fmt --all"),
    ),
    (
        "black --check .",
        "would reformat src/a.py\n\nOh no! 💥 💔 💥\n1 file would be reformatted.",
        "not formatted",
        Some("black ."),
    ),
    (
        "ruff format --check",
        "Would reformat: src/a.py\n1 file would be reformatted",
        "not formatted",
        Some("ruff format"),
    ),
    (
        "isort --check .",
        "ERROR: /w/a.py Imports are incorrectly sorted and/or formatted.",
        "not sorted",
        Some("isort ."),
    ),
    (
        "npx prettier --check .",
        "Checking formatting...\n[warn] src/a.ts\n[warn] Code style issues found in the above file. Run Prettier with --write to fix.",
        "not formatted",
        Some("npx prettier --write ."),
    ),
    (
        "clang-format --dry-run -Werror src/a.c",
        "src/a.c:3:5: error: code should be clang-formatted [-Wclang-format-violations]",
        "not formatted",
        Some("clang-format -i src/a.c"),
    ),
    (
        "golangci-lint run",
        "pkg/a.go:3:1: File is not properly formatted (gofmt)",
        "not formatted",
        Some("gofmt -s -w pkg/a.go"),
    ),
    (
        "mix format --check-formatted",
        "** (Mix) mix format failed due to --check-formatted.\nThe following files are not formatted:",
        "not formatted",
        Some("mix format"),
    ),
    (
        "dotnet format --verify-no-changes",
        "/w/A.cs(3,5): error WHITESPACE: Fix whitespace formatting. Delete 2 characters. [/w/a.csproj]",
        "not formatted",
        Some("dotnet format"),
    ),
    (
        "terraform plan",
        "Error: Backend initialization required, please run \"terraform init\"",
        "not initialised",
        Some("terraform init"),
    ),
    (
        "npx playwright test",
        "Error: browserType.launch: Executable doesn't exist at /home/runner/.cache/ms-playwright/chromium",
        "not installed",
        Some("npx playwright install --with-deps"),
    ),
    (
        "./gradlew test",
        "/home/runner/work/_temp/1a.sh: line 1: ./gradlew: Permission denied",
        "not executable",
        Some("git update-index --chmod=+x ./gradlew"),
    ),
    (
        "actions/github-script@v7",
        "##[error]Resource not accessible by integration - https://docs.github.com/rest/checks/runs#create-a-check-run",
        "`checks: write`",
        None,
    ),
    (
        "actions/github-script@v7",
        "##[error]Resource not accessible by integration - https://docs.github.com/rest/issues/comments#create-an-issue-comment",
        "`issues: write`",
        None,
    ),
    (
        "actions/github-script@v7",
        "##[error]Resource not accessible by integration",
        "Name the right",
        None,
    ),
    (
        "git push",
        "remote: Permission to o/r.git denied to github-actions[bot].\nfatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403",
        "`contents: write`",
        None,
    ),
    (
        "actions/checkout@v4",
        "##[error]Input required and not supplied: token",
        "needs `token`",
        None,
    ),
    (
        "actions/github-script@v7",
        "##[error]Error: Parameter token or opts.auth is required",
        "token that the action was given is empty",
        None,
    ),
    (
        "actions/upload-artifact@v3",
        "##[error]This request has been automatically failed because it uses a deprecated version of `actions/upload-artifact: v3`. Learn more: https://github.blog/changelog/",
        "no longer runs actions/upload-artifact v3",
        None,
    ),
    (
        "x",
        "##[error]Unable to resolve action `actions/checkout@v99`, unable to find version `v99`",
        "has no version v99",
        None,
    ),
    (
        "actions/setup-node@v4",
        "##[error]Dependencies lock file is not found in /w. Supported file patterns: package-lock.json",
        "cache-dependency-path",
        None,
    ),
    (
        "docker pull x",
        "Error response from daemon: toomanyrequests: You have reached your pull rate limit.",
        "Log in to Docker Hub",
        None,
    ),
    (
        "make",
        "cc1: fatal error: error writing to /tmp/a.s: No space left on device",
        "disk of the runner is full",
        None,
    ),
    (
        "npm run build",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "limit of memory",
        None,
    ),
    (
        "./run.sh",
        "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
        "Java heap is full",
        None,
    ),
];

#[test]
fn what_to_do_is_said() {
    let mut wrong = Vec::new();
    for (command, log, text, run) in CASES {
        let said = reading(command, log).suggestion;
        // Lines 1 to 4 are the header and the noise that every case begins with.
        let right = said.as_ref().is_some_and(|said| {
            said.text.contains(text) && said.command.as_deref() == *run && said.evidence.first > 4
        });
        if !right {
            wrong.push((log, said));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_said_where_nothing_is_certain() {
    let logs = [
        "src/m.c:4:15: error: 'six' undeclared",
        "--- FAIL: TestA (0.00s)\n    a_test.go:5: would reformat nothing",
        "src/a.rs",
        "would reformat a.py",
        "npm error notarget No matching version found for x;y@1",
        "sh: 1: ./a b: Permission denied",
        // So it also says when the index cannot be reached.
        "ERROR: Could not find a version that satisfies the requirement a (from versions: none)",
    ];
    for log in logs {
        let reading = reading("./ci.sh", log);
        assert_eq!(reading.suggestion, None, "{log}");
    }
}

#[test]
fn a_reading_without_a_suggestion_is_written_as_before() {
    let reading = reading("./ci.sh", "src/m.c:4:15: error: 'six' undeclared");
    let text = serde_json::to_string(&reading).unwrap();
    assert!(!text.contains("suggestion"));
    let again: Reading = serde_json::from_str(&text).unwrap();
    assert_eq!(again, reading);
}

#[test]
fn exit_codes_of_the_system_are_explained() {
    for (code, _) in crate::tools::EXITS {
        let text = format!(
            "##[group]Run make\nshell: bash\n##[endgroup]\nbusy\n\
             ##[error]Process completed with exit code {code}.\n"
        );
        let reading = crate::read(text.as_bytes(), crate::Options::default());
        let suggestion = reading.suggestion.unwrap();
        assert!(suggestion.text.contains(&format!("Exit code {code}:")));
        assert_eq!(suggestion.evidence, crate::LineRange::one(5));
    }
}
