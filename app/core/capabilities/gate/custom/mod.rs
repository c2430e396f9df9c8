//! `custom`: rules of a repository's own, in CEL.
//!
//! An expression is checked while the policy is read: known names and types only, 4 KiB at most,
//! at most two loops within each other, true or false in the end. Its cost is known before it
//! runs, and what cannot be evaluated is not met. Why this is a reader of our own and not a
//! crate stands in `docs/adr/0011-cel.md`.

mod check;
mod cost;
mod eval;
mod parse;
mod schema;
#[cfg(test)]
mod tests;
mod token;
mod verbs;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::facts::Facts;
pub(super) use cost::STEPS;
pub(super) use eval::Failed;
pub(super) use schema::World;

/// The longest expression, in bytes.
const LONGEST: usize = 4 * 1024;

/// What is wrong with an expression, and where: in characters from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    at: usize,
    message: String,
}

impl Wrong {
    fn new(at: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }

    fn unknown(at: usize, what: &str, name: &str, known: &[&str]) -> Self {
        Self::new(at, crate::config::unknown(what, name, known))
    }
}

/// A rule of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Custom {
    /// What it is called.
    pub name: String,
    /// Where it applies; everywhere where this is missing.
    #[serde(default)]
    pub when: Option<Expression>,
    /// What has to be so.
    pub assert: Expression,
    /// What is said where it is not.
    #[serde(default)]
    pub message: Option<String>,
}

/// A condition in CEL, checked.
#[derive(Clone)]
pub struct Expression {
    text: String,
    checked: Arc<check::Checked>,
}

impl Expression {
    fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!(
                "the expression is {} bytes long; 4 KiB are allowed",
                text.len()
            ));
        }
        let checked = parse::parse(text).and_then(|written| check::check(&written));
        let checked = checked.map_err(|wrong| {
            format!(
                "at character {} of the expression: {}",
                wrong.at + 1,
                wrong.message
            )
        })?;
        Ok(Self {
            text: text.to_owned(),
            checked: Arc::new(checked),
        })
    }

    /// Whether it holds.
    pub(super) fn holds(&self, world: &World<'_>) -> Result<bool, Failed> {
        eval::holds(&self.checked.node, world)
    }

    /// How many steps that takes at most, with facts of this size.
    pub(super) fn steps(&self, facts: &Facts) -> u64 {
        cost::steps(&self.checked.node, facts)
    }

    /// The sources of facts that it needs.
    pub(super) fn sources(&self) -> &[&'static str] {
        &self.checked.sources
    }

    /// Whether it speaks of `pr`, and so is asked about one after the other.
    pub(super) fn is_about_pulls(&self) -> bool {
        self.checked.roots.contains(&schema::Root::Pull)
    }

    /// Whether the clock can turn it.
    pub(super) fn is_about_time(&self) -> bool {
        self.checked.roots.contains(&schema::Root::Now)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Expression {
    fn schema_name() -> Cow<'static, str> {
        "Expression".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": LONGEST,
            "description": "A condition in CEL, checked while the policy is read",
        })
    }
}
