//! The text of `.github/waterline.yml` becomes sections, one for each capability.
//!
//! Two files count: the organisation's and, merged over it key by key, the repository's own.
//! Each is checked by itself first, so that every error names its file, line and column; then
//! the merged section is read. Every section has two keys that the engine understands,
//! `enabled` and `only`; a capability's rules carry them as fields.

mod words;

use std::fmt;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where the configuration stands in a repository.
pub const PATH: &str = ".github/waterline.yml";

/// The check run that shows whether the configuration can be read.
pub const CHECK: &str = "waterline/config";

/// The largest configuration that is read, in bytes.
pub const SIZE_LIMIT: usize = 256 * 1024;

/// One file of configuration and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// How it is called in an error: `.github/waterline.yml`, or with its repository before it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl ConfigFile {
    /// The policy that this one is laid over, as it names it: `owner/repository@path`.
    #[must_use]
    pub fn extends(&self) -> Option<String> {
        let read: Map<String, Value> = serde_yaml::from_str(&self.text).ok()?;
        Some(read.get("extends")?.as_str()?.to_owned())
    }
}

/// What is wrong with a configuration, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Narrows a capability to a part of a repository. An empty list narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Only {
    /// Pull requests and issues with at least one of these labels.
    pub labels: Vec<String>,
    /// Pull requests into a branch, or runs on a branch, that matches one of these patterns.
    #[serde(deserialize_with = "patterns")]
    pub branches: Vec<String>,
    /// Pull requests that change a file that matches one of these patterns.
    #[serde(deserialize_with = "patterns")]
    pub paths: Vec<String>,
}

/// The rules of a capability that only ever answers: it can be switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Switch {
    /// False switches the command off.
    pub enabled: bool,
    /// Of no effect: it is only done when somebody asks.
    pub only: Only,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            enabled: true,
            only: Only::default(),
        }
    }
}

/// A list of patterns; one that can match nothing because it is none is an error.
///
/// # Errors
/// The pattern, and what is wrong with it.
pub fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let list = Vec::<String>::deserialize(deserializer)?;
    for pattern in &list {
        globset::Glob::new(pattern).map_err(|e| {
            let pattern = pattern.escape_debug();
            serde::de::Error::custom(format!("`{pattern}` is no pattern: {}", e.kind()))
        })?;
    }
    Ok(list)
}

impl Only {
    /// True where nothing is narrowed.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.branches.is_empty() && self.paths.is_empty()
    }
}

/// A configuration that has been read and merged.
#[derive(Debug, Clone, Default)]
pub struct Config {
    files: Vec<ConfigFile>,
    merged: Map<String, Value>,
    /// Which file names which policy below it.
    extends: Vec<(usize, String)>,
}

impl Config {
    /// Reads the files, the organisation's first. `known` are the names of all sections.
    ///
    /// # Errors
    /// Where a file is no YAML mapping or has a section of another name.
    pub fn read(files: Vec<ConfigFile>, known: &[&str]) -> Result<Self, ConfigError> {
        let mut merged = Map::new();
        let mut extends = Vec::new();
        for (at, file) in files.iter().enumerate() {
            if file.text.len() > SIZE_LIMIT {
                let message = format!("the file is larger than {} KiB", SIZE_LIMIT / 1024);
                return Err(ConfigError {
                    file: file.name.clone(),
                    line: 1,
                    column: 1,
                    message,
                });
            }
            if is_blank(&file.text) {
                continue;
            }
            parse(
                file,
                Sections {
                    wanted: None,
                    known,
                    of: std::marker::PhantomData::<IgnoredAny>,
                },
            )?;
            let value: Map<String, Value> =
                serde_yaml::from_str(&file.text).map_err(|e| words::error(file, &e))?;
            if let Some(base) = value.get("extends").and_then(Value::as_str) {
                extends.push((at, base.to_owned()));
            }
            merge(&mut merged, value);
        }
        Ok(Self {
            files,
            merged,
            extends,
        })
    }

    /// The rules of one section; the defaults where no file has it.
    ///
    /// # Errors
    /// Where a key is unknown or a value is of the wrong kind.
    pub fn section<R: DeserializeOwned + Default>(&self, name: &str) -> Result<R, ConfigError> {
        for file in self.files.iter().filter(|f| !is_blank(&f.text)) {
            parse(
                file,
                Sections {
                    wanted: Some(name),
                    known: &[],
                    of: std::marker::PhantomData::<R>,
                },
            )?;
        }
        match self.merged.get(name) {
            None | Some(Value::Null) => Ok(R::default()),
            // Each file is right by itself, so the merged section can only fail where two files
            // disagree about the kind of a value; the repository's own file is the place to mend it.
            Some(value) => serde_json::from_value(value.clone()).map_err(|e| ConfigError {
                file: self
                    .files
                    .last()
                    .map_or_else(|| PATH.to_owned(), |f| f.name.clone()),
                line: 1,
                column: 1,
                message: format!("`{name}` does not fit the organisation's: {e}"),
            }),
        }
    }

