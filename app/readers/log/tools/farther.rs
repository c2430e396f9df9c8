//! Small logs of scanners, gates, linters and test runners that came later, one table per kind of
//! step: each has to yield its first line, its category, its tests and its place.

use crate::Category::{
    Compile, Config, Coverage, Crash, Dependency, Gate, Infra, Lint, Permission, Secret, Test,
};
use crate::tools::check::{case, hold, hold_under};

#[test]
fn linters() {
    hold(&[
        case("/home/runner/work/a/a/src/A.java:44:\tUnusedPrivateField:\tAvoid unused fields such as 'b'.\n> Task :pmdMain FAILED\n", "UnusedPrivateField", Lint).at("src/A.java:44"),
        case("[ERROR] High: Null pointer in a.A.b() [a.A] At A.java:[line 22] NP_ALWAYS_NULL\n[ERROR] Failed to execute goal com.github.spotbugs:spotbugs-maven-plugin:4.8:check (default-cli) on project a: failed with 1 bugs\n", "Null pointer", Lint).at("A.java:22"),
        case("Diff in src/a.lua:\n14       |-local x={1}\n    14   |+local x = { 1 }\n", "Diff in src/a.lua", Lint),
        case("a -- ./Cargo.toml:\n\titertools\n", "Cargo.toml", Lint),
        case("Missing translations (1)\n+----+\n|   de   | a.b | en Total |\n", "Missing translations", Lint),
        case("k8s/a.yaml - Deployment shop is invalid: problem validating schema\n", "is invalid", Lint),
    ]);
    hold_under("verilator --lint-only rtl/a.v", &[case("%Warning-WIDTH: rtl/a.v:14:12: Operator ASSIGN expects 8 bits.\n%Error: Exiting due to 1 warning(s)\n", "WIDTH", Lint).at("rtl/a.v:14")]);
    hold_under("flutter analyze", &[case("   error • The argument can't be assigned. • lib/a.dart:14:22 • argument_type_not_assignable\n\n1 issue found.\n", "can't be assigned", Lint).at("lib/a.dart:14")]);
    hold_under("vendor/bin/rector process --dry-run", &[case("1 file with changes\n\n1) src/A.php:12\n\n    ---------- begin diff ----------\n-    if (is_null($a)) {\n", "src/A.php:12", Lint).at("src/A.php:12")]);
    hold_under("vendor/bin/psalm", &[case("ERROR: InvalidReturnStatement\nat /home/runner/work/a/a/src/A.php:24:16\nThe inferred type does not match\n", "InvalidReturnStatement", Lint).at("src/A.php:24")]);
    hold_under("tflint", &[case("1 issue(s) found:\n\nWarning: variable \"r\" is declared but not used (terraform_unused_declarations)\n\n  on variables.tf line 3:\n   3: variable \"r\" {\n", "declared but not used", Lint).at("variables.tf:3")]);
    hold_under("rebar3 dialyzer", &[case("src/a.erl\nLine 14 Column 1: Function b/1 has no local return\n===> Warnings occurred running dialyzer: 1\n", "no local return", Lint).at("src/a.erl:14")]);
}

#[test]
fn gates() {
    hold_under(
        "cargo deny check",
        &[case(
            "error[vulnerability]: a flaw\n   ┌─ /home/runner/work/a/a/Cargo.lock:41:1\n   │\n\nadvisories FAILED, bans ok, licenses ok, sources ok\n",
            "a flaw",
            Gate,
        )],
    );
    hold_under(
        "buf breaking --against .git",
        &[case(
            "proto/a.proto:14:3:Field \"2\" changed type from \"int32\" to \"string\".\n",
            "changed type",
            Gate,
        )
        .at("proto/a.proto:14")],
    );
    hold_under(
        "oasdiff breaking a.yaml b.yaml",
        &[case(
            "1 changes: 1 error\nerror\t[request-parameter-removed] at b.yaml\n\tin API GET /a\n",
            "request-parameter-removed",
            Gate,
        )],
    );
    hold_under(
        "npm audit",
        &[case(
            "braces  <3.0.3\nSeverity: high\nUncontrolled consumption - https://github.com/advisories/GHSA-a\n\n1 high severity vulnerability\n",
            "Severity: high",
            Gate,
        )],
    );
    hold_under(
        "go-licenses check ./...",
        &[case(
            "Forbidden license type WTFPL for library a\n",
            "Forbidden license",
            Gate,
        )],
    );
    hold(&[case(
        "> Task :jacocoTestCoverageVerification FAILED\n[ant:jacocoReport] Rule violated for bundle a: instructions covered ratio is 0.71, but expected minimum is 0.80\n",
        "covered ratio",
        Coverage,
    )]);
}

