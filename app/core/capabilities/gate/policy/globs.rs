//! Patterns of paths and branches.

use std::borrow::Cow;
use std::fmt;

use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Patterns of paths or branches. `**` crosses folders, `*` does not.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    written: Vec<String>,
    /// `docs/` for `docs/**`: most patterns are folders, and long lists of files are looked through.
    folders: Vec<String>,
    set: GlobSet,
}

impl Globs {
    /// Whether one of them fits.
    #[must_use]
    pub fn is_match(&self, path: &str) -> bool {
        let within = |folder: &String| path.starts_with(folder);
        self.folders.iter().any(within) || (!self.set.is_empty() && self.set.is_match(path))
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    fn read(written: Vec<String>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        let mut folders = Vec::new();
        for pattern in &written {
            let glob = glob(pattern)?;
            match folder(pattern) {
                Some(folder) => folders.push(folder.to_owned()),
                None => drop(set.add(glob)),
            }
        }
        let set = set.build().map_err(|e| e.to_string())?;
        Ok(Self {
            written,
            folders,
            set,
        })
    }
}

/// Whether a pattern fits a name. The usual ones, a name or `production*`, are not compiled: this
/// is asked with each decision.
///
/// # Errors
/// What is wrong with the pattern.
pub fn fits(pattern: &str, name: &str) -> Result<bool, String> {
    let plain = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
    if plain(pattern) {
        return Ok(pattern == name);
    }
    if let Some(prefix) = pattern.strip_suffix('*').filter(|prefix| plain(prefix)) {
        let rest = name.strip_prefix(prefix);
        return Ok(rest.is_some_and(|rest| !rest.contains('/')));
    }
    Ok(glob(pattern)?.compile_matcher().is_match(name))
}

/// `docs/` for `docs/**`, where there is nothing else to it.
fn folder(pattern: &str) -> Option<&str> {
    let folder = pattern.strip_suffix("**").filter(|f| f.ends_with('/'))?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    (folder.len() > 1 && folder.bytes().all(plain)).then_some(folder)
}

/// A pattern whose `*` stays within a folder.
///
/// # Errors
/// What is wrong with it.
pub fn glob(pattern: &str) -> Result<Glob, String> {
    globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|e| format!("`{}` is no pattern: {}", pattern.escape_debug(), e.kind()))
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Display for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written.join(", "))
    }
}

impl Serialize for Globs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Globs {
    fn schema_name() -> Cow<'static, str> {
        "Globs".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<String>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_matched_as_the_pattern_would_be() {
        for pattern in [
            "production",
            "production*",
            "*",
            "prod?",
            "eu/*",
            "{a,b}*",
            "p*n",
            "**",
        ] {
            let slow = glob(pattern).unwrap().compile_matcher();
            for name in [
                "production",
                "production-eu",
                "production/eu",
                "eu/a",
                "a1",
                "prods",
                "",
            ] {
                assert_eq!(
                    fits(pattern, name).unwrap(),
                    slow.is_match(name),
                    "{pattern} {name}"
                );
            }
        }
        assert!(fits("[", "a").is_err());
    }

    #[test]
    fn a_folder_is_matched_as_the_pattern_would_be() {
        let paths = [
            "a/b",
            "a/",
            "a",
            "ab/c",
            "a/b/c.rs",
            "x/a/b",
            "docs/a.md",
            "a-b/c",
            "a/.x",
        ];
        for pattern in [
            "a/**",
            "docs/**",
            "**",
            "a-b/**",
            "a/*",
            "x/a/**",
            "**/b/**",
            "a/**/c.rs",
        ] {
            let fast = Globs::read(vec![pattern.to_owned()]).unwrap();
            let slow = glob(pattern).unwrap().compile_matcher();
            for path in paths {
                assert_eq!(fast.is_match(path), slow.is_match(path), "{pattern} {path}");
            }
        }
    }
}
