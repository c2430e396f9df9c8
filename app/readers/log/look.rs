//! What is done with a line that a reader could care about: it is offered to the open block,
//! to the rules whose needle it holds, and, if nobody knows it, kept as a candidate.

use crate::block::{Open, Taken};
use crate::engine::Hits;
use crate::finding::{Finding, Line};
use crate::frame::Mark;
use crate::rule::{Rule, Then, Tier};
use crate::scan::Scanner;
use crate::{clean, loose, names, place};

/// The most lines that follow a finding.
const MORE: usize = 12;

/// So many lines after a finding may tell its place.
const NEAR: u8 = 7;

impl Scanner {
    /// A line of a step's own output.
    pub(crate) fn body(&mut self, mark: Mark, bytes: &[u8], hits: &Hits) {
        if hits.any || !self.idle() || mark == Mark::Error {
            let text = clean::utf8(bytes);
            let text = clean::prefix(&text);
            self.look(mark, text, hits);
        }
        if mark == Mark::None && !bytes.is_empty() {
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
        self.sought(text);
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
        if text.trim().is_empty() || loose::idle(text) {
            self.follow = 0;
            return;
        }
        let line = Line::new(self.no, text);
        // A finding that was merged into an older one leaves the last as it was, so a hostile log
        // could feed the same finding for ever.
        if let Some(last) = self
            .store()
            .findings
            .last_mut()
            .filter(|f| f.more.len() < MORE)
        {
            last.more.push(line);
        }
    }

    /// Takes the place that a line tells of for the finding before it.
    fn sought(&mut self, text: &str) {
        if self.seek == 0 {
            return;
        }
        self.seek -= 1;
        let Some(at) = place::told(text) else {
            return;
        };
        self.seek = 0;
        if let Some(last) = self.store().findings.last_mut().filter(|f| f.at.is_none()) {
            last.at = Some(at);
        }
    }

    /// Adds a finding; one without a place may be told of it in the lines that follow.
    fn add(&mut self, finding: Finding) {
        let no = finding.head.no;
        let telling = finding.at.is_none() && finding.tier >= Tier::Exception;
        self.store().add(finding);
        let last = self.store().findings.last().map(|last| last.head.no);
        self.seek = if telling && last == Some(no) { NEAR } else { 0 };
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
            let upto = self.begun.saturating_sub(1);
            let (ring, page, before) = (&self.ring, &self.page, self.before);
            let above = || ring.back(page, before, upto).next();
            let at = || place::told(text).or_else(|| place::alone(&above()?.2));
            if let Some(segment) = self.segments.last_mut() {
                let store = segment.store.get_or_insert_default();
                store.loose.offer(no, text, at);
            }
        }
    }

    /// Asks the rules; says whether one of them knew the line.
    fn rules(&mut self, mark: Mark, text: &str, hits: &Hits, within: Option<Tier>) -> bool {
        let mut known = false;
        for index in hits.rules() {
            let (rule, pattern) = &self.engine.rules[index];
            let weaker = within.is_some_and(|tier| rule.tier < tier && rule.tier > Tier::Wrapper);
            if weaker || !pattern.begins(text) || !self.holds(rule) {
                continue;
            }
            if matches!(rule.then, Then::Noise) {
                if pattern.matches(text) {
                    return true;
                }
                continue;
            }
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

    /// Whether a rule holds under the command of this step.
    fn holds(&self, rule: &Rule) -> bool {
        let Some(step) = self.segments.last().filter(|_| !rule.command.is_empty()) else {
            return rule.command.is_empty();
        };
        let header = step.header.as_deref().unwrap_or_default();
        let words = &mut rule.command.iter();
        words.any(|word| header.contains(word) || step.command.contains(word))
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
            Then::Blame | Then::Cause(_) | Then::Open(_) | Then::Noise => {}
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
            self.add(finding);
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
        // What only passes a failure on lies nowhere.
        let lies = finding.at.is_none() && rule.tier > Tier::Loose;
        if lies {
            finding.at = place::told(text);
        }
        if lies && finding.at.is_none() {
            let above = self.back().next();
            finding.at = above.and_then(|(_, _, text)| place::alone(&text));
        }
        if let Some(msg) = captures.name("msg") {
            finding.key = crate::mask::template(msg.as_str());
        }
        finding
    }

    /// The name of a test that stands above, between two rules of dashes.
    fn title(&self) -> Option<String> {
        let dashes = |text: &str| text.len() >= 20 && text.bytes().all(|b| b == b'-');
        let lines: Vec<_> = self.back().take(30).map(|line| line.2).collect();
        let below = lines.iter().position(|text| dashes(text.trim()))?;
        let above = lines[below + 1..]
            .iter()
            .position(|text| dashes(text.trim()))?;
        let name = lines[below + 1..below + 1 + above].last()?.trim();
        (!name.is_empty() && name.len() < 300).then(|| name.to_owned())
    }

    /// The place of a finding whose file is named on a line above.
    fn above(&self, captures: &regex::Captures<'_>) -> Option<crate::Location> {
        let line = captures.name("line")?.as_str().parse().ok()?;
        let column = captures.name("col").and_then(|c| c.as_str().parse().ok());
        let file = self.back().find_map(|(_, _, text)| path(&text))?;
        Some(crate::Location {
            file: place::relative(&file),
            line,
            column,
        })
    }

    pub(crate) fn close(&mut self) {
        self.follow = 0;
        if let Some((open, _)) = self.open.take()
            && let Some(finding) = open.close()
        {
            self.add(finding);
        }
    }
}

/// The path that a line consists of, as linters put it above their findings.
pub(crate) fn path(text: &str) -> Option<String> {
    let text = text.strip_prefix("FILE: ").unwrap_or(text);
    let headed = text.strip_prefix("== [").and_then(|t| t.split_once(']'));
    let text = headed.map_or(text, |(path, _)| path);
    let text = match text.find(char::is_whitespace) {
        // Only a path may be followed by white space, and this by nothing.
        Some(end) if headed.is_some() || !text[end..].trim_start().is_empty() => return None,
        Some(end) => &text[..end],
        None => text,
    };
    let name = text.rsplit(['/', '\\']).next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let named = !stem.is_empty()
        && (1..=12).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    (named && !text.ends_with(':')).then(|| text.to_owned())
}
