//! Reports as the common tools write them, and what must never come of a hostile one.

use std::io::Write as _;

use proptest::prelude::*;
use waterline_report::{Failure, Found, Kind, bound, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn only(name: &str, text: &str) -> Vec<Failure> {
    let Found { mut reports, notes } = read(name, text.as_bytes());
    assert_eq!((reports.len(), notes.len()), (1, 0), "{notes:?}");
    reports.remove(0).failures
}

fn place(failure: &Failure) -> String {
    let file = failure.file.as_deref().unwrap_or("-");
    format!("{file}:{}", failure.line.unwrap_or(0))
}

/// An archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        let written = zip.start_file(*name, packed).map(|()| zip.write_all(bytes));
        assert!(written.is_ok_and(|w| w.is_ok()), "{name}");
    }
    zip.finish()
        .map(std::io::Cursor::into_inner)
        .unwrap_or_default()
}

const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0"
 failures="1" skipped="1" tests="3" time="0.05"><testcase classname="tests.test_cart" name="test_adds" time="0.01" />
<testcase classname="tests.test_cart" name="test_total[a&amp;b]" time="0.02"><failure message="assert 13 == 12&#10; +  where 13 = total()">def test_total():
&gt;       assert total() == 12
E       assert 13 == 12
E        +  where 13 = total()

tests/test_cart.py:5: AssertionError</failure></testcase>
<testcase classname="tests.test_cart" name="test_later"><skipped type="pytest.skip" message="later">x.py:1: later</skipped></testcase>
</testsuite></testsuites>"#;

#[test]
fn pytest_writes_junit() {
    let found = only("junit.xml", PYTEST);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].full_name(), "tests.test_cart.test_total[a&b]");
    assert_eq!(found[0].message, "assert 13 == 12");
    assert_eq!(place(&found[0]), "tests/test_cart.py:5");
    assert_eq!(found[0].excerpt[0], "E       assert 13 == 12");
}

#[test]
fn jest_writes_junit() {
    let jest = "<testsuites><testsuite name=\"cart\" file=\"src/cart.test.js\"><testcase classname=\"cart adds the discount\" \
        name=\"cart adds the discount\"><failure>Error: expect(received).toBe(expected)\n\nExpected: 12\nReceived: 13\n    \
        at Object.toBe (/home/runner/work/shop/shop/node_modules/expect/a.js:3:1)\n    at Object.&lt;anonymous&gt; \
        (/home/runner/work/shop/shop/src/cart.test.js:12:24)</failure></testcase></testsuite></testsuites>";
    let found = only("junit.xml", jest);
    assert_eq!(found[0].full_name(), "cart adds the discount");
    assert!(
        place(&found[0]).ends_with("src/cart.test.js:12"),
        "{found:?}"
    );
}

#[test]
fn surefire_writes_junit() {
    let surefire = "<testsuite name=\"shop.CartTest\"><properties><property name=\"a\" value=\"b\"/></properties>\
        <testcase name=\"flaky\" classname=\"shop.CartTest\"><flakyFailure message=\"once\">x</flakyFailure></testcase>\
        <testcase name=\"total\" classname=\"shop.CartTest\" time=\"0.1\"><failure message=\"expected: &lt;12&gt; but was: &lt;13&gt;\" \
        type=\"org.opentest4j.AssertionFailedError\"><![CDATA[org.opentest4j.AssertionFailedError: expected: <12> but was: <13>\n\
        \tat org.junit.Assert.fail(Assert.java:9)\n\tat shop.CartTest.total(CartTest.java:41)]]></failure>\
        <rerunFailure message=\"again\">y</rerunFailure><system-out><![CDATA[<failure>no</failure>]]></system-out></testcase>\
        <testcase name=\"odd\" classname=\"shop.CartTest\"><error type=\"java.lang.NullPointerException\"/></testcase></testsuite>";
    let found = only("TEST-shop.CartTest.xml", surefire);
    let names: Vec<_> = found.iter().map(Failure::full_name).collect();
    assert_eq!(names, ["shop.CartTest.total", "shop.CartTest.odd"]);
    assert_eq!(found[0].message, "expected: <12> but was: <13>");
    assert_eq!(place(&found[0]), "CartTest.java:41");
    assert_eq!(found[1].message, "java.lang.NullPointerException");
}

#[test]
fn gotestsum_writes_junit() {
    let go = "<testsuites><testsuite name=\"example.com/shop/cart\"><testcase classname=\"example.com/shop/cart\" name=\"TestTotal\">\
        <failure message=\"Failed\" type=\"\">=== RUN   TestTotal\n    cart/cart_test.go:12: got 13, want 12\n--- FAIL: TestTotal (0.00s)\n\
        </failure></testcase></testsuite></testsuites>";
    let found = only("report.xml", go);
    assert_eq!(found[0].full_name(), "example.com/shop/cart.TestTotal");
    assert_eq!(place(&found[0]), "cart/cart_test.go:12");
}

