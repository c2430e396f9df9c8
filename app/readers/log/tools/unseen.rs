//! Small logs of tools in the words of their current versions, one table per kind of step: each
//! has to yield its first line, its category, its tests and its place.

use crate::Category::{Compile, Config, Dependency, Lint, Network, Test, Timeout};
use crate::tools::check::{case, hold_under};

#[test]
fn go() {
    hold_under("go vet ./...", &[
        case("# example.com/shop/cart\n# [example.com/shop/cart]\ncart/cart.go:17:2: fmt.Printf format %d has arg name of wrong type string\n", "cart.go:17:2: fmt.Printf", Lint).at("cart/cart.go:17"),
        case("# example.com/shop/cart\nvet: cart/cart.go:9:5: undefined: total\n", "undefined: total", Compile).at("cart/cart.go:9"),
    ]);
    hold_under("golangci-lint run", &[
        case("level=warning msg=\"[runner] The linter 'golint' is deprecated\"\ncmd/main.go:31:15: Error return value of `f.Close` is not checked (errcheck)\n\tf.Close()\n\t       ^\n1 issues:\n* errcheck: 1\n", "Error return value", Lint).at("cmd/main.go:31"),
        case("Error: can't load config: unsupported version of the configuration: \"\" See https://golangci-lint.run for migration instructions\nThe command is terminated due to an error: can't load config\n", "can't load config", Config),
    ]);
}

#[test]
fn rust() {
    hold_under("cargo clippy -- -D warnings", &[
        case("    Checking a v0.1.0\nerror: this expression creates a reference which is immediately dereferenced by the compiler\n  --> src/lib.rs:4:9\n   |\n4  |     f(&x)\n   |       ^^ help: change this to: `x`\n   |\n   = help: for further information visit https://rust-lang.github.io/rust-clippy/master/index.html#needless_borrow\n   = note: `-D clippy::needless-borrow` implied by `-D warnings`\n\nerror: could not compile `a` (lib) due to 1 previous error\n", "immediately dereferenced", Lint).at("src/lib.rs:4"),
    ]);
    hold_under("cargo nextest run", &[
        case("        PASS [   0.004s] shop cart::adds\n        FAIL [   0.005s] shop cart::total\n\n--- STDOUT:              shop cart::total ---\n\nrunning 1 test\ntest cart::total ... FAILED\n\nfailures:\n\n--- STDERR:              shop cart::total ---\n\nthread 'cart::total' (12) panicked at src/cart.rs:40:9:\nassertion `left == right` failed\n  left: 3\n right: 4\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n   Canceling due to test failure\n------------\n     Summary [   0.010s] 2 tests run: 1 passed, 1 failed, 0 skipped\n        FAIL [   0.005s] shop cart::total\nerror: test run failed\n", "panicked at src/cart.rs:40", Test).tests(&["shop cart::total"]).at("src/cart.rs:40"),
    ]);
    hold_under(
        "cargo build --locked",
        &[case(
            "    Updating crates.io index\nerror: the lock file /home/runner/work/a/a/Cargo.lock needs to be updated but --locked was passed to prevent this\nIf you want to try to generate the lock file without accessing the network, remove the --locked flag and use --offline instead.\n",
            "needs to be updated",
            Dependency,
        )],
    );
}

#[test]
fn python() {
    hold_under(
        "ruff format --check .",
        &[case(
            "Would reformat: src/app/cart.py\nWould reformat: src/app/main.py\n2 files would be reformatted, 14 files already formatted\n",
            "Would reformat: src/app/cart.py",
            Lint,
        )],
    );
    hold_under("ruff check .", &[
        case("F401 [*] `os` imported but unused\n --> src/app/cart.py:1:8\n  |\n1 | import os\n  |        ^^\n  |\nhelp: Remove unused import: `os`\n\nFound 1 error.\n[*] 1 fixable with the `--fix` option.\n", "`os` imported but unused", Lint).at("src/app/cart.py:1"),
    ]);
    hold_under(
        "poetry install",
        &[case(
            "Installing dependencies from lock file\n\npyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.\n",
            "changed significantly",
            Dependency,
        )],
    );
    hold_under(
        "uv sync --locked",
        &[case(
            "Resolved 12 packages in 300ms\nerror: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.\n",
            "needs to be updated",
            Dependency,
        )],
    );
    hold_under("tox -e py312", &[
        case("py312: commands[0]> pytest tests\n=== FAILURES ===\n_____ test_add _____\n[gw1] linux -- Python 3.12.3 /home/runner/work/a/a/.tox/py312/bin/python\n\n    def test_add():\n>       assert add(1, 2) == 4\nE       assert 3 == 4\n\ntests/test_a.py:5: AssertionError\n=== short test summary info ===\nFAILED tests/test_a.py::test_add - assert 3 == 4\n=== 1 failed, 8 passed in 0.31s ===\npy312: exit 1 (0.61 seconds) /home/runner/work/a/a> pytest tests pid=2211\n  py312: FAIL code 1 (3.20=setup[2.59]+cmd[0.61] seconds)\n  evaluation failed :( (3.31 seconds)\n", "assert 3 == 4", Test).tests(&["test_add"]).at("tests/test_a.py:5"),
    ]);
}

