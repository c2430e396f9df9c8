//! Facts become findings: one for each cause, with the jobs that share it.
//!
//! Pure. A finding cannot be made without evidence, and where the log does not tell, the finding
//! says so instead of guessing.

use globset::Glob;
use serde::{Deserialize, Serialize};
use waterline_log::{Category, Cause, Reading, Suggestion};

use super::Rules;
use super::facts::{Facts, JobFacts, Log, RunFacts, is_failure};
use super::fingerprint::of_job;
use super::origin::{Judged, judge};
use super::reported::{Reported, complete};
use super::sayings::{Dismissed, part};
use crate::evidence::{Evidence, Proof};
use crate::model::{Fingerprint, Sha};
use crate::port::Run;

/// What a diagnosis decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// How it stands.
    pub outcome: Outcome,
    /// How many runs that was decided from.
    pub runs: usize,
    /// How many workflows have not ended.
    pub pending: usize,
    /// What failed, the most telling first.
    pub findings: Vec<Finding>,
    /// What failed and is not worth telling, as somebody said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dismissed: Vec<Dismissed>,
    /// Workflows that failed before and pass now.
    pub fixed: Vec<Fixed>,
    /// Whether the comment is wanted.
    pub comment: bool,
    /// Whether the check run is wanted.
    pub check: bool,
    /// Whether an issue about a broken branch is wanted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub issue: bool,
}

/// How the runs stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something failed, and a cause is shown.
    Failed,
    /// Something failed, and the logs do not tell why.
    Inconclusive,
    /// Something failed, and all of it has been dismissed.
    Dismissed,
    /// Something had failed, and all passes now.
    Fixed,
    /// Nothing failed.
    Passed,
    /// Nothing has failed so far, and not everything has ended.
    Pending,
}

/// One cause of a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The workflow; none for a log from a file.
    pub workflow: Option<String>,
    /// The jobs that failed for this cause.
    pub jobs: Vec<Place>,
    /// The step that failed.
    pub step: Option<String>,
    /// What kind of failure it is.
    pub category: Category,
    /// One sentence.
    pub summary: String,
    /// The lines that tell it, best first.
    pub excerpts: Vec<Excerpt>,
    /// Failing tests.
    pub tests: Vec<String>,
    /// `file:line`, from the repository's root where that can be told.
    pub locations: Vec<String>,
    /// The exit code, where it is known.
    pub exit_code: Option<i32>,
    /// Where all this comes from.
    pub evidence: Proof,
    /// By what it is known again, where it tells enough.
    pub fingerprint: Option<Fingerprint>,
    /// Whether it is the pull request's own; none where there is no pull request to ask for.
    pub is_it_me: Option<Judged>,
    /// What to do now, where the log makes it certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
    /// What the run's reports say where the log is silent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
}

/// A page with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What it is called.
    pub name: String,
    /// Its page, where there is one.
    pub url: Option<String>,
}

/// Lines of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The first line in the log, from 1.
    pub first: u64,
    /// The last line.
    pub last: u64,
    /// Their text.
    pub text: Vec<String>,
    /// Which reader says that they are the cause.
    pub why: String,
    /// The page that shows the first line.
    pub url: Option<String>,
}

/// A workflow that passes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixed {
    /// The workflow's name.
    pub workflow: String,
    /// The commit at which it passes.
    pub by: Sha,
    /// The run that passes.
    pub url: String,
    /// The commit at which it had failed, where that is known.
    pub failed_at: Option<Sha>,
}

