//! The reader itself: takes the stream line by line, keeps track of steps, and lets the few
//! lines that a reader could care about be looked at. All other lines cost one pass.

use crate::block::Open;
use crate::engine::{Engine, Mask};
use crate::finding::Line;
use crate::frame::{self, Mark};
use crate::matcher::Running;
use crate::ring::Ring;
use crate::rule::Tier;
use crate::sieve::Marks;
use crate::split::Splitter;
use crate::step::Segment;
use crate::store::Store;
use crate::{Options, Reading, clean, report};

/// How much is sieved at once: little enough to be still near when its lines are looked at.
const PIECE: usize = 64 * 1024;
/// The most steps that are told apart.
const SEGMENTS: usize = 2000;
/// How many steps without an error keep what was found in them.
const QUIET: usize = 6;
/// How many steps with one.
const LOUD: usize = 48;

/// Whether the lines of a step's header are being read.
#[derive(PartialEq, Eq)]
pub(crate) enum Header {
    Out,
    /// A group that may be a header; the next line tells.
    Maybe(u64, String),
    In(u16),
}

/// Reads a job log as a stream.
pub struct LogReader {
    splitter: Splitter,
    scanner: Scanner,
    marks: Marks,
    bytes: u64,
}

impl LogReader {
    /// A reader that has seen nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            splitter: Splitter::default(),
            scanner: Scanner::new(options),
            marks: Marks::default(),
            bytes: 0,
        }
    }

    /// Takes the next bytes of the log.
    pub fn push(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let (scanner, marks) = (&mut self.scanner, &mut self.marks);
        let sieve = scanner.engine.sieve.as_ref();
        for piece in chunk.chunks(PIECE) {
            if let Some(sieve) = sieve {
                sieve.mark(piece, marks);
            }
            self.splitter.push(piece, |line, whole| {
                let marked = sieve.is_none() || marks.next();
                scanner.line(line, marked || !whole);
            });
        }
    }

    /// Ends the stream and tells what was read.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        let scanner = &mut self.scanner;
        self.splitter.finish(|line, _| scanner.line(line, true));
        self.scanner.end_segment();
        let mut reading = report::tell(&self.scanner.segments, &self.scanner.options);
        reading.lines = self.scanner.no;
        reading.bytes = self.bytes;
        reading.truncated |= self.splitter.cut;
        reading
    }
}

/// The state between two lines.
pub(crate) struct Scanner {
    pub(crate) engine: &'static Engine,
    pub(crate) mask: Mask,
    pub(crate) options: Options,
    pub(crate) segments: Vec<Segment>,
    pub(crate) no: u64,
    pub(crate) time: Option<[u8; 19]>,
    pub(crate) header: Header,
    pub(crate) ring: Ring,
    pub(crate) open: Option<(Open, Tier)>,
    /// A finding in the store that takes so many more lines.
    pub(crate) follow: u8,
    /// In so many more lines the place of the last finding may be told.
    pub(crate) seek: u8,
    pub(crate) matchers: Running,
    pub(crate) scratch: Vec<u8>,
}

impl Scanner {
    fn new(options: Options) -> Self {
        let engine = Engine::get();
        Self {
            engine,
            mask: engine.enabled(""),
            matchers: Running::new(&options.matchers),
            options,
            segments: vec![Segment::new(None, 1)],
            no: 0,
            time: None,
            header: Header::Out,
            ring: Ring::default(),
            open: None,
            follow: 0,
            seek: 0,
            scratch: Vec::new(),
        }
    }