#[test]
fn infrastructure_as_code() {
    hold_under("terraform validate", &[
        case("╷\n│ Error: Unsupported argument\n│ \n│   on main.tf line 12, in resource \"aws_s3_bucket\" \"logs\":\n│   12:   acls = \"private\"\n│ \n│ An argument named \"acls\" is not expected here. Did you mean \"acl\"?\n╵\n", "Error: Unsupported argument", Config).at("main.tf:12"),
    ]);
    hold_under("helm lint charts/web", &[
        case("==> Linting charts/web\n[INFO] Chart.yaml: icon is recommended\n[ERROR] templates/: template: web/templates/deploy.yaml:14:20: executing \"web/templates/deploy.yaml\" at <.Values.image.tag>: nil pointer evaluating interface {}.tag\n\nError: 1 chart(s) linted, 1 chart(s) failed\n", "nil pointer", Lint).at("web/templates/deploy.yaml:14"),
    ]);
    hold_under(
        "kubectl apply -f k8s/",
        &[
            case(
                "service/web unchanged\nThe Deployment \"web\" is invalid: spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"wbe\"}: `selector` does not match template `labels`\n",
                "The Deployment \"web\" is invalid",
                Config,
            ),
            case(
                "error: error validating \"k8s/deploy.yaml\": error validating data: ValidationError(Deployment.spec): unknown field \"replica\" in io.k8s.api.apps.v1.DeploymentSpec; if you choose to ignore these errors, turn validation off with --validate=false\n",
                "unknown field \"replica\"",
                Config,
            ),
        ],
    );
    hold_under("docker buildx build .", &[
        case("#9 [4/5] RUN npm run build\n#9 0.412 \n#9 0.412 > web@1.0.0 build\n#9 0.412 > tsc -p .\n#9 2.911 src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n#9 ERROR: process \"/bin/sh -c npm run build\" did not complete successfully: exit code: 2\n------\n > [4/5] RUN npm run build:\n2.911 src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n------\nDockerfile:7\n--------------------\n   5 |     COPY . .\n   6 | >>> RUN npm run build\n--------------------\nERROR: failed to build: failed to solve: process \"/bin/sh -c npm run build\" did not complete successfully: exit code: 2\n", "TS2322", Compile).at("src/a.ts:3"),
    ]);
}

