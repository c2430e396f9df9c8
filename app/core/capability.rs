//! What a capability is, and the table entry that its type becomes.
//!
//! A capability is a unit type with four plain steps: gather facts, decide, render. `Entry::of`
//! erases the types with function pointers, so that the one list of capabilities is plain data,
//! from which the comment word, the subcommand, the configuration section, the marker and the
//! action all follow.

use std::future::Future;
use std::pin::Pin;

use clap::{ArgMatches, Args as _, FromArgMatches as _};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::{Config, ConfigError};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::model::{Permission, Subject};
use crate::port::{Files, Ports, Sighting, Spoken};
use crate::redact::redact_value;
use crate::report::{Decided, Report};

/// A permission that is asked for: GitHub's name for it, `read` or `write`, and why, in a few words
/// for whoever has to grant it.
pub type Grant = (&'static str, &'static str, &'static str);

/// A shell has no flags of its own.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct NoFlags {}

/// One thing that Waterline can do. See `capabilities/` for those that exist.
pub trait Capability: 'static {
    /// The word in a comment, the subcommand, the section, the marker, `actions/NAME`.
    const NAME: &'static str;
    /// One sentence for `--help`, the README and `action.yml`.
    const ABOUT: &'static str;
    /// What somebody must be allowed to do in the repository to ask for it in a comment.
    const ASKED_BY: Permission;
    /// What an App or a token must be allowed: `("checks", "write", "the check run")`.
    const PERMISSIONS: &'static [Grant];
    /// The webhook events that it acts on.
    const EVENTS: &'static [&'static str] = &[];
    /// The keys of the configuration that its rules stand in: mostly one section of its name.
    const KEYS: &'static [&'static str] = &[Self::NAME];
    /// Whether what people say of failures changes its answers, which are then given anew.
    const HEEDS_SAYINGS: bool = false;
    /// The same flags in a shell, in a comment and under `with:`.
    type Args: clap::Args + Send + Sync;
    /// Further flags that only make sense in a shell: files to read instead of asking GitHub.
    type Desk: clap::Args + Send + Sync;
    /// The section of the configuration. It has the fields `enabled` and `only`.
    type Rules: DeserializeOwned + Default + JsonSchema + Send + Sync;
    /// All that the decision may know.
    type Facts: Serialize + DeserializeOwned + Send + Sync;
    /// The decision.
    type Verdict: Serialize + DeserializeOwned + Send;

    /// The subject of an event that this capability acts on unasked; mostly none.
    fn wants(_event: &Event) -> Option<Subject> {
        None
    }

    /// The branches on which a run that a push started is a subject by itself, as patterns; an
    /// empty list means the default branch, nothing means none.
    fn watches(_rules: &Self::Rules) -> Option<Vec<String>> {
        None
    }

    /// Reads the facts. The only step that may ask the world. The rules say what is worth asking;
    /// where they cannot be read they are the defaults.
    fn gather<'a>(
        ports: &'a Ports,
        subject: &'a Subject,
        args: &'a Self::Args,
        rules: &'a Self::Rules,
    ) -> impl Future<Output = Result<Self::Facts>> + Send + 'a;

    /// Reads the facts from files, where the flags name any.
    ///
    /// # Errors
    /// Where a file cannot be read or is not of its form.
    fn gather_files(
        _files: &dyn Files,
        _desk: &Self::Desk,
        _now: Timestamp,
    ) -> Result<Option<Self::Facts>> {
        Ok(None)
    }

    /// Completes facts that were read from a file by what the flags and the clock say.
    fn complete(facts: Self::Facts, _desk: &Self::Desk, _now: Timestamp) -> Self::Facts {
        facts
    }

    /// Reads the rules.
    ///
    /// # Errors
    /// Where a key is unknown or a value is of the wrong kind.
    fn rules(config: &Config) -> Result<Self::Rules, ConfigError> {
        config.section(Self::NAME)
    }

    /// What is decided where the rules cannot be read; mostly nothing, and a red check says so.
    fn without_rules(_facts: &Self::Facts, _error: &ConfigError) -> Option<Self::Verdict> {
        None
    }

    /// Decides. Pure: the same facts and rules give the same verdict, for ever.
    fn decide(facts: &Self::Facts, rules: &Self::Rules) -> Self::Verdict;

    /// Says it. Pure.
    fn render(facts: &Self::Facts, verdict: &Self::Verdict) -> Report;

    /// What there is to remember for later jobs. Pure; mostly nothing.
    fn learn(_facts: &Self::Facts, _verdict: &Self::Verdict) -> Vec<Sighting> {
        Vec::new()
    }

    /// What the person who asked says of a failure, to be remembered. Pure; mostly nothing.
    fn say(_facts: &Self::Facts, _verdict: &Self::Verdict) -> Vec<Spoken> {
        Vec::new()
    }

    /// The object that `--format json` prints, without its version.
    fn json(facts: &Self::Facts, verdict: &Self::Verdict) -> Value;
}

