//! What people said of failures, heeded: a dismissed finding is folded away with who and why, a
//! test that was said to be flaky makes a known flake.
//!
//! Both are looked up by fingerprint and by name, in code. What was observed weighs more than what
//! was said, and what was said of one failure never hides another.

use serde::{Deserialize, Serialize};
use waterline_log::Reading;

use super::decide::Finding;
use super::facts::{Facts, Log, RunFacts};
use super::fingerprint::each_once;
use super::origin::Origin;
use crate::error::Result;
use crate::evidence::Evidence;
use crate::line;
use crate::model::{About, RepoName, Saying};
use crate::port::Ports;
use crate::report::{Block, Line, code, strong};
use crate::saying::{by, day, short, why};

/// A finding that is not worth telling, as somebody said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dismissed {
    /// The finding.
    pub finding: Finding,
    /// What was said of it.
    pub saying: Saying,
}

/// What was said of these failures and their tests, and nothing else.
pub(super) async fn gather(
    ports: &Ports,
    repo: &RepoName,
    runs: &[RunFacts],
) -> Result<Vec<Saying>> {
    let failed = || runs.iter().flat_map(|run| &run.failed);
    let prints: Vec<_> = each_once(failed()).into_iter().map(|(_, p)| p).collect();
    if failed().next().is_none() {
        return Ok(Vec::new());
    }
    let tests: Vec<&String> = failed()
        .filter_map(|job| match &job.log {
            Log::Read { reading, .. } => Some(&reading.tests),
            _ => None,
        })
        .flatten()
        .collect();
    let mut sayings = ports.memory.sayings(repo, ports.now).await?;
    sayings.retain(|saying| match &saying.about {
        About::Failure(print) => prints.contains(print),
        About::Test(name) => tests.contains(&name),
    });
    Ok(sayings)
}

/// Parts the findings: those to tell, and those that were dismissed.
pub(super) fn part(facts: &Facts, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Dismissed>) {
    let (mut told, mut dismissed) = (Vec::new(), Vec::new());
    for finding in findings {
        let about = finding.fingerprint.clone().map(About::Failure);
        let said = facts
            .past
            .sayings
            .iter()
            .find(|saying| saying.holds(facts.at) && Some(&saying.about) == about.as_ref());
        match said.cloned() {
            Some(saying) => dismissed.push(Dismissed { finding, saying }),
            None => told.push(finding),
        }
    }
    (told, dismissed)
}

/// What was said of the failing tests, and of how many of them.
pub(super) struct Flaky<'a> {
    /// A saying for each test that has one.
    pub(super) said: Vec<&'a Saying>,
    /// How many tests fail.
    pub(super) of: usize,
}

impl<'a> Flaky<'a> {
    /// What holds of these tests.
    pub(super) fn of(facts: &'a Facts, reading: &Reading) -> Self {
        let said = |test: &String| {
            let mut sayings = facts.past.sayings.iter();
            sayings.find(|s| s.holds(facts.at) && matches!(&s.about, About::Test(t) if t == test))
        };
        Self {
            said: reading.tests.iter().filter_map(said).collect(),
            of: reading.tests.len(),
        }
    }

    /// True where it was said of every test that fails, and of at least one.
    pub(super) fn all(&self) -> bool {
        self.of > 0 && self.said.len() == self.of
    }

    /// "`cart › adds the discount` was said to be flaky by @mona on 2026-01-05 (until 2026-07-04)."
    pub(super) fn sentence(&self) -> Line {
        let Some(first) = self.said.first() else {
            return line![];
        };
        let mut line = match (self.said.len(), self.of) {
            (1, 1) => line![code(first.title.clone()), " was said to be flaky "],
            (n, of) if n == of => line![format!("All {of} failing tests were said to be flaky, ")],
            (1, of) => line![format!(
                "1 of the {of} failing tests was said to be flaky, "
            )],
            (n, of) => line![format!(
                "{n} of the {of} failing tests were said to be flaky, "
            )],
        };
        if self.of > 1 {
            line.extend(line![code(first.title.clone()), " "]);
        }
        line.extend(by(first));
        line.push(format!(" (until {}).", day(first.until)).into());
        line
    }

    /// Who said so, the first few.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let said = self.said.iter().take(10);
        said.map(|saying| Evidence::Said {
            by: saying.by.login.clone(),
            at: saying.at,
            url: saying.url.clone(),
        })
        .collect()
    }

    /// What is added where something else decided.
    pub(super) fn beside(&self, origin: Origin) -> Line {
        if self.said.is_empty() || origin == Origin::KnownFlake {
            return line![];
        }
        let mut line = line![" "];
        line.extend(self.sentence());
        line
    }
}

/// What was dismissed, each folded below who said so and why.
pub(super) fn folds(dismissed: &[Dismissed], shown: fn(&Finding) -> Vec<Block>) -> Vec<Block> {
    let fold = |one: &Dismissed| {
        let mut summary = line!["Dismissed "];
        summary.extend(by(&one.saying));
        summary.extend(why(&one.saying));
        let mut blocks = shown(&one.finding);
        let id = one.saying.about.id();
        blocks.push(Block::Note(line![
            code(format!("/waterline dismiss --undo {}", short(&id))),
            " takes it back."
        ]));
        Block::Fold { summary, blocks }
    };
    dismissed.iter().map(fold).collect()
}

/// The one line where there is nothing else to tell.
pub(super) fn calm(dismissed: &[Dismissed]) -> Block {
    let text = match dismissed.len() {
        1 => "What failed has been dismissed".to_owned(),
        n => format!("The {n} findings have been dismissed"),
    };
    Block::Paragraph(line!["💤 ", strong(text), ": nothing else failed."])
}

#[cfg(test)]
#[path = "sayings_tests.rs"]
mod tests;
