//! More small logs of tools in the words of their current versions: gates, services, package
//! managers, and test runners that few of the other tables hold.

use crate::Category::{
    Compile, Coverage, Dependency, Gate, Lint, Network, Permission, Secret, Test,
};
use crate::tools::check::{case, hold_under};

#[test]
fn packages() {
    hold_under(
        "yarn install --immutable",
        &[case(
            "➤ YN0000: ┌ Resolution step\n➤ YN0028: │ -    \"left-pad\": \"npm:^1.3.0\"\n➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.\n➤ YN0000: └ Completed in 0s 300ms\n➤ YN0000: · Failed with errors in 0s 320ms\n",
            "YN0028",
            Dependency,
        )],
    );
    hold_under(
        "bun install --frozen-lockfile",
        &[case(
            "bun install v1.2.4 (fd9a5ea6)\nResolving dependencies\nerror: lockfile had changes, but lockfile is frozen\nnote: try re-running without --frozen-lockfile and commit the updated lockfile\n",
            "lockfile had changes",
            Dependency,
        )],
    );
    hold_under(
        "pip install -r requirements.txt",
        &[case(
            "Collecting widget==9.9.9\nERROR: Could not find a version that satisfies the requirement widget==9.9.9 (from versions: 1.0.0, 2.1.0)\nERROR: No matching distribution found for widget==9.9.9\n",
            "Could not find a version",
            Dependency,
        )],
    );
    hold_under(
        "npm audit --audit-level=high",
        &[case(
            "# npm audit report\n\nlodash  <=4.17.20\nSeverity: high\nCommand Injection in lodash - https://github.com/advisories/GHSA-35jh-r3h4-6jhm\nfix available via `npm audit fix`\nnode_modules/lodash\n\n1 high severity vulnerability\n\nTo address all issues, run:\n  npm audit fix\n",
            "",
            Gate,
        )],
    );
}

#[test]
fn tests() {
    hold_under("dotnet test", &[
        case("[xUnit.net 00:00:00.61]     Shop.Tests.CartTests.Total [FAIL]\n  Failed Shop.Tests.CartTests.Total [4 ms]\n  Error Message:\n   Assert.Equal() Failure: Values differ\nExpected: 12\nActual:   7\n  Stack Trace:\n     at Shop.Tests.CartTests.Total() in /home/runner/work/a/a/tests/CartTests.cs:line 9\n\nFailed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)\n", "Assert.Equal() Failure", Test).tests(&["Shop.Tests.CartTests.Total"]).at("tests/CartTests.cs:9"),
    ]);
    hold_under("vendor/bin/phpunit", &[
        case("PHPUnit 11.5.3 by Sebastian Bergmann and contributors.\n\n.F                                                                  2 / 2 (100%)\n\nThere was 1 failure:\n\n1) Shop\\Tests\\CartTest::testTotal\nFailed asserting that 7 is identical to 12.\n\n/home/runner/work/a/a/tests/CartTest.php:14\n\nFAILURES!\nTests: 2, Assertions: 2, Failures: 1.\n", "7 is identical to 12", Test).tests(&["Shop\\Tests\\CartTest::testTotal"]).at("tests/CartTest.php:14"),
    ]);
    hold_under("flutter test", &[
        case("00:01 +0: adds\n00:01 +0 -1: adds [E]\n  Expected: <12>\n    Actual: <7>\n  \n  package:matcher                                     expect\n  test/cart_test.dart 8:5                             main.<fn>\n  \n00:01 +0 -1: Some tests failed.\n", "Expected: <12>", Test).tests(&["adds"]).at("test/cart_test.dart:8"),
    ]);
    hold_under("go test ./...", &[
        case("--- FAIL: TestTotal (0.00s)\n    cart_test.go:12: total = 7, want 12\nFAIL\nFAIL\texample.com/shop/cart\t0.003s\nok  \texample.com/shop/mail\t0.002s\nFAIL\n", "total = 7, want 12", Test).tests(&["TestTotal"]).at("cart_test.go:12"),
    ]);
    hold_under("bazel test //...", &[
        case("FAIL: //cart:cart_test (see /home/runner/.cache/bazel/_bazel_runner/x/testlogs/cart/cart_test/test.log)\nINFO: Build completed, 1 test FAILED, 12 total actions\n//cart:cart_test                                                         FAILED in 0.3s\n\nExecuted 1 out of 1 test: 1 fails locally.\n", "//cart:cart_test", Test).tests(&["//cart:cart_test"]),
    ]);
}

#[test]
fn gates_and_linters() {
    hold_under(
        "pytest --cov --cov-fail-under=90",
        &[case(
            "TOTAL                     120     31    74%\nFAIL Required test coverage of 90% not reached. Total coverage: 74.17%\n===== 12 passed in 0.41s =====\n",
            "Required test coverage of 90% not reached",
            Coverage,
        )],
    );
    hold_under("buf lint", &[
        case("shop/v1/cart.proto:7:3:Field name \"userId\" should be lower_snake_case, such as \"user_id\".\n", "lower_snake_case", Lint).at("shop/v1/cart.proto:7"),
    ]);
    hold_under(
        "test -z \"$(gofmt -l .)\"",
        &[case("cart/cart.go\n", "cart/cart.go", Lint)],
    );
    hold_under("mypy src", &[
        case("src/cart.py:9: error: Incompatible return value type (got \"str\", expected \"int\")  [return-value]\nFound 1 error in 1 file (checked 12 source files)\n", "Incompatible return value", Lint).at("src/cart.py:9"),
    ]);
    hold_under("swift build", &[
        case("/home/runner/work/a/a/Sources/Shop/Cart.swift:9:16: error: cannot convert return expression of type 'String' to return type 'Int'\n        return \"x\"\n               ^~~\nerror: fatalError\n", "cannot convert return expression", Compile).at("Sources/Shop/Cart.swift:9"),
    ]);
}

#[test]
fn services() {
    hold_under(
        "docker pull acme/base:latest",
        &[case(
            "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit\n",
            "toomanyrequests",
            Network,
        )],
    );
    hold_under(
        "git push origin HEAD:main",
        &[case(
            "remote: Permission to octo/shop.git denied to github-actions[bot].\nfatal: unable to access 'https://github.com/octo/shop/': The requested URL returned error: 403\n",
            "denied to github-actions",
            Permission,
        )],
    );
    hold_under(
        "ssh deploy@host ./deploy.sh",
        &[case(
            "ssh: connect to host host.example.com port 22: Connection timed out\n",
            "Connection timed out",
            Network,
        )],
    );
    hold_under(
        "gh release create v1",
        &[case(
            "gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable. Example:\n  env:\n    GH_TOKEN: ${{ github.token }}\n",
            "set the GH_TOKEN",
            Secret,
        )],
    );
    hold_under(
        "apt-get install -y widget",
        &[case(
            "Reading package lists...\nBuilding dependency tree...\nE: Unable to locate package widget\n",
            "Unable to locate package",
            Dependency,
        )],
    );
}
