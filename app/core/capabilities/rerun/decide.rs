//! Which runs are run again, and why the others are not. Pure.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::model::{RunId, WorkflowId};
use crate::port::Run;

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Runs whose failed jobs are run again.
    pub again: Vec<Again>,
    /// Runs that failed, or were named, and are left alone.
    pub left: Vec<Left>,
}

/// A run that is run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The run.
    pub run: RunId,
    /// The workflow's name.
    pub workflow: String,
    /// The attempt that begins.
    pub attempt: u32,
    /// Its page.
    pub url: String,
}

/// A run that is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The workflow's name.
    pub workflow: String,
    /// Its page.
    pub url: String,
    /// Why.
    pub why: Why,
}

/// Why a run is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has not ended.
    Running,
    /// It did not fail.
    NotFailed,
    /// Its jobs were run again at this commit before.
    RunAgainBefore,
}

pub(super) fn decide(facts: &Facts) -> Verdict {
    let mut verdict = Verdict {
        again: Vec::new(),
        left: Vec::new(),
    };
    let named = facts.asked_run.is_some();
    for run in newest(&facts.runs) {
        match why_left(run, facts.force) {
            None => verdict.again.push(Again {
                run: run.id,
                workflow: run.name.clone(),
                attempt: run.attempt + 1,
                url: run.url.clone(),
            }),
            // Nobody asked about what passed.
            Some(Why::NotFailed) if !named => {}
            Some(why) => verdict.left.push(Left {
                workflow: run.name.clone(),
                url: run.url.clone(),
                why,
            }),
        }
    }
    verdict
}

/// The newest run of each workflow and event, oldest workflow first.
fn newest(runs: &[Run]) -> Vec<&Run> {
    let mut newest: Vec<&Run> = Vec::new();
    let key = |run: &Run| -> (WorkflowId, String) { (run.workflow, run.event.clone()) };
    for run in runs {
        match newest.iter_mut().find(|kept| key(kept) == key(run)) {
            Some(kept) if kept.number < run.number => *kept = run,
            Some(_) => {}
            None => newest.push(run),
        }
    }
    newest.sort_by_key(|run| run.workflow);
    newest
}

fn why_left(run: &Run, force: bool) -> Option<Why> {
    let conclusion = run.conclusion.as_deref();
    if run.status != "completed" {
        Some(Why::Running)
    } else if !matches!(conclusion, Some("failure" | "timed_out" | "cancelled")) {
        Some(Why::NotFailed)
    } else if run.attempt > 1 && !force {
        Some(Why::RunAgainBefore)
    } else {
        None
    }
}