pub(super) fn decide(facts: &Facts, rules: &Rules) -> Verdict {
    let runs: Vec<&RunFacts> = facts.runs.iter().filter(|r| is_wanted(r, rules)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    for found in runs
        .iter()
        .flat_map(|run| run_findings(facts, run, usize::from(rules.lines)))
    {
        // A matrix mostly fails for one reason, which is said once.
        match findings.iter_mut().find(|f| same_cause(f, &found)) {
            Some(kept) => kept.jobs.extend(found.jobs),
            None => findings.push(found),
        }
    }
    findings.sort_by_key(|f| f.category == Category::Inconclusive);
    let (findings, dismissed) = part(facts, findings);
    let fixed: Vec<Fixed> = runs.iter().filter_map(|r| fixed(r)).collect();
    let outcome = match findings.first() {
        Some(first) if first.category == Category::Inconclusive => Outcome::Inconclusive,
        Some(_) => Outcome::Failed,
        None if !dismissed.is_empty() => Outcome::Dismissed,
        None if facts.pending > 0 || facts.runs.is_empty() => Outcome::Pending,
        None if fixed.is_empty() => Outcome::Passed,
        None => Outcome::Fixed,
    };
    Verdict {
        outcome,
        runs: runs.len(),
        pending: facts.pending,
        findings,
        dismissed,
        fixed,
        comment: rules.comment,
        check: rules.check,
        issue: rules.broken_base.issue,
    }
}

fn is_wanted(run: &RunFacts, rules: &Rules) -> bool {
    let Some(run) = &run.run else { return true };
    !rules.ignore_workflows.iter().any(|pattern| {
        Glob::new(pattern).map_or(pattern == &run.name, |g| {
            g.compile_matcher().is_match(&run.name)
        })
    })
}

/// The first run that passed is the fix; those after it only show that it holds.
fn fixed(run: &RunFacts) -> Option<Fixed> {
    let now = run
        .run
        .as_ref()
        .filter(|r| r.conclusion.as_deref() == Some("success"))?;
    let before = run.failed_before.as_ref()?;
    let fix = run.fixed_by.as_ref().unwrap_or(now);
    Some(Fixed {
        workflow: now.name.clone(),
        by: fix.head_sha.clone(),
        url: fix.url.clone(),
        failed_at: Some(before.head_sha.clone()),
    })
}

fn run_findings(facts: &Facts, read: &RunFacts, lines: usize) -> Vec<Finding> {
    let run = read.run.as_ref();
    if let (Some(run), true) = (run, read.failed.is_empty()) {
        return if is_failure(run.conclusion.as_deref()) {
            vec![no_job(run)]
        } else {
            Vec::new()
        };
    }
    let judged = read.failed.iter().filter_map(|job| {
        let mut finding = job_finding(run, job, lines)?;
        // By the log alone: the base's reports are not read, and would seem to fail otherwise.
        finding.fingerprint = of_job(&job.name, &job.log);
        finding.is_it_me = judge(facts, run, job, &finding.evidence);
        Some((job, finding))
    });
    let mut found: Vec<(&JobFacts, Finding)> = judged.collect();
    let of_run = complete(read, &mut found);
    let of_jobs = found.into_iter().map(|(_, finding)| finding);
    of_jobs.chain(of_run).collect()
}

/// The run failed, yet none of its jobs did: mostly a workflow file that GitHub cannot read.
fn no_job(run: &Run) -> Finding {
    let started = run.conclusion.as_deref() == Some("startup_failure");
    let (category, summary) = if started {
        (
            Category::Config,
            "GitHub could not start this workflow; its page names the mistake in the workflow file",
        )
    } else {
        (
            Category::Inconclusive,
            "The run failed, but GitHub lists no failed job",
        )
    };
    Finding {
        jobs: Vec::new(),
        step: None,
        excerpts: Vec::new(),
        tests: Vec::new(),
        locations: Vec::new(),
        exit_code: None,
        workflow: Some(run.name.clone()),
        category,
        summary: summary.to_owned(),
        evidence: Proof::of(Evidence::Page {
            url: run.url.clone(),
        }),
        fingerprint: None,
        is_it_me: None,
        suggestion: None,
        reported: Vec::new(),
    }
}

fn job_finding(run: Option<&Run>, job: &JobFacts, lines: usize) -> Option<Finding> {
    let page = job.url.clone().or_else(|| run.map(|r| r.url.clone()));
    let mut finding = Finding {
        workflow: run.map(|r| r.name.clone()),
        jobs: vec![Place {
            name: job.name.clone(),
            url: job.url.clone(),
        }],
        step: job.failed_step.clone(),
        category: Category::Inconclusive,
        summary: String::new(),
        excerpts: Vec::new(),
        tests: Vec::new(),
        locations: Vec::new(),
        exit_code: None,
        // Replaced below by the lines themselves, where there are any.
        evidence: Proof::of(Evidence::Page {
            url: page.unwrap_or_default(),
        }),
        fingerprint: None,
        is_it_me: None,
        suggestion: None,
        reported: Vec::new(),
    };
    match &job.log {
        Log::Read { reading, cut } => read(&mut finding, job, reading, *cut, lines),
        Log::Missing => "GitHub has no log of this job: it expired or was removed"
            .clone_into(&mut finding.summary),
        Log::Forbidden { permission } => {
            finding.summary =
                format!("The log could not be read: that needs the permission `{permission}`");
        }
        // Jobs beyond the cap are counted in the table, not diagnosed.
        Log::NotRead => return None,
    }
    Some(finding)
}

fn read(finding: &mut Finding, job: &JobFacts, reading: &Reading, cut: bool, lines: usize) {
    let step_number = reading.step.as_ref().and_then(|s| s.number);
    finding.step = reading
        .step
        .as_ref()
        .map(|s| s.name.clone())
        .or_else(|| finding.step.take());
    finding.category = reading.category;
    finding.summary.clone_from(&reading.summary);
    if cut {
        finding
            .summary
            .push_str(" (the log was too long to be read to its end)");
    }
    finding.tests.clone_from(&reading.tests);
    finding.locations = reading.locations.iter().map(ToString::to_string).collect();
    finding.exit_code = reading.exit_code;
    finding.suggestion.clone_from(&reading.suggestion);
    let mut left = lines;
    for cause in &reading.causes {
        if left == 0 {
            break;
        }
        let excerpt = excerpt(cause, job.url.as_deref(), step_number, left);
        left -= excerpt.text.len();
        finding.excerpts.push(excerpt);
    }
    let lines = finding.excerpts.iter().map(|e| Evidence::Log {
        job: job.id,
        first: e.first,
        last: e.last,
        url: e.url.clone(),
    });
    let whole = Evidence::Log {
        job: job.id,
        first: 1,
        last: reading.lines.max(1),
        url: job.url.clone(),
    };
    finding.evidence =
        Proof::try_from(lines.collect::<Vec<_>>()).unwrap_or_else(|_| Proof::of(whole));
}

fn excerpt(cause: &Cause, job_url: Option<&str>, step: Option<u32>, left: usize) -> Excerpt {
    let text: Vec<String> = cause.text.iter().take(left).cloned().collect();
    let shown = u64::try_from(text.len()).unwrap_or(u64::MAX).max(1);
    let url = match (job_url, step, cause.line_in_step) {
        (Some(url), Some(step), Some(line)) => Some(format!("{url}#step:{step}:{line}")),
        (url, _, _) => url.map(str::to_owned),
    };
    Excerpt {
        first: cause.lines.first,
        last: cause
            .lines
            .last
            .min(cause.lines.first.saturating_add(shown - 1)),
        text,
        why: cause.why.clone(),
        url,
    }
}

/// The same kind of failure in the same step with the same words, numbers aside.
fn same_cause(a: &Finding, b: &Finding) -> bool {
    let words = |f: &Finding| -> Vec<String> {
        let text = f
            .excerpts
            .first()
            .map(|e| e.text.join("\n"))
            .unwrap_or_else(|| f.summary.clone());
        text.split(|c: char| c.is_ascii_digit() || c.is_whitespace())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    a.workflow == b.workflow
        && a.category == b.category
        && a.step == b.step
        && a.tests == b.tests
        && words(a) == words(b)
}
