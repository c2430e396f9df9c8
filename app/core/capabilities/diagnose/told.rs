//! The sentences that say whether it is me. They tell what was seen, and of no cause.

use super::facts::is_failure;
use super::likeness::Likeness;
use super::origin::{Case, Origin, Tally, list};
use super::past::{Base, streak};
use crate::line;
use crate::port::Run;
use crate::report::{Block, Line, code, link, strong};

/// The most runs of the base in the picture.
const PICTURE: usize = 10;

/// "2 other pull requests"
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// "run 12 at `1a2b3c4`": with a `#` it would look like an issue.
pub(super) fn run(run: &Run) -> Line {
    line![
        link(format!("run {}", run.number), run.url.clone()),
        " at ",
        code(run.head_sha.short())
    ]
}

pub(super) fn since(base: &Base, newest: &Run, first: &Run) -> Line {
    let failing = streak(base).len();
    // Where the list ends in failures, the streak may be older.
    let or_longer = failing == base.runs.len();
    let mut line = line![code(base.branch.clone()), " has failed the same way since "];
    line.extend(run(first));
    if or_longer {
        line.push(" or earlier".into());
    }
    line.extend(line![", up to its newest "]);
    line.extend(run(newest));
    line.push(".".into());
    line
}

pub(super) fn broken_now(base: &Base, newest: &Run) -> Line {
    let mut line = line![
        "The newest finished run on ",
        code(base.branch.clone()),
        ", "
    ];
    line.extend(run(newest));
    line.push(", fails the same way".into());
    match streak(base) {
        [_, .., first] => {
            line.push("; the workflow has failed there since ".into());
            line.extend(run(first));
        }
        // Only where a run that passed stands before it.
        _ if base.runs.len() > 1 => line.push("; the one before it passed".into()),
        _ => {}
    }
    line.push(".".into());
    line
}

pub(super) fn flake(tally: &Tally) -> Line {
    let times = match (tally.passed, tally.reruns) {
        (1, 1) => "once".to_owned(),
        (n, m) => format!("{n} of {m} times"),
    };
    let pulls = match tally.pulls {
        0 => "seen on no other pull request".to_owned(),
        n => format!("seen on {}", counted(n, "other pull request")),
    };
    line![format!(
        "It passed on a re-run at the same commit {times}; {pulls}."
    )]
}

pub(super) fn formerly(base: &Base, newest: &Run, failed: &Run) -> Line {
    let mut line = line![code(base.branch.clone()), " failed the same way in "];
    line.extend(run(failed));
    line.push("; its newest ".into());
    line.extend(run(newest));
    line.push(" passes.".into());
    line
}

pub(super) fn no_base(case: &Case<'_>) -> Line {
    let known = case.facts.past.bases.iter();
    let branch = known.map(|b| b.branch.as_str()).next();
    match branch {
        Some(branch) => line![
            "No finished run of ",
            case.workflow().to_owned(),
            " on ",
            code(branch.to_owned()),
            " could be compared."
        ],
        None => line!["The base branch's runs could not be compared."],
    }
}

pub(super) fn beside_base(base: &Base, newest: &Run, like: Option<Likeness>) -> Line {
    let branch = code(base.branch.clone());
    let mut line = match like {
        None => line![branch, " does not fail this way: its newest "],
        Some(Likeness::Partly { shared, of }) => line![
            format!(
                "{} not fail on ",
                match of - shared {
                    1 => format!("1 of the {of} failing tests does"),
                    n => format!("{n} of the {of} failing tests do"),
                }
            ),
            branch,
            ": its newest "
        ],
        Some(Likeness::Other) => line![branch, " does not fail this way: its newest "],
        Some(Likeness::SameTests) => {
            line![
                "The same tests fail on ",
                branch,
                " in another way: its newest "
            ]
        }
        Some(_) => line![
            branch,
            " fails too, and whether in the same way could not be read: its newest "
        ],
    };
    line.extend(run(newest));
    line.push(match like {
        None => " passes.".into(),
        Some(Likeness::Other) => " fails otherwise.".into(),
        Some(Likeness::Partly { .. }) => " fails in the rest of them.".into(),
        Some(_) => " fails.".into(),
    });
    line
}

/// What stands beside the verdict: files that the failure names, and a re-run that failed too.
pub(super) fn beside(case: &Case<'_>, origin: Origin) -> Line {
    let mut line = line![];
    if !case.touched.is_empty() {
        line.push(" This pull request changes ".into());
        line.extend(list(&case.touched));
        line.push(match case.is_test() {
            true => ", which the failing test names.".into(),
            false => ", which the failure names.".into(),
        });
    }
    // Where re-runs have passed, their number is told already.
    if case.tally.again && (origin != Origin::KnownFlake || case.tally.passed == 0) {
        line.push(" A re-run at the same commit failed the same way.".into());
    }
    line
}

/// The last runs of a workflow on the base, oldest first, folded.
pub(super) fn picture(workflow: &str, base: &Base) -> Option<Block> {
    let shown: Vec<&Run> = base.runs.iter().take(PICTURE).collect();
    if shown.is_empty() {
        return None;
    }
    let fails = |r: &Run| is_failure(r.conclusion.as_deref());
    let marks: String = shown
        .iter()
        .rev()
        .map(|r| if fails(r) { '✗' } else { '✓' })
        .collect();
    let failed = shown.iter().filter(|r| fails(r)).count();
    let summary = line![
        format!("{workflow} on "),
        code(base.branch.clone()),
        match shown.len() {
            1 => format!(", its last run: {marks}"),
            n => format!(", its last {n} runs: {marks} ({failed} failed, the newest last)"),
        }
    ];
    let rows = shown.iter().map(|r| {
        let mut line = line![strong(if fails(r) { "✗ failed" } else { "✓ passed" }), ": "];
        line.extend(run(r));
        line
    });
    Some(Block::Fold {
        summary,
        blocks: vec![Block::List(rows.collect())],
    })
}
