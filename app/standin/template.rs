//! Paths with placeholders, `/repos/{owner}/{repo}/contents/{path}`, matched against real ones. The placeholders
//! `path`, `ref` and `basehead` may hold slashes; among several templates the one with more literal segments wins.

/// The placeholders that may hold slashes.
const LONG: [&str; 3] = ["path", "ref", "basehead"];

/// The values of the placeholders, still percent-encoded, or nothing when `path` does not fit.
pub(crate) fn matches<'a>(template: &'a str, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found = Vec::new();
    fits(
        template.trim_start_matches('/'),
        path.trim_start_matches('/'),
        &mut found,
    )
    .then_some(found)
}

/// How many segments of a template are literal: the measure of the better match.
pub(crate) fn literals(template: &str) -> usize {
    template
        .split('/')
        .filter(|part| !part.is_empty() && !part.starts_with('{'))
        .count()
}

fn fits<'a>(template: &'a str, path: &'a str, found: &mut Vec<(&'a str, &'a str)>) -> bool {
    let (head, rest) = split(template);
    let (segment, tail) = split(path);
    let Some(name) = head.strip_prefix('{').and_then(|h| h.strip_suffix('}')) else {
        return head == segment && continues(rest, tail, found);
    };
    if segment.is_empty() {
        return false;
    }
    if !LONG.contains(&name) {
        found.push((name, segment));
        return continues(rest, tail, found);
    }
    // Shortest first, so that `commits/{ref}/check-runs` does not swallow its own ending.
    let ends = path
        .char_indices()
        .filter(|(_, c)| *c == '/')
        .map(|(at, _)| at)
        .chain([path.len()]);
    for end in ends {
        let kept = found.len();
        found.push((name, &path[..end]));
        let tail = (end < path.len()).then(|| &path[end + 1..]);
        if continues(rest, tail, found) {
            return true;
        }
        found.truncate(kept);
    }
    false
}

fn continues<'a>(
    rest: Option<&'a str>,
    tail: Option<&'a str>,
    found: &mut Vec<(&'a str, &'a str)>,
) -> bool {
    match (rest, tail) {
        (None, None) => true,
        (Some(rest), Some(tail)) => fits(rest, tail, found),
        _ => false,
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    match path.split_once('/') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_take_one_segment() {
        assert_eq!(
            matches("/repos/{owner}/{repo}", "/repos/octo/shop"),
            Some(vec![("owner", "octo"), ("repo", "shop")])
        );
        assert_eq!(
            matches("/repos/{owner}/{repo}", "/repos/octo/shop/issues"),
            None
        );
        assert_eq!(matches("/repos/{owner}/{repo}", "/repos/octo"), None);
    }

    #[test]
    fn a_long_placeholder_may_hold_slashes() {
        let template = "/repos/{owner}/{repo}/commits/{ref}/check-runs";
        let found = matches(template, "/repos/o/r/commits/heads/a/b/check-runs").unwrap();
        assert_eq!(found[2], ("ref", "heads/a/b"));
        assert_eq!(matches(template, "/repos/o/r/commits/heads/a"), None);
        let contents = matches("/c/{path}", "/c/src/a.rs").unwrap();
        assert_eq!(contents, [("path", "src/a.rs")]);
    }
}
