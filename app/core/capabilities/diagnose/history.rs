//! Which runs speak for a pull request, and how each came to be so.
//!
//! Only the runs on the commit at its head count: an older one, or one of another branch of the
//! same name, says nothing about it. The branch's older runs are asked one thing: whether the
//! workflow had failed before, and which run was the first to pass again.

use super::facts::is_failure;
use crate::port::Run;

/// The events whose runs judge a change. A nightly run of the same branch does not.
const EVENTS: &[&str] = &["pull_request", "pull_request_target", "push", "merge_group"];

/// A workflow's newest run on the head, and its history.
pub(super) struct Newest {
    /// The newest run on the head.
    pub(super) run: Run,
    /// The newest run before it that failed.
    pub(super) failed_before: Option<Run>,
    /// The first run after that one which passed.
    pub(super) fixed_by: Option<Run>,
}

/// What the head's runs say.
pub(super) struct Heard {
    /// The newest finished run of each workflow.
    pub(super) newest: Vec<Newest>,
    /// How many workflows have not ended.
    pub(super) pending: usize,
}

/// The events whose older runs can tell something: those of runs that did not fail, each once.
pub(super) fn events_with_a_history(runs: &[Run]) -> Vec<&'static str> {
    let passed = |r: &&Run| is_telling(r) && !is_failure(r.conclusion.as_deref());
    let started = |event: &str| runs.iter().filter(passed).any(|r| r.event == event);
    EVENTS.iter().copied().filter(|e| started(e)).collect()
}

/// Sorts out the runs of the head, with the help of the branch's older ones (both as GitHub
/// lists them, and of the same repository and branch).
pub(super) fn heard(mut head: Vec<Run>, branch: &[Run]) -> Heard {
    head.retain(|r| EVENTS.contains(&r.event.as_str()));
    head.sort_by_key(age);
    let mut seen: Vec<(crate::model::WorkflowId, String)> = Vec::new();
    let mut heard = Heard {
        newest: Vec::new(),
        pending: 0,
    };
    for run in head {
        let key = (run.workflow, run.event.clone());
        if seen.contains(&key) {
            continue;
        }
        if run.status != "completed" {
            heard.pending += 1;
            seen.push(key);
        } else if is_telling(&run) {
            heard.newest.push(history(run, branch));
            seen.push(key);
        }
    }
    heard
}

/// Skipped and cancelled runs say nothing about the code, so the one before speaks.
pub(super) fn is_telling(run: &Run) -> bool {
    let mute = matches!(
        run.conclusion.as_deref(),
        None | Some("skipped" | "cancelled" | "action_required" | "stale")
    );
    run.status == "completed" && !mute
}

fn history(run: Run, branch: &[Run]) -> Newest {
    let mut newest = Newest {
        run,
        failed_before: None,
        fixed_by: None,
    };
    if is_failure(newest.run.conclusion.as_deref()) {
        return newest;
    }
    let same = |r: &&Run| r.workflow == newest.run.workflow && r.event == newest.run.event;
    let mut older: Vec<&Run> = branch
        .iter()
        .filter(same)
        .filter(|r| is_telling(r))
        .collect();
    older.retain(|r| age(r) > age(&newest.run));
    older.sort_by_key(|r| age(r));
    let mut fixed_by = newest.run.clone();
    for run in older {
        if is_failure(run.conclusion.as_deref()) {
            newest.failed_before = Some(run.clone());
            newest.fixed_by = Some(fixed_by);
            break;
        }
        fixed_by = run.clone();
    }
    newest
}

/// The younger, the smaller.
pub(super) fn age(run: &Run) -> std::cmp::Reverse<(u64, u32, crate::model::RunId)> {
    std::cmp::Reverse((run.number, run.attempt, run.id))
}
