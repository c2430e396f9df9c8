//! What a diagnosis does on GitHub: one comment, one check run, remarks on lines.
//!
//! A failure is said; that it is over is said only where the failure had been. A remark stands
//! on a file of the repository, or nowhere.

use super::branch;
use super::decide::{Outcome, Verdict};
use super::facts::Facts;
use super::matchers::red_check;
use super::render::place;
use crate::report::{Annotation, CheckConclusion, Document, Effect, Level, Marker};

/// How many annotations the check run gets at most.
const ANNOTATIONS: usize = 50;
/// The name of the check run.
const CHECK: &str = "waterline/diagnose";

pub(super) fn effects(
    facts: &Facts,
    verdict: &Verdict,
    title: &str,
    document: &Document,
    annotations: &[Annotation],
) -> Vec<Effect> {
    let failed = failed(verdict);
    let mut effects = Vec::new();
    effects.extend(comment(facts, verdict, document).filter(|_| verdict.comment));
    effects.extend(red_check(facts));
    effects.extend(branch::effect(facts, verdict, document));
    // While runs are under way, what was said before stands.
    if let (Some(repo), Some(pull), None) = (&facts.repo, &facts.pull_request, facts.asked_run)
        && verdict.check
        && verdict.outcome != Outcome::Pending
    {
        effects.push(Effect::Check {
            repo: repo.clone(),
            sha: pull.head.clone(),
            name: CHECK.to_owned(),
            // Never red: the failed run is red already, and a required check must not be ours.
            conclusion: if failed {
                CheckConclusion::Neutral
            } else {
                CheckConclusion::Success
            },
            title: title.to_owned(),
            document: document.clone(),
            annotations: annotations.to_vec(),
            create: failed,
        });
    }
    effects
}

/// The comment on the pull request, or the answer to a question about one run.
fn comment(facts: &Facts, verdict: &Verdict, document: &Document) -> Option<Effect> {
    let repo = facts.repo.as_ref()?;
    let number = facts
        .pull_request
        .as_ref()
        .map(|p| p.number)
        .or(facts.issue)?;
    let key = match facts.asked_run {
        Some(run) => format!("{repo}#{number}/run/{run}"),
        None => format!("{repo}#{number}"),
    };
    Some(Effect::Comment {
        repo: repo.clone(),
        number,
        marker: Marker::new("diagnose", &key),
        document: document.clone(),
        create: failed(verdict),
    })
}

/// Also where all of it was dismissed: the run is red, and somebody wonders why.
fn failed(verdict: &Verdict) -> bool {
    !verdict.findings.is_empty() || !verdict.dismissed.is_empty()
}

pub(super) fn annotations(facts: &Facts, verdict: &Verdict) -> Vec<Annotation> {
    let repo = facts
        .repo
        .as_ref()
        .map(|r| r.name().to_owned())
        .unwrap_or_default();
    let mut out: Vec<Annotation> = Vec::new();
    for finding in &verdict.findings {
        for location in &finding.locations {
            let Some((path, line)) = location.rsplit_once(':') else {
                continue;
            };
            let (Some(path), Ok(line)) = (in_repository(path, &repo), line.parse::<u32>()) else {
                continue;
            };
            if line > 0 && !out.iter().any(|a| a.path == path && a.line == line) {
                out.push(Annotation {
                    path,
                    line,
                    level: Level::Failure,
                    title: place(finding).chars().take(250).collect(),
                    message: finding.summary.clone(),
                });
            }
        }
    }
    out.truncate(ANNOTATIONS);
    out
}

/// A path from the repository's root; nothing for a place outside it, where GitHub could show
/// no remark.
fn in_repository(path: &str, repo: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    // Hosted and self-hosted runners check out into `…/_work/REPO/REPO` or `…/work/REPO/REPO`.
    let marker = format!("/{repo}/{repo}/");
    let path = match path.rsplit_once(&marker) {
        Some((_, inside)) if !repo.is_empty() => inside.to_owned(),
        _ => path.trim_start_matches("./").to_owned(),
    };
    let outside = path.starts_with('/')
        || path.contains("..")
        || path.contains(':')
        || path.contains("node_modules/")
        || path.contains("site-packages/");
    (!outside && !path.is_empty() && path.len() <= 1_000).then_some(path)
}
