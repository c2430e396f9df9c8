//! `approval-rules`: who has to approve what, as rules with predicates below a tree of all and
//! any. It is the model of palantir/policy-bot, so that its files can be taken over; where that
//! bot lets something through that nobody approved, this does not.

mod decide;
mod facts;
mod people;
mod predicate;
#[cfg(test)]
mod tests;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use decide::{Answer, Decided};
pub use facts::{Body, Comment, Commit, Facts, File, Review, Signature};
pub use predicate::{Branch, Keys, Lines, Paths, Predicates, Results, Statuses, Titles};
pub use words::{Bound, Pattern, Tree};

/// Rules about approvals.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ApprovalRules {
    /// What has to be approved: all of these.
    pub approval: Vec<Tree>,
    /// The rules, by name.
    pub rules: Vec<Rule>,
    /// What stops everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disapproval: Option<Disapproval>,
}

impl<'de> Deserialize<'de> for ApprovalRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Written {
            #[serde(default)]
            approval: Vec<Tree>,
            #[serde(default)]
            rules: Vec<Rule>,
            disapproval: Option<Disapproval>,
        }
        let written = Written::deserialize(deserializer)?;
        let mut named = Vec::new();
        for tree in &written.approval {
            tree.names(&mut named);
        }
        let known = |name: &&&str| !written.rules.iter().any(|rule| rule.name == **name);
        if let Some(unknown) = named.iter().find(known) {
            let known: Vec<&str> = written.rules.iter().map(|r| r.name.as_str()).collect();
            let said = crate::config::unknown("rule", unknown, &known);
            return Err(serde::de::Error::custom(said));
        }
        Ok(Self {
            approval: written.approval,
            rules: written.rules,
            disapproval: written.disapproval,
        })
    }
}

/// A rule: where it applies, and what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// Where it applies; everywhere where nothing is said.
    #[serde(default, skip_serializing_if = "Predicates::is_empty")]
    pub r#if: Predicates,
    /// What it needs.
    #[serde(default)]
    pub requires: Needs,
    /// What counts as an approval, and whose.
    #[serde(default)]
    pub options: Options,
}

/// What a rule needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Needs {
    /// So many people.
    pub count: u32,
    /// These count.
    #[serde(skip_serializing_if = "Actors::is_empty")]
    pub from: Actors,
    /// And this has to be so.
    #[serde(skip_serializing_if = "Predicates::is_empty")]
    pub conditions: Predicates,
}

/// People, by what they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Actors {
    /// By login.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// By team.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// By organisation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<String>,
    /// By what they may do in the repository.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<super::policy::Level>,
}

/// What counts as an approval, and whose.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Who opened the pull request may approve it.
    pub allow_author: bool,
    /// Everybody who wrote some of it may.
    pub allow_contributor: bool,
    /// Everybody who wrote some of it may, but not who opened it.
    pub allow_non_author_contributor: bool,
    /// A push makes approvals void.
    pub invalidate_on_push: bool,
    /// A comment or review that was edited does not count.
    pub ignore_edited_comments: bool,
    /// Merges of the base branch by the button write nothing.
    pub ignore_update_merges: bool,
    /// Commits of these write nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_commits_by: Option<Actors>,
    /// What counts as an approval.
    pub methods: Methods,
}

/// What counts as an approval.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Methods {
    /// A comment that holds one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Vec<String>>,
    /// A comment that matches one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comment_patterns: Vec<Pattern>,
    /// A review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub github_review: Option<bool>,
    /// A review that matches one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub github_review_comment_patterns: Vec<Pattern>,
    /// The text of the pull request, where it matches one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body_patterns: Vec<Pattern>,
}

/// What stops everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Disapproval {
    /// Where this holds, nothing is approved.
    #[serde(skip_serializing_if = "Predicates::is_empty")]
    pub r#if: Predicates,
    /// Who may stop it.
    pub requires: Actors,
    /// By what.
    pub options: DisapprovalOptions,
}

/// By what something is stopped, and goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DisapprovalOptions {
    /// What stops it, and what lets it go on.
    pub methods: DisapprovalMethods,
}

/// What stops something, and what lets it go on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DisapprovalMethods {
    /// What stops it.
    pub disapprove: Methods,
    /// What lets it go on.
    pub revoke: Methods,
}

impl ApprovalRules {
    /// Every team that is named anywhere in the rules: whoever reads the facts has to know who is
    /// in them.
    #[must_use]
    pub fn teams(&self) -> Vec<String> {
        let mut teams = Vec::new();
        teams_in(&serde_json::json!(self), &mut teams);
        teams
    }

    /// Decides.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decided {
        decide::decide(self, facts)
    }
}

/// People are named in many places of a rule; wherever they are, their teams stand under one key.
fn teams_in(rules: &serde_json::Value, teams: &mut Vec<String>) {
    match rules {
        serde_json::Value::Object(keys) => {
            for (key, value) in keys {
                match value.as_array().filter(|_| key == "teams") {
                    Some(named) => {
                        teams.extend(named.iter().filter_map(|t| t.as_str()).map(str::to_owned))
                    }
                    None => teams_in(value, teams),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| teams_in(item, teams)),
        _ => {}
    }
}
