//! A workflow that fails on a branch of the repository itself, where the configuration asks for an
//! issue about it: opened once, edited while runs go on failing, closed when one passes.
//!
//! The newest finished run on the branch decides, so it does not matter in which order deliveries
//! arrive. Jobs of one workflow on one branch run one after the other, also between replicas.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::decide::{Finding, Verdict};
use super::facts::{Facts, is_failure, run_facts};
use super::history::{age, is_telling};
use super::logs::Reader;
use super::origin::Origin;
use super::past::{BASE_RUNS, Base, streak};
use super::told;
use crate::error::Result;
use crate::line;
use crate::model::{RepoName, WorkflowId};
use crate::report::{Block, Document, Effect, IssueState, Marker, code, strong};

/// An issue that we closed no longer ago is opened again: a branch that comes and goes has one.
pub const REOPENED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The workflow on a branch that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The branch.
    pub branch: String,
    /// The workflow.
    pub workflow: WorkflowId,
}

/// Reads the newest finished run that a push to the branch started.
pub(super) async fn gather(
    reader: &mut Reader<'_>,
    watched: &Watched,
    facts: &mut Facts,
) -> Result<()> {
    let (github, repo) = (reader.github, reader.repo);
    let mut runs = github.runs_of_branch(repo, &watched.branch, "push").await?;
    // A fork's branch of the same name is not this one.
    runs.retain(|r| r.workflow == watched.workflow && r.head_repo.as_ref() == Some(repo));
    runs.retain(is_telling);
    runs.sort_by_key(age);
    runs.truncate(BASE_RUNS);
    if let Some(newest) = runs.first() {
        facts.runs.push(run_facts(reader, newest.clone()).await?);
    }
    facts.past.bases.push(Base {
        workflow: watched.workflow,
        branch: watched.branch.clone(),
        runs,
        failures: Vec::new(),
    });
    Ok(())
}

/// The issue, where the configuration asks for one and the newest run tells something.
pub(super) fn effect(facts: &Facts, verdict: &Verdict, document: &Document) -> Option<Effect> {
    let (repo, watched) = (facts.repo.as_ref()?, facts.branch.as_ref()?);
    let base = facts.past.bases.first()?;
    let newest = base.runs.first()?;
    if !verdict.issue || verdict.runs == 0 {
        return None;
    }
    let marker = marker(repo, watched);
    let state = match newest.conclusion.as_deref() {
        conclusion if is_failure(conclusion) => IssueState::Open {
            create: verdict.findings.iter().any(breaks),
            reopen: facts.at - REOPENED,
        },
        Some("success") => {
            let mut said = line!["Green again in "];
            said.extend(told::run(newest));
            said.push(".".into());
            let comment = Document {
                blocks: vec![Block::Paragraph(said)],
            };
            let key = format!("{repo}/run/{}/{}", newest.id, newest.attempt);
            IssueState::Closed {
                marker: Marker::new("broken-base", &key),
                comment,
            }
        }
        _ => return None,
    };
    Some(Effect::Issue {
        repo: repo.clone(),
        marker,
        title: format!("{} fails on {}", newest.name, watched.branch),
        document: document.clone(),
        state,
        known: None,
    })
}

/// What comes and goes, or is the network's, does not break a branch; what is dismissed is not here.
fn breaks(finding: &Finding) -> bool {
    let origin = finding.is_it_me.as_ref().map(|judged| judged.origin);
    !matches!(origin, Some(Origin::KnownFlake | Origin::Infrastructure))
}

/// A branch may be named with letters that a marker has not, and no two are the same in it.
fn marker(repo: &RepoName, watched: &Watched) -> Marker {
    let branch: String = watched
        .branch
        .bytes()
        .map(|b| match b.is_ascii_alphanumeric() {
            true => char::from(b).to_string(),
            false => format!(".{b:02x}"),
        })
        .collect();
    let key = format!("{repo}/{}/{branch}", watched.workflow);
    Marker::new("broken-base", &key)
}

/// The first line of the issue: since when, up to when.
pub(super) fn lead(facts: &Facts) -> Option<Block> {
    let watched = facts.branch.as_ref()?;
    let base = facts.past.bases.first()?;
    let newest = base.runs.first()?;
    let name = strong(newest.name.clone());
    let branch = code(watched.branch.clone());
    if !is_failure(newest.conclusion.as_deref()) {
        let mut line = line![name, " on ", branch, ": its newest "];
        line.extend(told::run(newest));
        line.push(" does not fail.".into());
        return Some(Block::Paragraph(line));
    }
    let mut line = line![name, " has failed on ", branch, " since "];
    line.extend(told::run(streak(base).last()?));
    // Where the list ends in failures, it may be longer.
    if streak(base).len() == base.runs.len() && base.runs.len() > 1 {
        line.push(" or earlier".into());
    }
    if streak(base).len() > 1 {
        line.push(", up to its newest ".into());
        line.extend(told::run(newest));
    }
    line.push(".".into());
    Some(Block::Paragraph(line))
}
