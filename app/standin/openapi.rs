//! The judge that knows GitHub's OpenAPI description: every request and response is held to the operation that its
//! method and path mean. Validators are built when first needed. Two things are mended at load time, since the
//! description is no JSON Schema: `nullable` becomes a type, also beside `enum`; and it never forbids unknown
//! properties, so those of request bodies are looked for here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, anyhow};
use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

use crate::judge::Judge;
use crate::server::lock;
use crate::template;

/// Where the description lives for its own references.
const BASE: &str = "https://description.invalid/api.json";

/// A [`Judge`] by the official description.
pub struct OpenApiJudge {
    document: Value,
    registry: Registry<'static>,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
    beyond: Vec<String>,
}

impl OpenApiJudge {
    /// Reads a description from JSON.
    ///
    /// # Errors
    /// When it is not JSON, or its references cannot be followed.
    pub fn new(description: &[u8]) -> Result<Self> {
        let mut document: Value =
            serde_json::from_slice(description).context("the description is not JSON")?;
        mend(&mut document);
        let registry = Registry::new()
            .draft(Draft::Draft4)
            .add(BASE, Resource::from_contents(document.clone()))
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| anyhow!("the description cannot be used: {error}"))?;
        Ok(Self {
            document,
            registry,
            validators: Mutex::default(),
            beyond: Vec::new(),
        })
    }

    /// Lets a path pass that the description does not have, such as `/user`; placeholders in braces.
    #[must_use]
    pub fn beyond(mut self, template: &str) -> Self {
        self.beyond.push(template.to_owned());
        self
    }

    /// Judges a webhook's payload: `workflow-run-completed`, `push`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn webhook(&self, name: &str, payload: &Value) -> Result<(), String> {
        let pointer =
            format!("/x-webhooks/{name}/post/requestBody/content/application~1json/schema");
        if self.document.pointer(&pointer).is_none() {
            return Err(format!("{name} is not a webhook of the description"));
        }
        self.validate(&pointer, payload)
            .map_err(|wrong| format!("webhook {name}: {wrong}"))
    }

    /// The template of the operation with the most literal segments, and the operation.
    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let method = method.to_lowercase();
        self.document["paths"]
            .as_object()?
            .iter()
            .filter(|(template, _)| template::matches(template, path).is_some())
            .filter_map(|(template, item)| Some((template.as_str(), item.get(&method)?)))
            .max_by_key(|(template, _)| template::literals(template))
    }

    fn is_beyond(&self, path: &str) -> bool {
        self.beyond
            .iter()
            .any(|template| template::matches(template, path).is_some())
    }

    /// Follows a reference, once or as often as it takes.
    fn resolve<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(target) = schema["$ref"].as_str() {
            match self.document.pointer(target.trim_start_matches('#')) {
                Some(found) => schema = found,
                None => return schema,
            }
        }
        schema
    }

    fn validate(&self, pointer: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(pointer)?;
        let mut wrong = String::new();
        for error in validator.iter_errors(value).take(5) {
            let mut text = error.to_string();
            if let Some((end, _)) = text.char_indices().nth(300) {
                text.truncate(end);
            }
            let _ = write!(wrong, "\n  at {}: {text}", error.instance_path());
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn validator(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        if let Some(known) = lock(&self.validators).get(pointer) {
            return Ok(Arc::clone(known));
        }
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({ "$ref": format!("{BASE}#{fragment}") });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_registry(&self.registry)
            .build(&schema)
            .map(Arc::new)
            .map_err(|error| format!("no validator for {pointer}: {error}"))?;
        lock(&self.validators).insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }

    fn check_query(&self, operation: &Value, query: &[(String, String)]) -> Result<(), String> {
        let parameters: Vec<&Value> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| self.resolve(parameter))
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        for parameter in &parameters {
            let missing = !query.iter().any(|(key, _)| parameter["name"] == *key);
            if parameter["required"] == true && missing {
                return Err(format!("query parameter {} is missing", parameter["name"]));
            }
        }
        for (key, value) in query {
            let parameter = parameters
                .iter()
                .find(|parameter| parameter["name"] == *key)
                .ok_or_else(|| format!("query parameter {key:?} is not in the description"))?;
            let schema = self.resolve(&parameter["schema"]);
            let listed = schema["enum"].as_array();
            if listed.is_some_and(|listed| !listed.iter().any(|one| one == value)) {
                return Err(format!("query parameter {key:?} cannot be {value:?}"));
            }
            if schema["type"] == "integer" && value.parse::<i64>().is_err() {
                return Err(format!("query parameter {key:?} is no integer: {value:?}"));
            }
        }
        Ok(())
    }

    /// The properties of `value` that no branch of the schema names, at any depth.
    fn unknown(&self, schemas: &[&Value], value: &Value, at: &str, found: &mut Vec<String>) {
        let branches = self.branches(schemas);
        if let Some(items) = value.as_array() {
            let below: Vec<&Value> = branches.iter().filter_map(|s| s.get("items")).collect();
            for item in items {
                self.unknown(&below, item, at, found);
            }
        }
        let Some(object) = value.as_object() else {
            return;
        };
        let free = branches.iter().all(|s| s.get("properties").is_none())
            || branches.iter().any(|s| {
                s.get("additionalProperties")
                    .is_some_and(|more| *more != false)
            });
        for (name, value) in object {
            let below: Vec<&Value> = branches
                .iter()
                .filter_map(|schema| schema["properties"].get(name))
                .collect();
            let at = format!("{at}/{name}");
            if below.is_empty() && !free {
                found.push(at);
            } else {
                self.unknown(&below, value, &at, found);
            }
        }
    }

    fn branches<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut open: Vec<&Value> = schemas.to_vec();
        let mut all = Vec::new();
        while let Some(schema) = open.pop() {
            let schema = self.resolve(schema);
            all.push(schema);
            for key in ["allOf", "anyOf", "oneOf"] {
                open.extend(schema[key].as_array().into_iter().flatten());
            }
        }
        all
    }

    fn check_body(&self, template: &str, method: &str, body: Option<&Value>) -> Result<(), String> {
        let pointer = format!(
            "/paths/{}/{}/requestBody",
            template.replace('~', "~0").replace('/', "~1"),
            method.to_lowercase()
        );
        let described = self.document.pointer(&pointer);
        let Some(body) = body else {
            return match described {
                Some(described) if described["required"] == true => {
                    Err("the body is missing".to_owned())
                }
                _ => Ok(()),
            };
        };
        let schema = described
            .and_then(|described| described.pointer("/content/application~1json/schema"))
            .ok_or("no body is expected")?;
        self.validate(&format!("{pointer}/content/application~1json/schema"), body)?;
        let mut unknown = Vec::new();
        self.unknown(&[schema], body, "", &mut unknown);
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(format!("unknown properties: {}", unknown.join(", ")))
        }
    }
}

