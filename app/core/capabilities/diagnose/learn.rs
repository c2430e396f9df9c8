//! What a diagnosis leaves for later ones: which failure was seen where, and which of those seen
//! before passed on a re-run.
//!
//! Only a re-run of the same run counts. A new run at the same head is not the same code: for a
//! pull request it tests the merge with a base that may have moved.

use super::facts::{Facts, JobFacts, Log, RunFacts};
use super::fingerprint::{each_once, of_job};
use crate::port::{Run, Sighting};

pub(super) fn learn(facts: &Facts) -> Vec<Sighting> {
    let mut learnt = Vec::new();
    for read in &facts.runs {
        if let Some(run) = &read.run {
            learnt.extend(seen(facts, read, run));
            learnt.extend(passed_again(facts, read, run));
        }
    }
    learnt
}

/// What failed now, each failure once.
fn seen(facts: &Facts, read: &RunFacts, run: &Run) -> Vec<Sighting> {
    let sighting = |(job, fingerprint): (&JobFacts, _)| Sighting {
        fingerprint,
        run: run.id,
        attempt: run.attempt,
        sha: run.head_sha.clone(),
        pull_request: facts.pull_request.as_ref().map(|p| p.number),
        job: job.name.clone(),
        url: run.url.clone(),
        at: facts.at,
        passed_again: false,
    };
    each_once(&read.failed).into_iter().map(sighting).collect()
}

/// What failed in the newest attempt before this one and does not fail in it.
fn passed_again(facts: &Facts, read: &RunFacts, run: &Run) -> Vec<Sighting> {
    let passed = run.conclusion.as_deref() == Some("success");
    // Where a log was not read, the same failure could stand in it.
    let all_read = |r: &RunFacts| r.failed.iter().all(|j| matches!(j.log, Log::Read { .. }));
    if !passed && (read.failed.is_empty() || !all_read(read)) {
        return Vec::new();
    }
    let before = |s: &&Sighting| s.run == run.id && s.attempt < run.attempt;
    let earlier = facts.past.sightings.iter().filter(before);
    let Some(last) = earlier.clone().map(|s| s.attempt).max() else {
        return Vec::new();
    };
    let fails = |s: &Sighting| {
        let mut failed = read.failed.iter();
        failed.any(|j| j.name == s.job || of_job(&j.name, &j.log).as_ref() == Some(&s.fingerprint))
    };
    earlier
        .filter(|s| s.attempt == last && !s.passed_again && !fails(s))
        .map(|s| Sighting {
            passed_again: true,
            ..s.clone()
        })
        .collect()
}
