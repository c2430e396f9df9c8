//! What somebody may do: a person's role in a repository, and the fine-grained permissions of an App or a
//! `GITHUB_TOKEN`.

use std::collections::BTreeMap;

/// A person's role in a repository, as `GET …/collaborators/{username}/permission` names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// No role at all.
    #[default]
    None,
    /// May read.
    Read,
    /// May label and close.
    Triage,
    /// May push.
    Write,
    /// May manage without the dangerous parts.
    Maintain,
    /// May do everything.
    Admin,
}

impl Permission {
    /// The `role_name`.
    #[must_use]
    pub fn role(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The older four-step `permission`: triage counts as read, maintain as write.
    #[must_use]
    pub fn legacy(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read | Self::Triage => "read",
            Self::Write | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}

/// The level of one fine-grained permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// May read.
    Read,
    /// May read and write.
    Write,
    /// May administer.
    Admin,
}

impl Level {
    /// GitHub's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The level behind GitHub's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Read, Self::Write, Self::Admin]
            .into_iter()
            .find(|level| level.word() == word)
    }
}

/// Fine-grained permissions by GitHub's names: `actions`, `checks`, `issues`, …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(pub BTreeMap<String, Level>);

impl Permissions {
    /// Permissions from pairs.
    #[must_use]
    pub fn of(pairs: &[(&str, Level)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, level)| ((*name).to_owned(), *level))
                .collect(),
        )
    }

    /// Adds or changes one permission.
    pub fn grant(&mut self, name: &str, level: Level) {
        self.0.insert(name.to_owned(), level);
    }

    /// The same for many, by GitHub's words for the levels; a word that is none grants nothing.
    pub fn grant_all<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
        for (name, word) in pairs {
            if let Some(level) = Level::parse(word) {
                self.grant(name, level);
            }
        }
    }

    /// Takes one permission away.
    pub fn revoke(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Whether `name` is held at `level` or above. Everybody who has a token may read metadata.
    #[must_use]
    pub fn allow(&self, name: &str, level: Level) -> bool {
        (name == "metadata" && level == Level::Read)
            || self.0.get(name).is_some_and(|held| *held >= level)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        self.0
            .iter()
            .map(|(name, level)| (name.clone(), level.word().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}
