//! Is it me: whether a failure is new with the change, and what says so.
//!
//! Pure. The order of the verdicts is the order in which facts outweigh each other:
//!
//! 1. The base fails in the same way at both ends of a streak of failures. Nothing about this
//!    change can be told from a failure that stands on the base all the while.
//! 2. The same failure has passed on a re-run of the same commit. It comes and goes without any
//!    change; a single failure of the base may be the same coming and going, so it ranks below.
//! 3. The newest run of the base fails in the same way.
//! 4. The log itself names the network, the machine or the service.
//! 5. A person has said of every failing test that it is flaky, and no changed file is named by
//!    the failure: what was observed weighs more than what was said.
//! 6. The failure is known elsewhere (other pull requests, the base some time ago): then it is
//!    not new, yet nothing tells whose it is. Inconclusive.
//! 7. A changed file is named by the failure, or the base was looked at and does not fail so: new.
//! 8. All else is inconclusive.
//!
//! That a failure is new with a change is not to say that the change is its cause, and no
//! sentence here says it.

use serde::{Deserialize, Serialize};
use waterline_log::{Category, Reading};

use super::facts::{Facts, JobFacts, Log, is_failure};
use super::fingerprint::of_job;
use super::likeness::{Likeness, likeness, names};
use super::past::{Base, streak};
use super::sayings::Flaky;
use super::told;
use crate::evidence::{Evidence, Proof};
use crate::line;
use crate::model::Fingerprint;
use crate::port::{Run, Sighting};
use crate::report::{Line, code};

/// Where a failure belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// New with this change.
    New,
    /// Already broken on the base branch.
    BrokenBase,
    /// It is known to pass on another try.
    KnownFlake,
    /// The infrastructure or the network.
    Infrastructure,
    /// The facts do not tell.
    Inconclusive,
}

impl Origin {
    /// A few words for a headline.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::New => "new with this change",
            Self::BrokenBase => "already broken on the base branch",
            Self::KnownFlake => "known flake",
            Self::Infrastructure => "infrastructure or network",
            Self::Inconclusive => "new or not: inconclusive",
        }
    }
}

/// Where a failure belongs, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Where it belongs.
    pub origin: Origin,
    /// What says so.
    pub said: Line,
    /// The runs and files that it rests on.
    pub evidence: Proof,
}

/// How often a failure was seen, and how its re-runs ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Re-runs of the same commit that passed.
    pub(super) passed: usize,
    /// Re-runs of the same commit.
    pub(super) reruns: usize,
    /// Other pull requests that had it.
    pub(super) pulls: usize,
    /// True where an earlier attempt of this run failed in the same way.
    pub(super) again: bool,
}

/// One failed job, with what there is to compare it with.
pub(super) struct Case<'a> {
    pub(super) facts: &'a Facts,
    run: &'a Run,
    job: &'a JobFacts,
    reading: &'a Reading,
    pub(super) base: Option<&'a Base>,
    pub(super) touched: Vec<&'a str>,
    seen: Vec<&'a Sighting>,
    pub(super) tally: Tally,
}

/// Judges a failed job; nothing where there is no pull request whose failure it could be.
pub(super) fn judge(
    facts: &Facts,
    run: Option<&Run>,
    job: &JobFacts,
    own: &Proof,
) -> Option<Judged> {
    let reading = match &job.log {
        Log::Read { reading, .. } => Some(reading.as_ref()),
        _ => None,
    };
    let alone = reading.and_then(|r| by_log(r.category));
    let (Some(run), Some(_)) = (run, &facts.pull_request) else {
        let said = reading.and_then(|reading| said_flaky(&Flaky::of(facts, reading)));
        if let (None, Some((origin, said, evidence))) = (&alone, said) {
            return Some(judged(origin, said, evidence, own));
        }
        return alone.map(|(origin, said)| judged(origin, said, Vec::new(), own));
    };
    let print = of_job(&job.name, &job.log);
    let (Some(reading), Some(print)) = (reading, print) else {
        let said = line![match reading {
            Some(_) => "The log tells nothing that could be compared with other runs.",
            None => "Without its log, it cannot be compared with other runs.",
        }];
        let (origin, said) = alone.unwrap_or((Origin::Inconclusive, said));
        return Some(judged(origin, said, Vec::new(), own));
    };
    let case = Case::new(facts, run, job, reading, &print);
    let flaky = Flaky::of(facts, reading);
    let (origin, mut said, evidence) = case
        .broken_for_long()
        .or_else(|| case.flake())
        .or_else(|| case.broken_now())
        .or_else(|| alone.map(|(origin, said)| (origin, said, Vec::new())))
        .or_else(|| said_flaky(&flaky).filter(|_| case.touched.is_empty()))
        .or_else(|| case.known_elsewhere())
        .unwrap_or_else(|| case.new_or_not());
    said.extend(told::beside(&case, origin));
    said.extend(flaky.beside(origin));
    Some(judged(origin, said, evidence, own))
}