#[test]
fn sarif_tells_of_errors_alone() {
    let sarif = r#"{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{"tool": {"driver":
        {"name": "frost", "rules": [{"id": "sum", "defaultConfiguration": {"level": "error"}}, {"id": "case"}]}}, "results": [
        {"ruleId": "sum", "message": {"text": "the sum is never returned\nat all"}, "locations": [{"physicalLocation":
            {"artifactLocation": {"uri": "file:///home/runner/work/shop/shop/src/a%20b.frost"}, "region": {"startLine": 12}}}]},
        {"ruleId": "case", "message": {"text": "in capitals"}},
        {"ruleId": "sum", "level": "note", "message": {"text": "by the way"}},
        {"ruleId": "sum", "suppressions": [{"kind": "inSource"}], "message": {"text": "known"}},
        {"ruleId": "sum", "kind": "pass", "message": {"text": "fine"}},
        {"level": "error", "message": {"text": "no rule"}}]}]}"#;
    let found = only("frost.sarif", sarif);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].name.as_str(), found[0].message.as_str()),
        ("sum", "the sum is never returned")
    );
    assert_eq!(
        place(&found[0]),
        "/home/runner/work/shop/shop/src/a b.frost:12"
    );
    assert_eq!(found[1].name, "a finding");
    assert_eq!(
        read("package.json", b"{\"name\": \"x\", \"version\": \"2.0.0\"}"),
        Found::default()
    );
}

#[test]
fn tap_tells_the_innermost_failure_once() {
    let tap = "TAP version 13\n# Subtest: cart\n    not ok 1 - adds the discount\n      ---\n      location: '/w/src/cart.test.js:12:3'\n\
        \x20     error: 'Expected values to be strictly equal:'\n      code: 'ERR_ASSERTION'\n      ...\n    ok 2 - empties\n    1..2\n\
        not ok 1 - cart\n  ---\n  error: '1 subtest failed'\n  ...\nnot ok 2 - later # TODO write it\nok 3 - list\n\
        not ok 4 alone\n1..4\n";
    let found = only("out.txt", tap);
    let names: Vec<_> = found.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["adds the discount", "alone"]);
    assert_eq!(found[0].message, "Expected values to be strictly equal:");
    assert_eq!(place(&found[0]), "/w/src/cart.test.js:12");
    assert_eq!(
        only("x.tap", "1..1\nok 1\nBail out! no database\n")[0].message,
        "no database"
    );
    assert_eq!(read("notes.txt", b"ok 1 - not TAP"), Found::default());
}

#[test]
fn an_archive_gives_what_its_files_give() {
    let zip = archive(&[
        ("out/junit.xml", PYTEST.as_bytes()),
        ("../../etc/cron.d/x.xml", PYTEST.as_bytes()),
        ("out/picture.png", b"\x89PNG"),
        ("out/coverage.xml", b"<coverage/>"),
        ("a.tap", b"not ok 1 - b\n"),
    ]);
    let found = read("artifact", &zip);
    let files: Vec<_> = found
        .reports
        .iter()
        .map(|r| (r.file.as_str(), r.kind))
        .collect();
    assert_eq!(
        files,
        [
            ("out/junit.xml", Kind::Junit),
            ("../../etc/cron.d/x.xml", Kind::Junit),
            ("a.tap", Kind::Tap)
        ]
    );
    assert!(found.notes.is_empty());
}

#[test]
fn a_bomb_is_named_and_the_rest_is_read() {
    let large = vec![b' '; bound::FILE + 1];
    let zip = archive(&[("bomb.xml", &large), ("good.xml", PYTEST.as_bytes())]);
    assert!(zip.len() < 100_000);
    let found = read("artifact", &zip);
    assert_eq!(
        found.notes,
        ["`bomb.xml` unpacks to more than 10 MiB and was left unread"]
    );
    assert_eq!(found.reports.len(), 1);
    assert_eq!(read("large.xml", &large).notes.len(), 1);

    let half = vec![b' '; bound::FILE - 1];
    let names = ["a.xml", "b.xml", "c.xml", "d.xml"];
    let many: Vec<(&str, &[u8])> = names.into_iter().map(|n| (n, &half[..])).collect();
    let found = read("artifact", &archive(&many));
    assert_eq!(
        found.notes,
        ["it unpacks to more than 25 MiB; `c.xml` and what follows were left unread"]
    );
}

