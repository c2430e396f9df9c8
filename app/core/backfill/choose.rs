//! Which runs are worth reading, up to which attempt, and for which pull request. Pure.

use std::ops::RangeInclusive;

use crate::capabilities::diagnose::lesson::is_failure;
use crate::model::{IssueNumber, RepoName};
use crate::port::{Began, PullRequest, Run};

/// True for a run that failed in some attempt, or may have: GitHub lists the newest attempt only,
/// so whether an earlier one failed is seen when it is asked for.
pub(super) fn is_telling(run: &Run) -> bool {
    run.status == "completed" && (is_failure(run.conclusion.as_deref()) || run.attempt > 1)
}

/// The attempts of a run that were not read yet, oldest first.
pub(super) fn attempts(run: &Run, read: Option<u32>) -> RangeInclusive<u32> {
    read.unwrap_or(0).saturating_add(1)..=run.attempt
}

/// The pull request that GitHub counts a run to, where it is one.
pub(super) fn named(began: &Began) -> Option<IssueNumber> {
    match began.pull_requests[..] {
        [number] => Some(number),
        _ => None,
    }
}

/// Where the pull request of a run can be sought, which may be closed by now: the repository and
/// the branch that it came from.
pub(super) fn origin(run: &Run) -> Option<(RepoName, String)> {
    let of_change = matches!(run.event.as_str(), "pull_request" | "pull_request_target");
    let found = run.head_repo.clone().zip(run.head_branch.clone());
    found.filter(|_| of_change)
}

/// Of the pull requests of a branch the one that a run was for; none where a branch's name was
/// used again and nothing tells which it was.
pub(super) fn of_branch(run: &Run, pulls: &[PullRequest]) -> Option<IssueNumber> {
    let at_head = |p: &&PullRequest| p.head_sha == run.head_sha;
    match (pulls, &pulls.iter().filter(at_head).collect::<Vec<_>>()[..]) {
        ([only], _) => Some(only.number),
        (_, [only]) => Some(only.number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RunId, WorkflowId};

    fn run(id: u64, attempt: u32, conclusion: &str) -> Run {
        Run {
            id: RunId(id),
            attempt,
            number: id,
            workflow: WorkflowId(1),
            name: "CI".to_owned(),
            event: "pull_request".to_owned(),
            status: "completed".to_owned(),
            conclusion: Some(conclusion.to_owned()),
            head_sha: "a".repeat(40).parse().unwrap(),
            head_branch: Some("discount".to_owned()),
            head_repo: Some("octo/shop".parse().unwrap()),
            url: format!("https://github.com/octo/shop/actions/runs/{id}"),
        }
    }

    fn pull(number: u64, digit: &str) -> PullRequest {
        PullRequest {
            number: IssueNumber(number),
            open: false,
            draft: false,
            labels: Vec::new(),
            head_sha: digit.repeat(40).parse().unwrap(),
            head_branch: "discount".to_owned(),
            head_repo: Some("octo/shop".parse().unwrap()),
            base_branch: "main".to_owned(),
        }
    }

    #[test]
    fn a_run_that_passed_at_once_is_not_read() {
        let worth = |attempt, conclusion| is_telling(&run(1, attempt, conclusion));
        assert!(!worth(1, "success") && !worth(1, "cancelled") && !worth(1, "skipped"));
        assert!(worth(1, "failure") && worth(1, "timed_out") && worth(1, "startup_failure"));
        assert!(worth(2, "success") && worth(3, "cancelled"));
        let mut going = run(1, 2, "failure");
        going.status = "in_progress".to_owned();
        assert!(!is_telling(&going));
    }

    #[test]
    fn only_attempts_that_are_new_are_read() {
        let read = |known| attempts(&run(1, 3, "success"), known).collect::<Vec<_>>();
        assert_eq!(read(None), [1, 2, 3]);
        assert_eq!(read(Some(2)), [3]);
        assert!(read(Some(3)).is_empty());
        assert!(read(Some(u32::MAX)).is_empty());
    }

    #[test]
    fn a_pull_request_is_told_by_its_branch_or_not_at_all() {
        let run = run(1, 1, "failure");
        let (ours, other) = (pull(7, "a"), pull(9, "b"));
        assert_eq!(
            of_branch(&run, std::slice::from_ref(&other)),
            Some(IssueNumber(9))
        );
        assert_eq!(
            of_branch(&run, &[other.clone(), ours.clone()]),
            Some(IssueNumber(7))
        );
        assert_eq!(of_branch(&run, &[other.clone(), other]), None);
        assert_eq!(of_branch(&run, &[ours.clone(), ours]), None);
        assert_eq!(of_branch(&run, &[]), None);
        let mut pushed = run;
        pushed.event = "push".to_owned();
        assert_eq!(origin(&pushed), None);
    }
}
