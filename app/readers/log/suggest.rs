//! What to do now, where the tool's own output makes it certain. A suggestion rests on a line of
//! the failure that was found; its words and its command come from the tables in [`tools`], and
//! a name out of the log is filled in only if it has the shape of a name.

use std::sync::OnceLock;

use crate::engine::Pattern;
use crate::finding::{Finding, Line};
use crate::rank::{self, Ranked};
use crate::step::Segment;
use crate::{LineRange, Suggestion, tools};

/// How far below the best finding another one may speak.
const NEAR: i32 = 8;
/// The longest name that is filled in.
const NAME: usize = 120;

/// What to do about lines that match. `{name}` stands for what the pattern captures by that name.
pub(crate) struct Advice {
    /// The pattern of the line.
    pub(crate) pattern: &'static str,
    /// What it means and what to do, in a sentence.
    pub(crate) text: &'static str,
    /// The command that does it.
    pub(crate) command: Option<&'static str>,
    /// Words one of which must stand in the step's command.
    pub(crate) under: &'static [&'static str],
}

impl Advice {
    /// Advice without a command.
    pub(crate) const fn say(pattern: &'static str, text: &'static str) -> Self {
        Self {
            pattern,
            text,
            command: None,
            under: &[],
        }
    }

    /// Advice with a command.
    pub(crate) const fn run(
        pattern: &'static str,
        text: &'static str,
        command: &'static str,
    ) -> Self {
        Self {
            command: Some(command),
            ..Self::say(pattern, text)
        }
    }

    /// Lets it hold only in steps whose command has one of these words.
    pub(crate) const fn under(mut self, words: &'static [&'static str]) -> Self {
        self.under = words;
        self
    }
}

/// All advice with its patterns, which are compiled when first needed.
fn table() -> &'static [(&'static Advice, Pattern)] {
    static TABLE: OnceLock<Vec<(&'static Advice, Pattern)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let all = tools::advice();
        all.map(|advice| (advice, Pattern::new(advice.pattern)))
            .collect()
    })
}

/// What to do about the failure of a step, if that is certain.
pub(crate) fn suggest(ranked: &[Ranked], segment: &Segment) -> Option<Suggestion> {
    let command = rank::text(segment);
    let best = ranked.first().map_or(0, |best| best.score);
    let near = ranked.iter().take_while(|item| best - item.score <= NEAR);
    near.flat_map(|item| lines(&item.finding))
        .find_map(|line| of_line(line, &command))
        .or_else(|| of_exit(segment))
}

fn lines(finding: &Finding) -> impl Iterator<Item = &Line> {
    std::iter::once(&finding.head)
        .chain(&finding.said)
        .chain(&finding.more)
}

fn of_line(line: &Line, command: &str) -> Option<Suggestion> {
    table().iter().find_map(|(advice, pattern)| {
        let here = advice.under.is_empty() || advice.under.iter().any(|w| command.contains(w));
        if !here {
            return None;
        }
        let captures = pattern.captures(&line.text)?;
        let fill = |text: &str| filled(text, |name| captures.name(name).map(|m| m.as_str()));
        let command = match advice.command {
            Some(command) => Some(fill(command)?),
            None => None,
        };
        Some(Suggestion {
            text: fill(advice.text)?,
            command,
            evidence: LineRange::one(line.no),
        })
    })
}

/// What an exit code means that the system gives, not the program.
fn of_exit(segment: &Segment) -> Option<Suggestion> {
    let line = segment.exit_line?;
    let code = segment.exit?;
    let (_, text) = tools::EXITS.iter().find(|(known, _)| *known == code)?;
    Some(Suggestion {
        text: (*text).to_owned(),
        command: None,
        evidence: LineRange::one(line),
    })
}

/// The text with its names filled in; nothing if one of them has not the shape of a name.
fn filled<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(value(name).filter(|value| is_name(value))?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Whether a text is a plain name: it can neither be an option nor end a command.
fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.@/-".contains(&b);
    text.len() <= NAME && text.bytes().all(plain) && !text.is_empty() && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_filled_in() {
        let fill = |value: &'static str| filled("use {x} now", |_| Some(value));
        assert_eq!(fill("@a/b-1.2").as_deref(), Some("use @a/b-1.2 now"));
        for hostile in ["", "-rf", "a b", "a;b", "$(x)", "a`b", "é", "a\nb"] {
            assert_eq!(fill(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn every_pattern_is_well_formed_and_captures_what_is_filled_in() {
        for (advice, pattern) in table() {
            let regex = pattern.get().unwrap();
            let known: Vec<&str> = regex.capture_names().flatten().collect();
            let told = filled(advice.text, |name| known.contains(&name).then_some("x"));
            assert!(told.is_some(), "{}", advice.pattern);
            let run = advice.command.unwrap_or_default();
            assert!(filled(run, |name| known.contains(&name).then_some("x")).is_some());
        }
    }
}