#[test]
fn an_archive_of_too_many_files_is_named() {
    let names: Vec<String> = (0..=bound::ENTRIES).map(|n| format!("{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    let found = read("artifact", &archive(&many));
    assert_eq!(
        found.notes,
        ["the archive lists 5001 entries, more than 5000; it was left unread"]
    );
    let names: Vec<String> = (0..=bound::FILES).map(|n| format!("{n}.xml")).collect();
    let many: Vec<(&str, &[u8])> = names
        .iter()
        .map(|n| (n.as_str(), &b"<testsuite/>"[..]))
        .collect();
    let found = read("artifact", &archive(&many));
    assert_eq!((found.reports.len(), found.notes.len()), (bound::FILES, 1));
    assert!(
        read("artifact", b"PK\x03\x04 and nothing").notes[0].starts_with("it is no ZIP archive")
    );
}

#[test]
fn entities_are_not_expanded_and_depth_ends() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE t [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
        <testsuite><testcase name=\"t&b;\"><failure message=\"&x;\">&b;</failure></testcase></testsuite>";
    let found = only("j.xml", laughs);
    assert_eq!(
        (found[0].name.as_str(), found[0].message.as_str()),
        ("t&b;", "&x;")
    );
    let deep = format!("<testsuite>{}", "<testsuite>".repeat(100_000));
    assert!(only("j.xml", &deep).is_empty());
    let wide: String = (0..200_000).map(|n| format!(" a{n}=''")).collect();
    assert!(only("j.xml", &format!("<testsuite{wide}/>")).is_empty());
    let nested = format!(
        "{{\"version\": \"2.1.0\", \"runs\": {}",
        "[".repeat(100_000)
    );
    assert_eq!(read("x.sarif", nested.as_bytes()), Found::default());
}

#[test]
fn of_many_failures_the_first_are_kept_and_the_rest_counted() {
    let many = "<testcase name='t'><failure/></testcase><testcase name='u'><failure/></testcase>"
        .repeat(20_000);
    let found = read("j.xml", format!("<testsuite>{many}").as_bytes());
    assert_eq!(found.reports[0].failures.len(), bound::FAILURES);
    assert!(found.reports[0].more > 0);
}

/// Whether everything of an answer is within its bounds.
fn bounded(found: &Found) -> bool {
    let short = |text: &str, most: usize| text.chars().count() <= most + 1 && !text.contains('\n');
    found.reports.iter().all(|report| {
        report.failures.len() <= bound::FAILURES
            && short(&report.file, bound::NAME)
            && report.failures.iter().all(|f| {
                short(&f.name, bound::NAME)
                    && short(f.class.as_deref().unwrap_or_default(), bound::NAME)
                    && short(f.file.as_deref().unwrap_or_default(), bound::NAME)
                    && short(&f.message, bound::LINE)
                    && f.excerpt.len() <= bound::LINES
                    && f.excerpt.iter().all(|line| short(line, bound::LINE))
            })
    })
}

/// Texts of the pieces that reports are made of.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<testsuite>",
        "</testsuite>",
        "<testcase name='a' classname=\"b\">",
        "</testcase>",
        "<failure message='x&lt;'>",
        "<failure/>",
        "</failure>",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&#x1b;[31m",
        "&nope;",
        "&#99999999;",
        "<!--",
        "-->",
        "<!DOCTYPE x [",
        "a/b.py:12: x",
        "TAP version 13\n",
        "not ok 1 - a\n",
        "    ok 2\n",
        "  ---\n",
        "  ...\n",
        "message: y\n",
        "Bail out!",
        "\n",
        "é",
        "\0",
        "{",
        "}",
        "\"version\": \"2.1.0\", ",
        "\"runs\": [",
        "\"results\": [{\"level\": \"error\"}]",
        "]",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..3_000), name in ".{0,40}") {
        prop_assert!(bounded(&read(&name, &bytes)));
    }

    #[test]
    fn any_mixture_is_read(start in prop::sample::select(vec!["<testsuite>", "TAP version 13\n", "{", ""]), text in pieces()) {
        let text = format!("{start}{text}");
        let found = read("x.tap", text.as_bytes());
        prop_assert!(bounded(&found));
    }

    #[test]
    fn any_torn_archive_is_read(at in any::<prop::sample::Index>(), new in prop::collection::vec(any::<u8>(), 1..6), cut in any::<bool>()) {
        let mut zip = archive(&[("a.xml", PYTEST.as_bytes()), ("b.tap", b"not ok 1 - x\n")]);
        let at = at.index(zip.len());
        if cut {
            zip.truncate(at);
        } else {
            let end = (at + new.len()).min(zip.len());
            zip.splice(at..end, new);
        }
        prop_assert!(bounded(&read("x", &zip)));
    }
}