    /// Takes a line. One that is not woken holds no needle, no marker and nothing to clean.
    fn line(&mut self, raw: &[u8], woken: bool) {
        self.no += 1;
        let (time, rest) = frame::timestamp(raw);
        if time.is_some() {
            self.time = time;
        }
        if !woken && self.header == Header::Out {
            self.body(Mark::None, rest, false);
            return;
        }
        let (mark, rest) = frame::mark(rest);
        if self.header != Header::Out || mark != Mark::None {
            if self.structure(mark, rest) {
                return;
            }
        } else if rest.first() == Some(&b'P') && trimmed(rest) == POST {
            self.begin(None, self.no, true);
            return;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let text = if clean::dirty(rest) {
            clean::text(rest, &mut scratch);
            &scratch[..]
        } else {
            rest
        };
        self.body(mark, text, true);
        self.scratch = scratch;
    }

    /// Handles markers and headers; says whether the line is done with.
    fn structure(&mut self, mark: Mark, rest: &[u8]) -> bool {
        match std::mem::replace(&mut self.header, Header::Out) {
            Header::Maybe(no, text) => {
                if mark == Mark::EndGroup || heads(rest) {
                    self.begin(Some(text), no, false);
                    if mark != Mark::EndGroup {
                        self.header = Header::In(0);
                        self.command(rest);
                    }
                    return true;
                }
            }
            Header::In(lines) => {
                if mark == Mark::EndGroup || lines > 400 {
                    self.current().body = self.no + 1;
                    self.enable();
                    return true;
                }
                self.header = Header::In(lines + 1);
                self.command(rest);
                return true;
            }
            Header::Out => {}
        }
        match mark {
            Mark::Group if rest.starts_with(b"Run ") => {
                let text = String::from_utf8_lossy(&rest[..rest.len().min(600)]);
                self.header = Header::Maybe(self.no, text.trim_end().to_owned());
                true
            }
            Mark::Error => self.error(rest),
            Mark::EndGroup | Mark::Command | Mark::Other => true,
            _ => false,
        }
    }

    fn command(&mut self, rest: &[u8]) {
        let mut text = Vec::new();
        clean::text(&rest[..rest.len().min(2000)], &mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        self.current().command(&text);
    }

    fn error(&mut self, rest: &[u8]) -> bool {
        let no = self.no;
        let segment = self.current();
        segment.errors += 1;
        segment.broken = true;
        let Some(code) = frame::exit_code(trimmed(rest)) else {
            return false;
        };
        segment.exit = Some(code);
        segment.exit_line = Some(no);
        self.close();
        self.keep_tail();
        true
    }

    pub(crate) fn current(&mut self) -> &mut Segment {
        if self.segments.is_empty() {
            self.segments.push(Segment::new(None, self.no));
        }
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    pub(crate) fn store(&mut self) -> &mut Store {
        self.current().store.get_or_insert_default()
    }

    /// Begins a new step.
    fn begin(&mut self, header: Option<String>, no: u64, post: bool) {
        if self.segments.len() >= SEGMENTS {
            return;
        }
        self.end_segment();
        let mut segment = Segment::new(header, no);
        segment.started = self.time;
        segment.post = post;
        self.segments.push(segment);
        self.enable();
        self.ring.clear();
    }

    fn end_segment(&mut self) {
        self.close();
        if self.store().tail.is_empty() {
            self.keep_tail();
        }
        let (no, time) = (self.no, self.time);
        let segment = self.current();
        segment.last = no.max(segment.first);
        segment.ended = time;
        self.forget_old();
    }

    /// Drops what was found in steps that can hardly be the one.
    fn forget_old(&mut self) {
        let (mut quiet, mut loud) = (0, 0);
        for segment in self.segments.iter_mut().rev() {
            if segment.store.is_none() {
                continue;
            }
            let (count, most) = if segment.errors > 0 {
                (&mut loud, LOUD)
            } else {
                (&mut quiet, QUIET)
            };
            *count += 1;
            if *count > most {
                segment.store = None;
            }
        }
    }

    fn keep_tail(&mut self) {
        let body = self.current().body;
        let wrapped = self.store().wrapped.clone();
        let tail: Vec<Line> = self
            .ring
            .back()
            .filter(|(no, mark, text)| {
                *no >= body
                    && *mark != Mark::Group
                    && !text.trim().is_empty()
                    && !wrapped.contains(no)
            })
            .take(16)
            .map(|(no, _, text)| Line::new(no, &text))
            .collect();
        self.store().tail = tail;
    }
}

/// What the clean-up at the end begins with.
const POST: &[u8] = b"Post job cleanup.";

/// What wakes a line although it is no rule's needle: markers, and what a terminal would have
/// swallowed, which may hide a needle.
pub(crate) const WAKING: [&str; 6] = [
    "##[",
    "[command]",
    "\x1b",
    "\r",
    "\x08",
    "Post job cleanup.",
];

/// Whether a line belongs under a step's header.
fn heads(rest: &[u8]) -> bool {
    const STARTS: [&[u8]; 4] = [b"\x1b[36;1m", b"shell: ", b"with:", b"env:"];
    STARTS.iter().any(|start| rest.starts_with(start))
}

fn trimmed(rest: &[u8]) -> &[u8] {
    rest.trim_ascii_end()
}