#[test]
fn services_and_packages() {
    hold(&[
        case(
            "/a/A.xcodeproj: error: No signing certificate \"iOS Distribution\" found\n** ARCHIVE FAILED **\n",
            "No signing certificate",
            Secret,
        ),
        case(
            "ERROR: Package 'fmt/99.0.0' not resolved: Unable to find 'fmt/99.0.0' in remotes.\n",
            "not resolved",
            Dependency,
        ),
        case(
            "✘ [ERROR] A request to the Cloudflare API (/accounts/1) failed.\n\n  Authentication error [code: 10000]\n",
            "Cloudflare API",
            Permission,
        ),
        case(
            "dependency failed to start: container a-db-1 is unhealthy\n",
            "is unhealthy",
            Infra,
        ),
        case(
            "exec /usr/local/bin/a: exec format error\n",
            "exec format error",
            Config,
        ),
        case(
            "[!] CocoaPods could not find compatible versions for pod \"A\":\n",
            "could not find compatible",
            Dependency,
        ),
        case(
            "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test on project a: The forked VM terminated without properly saying goodbye.\n[ERROR] Process Exit Code: 134\n",
            "forked VM terminated",
            Crash,
        ),
    ]);
    hold_under(
        "sha256sum -c SUMS",
        &[case(
            "a.tar.gz: OK\nb.tar.gz: FAILED\nsha256sum: WARNING: 1 computed checksum did NOT match\n",
            "b.tar.gz: FAILED",
            Dependency,
        )],
    );
}

#[test]
fn compilers_and_tests() {
    hold(&[
        case("/home/runner/work/a/a/k.cu(88): error: identifier \"X\" is undefined\n\n1 error detected in the compilation of \"k.cu\".\n", "is undefined", Compile).at("k.cu:88"),
        case("     a.app-main-6:/layout/main.xml:14: error: resource string/t not found.\n", "resource string/t", Compile),
        case("TS2322 [ERROR]: Type 'string' is not assignable to type 'number'.\nconst n: number = \"a\";\n      ~\n    at file:///home/runner/work/a/a/main.ts:3:7\n\nerror: Type checking failed.\n", "TS2322", Compile).at("main.ts:3"),
        case("test a::raw ... error: Undefined Behavior: out-of-bounds pointer use\n  --> src/a.rs:21:18\n   |\n", "Undefined Behavior", Crash).at("src/a.rs:21"),
        case("  ✘ [fail]: sum › adds\n  ─\n\n  sum › adds\n\n  test/a.js:12\n\n   12:   t.is(a, 12);\n\n  Difference (- actual, + expected):\n\n  - 7\n  + 12\n\n  › file://test/a.js:12:5\n\n  1 test failed\n", "Difference", Test).tests(&["sum › adds"]).at("test/a.js:12"),
        case("acme.SumTest.adds[linuxX64] FAILED\n    kotlin.AssertionError: Expected <12>, actual <7>.\n        at 0   test.kexe\n", "Expected <12>", Test).tests(&["acme.SumTest.adds[linuxX64]"]),
        case("running 1 test\ntest adds - should panic ... FAILED\n\n---- adds stdout ----\nnote: test did not panic as expected at tests/a.rs:9:4\n", "did not panic", Test).tests(&["adds"]).at("tests/a.rs:9"),
    ]);
}
