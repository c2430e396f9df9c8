//! Which questions the rules of an environment make worth asking.

use super::super::policy::{Approvals, Environment, Exception, Freeze, Policy, Require, Team};
use super::super::spoken::Spoken as _;

/// What has to be read.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) pulls: bool,
    pub(super) files: bool,
    pub(super) reviews: bool,
    pub(super) issues: bool,
    pub(super) label_events: bool,
    pub(super) checks: bool,
    /// More than what is live: rollbacks, how many are under way.
    pub(super) past: bool,
    pub(super) soak: Option<String>,
    pub(super) severities: Vec<String>,
    pub(super) calendars: Vec<String>,
    /// As the policy writes them, short names resolved.
    pub(super) teams: Vec<String>,
}

impl Needs {
    pub(super) fn of(policy: &Policy, rules: &Environment) -> Self {
        let mut needs = Self {
            past: rules.concurrency.is_some() || rules.rollback.is_some(),
            ..Self::default()
        };
        let services = policy.services.values();
        needs.files = !policy.services.is_empty();
        for require in std::iter::once(&rules.require).chain(services.map(|s| &s.require)) {
            needs.add(policy, require);
        }
        let hotfix = rules.hotfix.as_ref();
        needs.pulls |= hotfix.is_some() || rules.deploy_open_prs || needs.files;
        if let Some(approvals) = hotfix.and_then(|h| h.approvals.as_ref()) {
            needs.approvals(policy, approvals);
        }
        let windows = rules.windows.iter().flat_map(|w| &w.except);
        for exception in windows
            .chain(rules.freeze.iter().flat_map(excepted))
            .copied()
        {
            needs.exception(exception);
        }
        for freeze in &rules.freeze {
            if let Freeze::Calendar { calendar, .. } = freeze {
                needs.calendars.push(calendar.clone());
            }
        }
        if let Some(rules) = &policy.approval_rules {
            needs.sources(&rules.sources());
            needs.teams.extend(rules.teams());
        }
        needs.teams.sort_unstable();
        needs.teams.dedup();
        needs.severities.sort_unstable();
        needs.severities.dedup();
        needs
    }

    fn add(&mut self, policy: &Policy, require: &Require) {
        if let Some(approvals) = &require.approvals {
            self.approvals(policy, approvals);
        }
        self.reviews |= require.codeowners;
        self.files |= require.codeowners || require.runbook.is_some();
        for path in &require.paths {
            self.files = true;
            self.approvals(policy, &path.approvals);
        }
        self.checks |= require.checks.is_some();
        if let Some(labels) = &require.labels {
            self.pulls = true;
            self.label_events |= !labels.removal_by.is_empty();
            self.teams(policy, &labels.removal_by);
        }
        self.issues |= require.issues.is_some();
        if let Some(incidents) = &require.incidents {
            self.severities.extend(incidents.none_open.iter().cloned());
            self.issues |= incidents.except.is_some();
        }
        if let Some(soak) = &require.soak {
            self.soak = Some(soak.r#in.clone());
            soak.except.iter().copied().for_each(|e| self.exception(e));
        }
        if let Some(budget) = &require.error_budget {
            budget
                .except
                .iter()
                .copied()
                .for_each(|e| self.exception(e));
        }
        for custom in &require.custom {
            self.sources(&custom.sources());
        }
        self.pulls |= self.reviews || self.files || self.issues;
    }

    /// What a rule of one's own rests on, by the names of sources.
    fn sources(&mut self, names: &[&str]) {
        for name in names {
            match *name {
                // An expression does not tell a pull request from its files.
                "prs" => (self.pulls, self.files) = (true, true),
                "commits" | "labels" => self.pulls = true,
                "reviews" => (self.pulls, self.reviews) = (true, true),
                "issues" => (self.pulls, self.issues) = (true, true),
                "checks" => self.checks = true,
                _ => {}
            }
        }
    }

    fn approvals(&mut self, policy: &Policy, approvals: &Approvals) {
        self.reviews = true;
        self.pulls = true;
        self.teams(policy, &approvals.teams);
    }

    fn exception(&mut self, exception: Exception) {
        match exception {
            Exception::Rollback => self.past = true,
            Exception::Fix => {
                self.issues = true;
                self.pulls = true;
            }
            Exception::Hotfix | Exception::Revert => self.pulls = true,
        }
    }

    fn teams(&mut self, policy: &Policy, teams: &[Team]) {
        self.teams.extend(policy.teams_of(teams).map(str::to_owned));
    }
}

fn excepted(freeze: &Freeze) -> &[Exception] {
    match freeze {
        Freeze::Time { except, .. } | Freeze::Calendar { except, .. } => except,
    }
}