fn judged(origin: Origin, said: Line, evidence: Vec<Evidence>, own: &Proof) -> Judged {
    let evidence = Proof::try_from(evidence).unwrap_or_else(|_| own.clone());
    Judged {
        origin,
        said,
        evidence,
    }
}

/// What the log says by itself, whatever happened elsewhere.
fn by_log(category: Category) -> Option<(Origin, Line)> {
    let (origin, said) = match category {
        Category::Network => (
            Origin::Infrastructure,
            "The log tells of a connection that failed.",
        ),
        Category::Infra => (
            Origin::Infrastructure,
            "The log tells of the machine or the service that it ran on.",
        ),
        Category::Flaky => (
            Origin::KnownFlake,
            "The log itself shows that it passed on another try.",
        ),
        _ => return None,
    };
    Some((origin, line![said]))
}

type Answer = (Origin, Line, Vec<Evidence>);

/// A person knows these tests to come and go.
fn said_flaky(flaky: &Flaky<'_>) -> Option<Answer> {
    let answer = || (Origin::KnownFlake, flaky.sentence(), flaky.evidence());
    flaky.all().then(answer)
}

impl<'a> Case<'a> {
    fn new(
        facts: &'a Facts,
        run: &'a Run,
        job: &'a JobFacts,
        reading: &'a Reading,
        print: &Fingerprint,
    ) -> Self {
        let seen: Vec<&Sighting> = facts
            .past
            .sightings
            .iter()
            .filter(|s| s.fingerprint == *print)
            .filter(|s| s.run != run.id || s.attempt < run.attempt)
            .collect();
        let files = facts.past.touched.iter().flatten().map(String::as_str);
        Self {
            tally: tally(facts, run, &seen),
            base: facts
                .past
                .bases
                .iter()
                .find(|b| b.workflow == run.workflow && !b.runs.is_empty()),
            touched: files.filter(|f| names(reading, f)).collect(),
            facts,
            run,
            job,
            reading,
            seen,
        }
    }

    /// How this failure compares with a run of the base.
    fn like(&self, run: &Run) -> Likeness {
        let failures = self.base.iter().flat_map(|b| &b.failures);
        let read = failures.into_iter().find(|f| f.run == run.id);
        read.map_or(Likeness::Unknown, |f| likeness(self.job, f))
    }

    /// The newest run of the base, where it fails.
    pub(super) fn failing_base(&self) -> Option<(&'a Base, &'a Run)> {
        let base = self.base?;
        let newest = base.runs.first()?;
        is_failure(newest.conclusion.as_deref()).then_some((base, newest))
    }

    fn broken_for_long(&self) -> Option<Answer> {
        let (base, newest) = self.failing_base()?;
        let [_, .., first] = streak(base) else {
            return None;
        };
        if self.like(newest) != Likeness::Same || self.like(first) != Likeness::Same {
            return None;
        }
        let said = told::since(base, newest, first);
        Some((Origin::BrokenBase, said, vec![proof(newest), proof(first)]))
    }

    fn flake(&self) -> Option<Answer> {
        if self.tally.passed == 0 {
            return None;
        }
        let mut seen: Vec<&Sighting> = self.seen.clone();
        // Those that passed are what it rests on.
        seen.sort_by_key(|s| !s.passed_again);
        let evidence = seen.iter().take(10).map(|s| sighted(s)).collect();
        Some((Origin::KnownFlake, told::flake(&self.tally), evidence))
    }

