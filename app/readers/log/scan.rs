//! The reader itself: takes the stream page by page, keeps track of steps, and lets the few
//! lines that a reader could care about be looked at. All other lines are passed over.

use std::borrow::Cow;
use std::sync::Arc;

use crate::block::Open;
use crate::engine::Engine;
use crate::finding::Line;
use crate::frame::{self, Mark};
use crate::matcher::Running;
use crate::page::{self, Page};
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
    bytes: u64,
}

impl LogReader {
    /// A reader that has seen nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            splitter: Splitter::default(),
            scanner: Scanner::new(options),
            bytes: 0,
        }
    }

    /// Takes the next bytes of the log.
    pub fn push(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let scanner = &mut self.scanner;
        for piece in chunk.chunks(PIECE) {
            self.splitter.push(piece, |run| scanner.take(run));
        }
    }

    /// Ends the stream and tells what was read.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        let scanner = &mut self.scanner;
        self.splitter.finish(|run| scanner.take(run));
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
    pub(crate) options: Options,
    pub(crate) segments: Vec<Segment>,
    pub(crate) no: u64,
    /// The last time told before the open page.
    time: Option<[u8; 19]>,
    /// The open page; shared, for its lines are read while the state changes.
    pub(crate) page: Arc<Page>,
    /// How many of its lines have begun.
    pub(crate) begun: usize,
    /// How many lines lie before it.
    pub(crate) before: u64,
    marks: Marks,
    pub(crate) header: Header,
    pub(crate) ring: Ring,
    pub(crate) open: Option<(Open, Tier)>,
    /// A finding in the store that takes so many more lines.
    pub(crate) follow: u8,
    /// In so many more lines the place of the last finding may be told.
    pub(crate) seek: u8,
    pub(crate) matchers: Running,
}

impl Scanner {
    fn new(options: Options) -> Self {
        let engine = Engine::get();
        Self {
            engine,
            matchers: Running::new(&options.matchers),
            options,
            segments: vec![Segment::new(None, 1)],
            no: 0,
            time: None,
            page: Arc::default(),
            begun: 0,
            before: 0,
            marks: Marks::default(),
            header: Header::Out,
            ring: Ring::default(),
            open: None,
            follow: 0,
            seek: 0,
        }
    }

    /// Whether nobody waits for the next line, whatever is in it.
    pub(crate) fn idle(&self) -> bool {
        self.open.is_none()
            && self.follow == 0
            && self.seek == 0
            && self.matchers.idle()
            && self.options.baseline.is_none()
    }

    /// Takes whole lines.
    fn take(&mut self, run: &[u8]) {
        let mut page = std::mem::take(&mut self.page);
        match Arc::get_mut(&mut page) {
            Some(page) => page.fill(run),
            None => return,
        }
        let mut marks = std::mem::take(&mut self.marks);
        if let Some(sieve) = &self.engine.sieve {
            sieve.mark(&page.text, &mut marks);
        }
        self.page = Arc::clone(&page);
        self.lines(&page, &marks.found);
        self.ring.leave(&page, self.before);
        self.time = page.time(page.spans.len()).or(self.time);
        self.before = self.no;
        self.begun = 0;
        self.marks = marks;
    }

    /// Reads the lines of the open page, or passes over them where nobody could care.
    fn lines(&mut self, page: &Page, mut found: &[(u32, u16)]) {
        let (mut special, mut at) = (&page.special[..], 0);
        while at < page.spans.len() {
            if self.header == Header::Out && self.idle() {
                let marked = found.first().map(|(place, _)| page.line_of(*place, at));
                let next = [marked, special.first().copied()].into_iter().flatten();
                let next = next.min().unwrap_or(page.spans.len());
                self.pass(page, at, next);
                at = next;
            }
            let Some(span) = page.spans.get(at) else {
                break;
            };
            let later = found
                .iter()
                .position(|(place, _)| *place >= span.range().end);
            let (own, rest) = found.split_at(later.unwrap_or(found.len()));
            self.line(page, at, own);
            found = rest;
            at += 1;
            special = &special[usize::from(special.first().is_some_and(|line| *line < at))..];
        }
    }

    /// Passes over lines that hold nothing.
    fn pass(&mut self, page: &Page, from: usize, to: usize) {
        (self.begun, self.no) = (to, self.before + to as u64);
        if self.current().broken && page.spans[from..to].iter().any(|span| !span.is_empty()) {
            self.current().broken = false;
        }
    }

    /// Reads a line.
    fn line(&mut self, page: &Page, at: usize, found: &[(u32, u16)]) {
        (self.begun, self.no) = (at + 1, self.before + at as u64 + 1);
        let span = &page.spans[at];
        let bare = page.bare(span);
        if self.header != Header::Out || span.mark != Mark::None {
            if self.structure(span.mark, bare) {
                self.ring.skip(at);
                return;
            }
        } else if bare.first() == Some(&b'P') && page::ends(bare) {
            self.begin(None, self.no, true);
            return;
        }
        let text = page.text(span);
        let hits = self.engine.hits(text, span.range().start, found);
        self.body(span.mark, text, &hits);
    }

    /// The lines before the one that is being read, newest first.
    pub(crate) fn back(&self) -> impl Iterator<Item = (u64, Mark, Cow<'_, str>)> + '_ {
        let upto = self.begun.saturating_sub(1);
        self.ring.back(&self.page, self.before, upto)
    }

    /// The last time that was told.
    fn now(&self) -> Option<[u8; 19]> {
        self.page.time(self.begun).or(self.time)
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
        segment.started = self.now();
        segment.post = post;
        self.segments.push(segment);
        self.ring.clear(self.begun);
    }

    fn end_segment(&mut self) {
        self.close();
        if self.store().tail.is_empty() {
            self.keep_tail();
        }
        let (no, time) = (self.no, self.now());
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

/// Whether a line belongs under a step's header.
fn heads(rest: &[u8]) -> bool {
    const STARTS: [&[u8]; 4] = [b"\x1b[36;1m", b"shell: ", b"with:", b"env:"];
    STARTS.iter().any(|start| rest.starts_with(start))
}

fn trimmed(rest: &[u8]) -> &[u8] {
    rest.trim_ascii_end()
}