#[test]
fn packages() {
    hold_under(
        "pnpm install --frozen-lockfile",
        &[case(
            " ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with <ROOT>/package.json\n\nNote that in CI environments this setting is true by default. If you still need to run install in such cases, use \"pnpm install --no-frozen-lockfile\"\n\n  Failure reason:\n  specifiers in the lockfile don't match specifiers in package.json:\n* 1 dependencies were added: left-pad@^1.3.0\n",
            "ERR_PNPM_OUTDATED_LOCKFILE",
            Dependency,
        )],
    );
    hold_under(
        "./gradlew build",
        &[case(
            "FAILURE: Build failed with an exception.\n\n* What went wrong:\nExecution failed for task ':app:compileJava'.\n> Could not resolve all files for configuration ':app:compileClasspath'.\n   > Could not find com.acme:widget:9.9.9.\n     Searched in the following locations:\n       - https://repo.maven.apache.org/maven2/com/acme/widget/9.9.9/widget-9.9.9.pom\n     Required by:\n         project :app\n\n* Try:\n> Run with --stacktrace option to get the stack trace.\n\nBUILD FAILED in 3s\n",
            "Could not find com.acme:widget",
            Dependency,
        )],
    );
    hold_under(
        "dotnet restore",
        &[case(
            "  Determining projects to restore...\n/home/runner/work/a/a/src/App.csproj : error NU1102: Unable to find package Acme.Widget with version (>= 9.9.9)\n/home/runner/work/a/a/src/App.csproj : error NU1102:   - Found 3 version(s) in nuget.org [ Nearest version: 2.1.0 ]\n  Failed to restore /home/runner/work/a/a/src/App.csproj (in 2.1 sec).\n",
            "NU1102: Unable to find package",
            Dependency,
        )],
    );
    hold_under(
        "bundle install",
        &[
            case(
                "Fetching gem metadata from https://rubygems.org/..........\nCould not find gem 'widget (~> 9.9)' in rubygems repository https://rubygems.org/ or installed locally.\n",
                "Could not find gem 'widget",
                Dependency,
            ),
            case(
                "The gemspecs for path gems changed, but the lockfile can't be updated because frozen mode is set\n\nRun `bundle install` elsewhere and add the updated Gemfile.lock to version control.\n",
                "frozen mode is set",
                Dependency,
            ),
        ],
    );
    hold_under(
        "composer install",
        &[case(
            "Installing dependencies from lock file (including require-dev)\nVerifying lock file contents can be installed on current platform.\nYour lock file does not contain a compatible set of packages. Please run composer update.\n\n  Problem 1\n    - acme/widget is locked to version 2.0.0 and an update of this package was not requested.\n    - acme/widget 2.0.0 requires php ^8.3 -> your php version (8.1.2) does not satisfy that requirement.\n",
            "acme/widget",
            Dependency,
        )],
    );
    hold_under(
        "mix deps.get",
        &[case(
            "** (Mix) Package fetch failed and no cached copy available (https://repo.hex.pm/tarballs/jason-1.4.1.tar): request timed out\n",
            "Package fetch failed",
            Network,
        )],
    );
}

#[test]
fn browsers_and_node() {
    hold_under("npx playwright test", &[
        case("Running 2 tests using 1 worker\n\n  ✘  1 [chromium] › tests/cart.spec.ts:5:5 › cart shows the total (5.2s)\n\n\n  1) [chromium] › tests/cart.spec.ts:5:5 › cart shows the total ────────────────\n\n    Error: expect(locator).toHaveText(expected) failed\n\n    Locator:  locator('#total')\n    Expected: \"12\"\n    Received: \"7\"\n    Timeout:  5000ms\n\n      6 |   await page.goto('/');\n    > 7 |   await expect(page.locator('#total')).toHaveText('12');\n        |                                        ^\n      8 | });\n        at /home/runner/work/a/a/tests/cart.spec.ts:7:40\n\n  1 failed\n    [chromium] › tests/cart.spec.ts:5:5 › cart shows the total ─────────────────\n  1 passed (6.1s)\n", "expect(locator).toHaveText(expected) failed", Test).tests(&["cart shows the total"]).at("tests/cart.spec.ts:7"),
    ]);
    hold_under("npx cypress run", &[
        case("  Running:  cart.cy.js                                                      (1 of 1)\n\n\n  cart\n    1) shows the total\n    ✓ empties (120ms)\n\n\n  1 passing (5s)\n  1 failing\n\n  1) cart\n       shows the total:\n     AssertionError: Timed out retrying after 4000ms: expected '<span#total>' to have text '12', but the text was '7'\n      at Context.eval (webpack://shop/./cypress/e2e/cart.cy.js:6:19)\n\n\n\n\n  (Results)\n\n  │ Tests:        2 │\n", "to have text '12'", Test).tests(&["cart > shows the total"]).at("cypress/e2e/cart.cy.js:6"),
    ]);
    hold_under("npx vitest run", &[
        case(" ❯ src/cart.test.ts (2 tests | 1 failed) 8ms\n   ✓ cart > empties 1ms\n   × cart > total 5ms\n     → expected 7 to be 12 // Object.is equality\n\n⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯\n\n FAIL  src/cart.test.ts > cart > total\nAssertionError: expected 7 to be 12 // Object.is equality\n\n- Expected\n+ Received\n\n- 12\n+ 7\n\n ❯ src/cart.test.ts:9:24\n      7|   test('total', () => {\n      8|     const c = cart();\n      9|     expect(c.total()).toBe(12);\n       |                        ^\n     10|   });\n\n⎯⎯⎯⎯⎯⎯⎯[1/1]⎯⎯\n\n Test Files  1 failed (1)\n      Tests  1 failed | 1 passed (2)\n", "expected 7 to be 12", Test).tests(&["cart > total"]).at("src/cart.test.ts:9"),
    ]);
    hold_under("node --test", &[
        case("▶ cart\n  ✔ empties (0.4ms)\n  ✖ total (1.2ms)\n✖ cart (2.9ms)\nℹ tests 2\nℹ pass 1\nℹ fail 1\n\n✖ failing tests:\n\ntest at test/cart.test.js:8:3\n✖ total (1.2ms)\n  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n  \n  7 !== 12\n  \n      at TestContext.<anonymous> (file:///home/runner/work/a/a/test/cart.test.js:9:12)\n      at Test.run (node:internal/test_runner/test:1054:25) {\n    generatedMessage: true,\n    code: 'ERR_ASSERTION',\n    actual: 7,\n    expected: 12,\n    operator: 'strictEqual'\n  }\n", "Expected values to be strictly equal", Test).tests(&["total"]).at("test/cart.test.js:9"),
    ]);
}

