//! The small words of approval rules: patterns, bounds of numbers, and the tree of all and any.

use std::borrow::Cow;
use std::fmt;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// All and any within each other.
const DEPTH: usize = 9;

/// A regular expression, found anywhere in a text unless it says `^` or `$`.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Whether it is found.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let built = regex::RegexBuilder::new(&text).size_limit(1 << 20).build();
        built.map(Self).map_err(|_| {
            D::Error::custom(format!(
                "`{}` is no pattern, or too large a one",
                text.escape_debug()
            ))
        })
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "regex"})
    }
}

/// A bound of a number: `> 100`, `< 10`, `= 25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    sign: char,
    number: u64,
}

impl Bound {
    /// Whether a number is within it.
    #[must_use]
    pub fn holds(self, number: u64) -> bool {
        match self.sign {
            '>' => number > self.number,
            '<' => number < self.number,
            _ => number == self.number,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign, self.number)
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let sign = text.chars().next().filter(|c| "<>=".contains(*c));
        let number = sign.and_then(|_| text[1..].trim().parse().ok());
        match (sign, number) {
            (Some(sign), Some(number)) => Ok(Self { sign, number }),
            _ => Err(D::Error::custom(format!(
                "`{}` is no bound; write `> 100`",
                text.escape_debug()
            ))),
        }
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[<>=] ?[0-9]+$"})
    }
}

/// A rule by its name, or all or any of several.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Tree {
    /// A rule.
    Rule(String),
    /// All of these.
    All {
        /// These.
        #[serde(rename = "all-of")]
        all: Vec<Tree>,
    },
    /// Any of these.
    Any {
        /// These.
        #[serde(rename = "any-of")]
        any: Vec<Tree>,
    },
}

impl Tree {
    /// The rules that are named.
    pub(super) fn names<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Rule(name) => into.push(name),
            Self::All { all: of } | Self::Any { any: of } => {
                for tree in of {
                    tree.names(into);
                }
            }
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::Rule(_) => 0,
            Self::All { all: of } | Self::Any { any: of } => {
                1 + of.iter().map(Self::depth).max().unwrap_or(0)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Several {
            #[serde(rename = "all-of")]
            all: Option<Vec<Tree>>,
            #[serde(rename = "any-of")]
            any: Option<Vec<Tree>>,
        }
        struct NameOrSeveral;
        impl<'de> serde::de::Visitor<'de> for NameOrSeveral {
            type Value = Tree;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a rule, or `all-of` or `any-of` with a list")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Tree, E> {
                Ok(Tree::Rule(name.to_owned()))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Tree, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                let several = Several::deserialize(map)?;
                let tree = match (several.all, several.any) {
                    (Some(all), None) if !all.is_empty() => Tree::All { all },
                    (None, Some(any)) if !any.is_empty() => Tree::Any { any },
                    _ => {
                        let said = "one of `all-of` and `any-of` with a list that is not empty";
                        return Err(A::Error::custom(said));
                    }
                };
                match tree.depth() > DEPTH {
                    true => Err(A::Error::custom("the tree of rules is too deep")),
                    false => Ok(tree),
                }
            }
        }
        deserializer.deserialize_any(NameOrSeveral)
    }
}
