//! `rerun`: the failed jobs of the newest runs on a pull request, once more.
//!
//! Only when a person who may write asks. A commit's failed jobs are run again once; a second time
//! needs `--force`, since a test that passes at the third attempt has told nothing new.

pub mod decide;
pub mod facts;
mod render;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::capability::{Capability, Grant, NoFlags};
use crate::config::Switch;
use crate::error::Result;
use crate::model::{Permission, Subject};
use crate::port::Ports;
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
    type Args = Args;
    type Desk = NoFlags;
    type Rules = Switch;
    type Facts = facts::Facts;
    type Verdict = decide::Verdict;

    async fn gather(
        ports: &Ports,
        subject: &Subject,
        args: &Args,
        _: &Switch,
    ) -> Result<facts::Facts> {
        facts::gather(ports, subject, args).await
    }

    fn decide(facts: &facts::Facts, _: &Switch) -> decide::Verdict {
        decide::decide(facts)
    }

    fn render(facts: &facts::Facts, verdict: &decide::Verdict) -> Report {
        render::render(facts, verdict)
    }

    fn json(facts: &facts::Facts, verdict: &decide::Verdict) -> Value {
        json!({ "repo": facts.repo, "again": verdict.again, "left": verdict.left })
    }
}
