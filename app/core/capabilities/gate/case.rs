//! A deployment under judgement: facts and rules side by side, and what kind of deployment it is.

use jiff::{SignedDuration, Timestamp};

use super::facts::{Asked, Change, Deployed, Facts};
use super::policy::{Environment, Exception, IncidentException, Policy, Team};
use super::verdict::{Fact, Reason, said};

/// How long ago a commit may have been live to count as a rollback, unless the policy says.
const ROLLBACK_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// All that a rule looks at.
pub(super) struct Case<'a> {
    pub(super) facts: &'a Facts,
    pub(super) policy: &'a Policy,
    pub(super) environment: &'a str,
    pub(super) rules: &'a Environment,
    pub(super) asked: &'a Asked,
    pub(super) now: Timestamp,
    /// The deployment that it goes back to, where it is a rollback.
    pub(super) rollback: Option<&'a Deployed>,
    /// Whether it comes from a hotfix branch.
    pub(super) hotfix: bool,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        facts: &'a Facts,
        policy: &'a Policy,
        environment: &'a str,
        rules: &'a Environment,
        asked: &'a Asked,
        now: Timestamp,
    ) -> Self {
        let branch = branch(&asked.reference);
        let hotfix = rules.hotfix.as_ref();
        let hotfix = branch.is_some_and(|b| hotfix.is_some_and(|h| h.branches.is_match(b)));
        let mut case = Self {
            facts,
            policy,
            environment,
            rules,
            asked,
            now,
            rollback: None,
            hotfix,
        };
        case.rollback = case.goes_back_to();
        case
    }

    /// A rollback goes to what was live here and worked, and not too long ago. That a commit is
    /// older than the live one makes none: it could be any old, vulnerable one.
    fn goes_back_to(&self) -> Option<&'a Deployed> {
        if self.facts.range.relation != "behind" {
            return None;
        }
        let within = self.rules.rollback.map_or(ROLLBACK_WITHIN, |r| r.within.0);
        let was_live = |d: &&Deployed| {
            d.sha == self.asked.sha
                && d.state == "success"
                && d.at <= self.now
                && self.now.duration_since(d.at) <= within
        };
        let all = self.facts.target_deployments.iter();
        all.filter(was_live).max_by_key(|d| d.at)
    }

    /// The pull request that closes an open incident which would stop this deployment.
    pub(super) fn fixes(&self) -> Option<(u64, u64)> {
        let open = self.facts.incidents.iter().filter(|i| i.state == "open");
        open.flat_map(|incident| self.facts.prs.iter().map(move |pr| (pr, incident.number)))
            .find(|(pr, incident)| closes(pr, *incident))
            .map(|(pr, incident)| (pr.number, incident))
    }

    /// The first of these exceptions that this deployment is.
    pub(super) fn excepted(&self, except: &[Exception]) -> Option<Exception> {
        let is = |exception: &&Exception| match exception {
            Exception::Rollback => self.rollback.is_some(),
            Exception::Hotfix => self.hotfix,
            Exception::Fix => self.fixes().is_some(),
            Exception::Revert => {
                !self.facts.prs.is_empty() && self.facts.prs.iter().all(is_exact_revert)
            }
        };
        except.iter().find(is).copied()
    }

    /// Says why a rule does not apply.
    pub(super) fn exempt(&self, rule: &str, what: &str, exception: Exception) -> Reason {
        let evidence = Fact::Commit {
            sha: self.asked.sha.clone(),
        };
        let sentence = match (exception, self.rollback) {
            (Exception::Rollback, Some(to)) => {
                format!(
                    "rollback to {} (live {}): {what} does not apply",
                    to.sha,
                    date(to.at)
                )
            }
            (Exception::Fix, _) => format!("it fixes an incident: {what} does not apply"),
            (Exception::Hotfix, _) => format!("it is a hotfix: {what} does not apply"),
            _ => format!("it is an exact revert: {what} does not apply"),
        };
        Reason::met(rule, said(code_of(exception), sentence), evidence)
    }

    /// A reason to wait where a source that a rule needs could not be read.
    pub(super) fn unread(&self, rule: &str, source: &str, what: &str) -> Option<Reason> {
        let error = self.facts.errors.get(source)?;
        Some(unavailable(rule, source, what, error))
    }

    /// A team by its short name stands for those it lists.
    pub(super) fn teams(&self, teams: &'a [Team]) -> Vec<&'a str> {
        self.policy.teams_of(teams).collect()
    }

    /// Whether incidents are let through for what fixes them.
    pub(super) fn lets_fixes_through(&self) -> bool {
        let incidents = self.rules.require.incidents.as_ref();
        incidents.is_some_and(|i| i.except == Some(IncidentException::FixesIncident))
    }
}

/// What could not be read is no reason to guess.
pub(super) fn unavailable(rule: &str, source: &str, what: &str, error: &str) -> Reason {
    let until = error
        .split_whitespace()
        .filter_map(|word| word.trim_end_matches(['.', ',', ')']).parse().ok())
        .next_back();
    let sentence = match until {
        Some(until) if error.contains("rate limit") => format!("rate limited until {until}"),
        _ => format!("cannot read {what} ({error}); retrying"),
    };
    let evidence = Fact::Source {
        name: source.to_owned(),
        said: error.to_owned(),
    };
    let next: Option<Timestamp> = until.filter(|_| error.contains("rate limit"));
    Reason::waiting(rule, said("facts_unavailable", sentence), evidence).at(next)
}

pub(super) fn code_of(exception: Exception) -> &'static str {
    match exception {
        Exception::Rollback => "rollback",
        Exception::Fix => "incident_fix",
        Exception::Hotfix => "hotfix",
        Exception::Revert => "revert",
    }
}

/// The name of a branch; none where the reference names something else, such as a tag.
pub(super) fn branch(reference: &str) -> Option<&str> {
    match reference.strip_prefix("refs/heads/") {
        Some(branch) => Some(branch),
        None => (!reference.starts_with("refs/")).then_some(reference),
    }
}

/// Whether a pull request closes an issue.
pub(super) fn closes(pr: &Change, issue: u64) -> bool {
    pr.linked_issues.iter().any(|linked| linked.number == issue)
}

pub(super) fn is_exact_revert(pr: &Change) -> bool {
    pr.reverts.as_ref().is_some_and(|r| r.exact && r.live)
}

pub(super) fn pull(number: u64) -> Fact {
    Fact::PullRequest { number }
}

/// `2026-02-27`, in UTC.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
