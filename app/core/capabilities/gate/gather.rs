//! Reading the facts of a deployment from GitHub: only what the environment's rules ask for.
//!
//! What cannot be read stands in `errors` under the name of its source, and the rules that rest on
//! it wait. A permission that is missing is named there too, for whoever can grant it.

mod asked;
mod needs;
mod past;
mod pulls;

use jiff::Timestamp;

use super::Args;
use super::decide::rules_for;
use super::effects::CHECK;
use super::facts::{Check, Facts, Incident};
use super::policy::{Environment, Mode, Policy};
use crate::error::{Error, Result};
use crate::model::{RepoName, Subject};
use crate::port::Ports;
pub(super) use asked::{QUESTION, REQUESTED};
use needs::Needs;

/// Before this no deployment was ever answered.
pub(super) const EVER: Timestamp = Timestamp::UNIX_EPOCH;

/// All that reading needs.
struct Reader<'a> {
    ports: &'a Ports,
    repo: &'a RepoName,
    rules: &'a Environment,
    needs: Needs,
}

pub(super) async fn gather(
    ports: &Ports,
    subject: &Subject,
    args: &Args,
    policy: &Policy,
) -> Result<Facts> {
    let mut facts = asked::asked(ports, subject, args, policy).await?;
    let environment = facts.event.environment.clone().unwrap_or_default();
    let Ok(Some(rules)) = rules_for(policy, &environment) else {
        return Ok(facts);
    };
    let named = facts
        .event
        .deployment
        .as_ref()
        .map(|asked| asked.sha.clone());
    let sha = named.filter(|sha| !sha.is_empty());
    let (Some(sha), false) = (sha, rules.mode == Mode::Off || !facts.answered.is_empty()) else {
        return Ok(facts);
    };
    let reader = Reader {
        ports,
        repo: subject.repo(),
        rules,
        needs: Needs::of(policy, rules),
    };
    reader.branches(&mut facts, &sha).await;
    past::read(&reader, &mut facts, &environment).await;
    pulls::read(&reader, &mut facts, &sha).await;
    if facts.range.relation == "behind" {
        past::far(&reader, &mut facts, &environment).await;
    }
    reader.checks(&mut facts, &sha).await;
    reader.incidents(&mut facts).await;
    reader.calendar(&mut facts).await;
    Ok(facts)
}

impl Reader<'_> {
    /// What was read, or nothing and a note why.
    fn got<T>(&self, facts: &mut Facts, source: &str, read: Result<T>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                let said = self.said(&error);
                facts.errors.insert(source.to_owned(), said);
                None
            }
        }
    }

    fn said(&self, error: &Error) -> String {
        match error {
            Error::RateLimited(wait) => {
                let now = self.ports.now;
                let until = now.checked_add(*wait).unwrap_or(now);
                format!("403 rate limit, resets {until:.0}")
            }
            Error::NotFound(what) => format!("404 {what} was not found"),
            Error::Forbidden { .. } => format!("403 {error}"),
            other => other.to_string(),
        }
    }

    /// Whether the branch that is deployed contains the commit: a fork's can be reached, too.
    async fn branches(&self, facts: &mut Facts, sha: &str) {
        if self.rules.branches.is_empty() && self.rules.hotfix.is_none() {
            return;
        }
        let reference = facts.event.deployment.as_ref().map(|d| d.reference.clone());
        let reference = reference.unwrap_or_default();
        let Some(branch) = super::case::branch(&reference).map(str::to_owned) else {
            return;
        };
        // From the branch to the commit: where it contains it, GitHub lists no commits at all.
        let base = format!("refs/heads/{branch}");
        let on = match self.ports.github.compare(self.repo, &base, sha).await {
            Ok(compared) if matches!(compared.relation.as_str(), "behind" | "identical") => {
                vec![branch]
            }
            Ok(_) | Err(Error::NotFound(_)) => Vec::new(),
            Err(error) => {
                let said = self.said(&error);
                // No rule knows this source, so all wait.
                facts.errors.insert("branches".to_owned(), said);
                return;
            }
        };
        if let Some(asked) = &mut facts.event.deployment {
            asked.on_branches = Some(on);
        }
    }

    async fn checks(&self, facts: &mut Facts, sha: &str) {
        if !self.needs.checks {
            return;
        }
        let read = self.ports.github.checks(self.repo, sha).await;
        let Some(checks) = self.got(facts, "checks", read) else {
            return;
        };
        facts.checks_truncated = checks.truncated;
        let own = |name: &str| name.starts_with(CHECK);
        // What we say about the deployment is no reason for it.
        let others = checks.runs.into_iter().filter(|run| !own(&run.name));
        facts.checks = others
            .map(|run| Check {
                id: run.id,
                name: run.name,
                app_id: run.app_id,
                app_slug: run.app_slug,
                sha: sha.to_owned(),
                status: run.status,
                conclusion: run.conclusion,
                started_at: run.started_at,
            })
            .collect();
    }

    async fn incidents(&self, facts: &mut Facts) {
        for severity in &self.needs.severities {
            let read = self.ports.github.issues_labelled(self.repo, severity).await;
            let Some(issues) = self.got(facts, "incidents", read) else {
                return;
            };
            let service = |label: &String| {
                let name = label
                    .strip_prefix("service:")
                    .or_else(|| label.strip_prefix("service/"));
                name.map(|name| name.trim().to_owned())
            };
            facts
                .incidents
                .extend(issues.into_iter().map(|issue| Incident {
                    number: issue.number,
                    severity: severity.clone(),
                    services: issue.labels.iter().filter_map(service).collect(),
                    state: "open".to_owned(),
                }));
        }
    }

    async fn calendar(&self, facts: &mut Facts) {
        let Some((first, others)) = self.needs.calendars.split_first() else {
            return;
        };
        if others.iter().any(|other| other != first) {
            let said = "an environment has one calendar at most".to_owned();
            facts.errors.insert("calendar".to_owned(), said);
            return;
        }
        let read = self.ports.github.file(self.repo, first).await;
        let missing = || Error::NotFound(format!("`{first}` on the default branch"));
        let read = read.and_then(|file| file.ok_or_else(missing));
        facts.calendar = self.got(facts, "calendar", read);
    }
}
