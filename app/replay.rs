//! `waterline replay EVENT.json`: what the App would make of an event.
//!
//! The same parser and the same pure function as behind the webhook; nothing is asked of GitHub
//! and nothing is posted.

use std::path::PathBuf;

use clap::ArgMatches;
use serde_json::json;
use waterline_core::engine;
use waterline_github::webhook;

use crate::exit::{Ended, Failure};
use crate::say::say_json;

pub(crate) fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    let (Some(path), Some(name)) = (
        matches.get_one::<PathBuf>("event"),
        matches.get_one::<String>("name"),
    ) else {
        return Ok(Ended::WrongUse);
    };
    let json =
        std::fs::read(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    let incoming = webhook::parse(name, &json)
        .map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    let jobs = incoming
        .event
        .as_ref()
        .map(|event| engine::jobs_for(event, incoming.installation))
        .unwrap_or_default();
    let answer = json!({"version": 1, "event": incoming.event, "jobs": jobs});
    say_json(&answer, true);
    Ok(Ended::Done)
}
