//! Places in code: taken from what a pattern captured, made relative to the repository, and
//! told apart from places in libraries, which nobody can mend there.

use regex::Captures;

use crate::Location;

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
    const PARTS: [&str; 23] = [
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
    PARTS.iter().any(|part| file.contains(part)) || NAMES.contains(&file)
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
    fn libraries_are_foreign() {
        assert!(foreign("/x/node_modules/jest/build/a.js"));
        assert!(!foreign("src/app.js"));
    }
}
