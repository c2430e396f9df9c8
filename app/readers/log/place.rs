//! Places in code: taken from what a pattern captured, made relative to the repository, and
//! told apart from places in libraries, which nobody can mend there.

use regex::Captures;

use crate::Location;
use crate::engine::Pattern;

/// A place that a line begins with, behind a word like `at` or a sign at most.
static TOLD: Pattern = Pattern::new(
    r#"^[│|>\s]*(?:[^\w\s/.\\"'(\[<]+\s*)?(?:(?:at|in|on|from|file|loc|location|source|In|At|On|File|Loc|Location|Source):?\s+)*["'(\[<]*(?P<file>(?:file://)?(?:[A-Za-z]:)?[\w./\\@$+~-]*[\w$-]+\.[A-Za-z]\w{0,9}|(?:[\w./-]*/)?(?:Dockerfile|Makefile|Jenkinsfile|Rakefile|Gemfile|Podfile|BUILD)(?:\.\w+)?)["'>]?(?::\[line |: line |:|\(|\[|,? line | \(line )(?P<line>\d+)(?:[:,] ?(?P<col>\d+))?(?:-\d+)?(?P<rest>[)\]>]*(?:[:,\s].*)?)$"#,
);
/// A frame of a stack that names its place in brackets at the end.
static FRAME: Pattern = Pattern::new(
    r"^\s*(?:at|❯|from) \S.*\((?P<file>(?:file://)?[^\s()]+\.[A-Za-z]\w{0,9}):(?P<line>\d+):(?P<col>\d+)\)$",
);

/// The place that a line tells of, if it is made for that.
pub(crate) fn told(text: &str) -> Option<Location> {
    let captures = about(text)?;
    captured(&captures).filter(|at| !foreign(&at.file) && !host(&at.file))
}

/// The place that a line consists of, with nothing behind it.
pub(crate) fn alone(text: &str) -> Option<Location> {
    let captures = about(text)?;
    let rest = captures.name("rest").map_or("", |rest| rest.as_str());
    let bare = rest.chars().all(|c| !c.is_alphanumeric());
    captured(&captures).filter(|at| bare && !foreign(&at.file) && !host(&at.file))
}

/// Most lines hold no digit behind a sign or `line`, and cost no match.
fn about(text: &str) -> Option<Captures<'_>> {
    let bytes = text.as_bytes();
    let likely = bytes.len() < 400 && numbered(bytes);
    likely.then_some(())?;
    TOLD.captures(text).or_else(|| FRAME.captures(text))
}

/// Whether a digit stands behind a sign that a place could hold.
fn numbered(bytes: &[u8]) -> bool {
    let mut before = 0;
    let mut dotted = false;
    for byte in bytes {
        if byte.is_ascii_digit() && matches!(before, b':' | b'(' | b'[' | b' ') && dotted {
            return true;
        }
        // Dockerfiles and their like have no dot, and end with a letter of their name.
        dotted |= *byte == b'.' || *byte == b'e';
        before = *byte;
    }
    false
}

/// Whether what looks like a file is the name of a host, and its line a port; or a story, whose
/// steps say more.
fn host(file: &str) -> bool {
    const ENDS: [&str; 11] = [
        ".com",
        ".org",
        ".net",
        ".io",
        ".dev",
        ".local",
        ".internal",
        ".invalid",
        ".example",
        ".cloud",
        ".feature",
    ];
    ENDS.iter().any(|end| file.ends_with(end))
}

/// The place that a pattern captured.
pub(crate) fn captured(captures: &Captures<'_>) -> Option<Location> {
    let file = captures.name("file")?.as_str().trim();
    let line = captures.name("line")?.as_str().parse().ok()?;
    let column = captures.name("col").and_then(|c| c.as_str().parse().ok());
    (!file.is_empty() && file.len() < 400).then(|| Location {
        file: relative(file),
        line,
        column,
    })
}

