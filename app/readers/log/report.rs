//! Tells what was read: chooses the step, orders its findings, names the category, and puts the
//! failure in one sentence.

use crate::finding::{self, Finding};
use crate::rank::{self, Ranked};
use crate::rule::Tier;
use crate::step::{self, Segment};
use crate::{Category, Location, Options, Reading, StepFound, command, excerpt, suggest, topic};

/// The most places that are told.
const PLACES: usize = 2;

/// The reading of a log whose steps are these.
pub(crate) fn tell(segments: &[Segment], options: &Options) -> Reading {
    let chosen = step::choose(segments, &options.steps).and_then(|at| segments.get(at));
    let Some(segment) = chosen else {
        return nothing(options);
    };
    let ranked = rank::rank(segment, options.baseline.as_ref());
    let notes = segment.store.as_ref().map_or(&[][..], |s| &s.notes[..]);
    let mut causes = excerpt::choose(&ranked, notes, options.max_lines);
    for cause in &mut causes {
        cause.line_in_step = cause.lines.first.checked_sub(segment.first).map(|n| n + 1);
    }
    let category = category(&ranked, segment, notes.iter().map(|n| n.0));
    let tests = segment.store.as_ref().map(|s| s.tests.all.clone());
    let tests = without_parents(tests.unwrap_or_default());
    let tests = without_programs(tests, segment);
    Reading {
        lines: 0,
        bytes: 0,
        truncated: segment.store.as_ref().is_some_and(|s| s.full),
        step: Some(found(segment, options)),
        category,
        summary: summary(&ranked, category, &tests, segment),
        locations: places(&ranked),
        causes,
        tests,
        exit_code: segment.exit,
        suggestion: suggest::suggest(&ranked, segment),
    }
}

/// ctest names programs; where these name their own tests, the programs are no tests.
fn without_programs(tests: Vec<String>, segment: &Segment) -> Vec<String> {
    let findings = segment
        .store
        .as_ref()
        .map_or(&[][..], |store| &store.findings[..]);
    let named = |by: fn(&str) -> bool| {
        let found = findings
            .iter()
            .filter(move |f| by(f.name) && f.test.is_some());
        found.filter_map(|f| f.test.clone()).collect::<Vec<_>>()
    };
    let programs = named(|name| name.starts_with("ctest"));
    let own = named(|name| !name.starts_with("ctest"));
    if programs.is_empty() || own.is_empty() {
        return tests;
    }
    tests
        .into_iter()
        .filter(|test| own.contains(test) || !programs.contains(test))
        .collect()
}

/// Go names a test and its parts; the parts are enough.
fn without_parents(tests: Vec<String>) -> Vec<String> {
    let parent = |name: &String| {
        tests.iter().any(|other| {
            other.len() > name.len()
                && other.starts_with(name.as_str())
                && other[name.len()..].starts_with('/')
        })
    };
    tests.iter().filter(|name| !parent(name)).cloned().collect()
}

fn nothing(options: &Options) -> Reading {
    let step = step::failing(&options.steps).map(|step| StepFound {
        number: Some(step.number),
        name: step.name.clone(),
        header: None,
        first_line: 0,
        last_line: 0,
    });
    Reading {
        lines: 0,
        bytes: 0,
        truncated: false,
        step,
        category: Category::Inconclusive,
        summary: "The log does not tell what failed.".to_owned(),
        causes: Vec::new(),
        tests: Vec::new(),
        locations: Vec::new(),
        exit_code: None,
        suggestion: None,
    }
}

fn found(segment: &Segment, options: &Options) -> StepFound {
    let meta = step::failing(&options.steps);
    let header = segment.header.clone();
    let name = meta
        .map(|step| step.name.clone())
        .or_else(|| header.clone())
        .unwrap_or_default();
    StepFound {
        number: meta.map(|step| step.number),
        name,
        header,
        first_line: segment.first,
        last_line: segment.exit_line.unwrap_or(segment.last),
    }
}

