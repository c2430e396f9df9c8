//! What a step was about, by the words of its command. It says what kind of failure an exit
//! code without any explanation most likely is, and that a compiler's message came from a linter.

use crate::Category;
use Category::{Compile, Config, Coverage, Dependency, Gate, Lint, Network, Script, Test};

/// Words of commands; the first that is found decides.
const WORDS: &[(Category, &[&str])] = &[
    (
        Gate,
        &[
            "audit",
            "govulncheck",
            "osv-scanner",
            "grype ",
            "snyk test",
            "gitleaks",
            "trufflehog",
            "license",
            "licence",
            "size-limit",
            "bundlewatch",
            "bundlesize",
            "semver-check",
            "mima",
            "revapi",
            "japicmp",
            "breaking",
            "api-extractor",
            "lighthouse",
            "lhci ",
            "changeset status",
            "attw",
            "publint",
            "oasdiff",
            "sonar",
            "conftest ",
        ],
    ),
    (
        Lint,
        &[
            "gofmt",
            "gofumpt",
            "goimports",
            "deno fmt",
            "cargo fmt",
            "rustfmt",
            "fmt --check",
            "fmt -check",
            "prettier",
            "black ",
            "isort",
            "ruff",
            "flake8",
            "pylint",
            "mypy",
            "pyright",
            "eslint",
            "stylelint",
            "biome",
            "standard",
            "xo ",
            "tslint",
            "jshint",
            "clippy",
            "rubocop",
            "standardrb",
            "golangci",
            "staticcheck",
            "go vet",
            "govet",
            "revive",
            "shellcheck",
            "shfmt",
            "hadolint",
            "yamllint",
            "actionlint",
            "markdownlint",
            "ansible-lint",
            "tflint",
            "checkstyle",
            "spotless",
            "ktlint",
            "detekt",
            "pmd",
            "spotbugs",
            "phpcs",
            "php-cs-fixer",
            "phpstan",
            "psalm",
            "pint",
            "credo",
            "mix format",
            "dialyzer",
            "clang-format",
            "clang-tidy",
            "cppcheck",
            "cpplint",
            "swiftlint",
            "swiftformat",
            "scalafmt",
            "scalafix",
            "sqlfluff",
            "dprint",
            "luacheck",
            "stylua",
            "hlint",
            "ormolu",
            "dotnet format",
            "codespell",
            "typos",
            "bandit",
            "pre-commit",
            "lint",
            "format",
            "deny ",
            "semgrep",
            "trivy",
            "vale ",
            "kubeconform",
            "kubeval",
            "kube-score",
            "checkov",
            "tfsec",
            "terrascan",
            "kics ",
            "lychee",
            "linkcheck",
            "link-check",
            "spectral",
            "redocly",
            "dscanner",
            "verilator --lint",
            "zizmor",
            "knip",
            "depcheck",
            "machete",
            "udeps",
            "reuse ",
            "vulture",
            "interrogate",
            "pydocstyle",
            "alejandra",
            "statix",
            "deadnix",
            "gitlint",
            "fourmolu",
            "buildifier",
            "gdlint",
            "selene ",
            "ameba",
            "exec reek",
            "brakeman",
            "clj-kondo",
            "@fmt",
            "ormolu",
            "iwyu",
            "taplo",
            "srb tc",
            "rector",
            "oxlint",
            "htmlhint",
            "twine check",
            "xo ",
            "-lint",
        ],
    ),
    (
        Coverage,
        &[
            "--fail-under",
            "cov-fail-under",
            "coverageThreshold",
            "coverage report",
        ],
    ),
    (
        Test,
        &[
            "pytest",
            "unittest",
            "go test",
            "cargo test",
            "nextest",
            "jest",
            "vitest",
            "mocha",
            "npm test",
            "npm run test",
            "yarn test",
            "pnpm test",
            "ctest",
            "rspec",
            "phpunit",
            "mix test",
            "dotnet test",
            "swift test",
            "tox",
            "nox",
            "make test",
            "make check",
            "gradle test",
            "mvn test",
            "prove ",
            "bats",
            "test",
            "npx ava",
            " ava ",
            "uvu",
            "cypress",
            "playwright",
            "karma",
            "behave",
            "cucumber",
            "behat",
            "phpspec",
            "vendor/bin/pest",
            "ginkgo",
            "rebar3 ct",
            "eunit",
            "busted",
            "pester",
            "robot ",
            "crystal spec",
            "check-all",
        ],
    ),
    (
        Dependency,
        &[
            "pip install",
            "npm ci",
            "npm install",
            "yarn install",
            "pnpm install",
            "poetry install",
            "uv sync",
            "bundle install",
            "composer install",
            "apt-get install",
            "apt install",
            "brew install",
            "go mod",
            "cargo fetch",
            "nuget restore",
            "dotnet restore",
            "conda install",
            "mamba ",
            "conan install",
            "choco install",
            "opam install",
            "pod install",
            "dart pub",
            "flutter pub",
            "cabal update",
            "stack setup",
            "vcpkg install",
            "nix build",
            "luarocks install",
            "cpanm",
        ],
    ),
    (
        Compile,
        &[
            "build",
            "compile",
            "tsc",
            "svelte-check",
            "deno check",
            "swc ",
            "sass ",
            "astro check",
            "xcodebuild",
            "latexmk",
            "run make make ",
            "make all",
            "make build",
            "make -",
            "javac",
            "gcc",
            "g++",
            "webpack",
            "cmake",
        ],
    ),
    (Network, &["curl", "wget"]),
    (
        Config,
        &[
            "git diff --exit-code",
            "git status --porcelain",
            "makemigrations",
        ],
    ),
    (Script, &[]),
];

/// The kind of failure that the command suggests.
pub(crate) fn kind(command: &str) -> Option<Category> {
    let low = plain(command);
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| low.contains(word)))
        .map(|(category, _)| *category)
}

/// The command in small letters, without the options that name what is not being done.
fn plain(command: &str) -> String {
    let low = command.to_lowercase();
    let mut out = String::with_capacity(low.len());
    for word in low.split([' ', '\n']) {
        let idle = word.starts_with('-')
            && ["test", "build", "audit"]
                .iter()
                .any(|topic| word.contains(topic));
        if !idle {
            out.push_str(word);
            out.push(' ');
        }
    }
    out
}

/// Whether the step is an action: what it is given is wrong more often than what it does.
pub(crate) fn acts(command: &str) -> bool {
    let name = command.lines().next().and_then(|l| l.strip_prefix("Run "));
    name.is_some_and(|name| {
        let place = name.split_once('@').map(|(place, _)| place);
        place.is_some_and(|place| place.contains('/') && !place.contains(char::is_whitespace))
    })
}

/// Whether the command runs a linter and builds nothing else.
pub(crate) fn lints(command: &str) -> bool {
    kind(command) == Some(Lint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_told_from_commands() {
        assert!(acts("Run actions/setup-node@v4\nwith:"));
        assert!(!acts("Run ./ci.sh a@b"));
    }

    #[test]
    fn commands_suggest_kinds() {
        assert_eq!(kind("Run cargo clippy -- -D warnings"), Some(Lint));
        assert_eq!(kind("Run python -m pytest"), Some(Test));
        assert_eq!(kind("Run ./deploy.sh"), None);
        assert_eq!(
            kind("Run opam install . --deps-only --with-test"),
            Some(Dependency)
        );
    }
}
