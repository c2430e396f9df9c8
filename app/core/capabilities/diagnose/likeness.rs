//! How much one failure is like another, and which files a failure names.

use waterline_log::Reading;

use super::facts::{JobFacts, Log, RunFacts};
use super::fingerprint::{bare, lines, of_job, template, test};
use super::past::BaseFailure;

/// How a failure of the base compares. The later, the more alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// It fails otherwise, or not in this job.
    Other,
    /// The job fails, and its log was not read.
    Unknown,
    /// The same tests fail with another message.
    SameTests,
    /// Some of the failing tests fail there too.
    Partly {
        /// How many.
        shared: usize,
        /// Of how many.
        of: usize,
    },
    /// It fails in the same way.
    Same,
}

/// Compares a job with the failed jobs of a run, whatever their matrix.
pub(super) fn likeness(job: &JobFacts, other: &BaseFailure) -> Likeness {
    let alike = other
        .failed
        .iter()
        .filter(|o| bare(&o.name) == bare(&job.name));
    alike
        .map(|o| compare(job, o))
        .max()
        .unwrap_or(Likeness::Other)
}

fn compare(ours: &JobFacts, theirs: &JobFacts) -> Likeness {
    let (Log::Read { reading: our, .. }, Log::Read { reading: their, .. }) =
        (&ours.log, &theirs.log)
    else {
        return Likeness::Unknown;
    };
    let print = of_job(&ours.name, &ours.log);
    if print.is_none() {
        return Likeness::Unknown;
    }
    if print == of_job(&theirs.name, &theirs.log) {
        return Likeness::Same;
    }
    let names = |reading: &Reading| -> Vec<String> {
        let mut names: Vec<_> = reading.tests.iter().map(|t| test(t)).collect();
        names.sort();
        names.dedup();
        names
    };
    let (our_tests, their_tests) = (names(our), names(their));
    let shared = our_tests.iter().filter(|t| their_tests.contains(t)).count();
    if shared == 0 {
        return Likeness::Other;
    }
    if shared < our_tests.len() {
        let of = our_tests.len();
        return Likeness::Partly { shared, of };
    }
    // More may fail there; what fails here must fail there with the same words.
    let said: Vec<String> = their
        .causes
        .iter()
        .flat_map(|c| c.text.iter().map(|l| template(l)))
        .collect();
    match lines(our).iter().all(|l| said.contains(l)) {
        true => Likeness::Same,
        false => Likeness::SameTests,
    }
}

/// Of the changed files those that the failures name.
pub(super) fn named(files: &[String], failed: &[&RunFacts]) -> Vec<String> {
    let readings = || {
        let jobs = failed.iter().flat_map(|r| &r.failed);
        jobs.filter_map(|j| match &j.log {
            Log::Read { reading, .. } => Some(reading.as_ref()),
            _ => None,
        })
    };
    let mut named: Vec<String> = files.to_vec();
    named.retain(|path| readings().any(|r| names(r, path)));
    named
}

/// True where a failure names a file of the repository: as a place, in a test's name, or in the
/// lines of its cause.
pub(super) fn names(reading: &Reading, path: &str) -> bool {
    let place = |file: &str| {
        let file = file.replace('\\', "/");
        let file = file.trim_start_matches("./");
        // A tool that runs in a folder of the repository names its files from there.
        let below = file.contains('/') && path.ends_with(&format!("/{file}"));
        file == path || file.ends_with(&format!("/{path}")) || below
    };
    let places = reading.locations.iter().map(|l| l.file.as_str());
    let causes = reading.causes.iter().flat_map(|c| &c.text);
    let mut texts = causes.chain(&reading.tests);
    places.into_iter().any(place) || texts.any(|text| mentions(text, path))
}

/// True where the path stands in the text as a whole, at most with a folder before it.
fn mentions(text: &str, path: &str) -> bool {
    // A file called `test` would be mentioned by every other line.
    if !path.contains(['.', '/']) {
        return false;
    }
    let text = text.replace('\\', "/");
    text.match_indices(path).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let mut after = text.get(at + path.len()..).unwrap_or_default().chars();
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let next = after.next();
        let goes_on = match next {
            Some('.' | '/') => after.next().is_some_and(inside),
            Some(c) => inside(c),
            None => false,
        };
        !before.is_some_and(|c| inside(c) || c == '.') && !goes_on
    })
}