fn category(
    ranked: &[Ranked],
    segment: &Segment,
    mut notes: impl Iterator<Item = &'static str>,
) -> Category {
    let command = rank::text(segment);
    let Some(best) = ranked.first() else {
        return by_exit(segment.exit)
            .or_else(|| command::kind(&command))
            .unwrap_or(Category::Inconclusive);
    };
    if notes.any(|name| name.contains("flaky")) {
        return Category::Flaky;
    }
    let finding = &best.finding;
    let named = segment
        .store
        .as_ref()
        .is_some_and(|s| !s.tests.all.is_empty());
    let tested = named || finding::compares(finding.message());
    let category = match (finding.category, finding.refine) {
        // A panic with tests beside it is how a test of Rust or Go fails.
        (Some(Category::Crash), _) if named && finding.name.ends_with(": panic") => Category::Test,
        (Some(Category::Test), true) => {
            spoken(finding, |c| of_a_test(c, finding)).unwrap_or(Category::Test)
        }
        (Some(Category::Compile), refine) => {
            let other = spoken(finding, of_a_build).filter(|_| refine);
            let unbuilt = finding.name.ends_with("could not compile");
            let lint = !unbuilt && (command::lints(&command) || linted(ranked));
            let own = if lint {
                Category::Lint
            } else {
                Category::Compile
            };
            other.unwrap_or(own)
        }
        (Some(category), true) => spoken(finding, |_| true).unwrap_or(match category {
            Category::Script if named || of_tests(finding) => Category::Test,
            other => other,
        }),
        (Some(category), false) => return category,
        (None, _) => by_exit(segment.exit)
            .or_else(|| spoken(finding, |c| !tested || of_a_test(c, finding)))
            .or_else(|| tested.then_some(Category::Test))
            .or_else(|| command::kind(&command))
            .unwrap_or(if command::acts(&command) {
                Category::Config
            } else {
                Category::Script
            }),
    };
    match by_exit(segment.exit) {
        Some(exit) if finding.tier < Tier::Fatal => exit,
        _ => category,
    }
}

/// What the message of a finding is about, of what may be believed.
fn spoken(finding: &Finding, believe: impl Fn(Category) -> bool) -> Option<Category> {
    let causes = finding
        .more
        .iter()
        .filter(|l| l.text.contains("aused by") || finding.head_is_mute());
    let said = finding.said.iter().skip(1).chain(causes);
    let own = finding.test.is_none() && finding.category != Some(Category::Test);
    let heading = own.then_some(finding.head.text.as_str());
    std::iter::once(finding.message())
        .chain(said.map(|l| l.text.as_str()))
        .chain(heading)
        .filter_map(topic::of)
        .find(|category| believe(*category))
}

/// Whether a compiler fails for this reason rather than for the code.
fn of_a_build(category: Category) -> bool {
    matches!(
        category,
        Category::Dependency | Category::Oom | Category::Disk
    )
}

/// Whether it went wrong in a file of tests.
fn of_tests(finding: &Finding) -> bool {
    let file = finding.at.as_ref().map_or("", |at| &at.file);
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    stem.starts_with("test_") || stem.ends_with("_test") || stem.ends_with("Test")
}

/// Whether a build tool says that it was a linter that failed.
fn linted(ranked: &[Ranked]) -> bool {
    ranked
        .iter()
        .any(|item| item.finding.name.ends_with("a linter objects"))
}

/// Whether a test that fails with this message fails for another reason than what it tests.
fn of_a_test(category: Category, finding: &Finding) -> bool {
    match category {
        // An assertion that is tried until its time is up fails for the value, not for the time.
        Category::Timeout => !finding::compares(finding.message()),
        Category::Crash | Category::Oom | Category::Disk => true,
        Category::Dependency | Category::Compile => {
            finding.test.is_none() || finding.name.contains("collect")
        }
        _ => false,
    }
}

/// What an exit code says by itself.
fn by_exit(code: Option<i32>) -> Option<Category> {
    match code? {
        124 => Some(Category::Timeout),
        126 => Some(Category::Permission),
        127 => Some(Category::Config),
        134 | 135 | 136 | 139 | -1_073_741_819 => Some(Category::Crash),
        137 => Some(Category::Oom),
        130 | 143 => Some(Category::Cancelled),
        _ => None,
    }
}

fn places(ranked: &[Ranked]) -> Vec<Location> {
    let Some(best) = ranked.first() else {
        return Vec::new();
    };
    let mut places: Vec<Location> = Vec::new();
    for item in ranked {
        let most = if item.finding.test.is_some() {
            PLACES
        } else {
            1
        };
        if best.score - item.score > 8 || places.len() >= most {
            break;
        }
        if let Some(at) = &item.finding.at
            && !places
                .iter()
                .any(|old| old.file == at.file && old.line == at.line)
        {
            places.push(at.clone());
        }
    }
    places
}

fn summary(ranked: &[Ranked], category: Category, tests: &[String], segment: &Segment) -> String {
    let Some(best) = ranked.first() else {
        return match segment.exit {
            Some(code) => format!("The step ended with exit code {code} and said nothing."),
            None => "The log does not tell what failed.".to_owned(),
        };
    };
    let message = shorten(best.finding.message().trim(), 200);
    let place = best.finding.at.as_ref().map(|at| format!(" at {at}"));
    let place = place.unwrap_or_default();
    match tests {
        [] => format!("It failed with {}{place}: {message}", category.word()),
        [test] => format!("Test {} failed{place}: {message}", shorten(test, 160)),
        many => format!(
            "{} tests failed, {} first{place}: {message}",
            many.len(),
            shorten(&many[0], 160)
        ),
    }
}

/// At most so many characters of a text.
fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
