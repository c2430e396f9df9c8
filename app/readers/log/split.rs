//! Cuts a stream of bytes into lines, whatever the chunks, with bounded memory.
//! A line that is too long keeps its beginning and its end: progress bars write many megabytes
//! between two line feeds, and what they end with is what matters.

/// How much of the beginning of an overlong line is kept.
const HEAD: usize = 12 * 1024;
/// How much of its end.
const TAIL: usize = 4 * 1024;

/// The unfinished line between two chunks.
#[derive(Default)]
pub(crate) struct Splitter {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Whether bytes of a line were dropped.
    pub(crate) cut: bool,
}

impl Splitter {
    /// Takes a chunk and hands every finished line to `each`, without its line feed, once for
    /// each line feed in the chunk; and says whether all of the line lay in it.
    pub(crate) fn push(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8], bool)) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let line = &chunk[start..end];
            start = end + 1;
            if self.head.is_empty() && line.len() <= HEAD {
                each(line, true);
                continue;
            }
            self.add(line);
            self.emit(&mut each);
        }
        self.add(&chunk[start..]);
    }

    /// Hands over the last line, if the stream did not end with a line feed.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(&[u8], bool)) {
        if !self.head.is_empty() {
            self.emit(&mut each);
        }
    }

    fn add(&mut self, part: &[u8]) {
        let room = HEAD - self.head.len();
        let (first, rest) = part.split_at(room.min(part.len()));
        self.head.extend_from_slice(first);
        if rest.is_empty() {
            return;
        }
        if rest.len() >= TAIL {
            self.cut |= !self.tail.is_empty() || rest.len() > TAIL;
            self.tail.clear();
            self.tail.extend_from_slice(&rest[rest.len() - TAIL..]);
            return;
        }
        self.tail.extend_from_slice(rest);
        if self.tail.len() > TAIL {
            self.cut = true;
            self.tail.drain(..self.tail.len() - TAIL);
        }
    }

    fn emit(&mut self, each: &mut impl FnMut(&[u8], bool)) {
        self.head.append(&mut self.tail);
        each(&self.head, false);
        self.head.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut splitter = Splitter::default();
        let mut out = Vec::new();
        for chunk in chunks {
            splitter.push(chunk, |line, _| out.push(line.to_vec()));
        }
        splitter.finish(|line, _| out.push(line.to_vec()));
        out
    }

    #[test]
    fn chunks_do_not_matter() {
        let whole = lines(&[b"a\n\nbc\nd"]);
        assert_eq!(
            whole,
            [b"a".to_vec(), vec![], b"bc".to_vec(), b"d".to_vec()]
        );
        assert_eq!(lines(&[b"a", b"\n", b"\nb", b"c\nd"]), whole);
    }

    #[test]
    fn an_overlong_line_keeps_both_ends() {
        let mut long = vec![b'x'; 3 * 1024 * 1024];
        long.extend_from_slice(b"the end\n");
        let out = lines(&[&long]);
        assert_eq!(out[0].len(), HEAD + TAIL);
        assert!(out[0].ends_with(b"the end"));
        let (one, two) = long.split_at(1_000_001);
        assert_eq!(lines(&[one, two]), out);
    }
}
