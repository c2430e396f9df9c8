//! Where a rule applies: typed predicates over a pull request. An empty set never satisfies
//! "all", and what was not read is no answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actors;
use super::facts::{Commit, Facts};
use super::words::{Bound, Pattern};

/// Declares the predicates, their kebab-case names and how each is asked.
macro_rules! predicates {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty => $asks:expr,)+) => {
        /// Predicates, all of which have to hold.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct Predicates {
            $($(#[doc = $doc])+
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $name: Option<$kind>,)+
        }

        impl Predicates {
            /// Whether there is none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                true $(&& self.$name.is_none())+
            }

            /// The first that does not hold, by its name; none where all do.
            ///
            /// # Errors
            /// What could not be read.
            pub(super) fn unmet(&self, facts: &Facts) -> Result<Option<&'static str>, String> {
                $(if let Some(own) = &self.$name {
                    let asks: fn(&$kind, &Facts) -> Result<bool, String> = $asks;
                    if !asks(own, facts)? {
                        return Ok(Some(stringify!($name)));
                    }
                })+
                Ok(None)
            }
        }
    };
}

predicates! {
    /// A changed file matches.
    changed_files: Paths => |own, f| Ok(own.any(f)),
    /// No changed file matches.
    no_changed_files: Paths => |own, f| Ok(!own.any(f)),
    /// All changed files match, and there are some.
    only_changed_files: Paths => |own, f| Ok(!f.files.is_empty() && f.files.iter().all(|file| own.has(&file.path))),
    /// None of these files is deleted.
    file_not_deleted: Paths => file_not_deleted,
    /// One of the bounds holds.
    modified_lines: Lines => modified_lines,
    /// Who opened it is one of these.
    has_author_in: Actors => |own, f| own.has(f, &f.author),
    /// Somebody who wrote some of it is one of these.
    has_contributor_in: Actors => |own, f| {
        let mut any = false;
        for login in contributors(f) {
            any = any || own.has(f, login)?;
        }
        Ok(any)
    },
    /// Everybody who wrote some of it is one of these.
    only_has_contributors_in: Actors => |own, f| {
        for login in contributors(f) {
            if !own.has(f, login)? {
                return Ok(false);
            }
        }
        Ok(true)
    },
    /// Whether who opened it wrote all of it.
    author_is_only_contributor: bool => |own, f| Ok(*own == f.commits.iter().all(|c| of_author(f, c))),
    /// The branch that it changes matches.
    targets_branch: Branch => |own, f| Ok(own.pattern.is_in(&f.base_ref)),
    /// The branch that it comes from matches.
    from_branch: Branch => |own, f| Ok(own.pattern.is_in(&f.head_ref)),
    /// It has all of these labels.
    has_labels: Vec<String> => |own, f| Ok(own.iter().all(|l| f.labels.iter().any(|has| has.to_lowercase() == l.to_lowercase()))),
    /// All of these checks and statuses concluded well.
    has_status: Statuses => |own, f| {
        f.need("statuses")?;
        let good = good(own.conclusions.as_ref());
        Ok(own.statuses.iter().all(|name| f.statuses.get(name).is_some_and(|c| good.contains(c))))
    },
    /// The newest runs of all of these workflows concluded well.
    has_workflow_result: Results => |own, f| {
        f.need("workflow runs")?;
        let good = good(own.conclusions.as_ref());
        let well = |name: &String| f.workflow_runs.get(name).is_some_and(|runs| !runs.is_empty() && runs.iter().all(|c| good.contains(c)));
        Ok(own.workflows.iter().all(well))
    },
    /// The title matches, or does not.
    title: Titles => |own, f| Ok(own.holds(&f.title)),
    /// The repository matches, or does not.
    repository: Titles => |own, f| Ok(own.holds(&format!("{}/{}", f.owner, f.repo))),
    /// Whether each commit has a valid signature.
    has_valid_signatures: bool => |own, f| {
        f.need("signatures")?;
        Ok(*own == signed(f, |_| Ok(true))?)
    },
    /// Each commit has a valid signature by one of these.
    has_valid_signatures_by: Actors => |own, f| {
        f.need("signatures")?;
        signed(f, |s| own.has(f, &s.signer))
    },
    /// Each commit has a valid signature by one of these keys.
    has_valid_signatures_by_keys: Keys => |own, f| {
        f.need("signatures")?;
        signed(f, |s| Ok(own.key_ids.contains(&s.key_id)))
    },
}

