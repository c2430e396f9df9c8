//! The reader itself: takes the stream line by line, keeps track of steps, and lets the few
//! lines that a reader could care about be looked at. All other lines cost one pass.

use crate::block::{Open, Taken};
use crate::engine::{Engine, Hits, Mask};
use crate::finding::{Finding, Line};
use crate::frame::{self, Mark};
use crate::matcher::Running;
use crate::ring::Ring;
use crate::rule::{Rule, Then, Tier};
use crate::sieve::LANES;
use crate::split::Splitter;
use crate::step::Segment;
use crate::store::Store;
use crate::{Options, Reading, clean, names, place, report};

/// The most steps that are told apart.
const SEGMENTS: usize = 2000;
/// How many steps without an error keep what was found in them.
const QUIET: usize = 6;
/// How many steps with one.
const LOUD: usize = 48;

/// Whether the lines of a step's header are being read.
#[derive(PartialEq, Eq)]
enum Header {
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
        self.splitter.push(chunk, |lines| scanner.lines(lines));
    }

    /// Ends the stream and tells what was read.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        let scanner = &mut self.scanner;
        self.splitter.finish(|lines| scanner.lines(lines));
        self.scanner.end_segment();
        let mut reading = report::tell(&self.scanner.segments, &self.scanner.options);
        reading.lines = self.scanner.no;
        reading.bytes = self.bytes;
        reading.truncated |= self.splitter.cut;
        reading
    }
}

