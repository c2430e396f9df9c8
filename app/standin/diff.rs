//! The difference of two trees of files, with a patch a file: one hunk from the first changed line to the last. A
//! small GitHub needs no better one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::commit::Files;

/// One changed file.
pub(crate) struct Change {
    pub(crate) path: String,
    pub(crate) sha: String,
    pub(crate) status: &'static str,
    pub(crate) additions: usize,
    pub(crate) deletions: usize,
    pub(crate) patch: String,
}

/// Lines of context around a hunk.
const CONTEXT: usize = 3;

/// A 40-digit name for a text, as git would give it.
pub(crate) fn object_sha(text: &str) -> String {
    let mut sha = hex::encode(Sha256::digest(text));
    sha.truncate(40);
    sha
}

/// Every file that differs, by path.
pub(crate) fn changes(before: &Files, after: &Files) -> Vec<Change> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| change(path, before.get(path), after.get(path)))
        .collect()
}

fn change(path: &str, before: Option<&String>, after: Option<&String>) -> Option<Change> {
    if before == after {
        return None;
    }
    let status = match (before, after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "modified",
    };
    let lines = |text: Option<&String>| -> Vec<String> {
        text.map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let (old, new) = (lines(before), lines(after));
    let (patch, deletions, additions) = hunk(&old, &new);
    Some(Change {
        path: path.to_owned(),
        sha: object_sha(after.or(before).map_or("", String::as_str)),
        status,
        additions,
        deletions,
        patch,
    })
}

fn hunk(old: &[String], new: &[String]) -> (String, usize, usize) {
    let same = |pair: &(&String, &String)| pair.0 == pair.1;
    let head = old.iter().zip(new).take_while(same).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let from = head.saturating_sub(CONTEXT);
    let after = tail.min(CONTEXT);
    let span = |changed: usize| head - from + changed + after;
    let start = |len: usize| if len == 0 { 0 } else { from + 1 };
    let mut patch = format!(
        "@@ -{},{} +{},{} @@",
        start(old.len()),
        span(gone.len()),
        start(new.len()),
        span(come.len())
    );
    let mut add = |sign: char, lines: &[String]| {
        for line in lines {
            let _ = write!(patch, "\n{sign}{line}");
        }
    };
    add(' ', &old[from..head]);
    add('-', gone);
    add('+', come);
    add(' ', &old[old.len() - tail..old.len() - tail + after]);
    (patch, gone.len(), come.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Files {
        [("a".to_owned(), text.to_owned())].into()
    }

    #[test]
    fn a_changed_line_is_one_hunk_with_context() {
        let found = changes(
            &files("1\n2\n3\n4\n5\n6\n"),
            &files("1\n2\n3\n4\nfive\n6\n"),
        );
        assert_eq!(found[0].patch, "@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6");
        assert_eq!((found[0].additions, found[0].deletions), (1, 1));
    }

    #[test]
    fn new_and_removed_files_say_so() {
        let found = changes(&Files::new(), &files("1\n2\n"));
        assert_eq!((found[0].status, found[0].additions), ("added", 2));
        assert_eq!(found[0].patch, "@@ -0,0 +1,2 @@\n+1\n+2");
        let found = changes(&files("1\n"), &Files::new());
        assert_eq!((found[0].status, found[0].deletions), ("removed", 1));
        assert!(changes(&files("x"), &files("x")).is_empty());
    }
}
