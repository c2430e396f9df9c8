//! What to do about what build tools, package managers and formatters say: only where their own
//! words leave no doubt. The commands are theirs; none is ever run.

use crate::suggest::Advice;

/// What package managers want done.
pub(crate) static LOCKS: &[Advice] = &[
    Advice::run(
        r"(?:lock file \S+ needs to be updated but --locked|cannot update the lock file \S+ because --(?:locked|frozen) was passed)",
        "Cargo.lock does not match the manifests. Update it and commit it.",
        "cargo update --workspace",
    ),
    Advice::run(
        r"`npm ci` can only install packages when your package\.json and package-lock\.json",
        "package-lock.json does not match package.json. Update it and commit it.",
        "npm install",
    ),
    Advice::run(
        r"`?npm ci`? (?:command )?can only install with an existing package-lock",
        "There is no package-lock.json. Create it and commit it.",
        "npm install",
    ),
    Advice::run(
        r"Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`",
        "yarn.lock does not match package.json. Update it and commit it.",
        "yarn install",
    ),
    Advice::run(
        r"The lockfile would have been (?:modified|created) by this install, which is explicitly forbidden",
        "yarn.lock does not match package.json. Update it and commit it.",
        "yarn install",
    ),
    Advice::run(
        r#"(?:ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_NO_LOCKFILE|Cannot install with "frozen-lockfile" because pnpm-lock\.yaml)"#,
        "pnpm-lock.yaml does not match package.json. Update it and commit it.",
        "pnpm install --no-frozen-lockfile",
    ),
    Advice::run(
        r"pyproject\.toml changed significantly since poetry\.lock was last generated",
        "poetry.lock does not match pyproject.toml. Update it and commit it.",
        "poetry lock",
    ),
    Advice::run(
        r"lockfile at `uv\.lock` needs to be updated, but `--(?:locked|frozen)` was provided",
        "uv.lock does not match pyproject.toml. Update it and commit it.",
        "uv lock",
    ),
    Advice::run(
        r"Your Pipfile\.lock \(\S+\) is out of date",
        "Pipfile.lock does not match Pipfile. Update it and commit it.",
        "pipenv lock",
    ),
    Advice::run(
        r"Your lock file does not contain a compatible set of packages\. Please run composer update",
        "composer.lock does not match this PHP or composer.json. Update it and commit it.",
        "composer update",
    ),
    Advice::run(
        r"go: updates to go\.(?:mod|sum) needed",
        "go.mod does not match the code. Tidy it and commit it.",
        "go mod tidy",
    ),
    Advice::run(
        r"missing go\.sum entry for",
        "go.sum does not cover what the code needs. Tidy it and commit it.",
        "go mod tidy",
    ),
    Advice::run(
        r"go: inconsistent vendoring in",
        "vendor/ does not match go.mod. Write it anew and commit it.",
        "go mod vendor",
    ),
    Advice::say(
        r"go: go\.mod requires go >= (?P<want>[0-9.]+) \(running go (?P<have>[0-9.]+)",
        "go.mod asks for Go {want}, and the job runs Go {have}. Set up the newer one.",
    ),
    Advice::say(
        r"package `(?P<name>\S+) v(?P<version>[0-9.]+)` cannot be built because it requires rustc (?P<want>[0-9.]+) or newer, while the currently active rustc version is (?P<have>[0-9.]+)",
        "{name} {version} needs Rust {want}, and the job runs Rust {have}. Use a newer toolchain or an older version of the package.",
    ),
    Advice::say(
        r"error\[E0463\]: can't find crate for `(?:core|std)`",
        "The toolchain lacks this target. Add it before the build with `rustup target add`.",
    ),
    Advice::run(
        r"'cargo-fmt' is not installed for the toolchain",
        "The toolchain lacks this component. Add it before the step.",
        "rustup component add rustfmt",
    ),
    Advice::run(
        r"'cargo-clippy' is not installed for the toolchain",
        "The toolchain lacks this component. Add it before the step.",
        "rustup component add clippy",
    ),
    Advice::run(
        r"No matching version found for (?P<name>@?[a-z0-9._/-]+)@\S+$",
        "No published version of {name} is the one asked for. See which exist.",
        "npm view {name} versions",
    ),
    Advice::say(
        r"Could not find a version that satisfies the requirement (?P<name>[A-Za-z0-9_.-]+)\S* \(from versions: (?:.*, )?(?P<last>[0-9][A-Za-z0-9.]*)\)",
        "No version of {name} satisfies the requirement. The newest one listed is {last}.",
    ),
    Advice::say(
        r"candidate versions found which didn't match: (?P<first>[0-9][A-Za-z0-9.-]*)",
        "The newest version in the registry is {first}. Ask for one that exists.",
    ),
    Advice::say(
        r"error: externally-managed-environment",
        "The system's Python takes no packages. Install them into a virtual environment, or set up a Python of the job's own.",
    ),
];

