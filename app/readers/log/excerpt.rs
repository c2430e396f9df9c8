//! Chooses the lines to show: much of the best finding, a little of the next ones, nothing twice.

use std::collections::HashSet;

use crate::finding::{Finding, Line};
use crate::rank::Ranked;
use crate::rule::Tier;
use crate::{Category, Cause, LineRange};

/// The most findings that are told.
const CAUSES: usize = 40;

/// So many lines are shown before the code around the best cause is left out.
const SHOWN: usize = 8;

/// The causes to show, in at most `most` lines.
pub(crate) fn choose(ranked: &[Ranked], notes: &[(&'static str, Line)], most: usize) -> Vec<Cause> {
    let Some(best) = ranked.first() else {
        return Vec::new();
    };
    let mut taken = HashSet::new();
    let mut said = HashSet::new();
    let mut causes = Vec::new();
    for (at, item) in ranked.iter().enumerate().take(CAUSES) {
        let room = most.saturating_sub(taken.len());
        if room == 0 || (at > 0 && !worth(item, best, taken.len())) {
            break;
        }
        let finding = &item.finding;
        let again = !said.insert(finding.key.clone());
        if again && finding.test.is_none() {
            continue;
        }
        let lines = lines(finding, at, again, &mut taken, room);
        causes.extend(runs(&lines, finding));
    }
    causes.extend(surroundings(&best.finding, &mut taken, most.min(SHOWN)));
    for (name, line) in notes.iter().rev().take(2).rev() {
        if taken.len() < most && taken.insert(line.no) {
            causes.push(Cause::new(
                LineRange::one(line.no),
                vec![line.text.clone()],
                *name,
            ));
        }
    }
    causes
}

/// What a person needs around the best finding: the code it quotes, and the place.
fn surroundings(finding: &Finding, taken: &mut HashSet<u64>, most: usize) -> Vec<Cause> {
    let room = most.saturating_sub(taken.len());
    let lines: Vec<&Line> = finding
        .frame
        .iter()
        .filter(|line| !line.text.trim().is_empty() && !taken.contains(&line.no))
        .take(room)
        .collect();
    taken.extend(lines.iter().map(|line| line.no));
    runs(&lines, finding)
}

/// Whether a finding is shown beside the best one.
fn worth(item: &Ranked, best: &Ranked, shown: usize) -> bool {
    let near = best.score - item.score;
    if best.finding.tier >= Tier::Summary {
        // A clear case: what is as clear, and how the tools around it gave up.
        let tools =
            best.finding.category != Some(Category::Test) && item.finding.tier >= Tier::Fatal;
        return near <= 16 && shown < 14 || shown < 6 && tools;
    }
    if best.finding.tier > Tier::Loose && item.finding.tier == Tier::Loose {
        // A reader knew the cause: a guess beside it has to be a good one.
        return near <= 14 && shown < 10 || shown < 6 && item.score >= 34;
    }
    near <= 14 && shown < 10 || shown < 8 && item.score >= 24
}

/// The lines of a finding that are shown, best first.
fn lines<'f>(
    finding: &'f Finding,
    at: usize,
    again: bool,
    taken: &mut HashSet<u64>,
    room: usize,
) -> Vec<&'f Line> {
    let mut order: Vec<&Line> = Vec::new();
    let (said, more) = match at {
        0 => (3, 2),
        1 => (2, 0),
        _ => (1, 0),
    };
    let heading = std::iter::once(&finding.head);
    if finding.head_first() {
        order.extend(heading);
        if !again {
            order.extend(finding.said.iter().take(said));
        }
    } else {
        order.extend(finding.said.iter().take(said));
        if finding.test.is_some() && at == 0 {
            order.extend(heading);
        }
    }
    order.extend(finding.more.iter().take(more));
    order.retain(|line| !line.text.trim().is_empty() && taken.insert(line.no));
    for line in order.iter().skip(room) {
        taken.remove(&line.no);
    }
    order.truncate(room);
    order
}

/// Joins lines that follow each other into one cause.
fn runs(lines: &[&Line], finding: &Finding) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for line in lines {
        match causes.last_mut() {
            Some(cause) if cause.lines.last + 1 == line.no => {
                cause.lines.last = line.no;
                cause.text.push(line.text.clone());
            }
            _ => {
                let range = LineRange::one(line.no);
                let mut cause = Cause::new(range, vec![line.text.clone()], finding.why());
                cause.location.clone_from(&finding.at);
                causes.push(cause);
            }
        }
    }
    causes
}