type Gathered<'a> = Pin<Box<dyn Future<Output = Result<Value>> + Send + 'a>>;

/// A capability as plain data.
pub struct Entry {
    /// See [`Capability::NAME`].
    pub name: &'static str,
    /// See [`Capability::ABOUT`].
    pub about: &'static str,
    /// See [`Capability::ASKED_BY`].
    pub asked_by: Permission,
    /// See [`Capability::PERMISSIONS`].
    pub permissions: &'static [Grant],
    /// See [`Capability::EVENTS`].
    pub events: &'static [&'static str],
    /// See [`Capability::HEEDS_SAYINGS`].
    pub heeds_sayings: bool,
    /// See [`Capability::wants`].
    pub wants: fn(&Event) -> Option<Subject>,
    /// See [`Capability::KEYS`].
    pub keys: &'static [&'static str],
    /// See [`Capability::watches`].
    pub watches: fn(&Config) -> Option<Vec<String>>,
    /// Adds the capability's flags to a command.
    pub flags: fn(clap::Command) -> clap::Command,
    /// Adds the flags that only make sense in a shell.
    pub desk_flags: fn(clap::Command) -> clap::Command,
    /// The JSON Schema of the section, or of an object with all keys.
    pub schema: fn() -> Value,
    /// Checks the section.
    pub check: fn(&Config) -> Result<(), ConfigError>,
    /// Reads the facts as JSON.
    pub gather: for<'a> fn(&'a Ports, &'a Subject, &'a ArgMatches, &'a Config) -> Gathered<'a>,
    /// Reads the facts from files as JSON; nothing where the flags name no file.
    pub gather_files: fn(&dyn Files, &ArgMatches, Timestamp) -> Result<Option<Value>>,
    /// Completes facts as JSON that came from a file: see [`Capability::complete`].
    pub complete: fn(Value, &ArgMatches, Timestamp) -> Result<Value>,
    /// Decides and renders from facts as JSON.
    pub decide: fn(Value, &Config) -> Result<Decided, DecideError>,
    /// The same where the configuration cannot be read; mostly that error.
    pub decide_without: fn(Value, ConfigError) -> Result<Decided, DecideError>,
}

/// Why facts did not become a decision.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The configuration is broken.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The facts are not of this capability's form.
    #[error("these facts do not fit: {0}")]
    Facts(String),
}

impl Entry {
    /// The entry of a capability.
    #[must_use]
    pub const fn of<C: Capability>() -> Self {
        Self {
            name: C::NAME,
            about: C::ABOUT,
            asked_by: C::ASKED_BY,
            permissions: C::PERMISSIONS,
            events: C::EVENTS,
            heeds_sayings: C::HEEDS_SAYINGS,
            wants: C::wants,
            keys: C::KEYS,
            watches: |config| C::watches(&C::rules(config).ok()?),
            flags: |command| C::Args::augment_args(command),
            desk_flags: |command| C::Desk::augment_args(command),
            schema: || schemars::schema_for!(C::Rules).to_value(),
            check: |config| C::rules(config).map(|_| ()),
            gather: |ports, subject, matches, config| {
                Box::pin(gather::<C>(ports, subject, matches, config))
            },
            gather_files: gather_files::<C>,
            complete: complete::<C>,
            decide: decide::<C>,
            decide_without: decide_without::<C>,
        }
    }
}

