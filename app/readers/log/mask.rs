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

/// What a byte counts as: a digit as a number, white space as nothing.
const MASKED: [u8; 256] = {
    let mut masked = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        masked[byte] = match byte as u8 {
            b'0'..=b'9' => b'#',
            b' ' | b'\t' => NOTHING,
            other => other,
        };
        byte += 1;
    }
    masked
};
/// White space, which is never left.
const NOTHING: u8 = b'\t';

/// A hash of a line in which digits and white space do not count. One pass, no allocation, and
/// one multiplication for eight bytes that count.
pub(crate) fn hash(text: &[u8]) -> u64 {
    let mix = |state: u64, word: u64| {
        let state = (state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state ^ (state >> 29)
    };
    let (mut state, mut word, mut count) = (0xcbf2_9ce4_8422_2325, 0_u64, 0_u64);
    let mut last = 0;
    for byte in text {
        let masked = MASKED[usize::from(*byte)];
        if masked == NOTHING || (last == b'#' && byte.is_ascii_digit()) {
            continue;
        }
        last = masked;
        word = (word << 8) | u64::from(masked);
        count += 1;
        if count.is_multiple_of(8) {
            state = mix(state, word);
        }
    }
    mix(mix(state, word), count)
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
        assert_ne!(hash(b"a 1"), hash(b"a 1#"));
        assert_ne!(hash(b"12345678"), hash(b"12345678x"));
        assert_ne!(hash(b"abcdefgh"), hash(b"abcdefghabcdefgh"));
    }
}
