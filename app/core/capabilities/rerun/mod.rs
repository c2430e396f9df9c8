//! `rerun`: the failed jobs of the newest runs on a pull request, once more.
//!
//! Only when a person who may write asks. A commit's failed jobs are run again once; a second time
//! needs `--force`, since a test that passes at the third attempt has told nothing new.

pub mod decide;
pub mod facts;
mod render;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::capability::{Capability, Grant};
use crate::config::Only;
use crate::error::Result;
use crate::event::Event;
use crate::model::{Permission, Subject};
use crate::port::{Files, Ports};
use crate::report::Report;

/// The capability.
pub struct Rerun;

/// What a person may say behind `/waterline rerun`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Run the failed jobs of this run again instead of all newest runs
    #[arg(long, value_name = "ID")]
    pub run: Option<u64>,
    /// Also what was run again at this commit already
    #[arg(long)]
    pub force: bool,
}

/// A shell has no flags of its own.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Desk {}

/// The section `rerun` of `.github/waterline.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rules {
    /// False switches the command off.
    pub enabled: bool,
    /// Of no effect: it is only done when somebody asks.
    pub only: Only,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            enabled: true,
            only: Only::default(),
        }
    }
}

impl Capability for Rerun {
    const NAME: &'static str = "rerun";
    const ABOUT: &'static str = "Run the failed jobs of the newest runs again, once for a commit";
    const ASKED_BY: Permission = Permission::Write;
    const PERMISSIONS: &'static [Grant] = &[
        (
            "actions",
            "write",
            "running failed jobs again when a person asks with `/waterline rerun`",
        ),
        ("pull_requests", "write", "the answer to whoever asked"),
    ];
    const EVENTS: &'static [&'static str] = &[];
    type Args = Args;
    type Desk = Desk;
    type Rules = Rules;
    type Facts = facts::Facts;
    type Verdict = decide::Verdict;

    fn wants(_: &Event) -> Option<Subject> {
        None
    }

    async fn gather(
        ports: &Ports,
        subject: &Subject,
        args: &Args,
        _: &Rules,
    ) -> Result<facts::Facts> {
        facts::gather(ports, subject, args).await
    }

    fn gather_files(_: &dyn Files, _: &Desk, _: Timestamp) -> Result<Option<facts::Facts>> {
        Ok(None)
    }

    fn decide(facts: &facts::Facts, _: &Rules) -> decide::Verdict {
        decide::decide(facts)
    }

    fn render(facts: &facts::Facts, verdict: &decide::Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "again": verdict.again, "left": verdict.left })
    }
}