/// Paths by patterns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Paths {
    /// One of these matches,
    pub paths: Vec<Pattern>,
    /// and none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Pattern>,
}

impl Paths {
    fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|p| p.is_in(path)) && !self.ignore.iter().any(|p| p.is_in(path))
    }

    fn any(&self, facts: &Facts) -> bool {
        facts.files.iter().any(|file| self.has(&file.path))
    }
}

fn file_not_deleted(own: &Paths, facts: &Facts) -> Result<bool, String> {
    facts.need("changes of single files")?;
    let gone = |status: &str| matches!(status, "deleted" | "removed");
    Ok(!facts
        .files
        .iter()
        .any(|file| gone(&file.status) && own.has(&file.path)))
}

/// Bounds of how many lines are changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lines {
    /// Lines added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additions: Option<Bound>,
    /// Lines removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletions: Option<Bound>,
    /// Both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Bound>,
}

fn modified_lines(own: &Lines, facts: &Facts) -> Result<bool, String> {
    facts.need("changes of single files")?;
    let added: u64 = facts.files.iter().map(|f| f.additions).sum();
    let removed: u64 = facts.files.iter().map(|f| f.deletions).sum();
    let holds = |bound: Option<Bound>, number| bound.is_some_and(|b| b.holds(number));
    Ok(holds(own.additions, added)
        || holds(own.deletions, removed)
        || holds(own.total, added + removed))
}

/// A branch by a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Branch {
    /// The pattern.
    pub pattern: Pattern,
}

/// Checks and statuses by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statuses {
    /// Their names.
    pub statuses: Vec<String>,
    /// The conclusions that are good enough; `success` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusions: Option<Vec<String>>,
}

/// Workflows by the path of their file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Results {
    /// The paths.
    pub workflows: Vec<String>,
    /// The conclusions that are good enough; `success` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusions: Option<Vec<String>>,
}

fn good(conclusions: Option<&Vec<String>>) -> Vec<String> {
    conclusions
        .cloned()
        .unwrap_or_else(|| vec!["success".to_owned()])
}

/// A text by patterns: one of the first, or none of the second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Titles {
    /// One of these is found,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Pattern>,
    /// or none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_matches: Vec<Pattern>,
}

impl Titles {
    fn holds(&self, text: &str) -> bool {
        let found = |patterns: &[Pattern]| patterns.iter().any(|p| p.is_in(text));
        found(&self.matches) || (!self.not_matches.is_empty() && !found(&self.not_matches))
    }
}

/// Keys by their ids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Keys {
    /// The ids.
    pub key_ids: Vec<String>,
}

fn signed(
    facts: &Facts,
    fits: impl Fn(&super::Signature) -> Result<bool, String>,
) -> Result<bool, String> {
    for commit in &facts.commits {
        match commit.signature.as_ref().filter(|s| s.valid) {
            Some(signature) if fits(signature)? => {}
            _ => return Ok(false),
        }
    }
    Ok(!facts.commits.is_empty())
}

fn contributors(facts: &Facts) -> impl Iterator<Item = &str> {
    let people = facts.commits.iter().flat_map(Commit::people);
    [facts.author.as_str()]
        .into_iter()
        .filter(|a| !a.is_empty())
        .chain(people)
}

/// A commit that is nobody's is not the author's.
fn of_author(facts: &Facts, commit: &Commit) -> bool {
    let mut people = commit.people().peekable();
    people.peek().is_some() && people.all(|login| login == facts.author)
}
