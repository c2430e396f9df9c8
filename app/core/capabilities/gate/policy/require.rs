//! What a deployment needs: one type for each rule below `require`.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::super::custom::Custom;
use super::globs::Globs;
use super::words::{Exception, Login, Span, Team, at_least_one};

/// What has to be so before a deployment may go ahead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Require {
    /// People who looked at each pull request.
    pub approvals: Option<Approvals>,
    /// The owners of each changed file among them.
    pub codeowners: bool,
    /// Checks on the commit that is deployed.
    pub checks: Option<Checks>,
    /// Labels of the pull requests.
    pub labels: Option<Labels>,
    /// The issues behind them.
    pub issues: Option<Issues>,
    /// Incidents that are open.
    pub incidents: Option<Incidents>,
    /// Time that the commit has spent in another environment.
    pub soak: Option<Soak>,
    /// A runbook for risky changes.
    pub runbook: Option<RunbookRule>,
    /// Secrets that exist.
    pub preflight: Option<Preflight>,
    /// Certificates that stay valid.
    pub tls: Option<Tls>,
    /// What is left of an error budget.
    pub error_budget: Option<ErrorBudget>,
    /// More approvals for some files.
    pub paths: Vec<PathRule>,
    /// Rules of your own, in CEL.
    pub custom: Vec<Custom>,
}

/// How many people have to approve, and who counts. A number alone is the count.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Approvals {
    /// So many.
    pub count: u32,
    /// Members of these teams count; everybody who may write where neither teams nor users stand.
    pub teams: Vec<Team>,
    /// These people count.
    pub users: Vec<Login>,
    /// Which commit they have to have seen.
    pub on: Seen,
    /// How many more are needed where a commit is nobody's.
    pub unattributed: u32,
}

/// Which commit an approval has to be of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// The one at the head of the pull request.
    #[default]
    Head,
}

impl<'de> Deserialize<'de> for Approvals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: an untagged choice would swallow which key is wrong, and where.
        deserializer.deserialize_any(CountOrMore)
    }
}

/// A count alone, or a mapping.
struct CountOrMore;

impl<'de> Visitor<'de> for CountOrMore {
    type Value = Approvals;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of approvals, or a mapping with `count`")
    }

    fn visit_u64<E: serde::de::Error>(self, count: u64) -> Result<Approvals, E> {
        let count = u32::try_from(count).map_err(|_| E::custom("a smaller number is expected"))?;
        Ok(Approvals {
            count: at_least_one(count)?,
            teams: Vec::new(),
            users: Vec::new(),
            on: Seen::default(),
            unattributed: 1,
        })
    }

    fn visit_i64<E: serde::de::Error>(self, count: i64) -> Result<Approvals, E> {
        self.visit_u64(count.max(0).unsigned_abs())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Approvals, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Full {
            #[serde(deserialize_with = "counted")]
            count: u32,
            #[serde(default)]
            teams: Vec<Team>,
            #[serde(default)]
            users: Vec<Login>,
            #[serde(default)]
            on: Seen,
            unattributed: Option<u32>,
        }
        let full = Full::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Approvals {
            count: full.count,
            teams: full.teams,
            users: full.users,
            on: full.on,
            unattributed: full.unattributed.unwrap_or(1),
        })
    }
}

fn counted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    at_least_one(u32::deserialize(deserializer)?)
}

/// Checks on the commit that is deployed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Checks {
    /// Those that the branch requires, or all where that is not known.
    Named(CheckRule),
    /// These.
    List(Vec<OneCheck>),
}

/// Checks that need not be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckRule {
    /// Those that the branch requires, or all where that is not known.
    AllRequired,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OneCheck {
    /// Its name.
    pub name: String,
    /// The App that has to report it: its short name or its number.
    #[serde(default)]
    pub app: Option<App>,
    /// The conclusions that are good enough.
    #[serde(default = "success")]
    pub conclusions: Vec<String>,
}

/// An App by its short name or its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum App {
    /// Its number.
    Id(u64),
    /// Its short name.
    Slug(String),
}

fn success() -> Vec<String> {
    vec!["success".to_owned()]
}

/// Labels of the pull requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Labels {
    /// None of these.
    pub none_of: Vec<String>,
    /// At least one of these.
    pub any_of: Vec<String>,
    /// All of these.
    pub all_of: Vec<String>,
    /// Whose removal of a label counts; everybody's where nobody is named.
    pub removal_by: Vec<Team>,
}

/// The issues behind the pull requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Issues {
    /// Each pull request closes one.
    pub linked: bool,
    /// What has to be so in each of them.
    pub acceptance_criteria: Option<Criteria>,
    /// Whose ticks count.
    pub ticked_by: TickedBy,
}

/// What has to be so with acceptance criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Criteria {
    /// There are some, and all are ticked.
    Complete,
}

/// Whose ticks count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TickedBy {
    /// Everybody's.
    #[default]
    Anyone,
    /// Not those of whoever wrote the pull request.
    NotAuthor,
}

/// Incidents that are open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incidents {
    /// None of these severities.
    pub none_open: Vec<String>,
    /// What is let through all the same.
    #[serde(default)]
    pub except: Option<IncidentException>,
}

/// What an open incident does not stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentException {
    /// A deployment with a pull request that closes it.
    FixesIncident,
}

/// Time in another environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Soak {
    /// The environment.
    pub r#in: String,
    /// How long, without a break.
    pub r#for: Span,
    /// What needs none.
    #[serde(default)]
    pub except: Vec<Exception>,
}

/// A runbook for risky changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunbookRule {
    /// Changes of these files need one.
    pub when: Globs,
    /// Where runbooks live.
    pub r#in: Globs,
}

/// Secrets that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Preflight {
    /// Which.
    pub secrets: Secrets,
}

/// Which secrets have to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Secrets {
    /// Those that the workflow reads.
    FromWorkflow,
}

/// Certificates that stay valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tls {
    /// The hosts.
    pub hosts: Vec<String>,
    /// For how long.
    pub valid_for: Span,
}

/// What is left of an error budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErrorBudget {
    /// The objective.
    pub slo: String,
    /// So much has to be left.
    pub min: super::words::Percent,
    /// What goes ahead all the same.
    #[serde(default)]
    pub except: Vec<Exception>,
}

/// More approvals for some files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PathRule {
    /// The files.
    pub when: Globs,
    /// The approvals.
    pub approvals: Approvals,
}
