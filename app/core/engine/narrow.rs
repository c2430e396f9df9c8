//! Whether a repository's configuration lets a capability speak about a subject unasked.
//!
//! Cheap questions first: nothing is asked of GitHub where nothing is narrowed.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::config::Only;
use crate::error::Result;
use crate::model::Subject;
use crate::port::Ports;

pub(super) async fn applies(ports: &Ports, only: &Only, subject: &Subject) -> Result<bool> {
    if only.is_everything() {
        return Ok(true);
    }
    // A deployment that asks is judged in any case: silence would hold it for ever. Branches are
    // asked for by name.
    if matches!(
        subject,
        Subject::Branch { .. } | Subject::Deployment(_) | Subject::Waiting { .. }
    ) {
        return Ok(true);
    }
    let Subject::PullRequest { repo, number } = subject else {
        // Issues and runs have neither base branch nor changed files; labels of issues come
        // with the capabilities that speak on issues.
        return Ok(only.branches.is_empty() && only.paths.is_empty() && only.labels.is_empty());
    };
    let pull = ports.github.pull_request(repo, *number).await?;
    if !only.labels.is_empty() && !only.labels.iter().any(|label| pull.labels.contains(label)) {
        return Ok(false);
    }
    if !only.branches.is_empty() && !patterns(&only.branches).is_match(&pull.base_branch) {
        return Ok(false);
    }
    if only.paths.is_empty() {
        return Ok(true);
    }
    let paths = patterns(&only.paths);
    let files = ports.github.changed_files(repo, *number).await?;
    Ok(files.iter().any(|file| paths.is_match(file)))
}

/// A pattern that is none matches nothing.
pub(super) fn patterns(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|p| Glob::new(p).ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}
