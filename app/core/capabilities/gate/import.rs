//! A palantir/policy-bot file becomes approval rules. Names change, the model stays; what could
//! not be carried is said, and what would change the meaning if it were dropped is an error.

use serde_json::{Map, Value, json};

use super::approval::ApprovalRules;
use crate::config::{ConfigError, ConfigFile, read_whole};

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Our configuration.
    pub policy: Value,
    /// The same as YAML.
    pub text: String,
    /// What could not be carried, each in a sentence.
    pub left_out: Vec<String>,
}

/// Turns a policy-bot file into ours.
///
/// # Errors
/// What is wrong with the file, or what has no counterpart.
pub fn import(file: &ConfigFile) -> Result<Imported, ConfigError> {
    let (rules, left_out) = rules(file)?;
    let policy = json!({"approval-rules": rules});
    let text = serde_yaml::to_string(&policy).map_err(|e| wrong(file, e.to_string()))?;
    Ok(Imported {
        policy,
        text,
        left_out,
    })
}

/// The approval rules of a policy-bot file, and what could not be carried.
///
/// # Errors
/// What is wrong with the file, or what has no counterpart.
pub fn rules(file: &ConfigFile) -> Result<(ApprovalRules, Vec<String>), ConfigError> {
    let written: Map<String, Value> = read_whole(file)?;
    let mut carried = Carried {
        left_out: Vec::new(),
    };
    let ours = carried.whole(written).map_err(|m| wrong(file, m))?;
    let rules = serde_json::from_value(ours).map_err(|e| wrong(file, e.to_string()))?;
    Ok((rules, carried.left_out))
}

fn wrong(file: &ConfigFile, message: String) -> ConfigError {
    let message = message
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    ConfigError {
        file: file.name.clone(),
        line: 1,
        column: 1,
        message,
    }
}

struct Carried {
    left_out: Vec<String>,
}

impl Carried {
    fn whole(&mut self, mut written: Map<String, Value>) -> Result<Value, String> {
        if written.contains_key("remote") {
            return Err("`remote` names a file elsewhere; import that file".to_owned());
        }
        let mut policy = object(written.remove("policy"))?;
        let rules = list(written.remove("approval_rules"))?;
        for key in written.keys() {
            self.left_out.push(format!("`{key}` has no counterpart"));
        }
        let approval = list(policy.remove("approval"))?;
        let approval: Vec<Value> = approval.into_iter().map(tree).collect();
        let disapproval = policy.remove("disapproval").filter(|d| !d.is_null());
        for key in policy.keys() {
            self.left_out
                .push(format!("`policy.{key}` has no counterpart"));
        }
        let mut ours = Map::new();
        ours.insert("approval".to_owned(), Value::Array(approval));
        let rules = rules.into_iter().map(|rule| self.rule(rule));
        let rules = rules.collect::<Result<Vec<_>, _>>()?;
        ours.insert("rules".to_owned(), Value::Array(rules));
        if let Some(disapproval) = disapproval {
            let mut disapproval = object(Some(disapproval))?;
            predicates(&mut disapproval, "if");
            if let Some(requires) = disapproval.get_mut("requires") {
                let mut who = object(Some(requires.take()))?;
                who.remove("count");
                *requires = people(who);
            }
            ours.insert("disapproval".to_owned(), kebab(Value::Object(disapproval)));
        }
        Ok(Value::Object(ours))
    }

    fn rule(&mut self, written: Value) -> Result<Value, String> {
        let mut rule = object(Some(written))?;
        let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
        let name = name.to_owned();
        let leave = |what: &str, out: &mut Vec<String>| {
            out.push(format!("rule `{name}`: `{what}` has no counterpart"));
        };
        if rule.remove("description").is_some() {
            leave("description", &mut self.left_out);
        }
        predicates(&mut rule, "if");
        if let Some(options) = rule.get_mut("options") {
            let mut own = object(Some(options.take()))?;
            for key in ["request_review", "post_as_check_run"] {
                if own.remove(key).is_some() {
                    leave(key, &mut self.left_out);
                }
            }
            *options = Value::Object(own);
        }
        let mut needs = object(rule.remove("requires"))?;
        predicates(&mut needs, "conditions");
        let mut ours = Map::new();
        for key in ["count", "conditions"] {
            if let Some(value) = needs.remove(key) {
                ours.insert(key.to_owned(), value);
            }
        }
        if !needs.is_empty() {
            ours.insert("from".to_owned(), people(needs));
        }
        rule.insert("requires".to_owned(), Value::Object(ours));
        Ok(kebab(Value::Object(rule)))
    }
}

/// `and` and `or` become all and any.
fn tree(written: Value) -> Value {
    match written {
        Value::Object(map) => map
            .into_iter()
            .map(|(key, of)| {
                let key = match key.as_str() {
                    "and" => "all-of".to_owned(),
                    "or" => "any-of".to_owned(),
                    _ => key,
                };
                let of = match of {
                    Value::Array(of) => Value::Array(of.into_iter().map(tree).collect()),
                    other => other,
                };
                (key, of)
            })
            .collect(),
        other => other,
    }
}

/// Older words of policy-bot become those of today.
fn predicates(of: &mut Map<String, Value>, key: &str) {
    let Some(Value::Object(predicates)) = of.get_mut(key) else {
        return;
    };
    if let Some(statuses) = predicates.remove("has_successful_status") {
        predicates.insert("has_status".to_owned(), json!({"statuses": statuses}));
    }
}

fn people(mut who: Map<String, Value>) -> Value {
    for (old, permission) in [("admins", "admin"), ("write_collaborators", "write")] {
        if who.remove(old) == Some(Value::Bool(true)) {
            let all = who.entry("permissions").or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.push(json!(permission));
            }
        }
    }
    kebab(Value::Object(who))
}

/// All keys of policy-bot are fixed words, so each `_` of a key becomes a `-`.
fn kebab(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key.replace('_', "-"), kebab(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(kebab).collect(),
        other => other,
    }
}

fn object(value: Option<Value>) -> Result<Map<String, Value>, String> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err("a mapping is expected, such as `key: value`".to_owned()),
    }
}

fn list(value: Option<Value>) -> Result<Vec<Value>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err("a list is expected, such as `[one, two]`".to_owned()),
    }
}
