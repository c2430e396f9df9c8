//! Templates of lines: what is left when everything that changes from run to run is masked.
//! Two lines with the same template say the same thing.

/// A line with numbers, hashes, times, quotes' quirks and paths of the machine masked.
pub(crate) fn template(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        mask_word(word, &mut out);
    }
    out
}

fn mask_word(word: &str, out: &mut String) {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hex = word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if hex && word.len() >= 7 && digits > 0 {
        out.push('#');
        return;
    }
    let mut last = false;
    for c in word.chars() {
        if c.is_ascii_digit() {
            if !last {
                out.push('#');
            }
            last = true;
        } else {
            out.push(c);
            last = false;
        }
    }
}

/// A hash of a line in which digits and white space do not count. One pass, no allocation.
pub(crate) fn hash(text: &[u8]) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    let mut digit = false;
    for byte in text {
        let masked = match byte {
            b'0'..=b'9' if digit => continue,
            b'0'..=b'9' => b'#',
            b' ' | b'\t' => continue,
            other => *other,
        };
        digit = masked == b'#';
        state = (state ^ u64::from(masked)).wrapping_mul(0x0100_0000_01b3);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_masked() {
        assert_eq!(template("took 12.5s  at 0x7f"), "took #.#s at #x#f");
        assert_eq!(template("rev 4f5c1d0b7a done"), "rev # done");
        assert_eq!(hash(b"a 1"), hash(b"a  234"));
        assert_ne!(hash(b"a 1"), hash(b"b 1"));
    }
}