    fn broken_now(&self) -> Option<Answer> {
        let (base, newest) = self.failing_base()?;
        (self.like(newest) == Likeness::Same).then(|| {
            let said = told::broken_now(base, newest);
            (Origin::BrokenBase, said, vec![proof(newest)])
        })
    }

    /// It was seen before, so it is not new; whose it is cannot be told.
    fn known_elsewhere(&self) -> Option<Answer> {
        if self.tally.pulls > 0 {
            let pulls = told::counted(self.tally.pulls, "other pull request");
            let said = line![format!(
                "The same failure was seen on {pulls}, and no re-run of it has passed."
            )];
            let evidence = self.seen.iter().take(10).map(|s| sighted(s)).collect();
            return Some((Origin::Inconclusive, said, evidence));
        }
        let base = self.base?;
        let newest = base.runs.first()?;
        let failed = streak(base).first().filter(|f| f.id != newest.id)?;
        (self.like(failed) == Likeness::Same).then(|| {
            let said = told::formerly(base, newest, failed);
            (
                Origin::Inconclusive,
                said,
                vec![proof(failed), proof(newest)],
            )
        })
    }

    fn new_or_not(&self) -> Answer {
        let mut evidence: Vec<Evidence> = self.touched.iter().map(|path| file(path)).collect();
        let Some((base, newest)) = self.base.and_then(|b| Some((b, b.runs.first()?))) else {
            let said = told::no_base(self);
            return match self.touched.is_empty() {
                true => (Origin::Inconclusive, said, evidence),
                false => (Origin::New, said, evidence),
            };
        };
        evidence.push(proof(newest));
        let like = match is_failure(newest.conclusion.as_deref()) {
            true => Some(self.like(newest)),
            false => None,
        };
        let origin = match like {
            None | Some(Likeness::Other | Likeness::Partly { .. }) => Origin::New,
            // Both facts stand against each other: the base fails here too, though not so.
            Some(Likeness::SameTests) => Origin::Inconclusive,
            Some(_) if !self.touched.is_empty() => Origin::New,
            Some(_) => Origin::Inconclusive,
        };
        (origin, told::beside_base(base, newest, like), evidence)
    }

    /// What the reader calls it.
    pub(super) fn is_test(&self) -> bool {
        self.reading.category == Category::Test
    }

    /// The workflow's name.
    pub(super) fn workflow(&self) -> &str {
        &self.run.name
    }
}

fn tally(facts: &Facts, run: &Run, seen: &[&Sighting]) -> Tally {
    let mut tally = Tally::default();
    let here = facts.pull_request.as_ref().map(|p| p.number);
    let mut pulls = Vec::new();
    for sighting in seen {
        let later = |s: &&&Sighting| s.run == sighting.run && s.attempt > sighting.attempt;
        // This run's own newest attempt is the failure in question.
        let failed_again = seen.iter().any(|s| later(&s)) || sighting.run == run.id;
        if sighting.passed_again {
            tally.passed += 1;
            tally.reruns += 1;
        } else if failed_again {
            tally.reruns += 1;
        }
        tally.again |= sighting.run == run.id;
        if let Some(pull) = sighting.pull_request
            && Some(pull) != here
            && !pulls.contains(&pull)
        {
            pulls.push(pull);
        }
    }
    tally.pulls = pulls.len();
    tally
}

fn proof(run: &Run) -> Evidence {
    Evidence::Run {
        run: run.id,
        sha: run.head_sha.clone(),
        url: run.url.clone(),
    }
}

fn sighted(sighting: &Sighting) -> Evidence {
    Evidence::Run {
        run: sighting.run,
        sha: sighting.sha.clone(),
        url: sighting.url.clone(),
    }
}

fn file(path: &str) -> Evidence {
    Evidence::File {
        path: path.to_owned(),
    }
}

/// The files, the first few by name.
pub(super) fn list(files: &[&str]) -> Line {
    let mut line = line![];
    for (index, path) in files.iter().take(3).enumerate() {
        if index > 0 {
            line.push(", ".into());
        }
        line.push(code((*path).to_owned()));
    }
    if files.len() > 3 {
        line.push(format!(" and {} more", files.len() - 3).into());
    }
    line
}