async fn gather<C: Capability>(
    ports: &Ports,
    subject: &Subject,
    matches: &ArgMatches,
    config: &Config,
) -> Result<Value> {
    let args = C::Args::from_arg_matches(matches).map_err(|e| Error::Usage(e.to_string()))?;
    let rules = C::rules(config).unwrap_or_default();
    to_value(&C::gather(ports, subject, &args, &rules).await?)
}

fn gather_files<C: Capability>(
    files: &dyn Files,
    matches: &ArgMatches,
    now: Timestamp,
) -> Result<Option<Value>> {
    let desk = C::Desk::from_arg_matches(matches).map_err(|e| Error::Usage(e.to_string()))?;
    C::gather_files(files, &desk, now)?
        .map(|facts| to_value(&facts))
        .transpose()
}

/// Facts are kept and replayed, so secrets are masked before anything else sees them.
fn to_value<T: Serialize>(facts: &T) -> Result<Value> {
    let mut value = serde_json::to_value(facts)
        .map_err(|e| Error::Refused(format!("facts could not be written down: {e}")))?;
    redact_value(&mut value);
    Ok(value)
}

fn complete<C: Capability>(facts: Value, matches: &ArgMatches, now: Timestamp) -> Result<Value> {
    let desk = C::Desk::from_arg_matches(matches).map_err(|e| Error::Usage(e.to_string()))?;
    let facts = serde_json::from_value(facts)
        .map_err(|e| Error::Usage(format!("these facts do not fit: {e}")))?;
    to_value(&C::complete(facts, &desk, now))
}

/// The typed facts are read from the very JSON that is kept, so a replay sees what we saw.
fn typed<C: Capability>(facts: &Value) -> Result<C::Facts, DecideError> {
    serde_json::from_value(facts.clone()).map_err(|e| DecideError::Facts(e.to_string()))
}

/// Facts as they are once they have been written down and read again: what is learnt from them is
/// then the same, whoever read them.
pub(crate) fn written_down<T: Serialize + DeserializeOwned>(facts: &T) -> Result<T> {
    serde_json::from_value(to_value(facts)?)
        .map_err(|e| Error::Refused(format!("facts could not be read again: {e}")))
}

fn decide<C: Capability>(facts: Value, config: &Config) -> Result<Decided, DecideError> {
    let rules = match C::rules(config) {
        Ok(rules) => rules,
        Err(error) => return decide_without::<C>(facts, error),
    };
    let typed = typed::<C>(&facts)?;
    let verdict = C::decide(&typed, &rules);
    said::<C>(facts, &typed, &verdict)
}

fn decide_without<C: Capability>(facts: Value, error: ConfigError) -> Result<Decided, DecideError> {
    let typed = typed::<C>(&facts)?;
    match C::without_rules(&typed, &error) {
        Some(verdict) => said::<C>(facts, &typed, &verdict),
        None => Err(DecideError::Config(error)),
    }
}

fn said<C: Capability>(
    facts: Value,
    typed: &C::Facts,
    verdict: &C::Verdict,
) -> Result<Decided, DecideError> {
    let report = C::render(typed, verdict);
    let mut json = C::json(typed, verdict);
    if let Some(object) = json.as_object_mut() {
        object.insert("version".to_owned(), Value::from(1));
    }
    let learnt = C::learn(typed, verdict);
    let spoken = C::say(typed, verdict);
    let verdict = serde_json::to_value(verdict).map_err(|e| DecideError::Facts(e.to_string()))?;
    Ok(Decided {
        facts,
        verdict,
        json,
        report,
        learnt,
        spoken,
    })
}