/// What formatters and generators want done.
pub(crate) static FORMATS: &[Advice] = &[
    Advice::run(
        r"^Diff in \S+\.rs(?::\d+:?| at line \d+:)$",
        "The code is not formatted. Format it and commit it.",
        "cargo fmt --all",
    )
    .under(&["cargo fmt", "rustfmt"]),
    Advice::run(
        r"^would reformat (?P<file>\S+)$",
        "The code is not formatted. Format it and commit it.",
        "black .",
    )
    .under(&["black"]),
    Advice::run(
        r"^Would reformat: (?P<file>\S+)$",
        "The code is not formatted. Format it and commit it.",
        "ruff format",
    )
    .under(&["ruff"]),
    Advice::run(
        r"^ERROR: \S+ Imports are incorrectly sorted and/or formatted\.$",
        "The imports are not sorted. Sort them and commit them.",
        "isort .",
    ),
    Advice::run(
        r"Code style issues (?:found in .{1,60}|were found.{0,40})\. (?:Run|Forgot to run) Prettier",
        "The code is not formatted. Format it and commit it.",
        "npx prettier --write .",
    ),
    Advice::run(
        r"^\[warn\] \S+\.[a-z]+$",
        "The code is not formatted. Format it and commit it.",
        "npx prettier --write .",
    )
    .under(&["prettier --check", "prettier -c"]),
    Advice::run(
        r"^(?P<file>[\w./-]+):\d+:\d+: (?:error|warning): code should be clang-formatted",
        "The code is not formatted. Format it and commit it.",
        "clang-format -i {file}",
    ),
    Advice::run(
        r"^(?P<file>[\w./-]+\.go):\d+(?::\d+)?: File is not (?:properly formatted \(gofmt\)|`gofmt`-ed.*)",
        "The code is not formatted. Format it and commit it.",
        "gofmt -s -w {file}",
    ),
    Advice::run(
        r"mix format failed due to --check-formatted",
        "The code is not formatted. Format it and commit it.",
        "mix format",
    ),
    Advice::run(
        r"error WHITESPACE: Fix whitespace formatting",
        "The code is not formatted. Format it and commit it.",
        "dotnet format",
    )
    .under(&["dotnet format"]),
    Advice::run(
        r"Run '(?:\./)?gradlew (?:\S+)?spotlessApply' to fix",
        "The code is not formatted. Format it and commit it.",
        "./gradlew spotlessApply",
    ),
    Advice::run(
        r"Run 'mvn spotless:apply' to fix",
        "The code is not formatted. Format it and commit it.",
        "mvn spotless:apply",
    ),
    Advice::run(
        r"^- files were modified by this hook$",
        "A hook changed files. Run the hooks and commit what they change.",
        "pre-commit run --all-files",
    )
    .under(&["pre-commit"]),
    Advice::run(
        r#"(?:[Pp]lease run|[Rr]un:?) "?terraform init\b"#,
        "The directory is not initialised for Terraform. Do it before this step.",
        "terraform init",
    ),
    Advice::run(
        r"New snapshot was not written\. The update flag must be explicitly passed",
        "The snapshot is missing from the repository, and Jest writes none in CI. Write it and commit it.",
        "npx jest --ci=false",
    ),
    Advice::run(
        r"browserType\.launch: Executable doesn't exist at",
        "The browsers for Playwright are not installed. Install them before the tests.",
        "npx playwright install --with-deps",
    ),
    Advice::run(
        r"^\S*sh: (?:line )?\d+: (?P<file>\./[\w./-]+): Permission denied$",
        "The script is not executable in the repository. Make it so and commit it.",
        "git update-index --chmod=+x {file}",
    ),
];