/// A path as the repository knows it: without the machine's part.
#[must_use]
pub fn relative(path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    // Bundlers name a source by the bundle that it went into.
    let path = match path
        .strip_prefix("webpack")
        .and_then(|rest| rest.split_once("/./"))
    {
        Some((_, source)) => source,
        None => path,
    };
    let slashed = path.replace('\\', "/");
    let slashed = slashed.trim_start_matches("./");
    for mark in [
        "/_work/",
        "/runners/work/",
        "/runner/work/",
        "/__w/",
        ":/a/",
    ] {
        if let Some((_, rest)) = slashed.split_once(mark) {
            // After the mark stands the repository's name, twice.
            let mut parts = rest.splitn(3, '/');
            let (one, two, three) = (parts.next(), parts.next(), parts.next());
            if let (Some(one), Some(two), Some(three)) = (one, two, three)
                && one == two
            {
                return three.to_owned();
            }
        }
    }
    slashed
        .strip_prefix("/github/workspace/")
        .unwrap_or(slashed)
        .to_owned()
}

/// Whether a place lies outside of the repository: a library, a runtime, a generated file.
pub(crate) fn foreign(file: &str) -> bool {
    const PARTS: [&str; 26] = [
        "site-packages/",
        "dist-packages/",
        "node_modules/",
        "node:",
        "/.cargo/",
        "/rustc/",
        "/lib/python",
        "importlib",
        "<frozen",
        "<string>",
        "/gems/",
        "/vendor/",
        "/usr/include/",
        "/usr/lib/",
        "internal/",
        "hostedtoolcache/",
        ".pyenv/",
        "miniconda",
        "bootstrap.js",
        "/.rustup/",
        "library/std",
        "library/core",
        "/_tool/",
        "/_temp/",
        "/_actions/",
        "ext:",
    ];
    const NAMES: [&str; 15] = [
        "Assert.java",
        "AssertionUtils.java",
        "AssertEquals.java",
        "Assertions.java",
        "AssertTrue.java",
        "Method.java",
        "NativeMethodAccessorImpl.java",
        "AssertThrows.java",
        "AssertionFailureBuilder.java",
        "AssertFalse.java",
        "Executors.java",
        "Thread.java",
        "FutureTask.java",
        "Optional.java",
        "testing.go",
    ];
    let scratch = file.starts_with("/tmp/") || file.starts_with("/var/folders/");
    scratch || PARTS.iter().any(|part| file.contains(part)) || NAMES.contains(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_s_part_goes() {
        assert_eq!(relative("/home/runner/work/app/app/src/a.rs"), "src/a.rs");
        assert_eq!(relative("D:\\a\\app\\app\\src\\a.cs"), "src/a.cs");
        assert_eq!(relative("./src/a.rs"), "src/a.rs");
        assert_eq!(relative("/opt/x.c"), "/opt/x.c");
        assert_eq!(relative("webpack://shop/./src/a.ts"), "src/a.ts");
    }

    #[test]
    fn places_are_told_in_many_ways() {
        let at = |text: &str| told(text).map(|at| at.to_string());
        for (text, want) in [
            ("    at tests/a.php:14", "tests/a.php:14"),
            ("./app/cart/page.tsx:14:9", "app/cart/page.tsx:14"),
            ("  on variables.tf line 3:", "variables.tf:3"),
            ("\tFile: /main.tf:12-18", "/main.tf:12"),
            ("   Loc: [/w/tst.cpp(21)]", "/w/tst.cpp:21"),
            ("Dockerfile:3", "Dockerfile:3"),
            ("./deploy.sh: line 9: x: unbound", "deploy.sh:9"),
            ("  › file://test/cart.js:12:5", "test/cart.js:12"),
            ("  File \"a/b.py\", line 13, in step", "a/b.py:13"),
            ("    at Test.run (test/cart.js:9:10)", "test/cart.js:9"),
        ] {
            assert_eq!(at(text).as_deref(), Some(want), "{text}");
        }
        for text in ["example.com:443 refused", "at 10:11:12", "took 3.5s: 4"] {
            assert_eq!(at(text), None, "{text}");
        }
        assert!(alone("./a/b.tsx:14:9").is_some());
        assert!(alone("a.c:3:4: warning: x").is_none());
    }

    #[test]
    fn libraries_are_foreign() {
        assert!(foreign("/x/node_modules/jest/build/a.js"));
        assert!(!foreign("src/app.js"));
    }
}
