//! The place in the code that the text of a failure names: of a traceback the line in the test's own
//! file, or else the first one that is in no library.

use std::sync::LazyLock;

use regex::Regex;

static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let named = r#"File "([^"\n]{1,300})", line ([0-9]{1,7})"#;
    let short = r"((?:[A-Za-z]:)?[A-Za-z0-9_./\\@+-]{1,300}\.[A-Za-z]{1,6}):([0-9]{1,7})";
    Regex::new(&format!("{named}|{short}")).ok()
});

/// Parts of paths that are not the repository's.
const FOREIGN: [&str; 12] = [
    "site-packages/",
    "dist-packages/",
    "node_modules/",
    "node:",
    "/.cargo/",
    "/rustc/",
    "/lib/python",
    "/gems/",
    "/vendor/",
    "/usr/lib",
    "hostedtoolcache/",
    "internal/",
];

/// A file and a line, where the text names one. `file` is the test's, and `class` its class, where
/// they are known.
pub(crate) fn find(text: &str, file: Option<&str>, class: Option<&str>) -> Option<(String, u32)> {
    let places: Vec<(String, u32)> = PLACE
        .as_ref()?
        .captures_iter(text)
        .filter_map(|c| {
            let file = c.get(1).or_else(|| c.get(3))?.as_str();
            let line = c.get(2).or_else(|| c.get(4))?.as_str().parse().ok()?;
            Some((file.replace('\\', "/"), line))
        })
        .take(200)
        .collect();
    let known = file.map(|f| f.replace('\\', "/"));
    let own = places.iter().find(|(path, _)| {
        let known = known.as_deref();
        known.is_some_and(|known| path.ends_with(known) || known.ends_with(path.as_str()))
    });
    own.or_else(|| places.iter().find(|(path, _)| is_ours(path, class)))
        .cloned()
}

/// Whether a path may be the repository's. A bare name counts where it is that of the class.
fn is_ours(path: &str, class: Option<&str>) -> bool {
    if path.contains('/') {
        return !FOREIGN.iter().any(|part| path.contains(part));
    }
    let stem = path.split('.').next().unwrap_or_default();
    let mut words = class.unwrap_or_default().split(['.', '$', '/']);
    !stem.is_empty() && words.any(|word| word == stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_s_own_file_comes_first() {
        let text =
            "at x (node_modules/jest/a.js:1:2)\n at src/helper.js:3:4\n at src/cart.test.js:12:24";
        let own = find(text, Some("src/cart.test.js"), None).unwrap();
        assert_eq!(own, ("src/cart.test.js".to_owned(), 12));
        assert_eq!(find(text, None, None).unwrap().0, "src/helper.js");
        let java =
            "at org.junit.Assert.fail(Assert.java:9)\n at shop.CartTest.total(CartTest.java:41)";
        let own = find(java, None, Some("shop.CartTest")).unwrap();
        assert_eq!(own, ("CartTest.java".to_owned(), 41));
        assert_eq!(
            find("File \"tests/a.py\", line 5, in f", None, None)
                .unwrap()
                .1,
            5
        );
        assert_eq!(find("at 10:30, expected 1:2", None, None), None);
    }
}
