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
    /// Takes a chunk and hands over what lines it finishes: many at once where they lie side by
    /// side, each with its line feed.
    pub(crate) fn push(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8])) {
        let mut rest = chunk;
        if !self.head.is_empty() {
            rest = self.one(rest, &mut each);
        }
        while let Some(end) = whole(rest) {
            if end > 0 {
                each(&rest[..end]);
            }
            // What follows is longer than a line may be, or not finished.
            rest = self.one(&rest[end..], &mut each);
        }
        self.add(rest);
    }

    /// Hands over the last line, if the stream did not end with a line feed.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        if !self.head.is_empty() {
            self.emit(&mut each);
        }
    }

    /// Takes what belongs to the line that was begun, and returns the rest.
    fn one<'a>(&mut self, chunk: &'a [u8], each: &mut impl FnMut(&[u8])) -> &'a [u8] {
        let Some(end) = memchr::memchr(b'\n', chunk) else {
            self.add(chunk);
            return &[];
        };
        self.add(&chunk[..end]);
        self.emit(each);
        &chunk[end + 1..]
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

    fn emit(&mut self, each: &mut impl FnMut(&[u8])) {
        self.head.append(&mut self.tail);
        self.head.push(b'\n');
        each(&self.head);
        self.head.clear();
    }
}

/// How far a chunk consists of whole lines none of which is too long; nothing if there is no
/// line feed in it.
fn whole(chunk: &[u8]) -> Option<usize> {
    let last = memchr::memrchr(b'\n', chunk)? + 1;
    let mut at = 0;
    while last - at > HEAD + 1 {
        match memchr::memrchr(b'\n', &chunk[at..=at + HEAD]) {
            Some(end) => at += end + 1,
            None => return Some(at),
        }
    }
    Some(last)
}

/// The lines of what a splitter hands over, without their line feeds.
pub(crate) fn lines(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    run.strip_suffix(b"\n")
        .unwrap_or(run)
        .split(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut splitter = Splitter::default();
        let mut out = Vec::new();
        for chunk in chunks {
            splitter.push(chunk, |run| {
                out.extend(super::lines(run).map(<[u8]>::to_vec))
            });
        }
        splitter.finish(|run| out.extend(super::lines(run).map(<[u8]>::to_vec)));
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
