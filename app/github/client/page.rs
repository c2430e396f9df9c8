//! Where the next page is.
//!
//! Of a link only path and query are taken. Its host may be another name of the same server (an
//! Enterprise Server behind a proxy), and ours is the only one that may see our token.

use http::Uri;

/// The target of `rel="next"` in a `Link` header.
pub(super) fn next(link: &str) -> Option<String> {
    link.split(',').find_map(|one| {
        let (target, about) = one.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = about.split(';').any(|about| {
            about
                .trim()
                .strip_prefix("rel=")
                .is_some_and(|rel| rel.trim_matches('"') == "next")
        });
        if is_next {
            path_and_query(target)
        } else {
            None
        }
    })
}

/// Path and query of an absolute or a relative address.
pub(super) fn path_and_query(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    path.starts_with('/').then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let links = r#"<https://ghe.example/api/v3/x?page=1>; rel="prev", <https://ghe.example/api/v3/x?a=b%2Cc&page=3>; rel="next", <https://ghe.example/x?page=9>; rel="last""#;
        assert_eq!(next(links).unwrap(), "/api/v3/x?a=b%2Cc&page=3");
        assert_eq!(next(r#"<https://x/y?page=1>; rel="first""#), None);
        for odd in [
            "",
            ",",
            "<",
            "<>; rel=\"next\"",
            "<nowhere>; rel=\"next\"",
            "x; rel=next",
        ] {
            assert_eq!(next(odd), None, "{odd}");
        }
    }
}
