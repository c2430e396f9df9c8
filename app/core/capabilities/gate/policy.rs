//! The rules of the gate, as `.github/waterline.yml` writes them.
//!
//! Everything that can be wrong in them is refused while they are read, so that the error names
//! line and column: an unknown zone, a count of nothing, a login that cannot exist.

mod globs;
mod require;
mod when;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::approval::ApprovalRules;
pub use globs::{Globs, fits, glob};
pub use require::{
    App, Approvals, CheckRule, Checks, Criteria, ErrorBudget, IncidentException, Incidents, Issues,
    Labels, OneCheck, PathRule, Preflight, Require, RunbookRule, Secrets, Seen, Soak, TickedBy,
    Tls,
};
pub use when::{Clock, Day, Freeze, Moment, Window};
pub use words::{Exception, Login, Percent, Span, Team, Zone, lasting};

/// The rules of the gate: the keys of the configuration that are its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
pub struct Policy {
    /// The version of this form: 1.
    pub version: Option<Version>,
    /// A policy that this one is laid over: `owner/repository@path/to/file.yml`.
    pub extends: Option<String>,
    /// Switches the gate off, or narrows it.
    pub gate: Switch,
    /// The zone of all wall-clock times that name none.
    pub timezone: Zone,
    /// The service that incidents are asked about.
    pub service: Option<String>,
    /// Teams by a short name of your own.
    pub teams: BTreeMap<String, Vec<Team>>,
    /// Who has to approve what, in all environments, as a tree of rules.
    pub approval_rules: Option<ApprovalRules>,
    /// The environments, by name or pattern.
    pub environments: Option<BTreeMap<String, Option<Environment>>>,
    /// The parts of a repository that holds several services.
    pub services: BTreeMap<String, Service>,
    /// Who may give which command.
    pub commands: Commands,
}

/// Switches the gate off, or narrows what it says unasked. A deployment that asks is always judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Switch {
    /// False switches the gate off: commands are not answered, and deployments get no answer.
    pub enabled: bool,
    /// Narrows on which pull requests the check run is shown.
    pub only: crate::config::Only,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            enabled: true,
            only: crate::config::Only::default(),
        }
    }
}

/// The version of the form of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Version(u32);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(Self(1)),
            other => Err(serde::de::Error::custom(format!(
                "version {other} is not known; this Waterline reads version 1"
            ))),
        }
    }
}

impl Policy {
    /// A team by its short name stands for those that `teams` lists.
    pub(super) fn teams_of<'a>(&'a self, teams: &'a [Team]) -> impl Iterator<Item = &'a str> {
        let long = |team: &'a Team| match self.teams.get(&team.0) {
            Some(listed) => listed.as_slice(),
            None => std::slice::from_ref(team),
        };
        teams.iter().flat_map(long).map(|team| team.0.as_str())
    }
}

/// The rules of one environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// Whether the decision counts.
    pub mode: Mode,
    /// The branches that may be deployed; all where none is named.
    pub branches: Globs,
    /// What has to be so.
    pub require: Require,
    /// When deployments may begin.
    pub windows: Vec<Window>,
    /// When they may not.
    pub freeze: Vec<Freeze>,
    /// Who may overlook what.
    pub overrides: Option<Overrides>,
    /// How far back a commit may have been live to count as a rollback.
    pub rollback: Option<Rollback>,
    /// What an exact revert of something live needs instead.
    pub revert: Option<RevertRule>,
    /// Branches that may be deployed by stricter rules.
    pub hotfix: Option<Hotfix>,
    /// What the first deployment is judged by.
    pub first_deployment: Option<FirstDeployment>,
    /// Whether deployments may go backwards.
    pub order: Order,
    /// How many deployments may be under way.
    pub concurrency: Option<Concurrency>,
    /// How long a deployment waits before it is refused.
    pub max_wait: Option<Span>,
    /// Whether pull requests may be deployed before they are merged.
    pub deploy_open_prs: bool,
    /// Whether drafts may be among them.
    pub draft: Allow,
}

/// Whether a decision counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nothing is decided: everything is let through.
    Off,
    /// It is decided and kept, and everything is let through in silence.
    Shadow,
    /// Everything is let through, and what would have been wrong is said.
    Warn,
    /// It counts.
    #[default]
    Enforce,
}

/// Whether something is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// It is.
    Allow,
    /// It is not.
    #[default]
    Deny,
}

/// Whether deployments may go backwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// They may.
    #[default]
    Any,
    /// Only as rollbacks.
    ForwardOnly,
}

/// Who may overlook what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overrides {
    /// The teams whose members may.
    pub by: Vec<Team>,
    /// How many more people have to agree.
    pub approvals: u32,
    /// The longest that one may last.
    pub max: Option<Span>,
    /// Rules that nobody may overlook.
    pub never: Vec<String>,
}

/// What counts as a rollback.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rollback {
    /// How long ago the commit may have been live.
    pub within: Span,
}

/// What an exact revert needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RevertRule {
    /// So many approvals instead of the usual.
    pub approvals: u32,
}

/// Branches that may be deployed by rules of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hotfix {
    /// The branches.
    pub branches: Globs,
    /// The approvals that they need.
    pub approvals: Option<Approvals>,
    /// Whether the change has to be on its way to the default branch too.
    pub back_port: BackPort,
}

/// Whether a hotfix has to be carried to the default branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BackPort {
    /// A pull request has to do so.
    Required,
    /// It need not.
    #[default]
    Optional,
}

/// What the first deployment to an environment is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FirstDeployment {
    /// So many of the newest pull requests.
    pub prs: u32,
}

/// How many deployments may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Concurrency {
    /// So many.
    Number(u32),
    /// So many, and not counting those that nobody has heard of for long.
    Full {
        /// So many.
        max: u32,
        /// After so long it is not counted.
        #[serde(rename = "stale-after")]
        stale_after: Option<Span>,
    },
}

/// A part of a repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// The files that are its own.
    pub paths: Globs,
    /// What has to be so where a deployment touches them.
    pub require: Require,
}

/// Who may give which command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Commands {
    /// Who may overlook a rule.
    pub r#override: Option<Command>,
    /// Who may stop deployments.
    pub hold: Option<Command>,
    /// Who may let them go on.
    pub release: Option<Command>,
    /// Bots that may give commands, by login.
    pub bots: Vec<String>,
}

/// Who may give a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Command {
    /// A permission, or teams.
    pub by: By,
}

/// A permission, or teams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum By {
    /// Everybody with at least this permission.
    Permission(Level),
    /// The members of these teams.
    Teams(Vec<Team>),
}

/// A permission in a repository.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Manage issues and pull requests.
    Triage,
    /// Push.
    Write,
    /// Manage the repository.
    Maintain,
    /// Everything.
    Admin,
}

impl Level {
    /// The permission that GitHub calls so; none for what is less than any of them.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "triage" => Some(Self::Triage),
            "write" => Some(Self::Write),
            "maintain" => Some(Self::Maintain),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}