/// The state between two lines.
struct Scanner {
    engine: &'static Engine,
    mask: Mask,
    options: Options,
    segments: Vec<Segment>,
    no: u64,
    time: Option<[u8; 19]>,
    header: Header,
    ring: Ring,
    open: Option<(Open, Tier)>,
    /// A finding in the store that takes so many more lines.
    follow: u8,
    matchers: Running,
    scratch: Vec<u8>,
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
            scratch: Vec::new(),
        }
    }

    /// Takes up to [`LANES`] lines.
    fn lines(&mut self, lines: &[&[u8]]) {
        let mut four: [&[u8]; LANES] = [&[]; LANES];
        for (slot, line) in four.iter_mut().zip(lines) {
            // No needle is in a timestamp.
            *slot = if line.get(27) == Some(&b'Z') { &line[28..] } else { line };
        }
        let woken = match &self.engine.sieve {
            Some(sieve) => sieve.any(four),
            None => [true; LANES],
        };
        for (line, woken) in lines.iter().zip(woken) {
            self.line(line, woken);
        }
    }

    fn line(&mut self, raw: &[u8], woken: bool) {
        self.no += 1;
        let (time, rest) = frame::timestamp(raw);
        if time.is_some() {
            self.time = time;
        }
        let (mark, rest) = frame::mark(rest);
        if self.header != Header::Out || mark != Mark::None {
            if self.structure(mark, rest) {
                return;
            }
        } else if rest.first() == Some(&b'P') && trimmed(rest) == b"Post job cleanup." {
            self.begin(None, self.no, true);
            return;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let dirty = clean::dirty(rest);
        let text = if dirty {
            clean::text(rest, &mut scratch);
            &scratch[..]
        } else {
            rest
        };
        // Colours may hide a needle from the sieve.
        self.body(mark, text, woken || dirty);
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

    fn current(&mut self) -> &mut Segment {
        if self.segments.is_empty() {
            self.segments.push(Segment::new(None, self.no));
        }
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    fn store(&mut self) -> &mut Store {
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

    /// A line of a step's own output.
    fn body(&mut self, mark: Mark, bytes: &[u8], woken: bool) {
        let hits = if woken {
            self.engine.hits(bytes, &self.mask)
        } else {
            Hits::default()
        };
        let busy = self.open.is_some() || self.follow > 0 || !self.matchers.idle();
        if hits.any || busy || mark == Mark::Error || self.options.baseline.is_some() {
            let text = clean::utf8(bytes);
            let text = clean::prefix(&text);
            self.look(mark, text, &hits);
        }
        self.ring.push(self.no, mark, bytes);
        if mark == Mark::None && self.current().broken && !bytes.is_empty() {
            self.current().broken = false;
        }
    }

    fn look(&mut self, mark: Mark, text: &str, hits: &Hits) {
        let no = self.no;
        if let Some(base) = &self.options.baseline
            && !text.trim().is_empty()
            && !base.knows(text)
        {
            self.store().fresh(no, text);
        }
        for finding in self.matchers.offer(no, text) {
            self.store().add(finding);
        }
        if let Some((open, tier)) = &mut self.open {
            let tier = *tier;
            match open.offer(no, text) {
                Taken::Yes => return,
                Taken::Last => return self.close(),
                Taken::No => self.close(),
                Taken::Unknown => {
                    if !self.rules(mark, text, hits, Some(tier))
                        && let Some((open, _)) = &mut self.open
                    {
                        open.plain(no, text);
                    }
                    return;
                }
            }
        }
        self.follow_on(text);
        if mark == Mark::Warning {
            return;
        }
        if !self.rules(mark, text, hits, None) {
            self.unknown(mark, text, hits);
        }
    }

    fn follow_on(&mut self, text: &str) {
        if self.follow == 0 {
            return;
        }
        self.follow -= 1;
        if text.trim().is_empty() {
            self.follow = 0;
            return;
        }
        let line = Line::new(self.no, text);
        if let Some(last) = self.store().findings.last_mut() {
            last.more.push(line);
        }
    }

    /// A line that no reader knows.
    fn unknown(&mut self, mark: Mark, text: &str, hits: &Hits) {
        let no = self.no;
        if mark == Mark::Error && !text.trim().is_empty() {
            let mut finding =
                Finding::new("runner: error annotation", Tier::Fatal, Line::new(no, text));
            finding.annotated = true;
            finding.refine = true;
            self.store().add(finding);
        } else if hits.loose {
            self.store().loose.offer(no, text, false);
        }
    }

    /// Asks the rules; says whether one of them knew the line.
    fn rules(&mut self, mark: Mark, text: &str, hits: &Hits, within: Option<Tier>) -> bool {
        let mut known = false;
        for index in hits.rules() {
            let (rule, pattern) = &self.engine.rules[index];
            let weaker = within.is_some_and(|tier| rule.tier < tier && rule.tier > Tier::Wrapper);
            if weaker {
                continue;
            }
            // Most lines with a needle do not match, and a bare test allocates nothing.
            let Some(pattern) = pattern.get().filter(|p| p.is_match(text)) else {
                continue;
            };
            let Some(captures) = pattern.captures(text) else {
                continue;
            };
            known = true;
            if self.apply(index, rule, mark, text, &captures) {
                break;
            }
        }
        known
    }

    /// Switches on the rules that hold in this step.
    fn enable(&mut self) {
        let command = crate::rank::text(self.current());
        self.mask = self.engine.enabled(&command);
    }

    /// Does what a rule asks for; says whether the line is settled.
    fn apply(
        &mut self,
        index: usize,
        rule: &'static Rule,
        mark: Mark,
        text: &str,
        captures: &regex::Captures<'_>,
    ) -> bool {
        let no = self.no;
        match rule.then {
            Then::Noise => return true,
            Then::Note => {
                self.store().note(rule.name, Line::new(no, text));
                return false;
            }
            Then::Test => {
                if let Some(test) = names::captured(captures) {
                    self.store().name(&test);
                }
                return false;
            }
            Then::Blame if self.blame(captures) => return true,
            Then::Blame | Then::Cause(_) | Then::Open(_) => {}
        }
        let finding = self.found(rule, mark, text, captures);
        if rule.tier == Tier::Wrapper {
            self.close();
            self.store().wrap(no);
        }
        if let Some(patterns) = self.engine.block(index) {
            self.close();
            self.open = Some((Open::new(patterns, finding), rule.tier));
        } else {
            self.store().add(finding);
            if let Then::Cause(lines) = rule.then {
                self.follow = lines;
            }
        }
        true
    }

    /// Names the test of the finding before, if that has none.
    fn blame(&mut self, captures: &regex::Captures<'_>) -> bool {
        self.close();
        let (no, test) = (self.no, names::captured(captures));
        let store = self.store();
        let Some(test) = test else {
            return false;
        };
        let blamed = store.findings.last_mut().filter(|last| {
            last.test.is_none()
                && last.category == Some(crate::Category::Test)
                && no.saturating_sub(last.head.no) < 80
        });
        let Some(last) = blamed else {
            return false;
        };
        last.test = Some(test.clone());
        store.name(&test);
        true
    }

    fn found(
        &mut self,
        rule: &'static Rule,
        mark: Mark,
        text: &str,
        captures: &regex::Captures<'_>,
    ) -> Finding {
        let mut finding = Finding::new(rule.name, rule.tier, Line::new(self.no, text));
        finding.category = rule.category;
        finding.refine = rule.refine || rule.category.is_none();
        finding.annotated = mark == Mark::Error;
        finding.test = names::captured(captures);
        finding.at = place::captured(captures);
        if rule.title_above {
            finding.test = self.title();
        }
        if finding.at.is_none() && rule.file_above {
            finding.at = self.above(captures);
        }
        if let Some(msg) = captures.name("msg") {
            finding.key = crate::mask::template(msg.as_str());
        }
        finding
    }

    /// The name of a test that stands above, between two rules of dashes.
    fn title(&self) -> Option<String> {
        let dashes = |text: &str| text.len() >= 20 && text.bytes().all(|b| b == b'-');
        let lines: Vec<String> = self.ring.back().take(30).map(|line| line.2).collect();
        let below = lines.iter().position(|text| dashes(text.trim()))?;
        let above = lines[below + 1..].iter().position(|text| dashes(text.trim()))?;
        let name = lines[below + 1..below + 1 + above].last()?.trim();
        (!name.is_empty() && name.len() < 300).then(|| name.to_owned())
    }

    /// The place of a finding whose file is named on a line above.
    fn above(&self, captures: &regex::Captures<'_>) -> Option<crate::Location> {
        let line = captures.name("line")?.as_str().parse().ok()?;
        let column = captures.name("col").and_then(|c| c.as_str().parse().ok());
        let file = self.ring.back().find_map(|(_, _, text)| path(&text))?;
        Some(crate::Location {
            file: place::relative(&file),
            line,
            column,
        })
    }

    fn close(&mut self) {
        self.follow = 0;
        if let Some((open, _)) = self.open.take()
            && let Some(finding) = open.close()
        {
            self.store().add(finding);
        }
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

/// The path that a line consists of, as linters put it above their findings.
fn path(text: &str) -> Option<String> {
    let text = text.trim_end();
    let text = text.strip_prefix("FILE: ").unwrap_or(text);
    let text = text
        .strip_prefix("== [")
        .and_then(|t| t.split_once(']'))
        .map_or(text, |(path, _)| path);
    let bare = !text.is_empty() && !text.starts_with(' ') && !text.contains(char::is_whitespace);
    let named = text.rsplit(['/', '\\']).next().is_some_and(|name| {
        name.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty()
                && (1..=12).contains(&ending.len())
                && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    });
    (bare && named && !text.ends_with(':')).then(|| text.to_owned())
}
