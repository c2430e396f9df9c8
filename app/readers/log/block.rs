//! Reads the report of one failure: an open block takes lines until it ends, and sorts them
//! into what was said, where, and what else may be shown.

use regex::Captures;

use crate::engine::BlockPatterns;
use crate::finding::{Finding, Line};
use crate::rule::Part;
use crate::{Category, Location};
use crate::{loose, place};

/// What became of a line that was offered to a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The block took it.
    Yes,
    /// No part knows it; it may begin something else.
    Unknown,
    /// The block took it and ended.
    Last,
    /// The block had ended before it.
    No,
}

/// An open block.
pub(crate) struct Open {
    patterns: &'static BlockPatterns,
    pub(crate) finding: Finding,
    lines: u16,
    blanks: u8,
    dropped: bool,
    /// Whether stack frames have begun: the message lies before them.
    framed: bool,
    /// The line that named the place.
    placed: Option<Line>,
    /// A place that a line tells of which no part knows: it counts if there is no other.
    near: Option<Location>,
}

impl Open {
    /// Opens a block under a heading.
    pub(crate) fn new(patterns: &'static BlockPatterns, mut finding: Finding) -> Self {
        finding.first = patterns.spec.first;
        Self {
            patterns,
            finding,
            lines: 0,
            blanks: 0,
            dropped: false,
            framed: false,
            placed: None,
            near: None,
        }
    }

    /// Offers a line.
    pub(crate) fn offer(&mut self, no: u64, text: &str) -> Taken {
        self.lines += 1;
        if self.lines > self.patterns.spec.most {
            return Taken::No;
        }
        if text.trim().is_empty() {
            self.blanks += 1;
            let most = self.patterns.spec.blanks;
            return if most > 0 && self.blanks >= most {
                Taken::Last
            } else {
                Taken::Yes
            };
        }
        self.blanks = 0;
        let taken = self.sort(no, text);
        let mine = matches!(taken, Taken::Yes | Taken::Unknown);
        if mine && !self.framed && self.near.is_none() && self.finding.at.is_none() {
            self.near = place::told(text);
        }
        taken
    }

    /// Takes a line by the first part that knows it.
    fn sort(&mut self, no: u64, text: &str) -> Taken {
        for (pattern, part) in &self.patterns.parts {
            if let Some(captures) = pattern.captures(text) {
                return self.take(no, text, *part, &captures);
            }
        }
        // What stands further left than the heading is no part of its report.
        if self.patterns.spec.plain && indent(text) < indent(&self.finding.head.text) {
            return Taken::No;
        }
        Taken::Unknown
    }

    /// Takes a line that no part knows and that begins nothing else.
    pub(crate) fn plain(&mut self, no: u64, text: &str) {
        if !self.patterns.spec.plain {
            return;
        }
        if self.finding.said.is_empty() {
            self.finding.said.push(Line::new(no, text));
        } else if self.finding.more.len() < 3 && !self.framed && !loose::idle(text) {
            self.finding.more.push(Line::new(no, text));
        }
    }

    fn take(&mut self, no: u64, text: &str, part: Part, captures: &Captures<'_>) -> Taken {
        match part {
            Part::Said => self.say(no, text),
            Part::Final => {
                self.say(no, text);
                self.place(Part::Last, captures);
                return Taken::Last;
            }
            Part::More => {
                if self.finding.more.len() < 4 {
                    self.finding.more.push(Line::new(no, text));
                }
            }
            Part::At | Part::Last => {
                self.framed = true;
                if self.place(part, captures) {
                    self.placed = Some(Line::new(no, text));
                }
            }
            Part::Quote => self.finding.surround(no, text),
            Part::Statement if self.finding.said.is_empty() => {
                self.finding.frame = vec![Line::new(no, text)];
            }
            Part::Statement => {}
            Part::Test => {
                if self.finding.test.is_none() {
                    self.finding.test = crate::names::captured(captures);
                }
                self.place(Part::At, captures);
            }
            Part::Title => self.title(text),
            Part::Skip => {}
            Part::End => return Taken::No,
            Part::Close => return Taken::Last,
            Part::Drop => {
                self.dropped = true;
                return Taken::Last;
            }
        }
        if part == Part::Said {
            self.place(Part::Last, captures);
        }
        Taken::Yes
    }

    fn say(&mut self, no: u64, text: &str) {
        let most = usize::from(self.patterns.spec.said);
        if self.finding.said.len() < most {
            self.finding.said.push(Line::new(no, text));
        }
    }

    /// Takes the place that a line names; says whether it is the one that counts.
    fn place(&mut self, part: Part, captures: &Captures<'_>) -> bool {
        // A frame in the test's own class says more than one in a helper.
        let own = |file: &str| {
            let test = self.finding.test.as_deref();
            test.is_some_and(|test| owns(test, file))
        };
        let open = part == Part::Last || self.finding.at.is_none();
        let named = captures.name("file").map(|file| file.as_str().trim());
        if !open && !named.is_some_and(own) {
            return false;
        }
        let found = place::captured(captures).or_else(|| self.headed(captures));
        let place = found.filter(|at| !place::foreign(&at.file));
        let counts = place.is_some();
        if counts {
            self.finding.at = place;
        }
        counts
    }

    /// The place of a line that names only its number, where the heading ends with the file.
    fn headed(&self, captures: &Captures<'_>) -> Option<Location> {
        let line = captures.name("line")?.as_str().parse().ok()?;
        let last = self.finding.head.text.split_whitespace().last()?;
        let file = place::relative(&crate::look::path(last)?);
        Some(Location {
            file,
            line,
            column: None,
        })
    }

    /// Adds a line to the test's name.
    fn title(&mut self, text: &str) {
        if !self.finding.said.is_empty() {
            return;
        }
        let test = self.finding.test.get_or_insert_default();
        if test.len() < 300 && !test.ends_with(':') {
            if !test.is_empty() {
                test.push_str(" > ");
            }
            test.push_str(text.trim());
        }
    }

    /// Closes the block: the finding, unless it turned out to be none.
    pub(crate) fn close(mut self) -> Option<Finding> {
        let spec = self.patterns.spec;
        if self.finding.said.is_empty() && self.finding.head_is_mute() {
            self.finding.said = std::mem::take(&mut self.finding.more);
        }
        if self.dropped || (spec.needs_said && self.finding.said.is_empty()) {
            return None;
        }
        if let Some(placed) = self.placed.take() {
            self.finding.frame.push(placed);
            self.finding.frame.sort_by_key(|line| line.no);
        }
        if let Some(test) = &mut self.finding.test {
            *test = test.trim_end_matches(':').trim().to_owned();
        }
        if let (Some((tier, category)), Some(at)) = (spec.placed, &self.finding.at) {
            let manifest = at.file.ends_with(".toml");
            self.finding.tier = tier;
            self.finding.refine = false;
            self.finding.category = Some(if manifest { Category::Config } else { category });
        }
        if self.finding.at.is_none() {
            self.finding.at = self.near;
        }
        self.finding.key = crate::mask::template(self.finding.message());
        Some(self.finding)
    }
}

/// How far a line is indented.
fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// Whether a test's name names the file as its class: `shop.PriceTest.adds` and `PriceTest.java`.
fn owns(test: &str, file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        let classes = ["java", "kt", "groovy", "scala"];
        classes.contains(&ending) && test.split(['.', ' ', '$']).any(|word| word == stem)
    })
}