    /// Makes sure that each policy that a file extends is here too.
    ///
    /// # Errors
    /// The first that is not: what it would have asked for cannot be known.
    pub fn based(&self) -> Result<(), ConfigError> {
        for (at, base) in &self.extends {
            if self.files.iter().any(|other| other.name == *base) {
                continue;
            }
            let Some(file) = self.files.get(*at) else {
                continue;
            };
            let line = file.text.lines().position(|l| l.starts_with("extends"));
            let base: String = base.escape_debug().take(200).collect();
            return Err(ConfigError {
                file: file.name.clone(),
                line: line.map_or(1, |line| line as u64 + 1),
                column: 1,
                message: format!(
                    "the policy that this one extends, `{base}`, cannot be read; write `owner/repository@path/to/file.yml`"
                ),
            });
        }
        Ok(())
    }

    /// Rules that stand in several keys of the top level, read as one. What else stands there is
    /// passed over.
    ///
    /// # Errors
    /// Where a key within is unknown or a value is of the wrong kind.
    pub fn whole<R: DeserializeOwned + Default>(&self) -> Result<R, ConfigError> {
        let mut last = None;
        for file in self.files.iter().filter(|f| !is_blank(&f.text)) {
            let read = serde_yaml::from_str::<R>(&file.text).map_err(|e| words::error(file, &e))?;
            last = Some(read);
        }
        match (self.files.len(), last) {
            (_, None) => Ok(R::default()),
            (1, Some(read)) => Ok(read),
            _ => serde_json::from_value(Value::Object(self.merged.clone())).map_err(|e| {
                let file = self.files.last();
                ConfigError {
                    file: file.map_or_else(|| PATH.to_owned(), |f| f.name.clone()),
                    line: 1,
                    column: 1,
                    message: format!("it does not fit the organisation's: {e}"),
                }
            }),
        }
    }

    /// False where the section says `enabled: false`.
    #[must_use]
    pub fn is_enabled(&self, name: &str) -> bool {
        self.merged.get(name).and_then(|s| s.get("enabled")) != Some(&Value::Bool(false))
    }

    /// What the section is narrowed to; everything where it does not say.
    #[must_use]
    pub fn only(&self, name: &str) -> Only {
        let only = self.merged.get(name).and_then(|s| s.get("only"));
        only.and_then(|o| serde_json::from_value(o.clone()).ok())
            .unwrap_or_default()
    }

    /// All sections as they are in force, for `waterline config check`.
    #[must_use]
    pub fn merged(&self) -> &Map<String, Value> {
        &self.merged
    }
}

/// Reads a file of another form than a configuration's, with the same errors.
///
/// # Errors
/// What is wrong with it, with its line and column.
pub fn read_whole<T: DeserializeOwned>(file: &ConfigFile) -> Result<T, ConfigError> {
    if file.text.len() > SIZE_LIMIT {
        return Err(ConfigError {
            file: file.name.clone(),
            line: 1,
            column: 1,
            message: format!("the file is larger than {} KiB", SIZE_LIMIT / 1024),
        });
    }
    serde_yaml::from_str(&file.text).map_err(|e| words::error(file, &e))
}

/// Maps are merged key by key; everything else is replaced.
fn merge(under: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.lines()
        .all(|l| l.trim().is_empty() || l.trim_start().starts_with('#') || l.trim() == "---")
}

fn parse<R: DeserializeOwned>(file: &ConfigFile, seed: Sections<'_, R>) -> Result<(), ConfigError> {
    serde_yaml::with_deserializer_from_str(&file.text, |de| seed.deserialize(de))
        .map_err(|e| words::error(file, &e))
}

/// Walks the top level of a file: checks the names, and reads the one wanted section by its type.
struct Sections<'a, R> {
    wanted: Option<&'a str>,
    known: &'a [&'a str],
    of: std::marker::PhantomData<R>,
}

impl<'de, R: DeserializeOwned> DeserializeSeed<'de> for Sections<'_, R> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: DeserializeOwned> Visitor<'de> for Sections<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of sections such as `diagnose:`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key_seed(KnownName(self.known))? {
            if self.wanted == Some(name.as_str()) {
                map.next_value::<Option<R>>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// A key of the top level. It is refused while it is read, so that the error stands at the key.
struct KnownName<'a>(&'a [&'a str]);
struct Name(String);

impl<'de> DeserializeSeed<'de> for KnownName<'_> {
    type Value = Name;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        let name = String::deserialize(deserializer)?;
        if self.0.is_empty() || self.0.contains(&name.as_str()) {
            return Ok(Name(name));
        }
        Err(serde::de::Error::custom(unknown("section", &name, self.0)))
    }
}

/// "unknown key `lables`; did you mean `labels`?"
/// The name is a stranger's, and this sentence is printed where lines mean something.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let name = &name.escape_debug().take(80).collect::<String>();
    let near = known
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
    match near {
        Some(near) if strsim::jaro_winkler(name, near) > 0.7 => {
            format!("unknown {what} `{name}`; did you mean `{near}`?")
        }
        _ => format!("unknown {what} `{name}`; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
