//! Problem matchers at work on a log, line by line. One automaton over all first patterns tells
//! which matchers a line could begin; only these, and those in the middle of a report, look at it.

use regex::{Captures, RegexSet, RegexSetBuilder};

use super::{By, Matcher, Step};
use crate::finding::{Finding, Line};
use crate::rule::Tier;
use crate::{Category, Location, place};

/// The most bytes of a line that a matcher sees.
const SEEN: usize = 2_000;
/// The largest automaton over the first patterns of all matchers, in bytes.
const AUTOMATON: usize = 16 << 20;

/// Words in an owner's name that say what kind of failure its matches are.
const OWNERS: [(Category, &[&str]); 2] = [
    (
        Category::Test,
        &["test", "junit", "jest", "mocha", "rspec", "phpunit", "ava"],
    ),
    (
        Category::Compile,
        &[
            "tsc", "gcc", "g++", "clang", "cc", "msvc", "rustc", "cargo", "go", "javac", "java",
            "csc", "dotnet", "compile", "compiler", "build", "kotlin", "scala", "swift", "ghc",
        ],
    ),
];

/// What the lines before told.
#[derive(Clone, Debug, Default)]
struct Partial {
    file: Option<String>,
    from_path: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    severity: Option<String>,
}

/// A matcher and how far it has come.
struct Active {
    matcher: Matcher,
    category: Category,
    /// What was told by each pattern but the last, where the next one may follow.
    told: Vec<Option<Partial>>,
}

/// The matchers at work.
pub(crate) struct Running {
    active: Vec<Active>,
    /// Over the first patterns; nothing where it would be too large, and then each is asked.
    first: Option<RegexSet>,
}

impl Running {
    /// Sets matchers to work.
    pub(crate) fn new(matchers: &[Matcher]) -> Self {
        let active: Vec<Active> = matchers
            .iter()
            .map(|matcher| Active {
                category: category(&matcher.owner),
                told: vec![None; matcher.patterns.len().saturating_sub(1)],
                matcher: matcher.clone(),
            })
            .collect();
        let first = active
            .iter()
            .filter_map(|a| a.matcher.patterns.first())
            .map(|step| &step.source);
        let first = RegexSetBuilder::new(first)
            .size_limit(AUTOMATON)
            .dfa_size_limit(AUTOMATON)
            .build()
            .ok();
        Self { active, first }
    }

    /// Whether there is nothing to do.
    pub(crate) fn idle(&self) -> bool {
        self.active.is_empty()
    }

    /// Offers a line.
    pub(crate) fn offer(&mut self, no: u64, text: &str) -> Vec<Finding> {
        // Mostly there is none, and this is asked about each line that is looked at.
        if self.idle() {
            return Vec::new();
        }
        let mut end = text.len().min(SEEN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let begun = self.first.as_ref().map(|set| set.matches(text));
        let mut found = Vec::new();
        for (at, active) in self.active.iter_mut().enumerate() {
            let begins = begun.as_ref().is_none_or(|begun| begun.matched(at));
            if begins || active.told.iter().any(Option::is_some) {
                found.extend(active.offer(no, text, begins));
            }
        }
        found
    }
}

impl Active {
    /// Asks the last pattern first, as GitHub's runner does: a line may end one report and begin
    /// the next.
    fn offer(&mut self, no: u64, text: &str, begins: bool) -> Option<Finding> {
        let last = self.matcher.patterns.len().checked_sub(1)?;
        for at in (0..=last).rev() {
            let before = match at.checked_sub(1).and_then(|at| self.told.get(at)) {
                Some(told) => told.clone(),
                None => begins.then(Partial::default),
            };
            let Some(mut partial) = before else {
                continue;
            };
            let step = &self.matcher.patterns[at];
            let captures = step.regex.captures(text);
            let repeats = captures.is_some() && step.repeat;
            if at > 0 && !repeats {
                self.told[at - 1] = None;
            }
            let Some(captures) = captures else {
                continue;
            };
            partial.take(step, &captures);
            if at < last {
                self.told[at] = Some(partial);
                continue;
            }
            let message = step.message.and_then(|group| captures.get(group))?.as_str();
            if message.trim().is_empty() {
                return None;
            }
            let message = message.to_owned();
            return Some(self.finding(no, text, &message, partial));
        }
        None
    }

    fn finding(&self, no: u64, text: &str, message: &str, told: Partial) -> Finding {
        let severity = told.severity.as_deref().map(str::to_lowercase);
        let warning = match severity.as_deref() {
            Some(s) if s.starts_with("err") || s.starts_with("fatal") => false,
            Some(s) if s.starts_with("warn") || s == "notice" || s == "info" => true,
            _ => self.matcher.warning,
        };
        let tier = if warning { Tier::Wrapper } else { Tier::Lint };
        let mut finding = Finding::new("a problem matcher", tier, Line::new(no, text));
        finding.category = Some(self.category);
        finding.key = crate::mask::template(message);
        finding.by = Some(By {
            owner: self.matcher.owner.clone(),
            warning,
        });
        let file = told.file.as_deref().map(str::trim).unwrap_or_default();
        if let Some(line) = told.line
            && !file.is_empty()
            && file.len() < 400
        {
            finding.at = Some(Location {
                file: place::relative(&rooted(file, told.from_path.as_deref())),
                line,
                column: told.column,
            });
        }
        finding
    }
}

impl Partial {
    /// Takes what this line tells; what it leaves out stands as before.
    fn take(&mut self, step: &Step, captures: &Captures<'_>) {
        let get = |group: Option<usize>| captures.get(group?).map(|m| m.as_str());
        let text = |group, old: &mut Option<String>| {
            if let Some(new) = get(group) {
                *old = Some(new.to_owned());
            }
        };
        text(step.file, &mut self.file);
        text(step.from_path, &mut self.from_path);
        text(step.severity, &mut self.severity);
        let number = |group| get(group).and_then(|n| n.trim().parse().ok());
        self.line = number(step.line).or(self.line);
        self.column = number(step.column).or(self.column);
    }
}

/// A file that is named from the folder of another one, such as a project's.
fn rooted(file: &str, from: Option<&str>) -> String {
    let absolute = file.starts_with(['/', '\\']) || file.get(1..2) == Some(":");
    let folder = from.and_then(|from| from.rfind(['/', '\\']).map(|at| &from[..=at]));
    match folder {
        Some(folder) if !absolute => format!("{folder}{}", file.trim_start_matches("./")),
        _ => file.to_owned(),
    }
}

fn category(owner: &str) -> Category {
    let owner = owner.to_lowercase();
    let mut words = owner.split(|c: char| !c.is_alphanumeric() && c != '+');
    let of = |word: &str| {
        let known = OWNERS.iter().find(|(_, names)| names.contains(&word));
        known.map(|(category, _)| *category)
    };
    words.find_map(of).unwrap_or(Category::Lint)
}