impl Judge for OpenApiJudge {
    fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<(), String> {
        let Some((template, operation)) = self.operation(method, path) else {
            if self.is_beyond(path) {
                return Ok(());
            }
            return Err(format!("{method} {path}: no operation of the description"));
        };
        self.check_query(operation, query)
            .and_then(|()| self.check_body(template, method, body))
            .map_err(|wrong| format!("request {method} {path}: {wrong}"))
    }

    fn response(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: Option<&Value>,
    ) -> Result<(), String> {
        let Some((template, operation)) = self.operation(method, path) else {
            return Ok(()); // said once, about the request
        };
        let wrong = |text: &str| Err(format!("response {method} {path} {status}: {text}"));
        let mut described = &operation["responses"][status.to_string()];
        if described.is_null() {
            // Refusals that can always come are not described for each operation; they have a message.
            let refusal = status >= 400 && body.is_none_or(|body| body["message"].is_string());
            return if refusal || status == 304 {
                Ok(())
            } else {
                wrong("no such answer in the description")
            };
        }
        let mut pointer = format!(
            "/paths/{}/{}/responses/{status}",
            template.replace('~', "~0").replace('/', "~1"),
            method.to_lowercase(),
        );
        if let Some(target) = described["$ref"].as_str() {
            target.trim_start_matches('#').clone_into(&mut pointer);
            described = self.resolve(described);
        }
        // A directory fits more than one branch of this `oneOf`.
        let directory = template.ends_with("/contents/{path}") && body.is_some_and(Value::is_array);
        let schema = described.pointer("/content/application~1json/schema");
        match (schema, body) {
            (Some(_), Some(body)) if !directory => self
                .validate(&format!("{pointer}/content/application~1json/schema"), body)
                .or_else(|text| wrong(&text)),
            (None, Some(_)) if status < 400 => wrong("a body that the description does not have"),
            _ => Ok(()),
        }
    }
}

/// Turns `nullable` into JSON Schema, everywhere.
fn mend(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(object) => {
            object.values_mut().for_each(mend);
            if object.remove("nullable") == Some(Value::Bool(true)) {
                if let Some(Value::Array(listed)) = object.get_mut("enum") {
                    listed.push(Value::Null);
                }
                if let Some(one) = object.get("type").cloned() {
                    object.insert("type".to_owned(), json!([one, "null"]));
                }
                widen(object);
            }
        }
        _ => {}
    }
}

/// A nullable choice gets one branch more; beside a reference, which hides its neighbours, it becomes a choice.
fn widen(object: &mut serde_json::Map<String, Value>) {
    let nothing = json!({ "type": "null" });
    for key in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = object.get_mut(key)
            && !branches.contains(&nothing)
        {
            branches.push(nothing.clone());
        }
    }
    for key in ["allOf", "$ref"] {
        if let Some(strict) = object.remove(key) {
            let mut rest = serde_json::Map::new();
            rest.insert(key.to_owned(), strict);
            object.insert("anyOf".to_owned(), json!([rest, nothing]));
        }
    }
}

impl OpenApiJudge {
    /// The operations of the description, as method and path template.
    #[must_use]
    pub fn operations(&self) -> BTreeSet<(String, String)> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(template, item)| {
                let methods = item.as_object().into_iter().flat_map(|item| item.keys());
                methods.map(move |method| (method.to_uppercase(), template.clone()))
            })
            .filter(|(method, _)| method != "PARAMETERS")
            .collect()
    }
}
