//! Words of a line that ends in people's prose: `dismiss 1f0c9a7 it's the proxy's fault`.
//!
//! A quote counts only where it begins a word and its fellow ends one; every other quote, and
//! every backslash, is a letter like the others. Any line has words, so nothing can go wrong here.

/// Splits a line at its blanks, except within quotes.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '\'' | '"' => quoted(rest, first).unwrap_or_else(|| plain(rest)),
            _ => plain(rest),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// What stands between a quote and the next one of its kind that ends a word.
fn quoted(text: &str, quote: char) -> Option<(&str, &str)> {
    let inner = text.strip_prefix(quote)?;
    let ends = inner.match_indices(quote).find(|(at, _)| {
        let after = inner.get(at + 1..).unwrap_or_default();
        after.is_empty() || after.starts_with(char::is_whitespace)
    });
    let (at, _) = ends?;
    Some((inner.get(..at)?, inner.get(at + 1..)?))
}

fn plain(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_apostrophe_is_a_letter_and_quotes_around_words_work() {
        for (line, expected) in [
            (
                "dismiss 1f it's their's",
                &["dismiss", "1f", "it's", "their's"][..],
            ),
            ("dismiss '1f' \"a b\"  c", &["dismiss", "1f", "a b", "c"]),
            ("flaky 'a > b'", &["flaky", "a > b"]),
            ("x 'never closed", &["x", "'never", "closed"]),
            ("x 'rock 'n' roll'", &["x", "rock 'n", "roll'"]),
            ("x C:\\dir '' \"", &["x", "C:\\dir", "", "\""]),
            ("", &[]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_line_has_words_and_no_letter_is_added(line in "[ -~]{0,80}") {
            let letters = |text: &str| text.chars().filter(|c| !"'\" ".contains(*c)).collect::<String>();
            prop_assert_eq!(letters(&words(&line).concat()), letters(&line));
        }
    }
}
