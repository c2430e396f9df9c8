//! Names of tests: how they are put together, and when two of them mean the same test.

use regex::Captures;

/// The longest name that is kept.
const LONGEST: usize = 400;

/// The name that a pattern captured: `test`, or `class` and `test`.
pub(crate) fn captured(captures: &Captures<'_>) -> Option<String> {
    let test = captures.name("test")?.as_str().trim();
    let test = test.strip_suffix(" - should panic").unwrap_or(test);
    let name = match captures.name("class").map(|c| c.as_str().trim()) {
        // Python 3.11 names the method a second time behind the class.
        Some(class) if class.ends_with(&format!(".{test}")) => class.to_owned(),
        Some(class) if !class.is_empty() => format!("{class}.{test}"),
        _ => test.to_owned(),
    };
    let name = name.trim_matches(|c: char| c == '─' || c == '"' || c.is_whitespace());
    (!name.is_empty() && name.len() <= LONGEST).then(|| name.to_owned())
}

/// The words of a name, lower case, without file endings.
pub(crate) fn words(name: &str) -> Vec<String> {
    name.to_lowercase()
        .split(|c: char| c.is_whitespace() || "›>#./\\:()\"'`".contains(c))
        .filter(|word| !word.is_empty())
        .filter(|word| {
            ![
                "py", "js", "ts", "rs", "java", "kt", "rb", "php", "exs", "go",
            ]
            .contains(word)
        })
        .map(str::to_owned)
        .collect()
}

/// Names of tests, each once, with their words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) all: Vec<String>,
    words: Vec<Vec<String>>,
}

impl Names {
    /// Adds a name unless it is known; keeps the longer one of two that mean the same test.
    pub(crate) fn add(&mut self, name: &str, most: usize) {
        let new = words(name);
        if new.is_empty() {
            return;
        }
        if let Some(at) = self.words.iter().position(|known| same(known, &new)) {
            if new.len() > self.words[at].len() {
                name.clone_into(&mut self.all[at]);
                self.words[at] = new;
            }
        } else if self.all.len() < most {
            self.all.push(name.to_owned());
            self.words.push(new);
        }
    }
}

/// Whether two names mean the same test: one is the end of the other, or its words are all there.
pub(crate) fn same(one: &[String], two: &[String]) -> bool {
    let (short, long) = if one.len() <= two.len() {
        (one, two)
    } else {
        (two, one)
    };
    match (short.last(), long.last()) {
        (Some(a), Some(b)) if a == b => short.iter().all(|word| long.contains(word)),
        _ => false,
    }
}

/// Whether two names mean the same test, by whichever tool each was written.
#[must_use]
pub fn same_test(one: &str, two: &str) -> bool {
    same(&words(one), &words(two))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_of_two_names_stays() {
        let mut names = Names::default();
        names.add("test_a", 9);
        names.add("tests/x.py::test_a", 9);
        names.add("tests/x.py::test_b", 9);
        names.add("test_b", 9);
        assert_eq!(names.all, ["tests/x.py::test_a", "tests/x.py::test_b"]);
    }
}