#[test]
fn other_languages() {
    hold_under("ctest --output-on-failure", &[
        case("    Start 2: cart_total\n2/2 Test #2: cart_total .......................***Failed    0.01 sec\ncart: total was 7, wanted 12\n\n50% tests passed, 1 tests failed out of 2\n\nThe following tests FAILED:\n\t  2 - cart_total (Failed)\nErrors while running CTest\n", "cart_total", Test).tests(&["cart_total"]),
        case("    Start 1: slow\n1/1 Test #1: slow .............................***Timeout  10.02 sec\n\n0% tests passed, 1 tests failed out of 1\n\nThe following tests FAILED:\n\t  1 - slow (Timeout)\nErrors while running CTest\n", "***Timeout", Timeout).tests(&["slow"]),
    ]);
    hold_under("swift test", &[
        case("Test Suite 'CartTests' started at 2026-11-20 10:11:12.123\nTest Case 'CartTests.testTotal' started at 2026-11-20 10:11:12.124\n/home/runner/work/a/a/Tests/CartTests/CartTests.swift:9: error: CartTests.testTotal : XCTAssertEqual failed: (\"7\") is not equal to (\"12\") - \nTest Case 'CartTests.testTotal' failed (0.01 seconds)\nTest Suite 'CartTests' failed at 2026-11-20 10:11:12.130\n\t Executed 1 test, with 1 failure (0 unexpected) in 0.01 (0.01) seconds\nerror: fatalError\n", "XCTAssertEqual failed", Test).tests(&["CartTests.testTotal"]).at("Tests/CartTests/CartTests.swift:9"),
        case("◇ Test total() started.\n✘ Test total() recorded an issue at CartTests.swift:7:5: Expectation failed: (cart.total → 7) == 12\n✘ Test total() failed after 0.001 seconds with 1 issue.\n✘ Test run with 1 test failed after 0.001 seconds with 1 issue.\n", "Expectation failed", Test).tests(&["total()"]).at("CartTests.swift:7"),
    ]);
    hold_under("mix test", &[
        case("..\n\n  1) test total adds up (Shop.CartTest)\n     test/cart_test.exs:8\n     Assertion with == failed\n     code:  assert Cart.total(c) == 12\n     left:  7\n     right: 12\n     stacktrace:\n       test/cart_test.exs:10: (test)\n\n\nFinished in 0.05 seconds (0.00s async, 0.05s sync)\n3 tests, 1 failure\n", "Assertion with == failed", Test).tests(&["Shop.CartTest.test total adds up"]).at("test/cart_test.exs:10"),
    ]);
    hold_under("bundle exec rspec", &[
        case("..F\n\nFailures:\n\n  1) Cart#total adds up\n     Failure/Error: expect(cart.total).to eq(12)\n\n       expected: 12\n            got: 7\n\n       (compared using ==)\n     # ./spec/cart_spec.rb:9:in 'block (3 levels) in <top (required)>'\n\nFinished in 0.01 seconds\n3 examples, 1 failure\n\nFailed examples:\n\nrspec ./spec/cart_spec.rb:8 # Cart#total adds up\n", "expected: 12", Test).tests(&["Cart#total adds up"]).at("spec/cart_spec.rb:9"),
    ]);
}
