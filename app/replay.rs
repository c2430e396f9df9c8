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
    let Some(path) = matches.get_one::<PathBuf>("event") else {
        return Ok(Ended::WrongUse);
    };
    let wrong = |e: &dyn std::fmt::Display| Failure::Usage(format!("{}: {e}", path.display()));
    let json = std::fs::read(path).map_err(|e| wrong(&e))?;
    let name = matches.get_one::<String>("name").map(String::as_str);
    // A payload that is no JSON is refused by the parser, which says where.
    let name = name.or_else(|| webhook::event_name(&json)).unwrap_or("");
    let incoming = webhook::parse(name, &json).map_err(|e| wrong(&e))?;
    if name.is_empty() {
        return Err(wrong(
            &"the event's name cannot be told from the payload; say `--name EVENT`",
        ));
    }
    let jobs = incoming
        .event
        .as_ref()
        .map(|event| engine::jobs_for(event, incoming.installation))
        .unwrap_or_default();
    let answer = json!({"version": 1, "event": incoming.event, "jobs": jobs});
    say_json(&answer, true);
    Ok(Ended::Done)
}
