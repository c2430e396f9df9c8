//! `waterline policy`: check, test, explain and replay the rules of the gate, and take over those
//! of another bot. Files in, text or JSON out; everything is decided in the core.

mod replay;
mod trial;

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::{Value, json};
use waterline_core::capabilities::gate::policy::Policy;
use waterline_core::capabilities::gate::{explain, import};
use waterline_core::capabilities::keys;
use waterline_core::config::{Config, ConfigFile};

use crate::args::Format;
use crate::exit::{Ended, Failure};
use crate::say::{say, say_json};

pub(crate) fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => check(matches),
        Some(("test", matches)) => trial::run(matches),
        Some(("explain", matches)) => explained(matches),
        Some(("replay", matches)) => replay::run(matches),
        Some(("import", matches)) => imported(matches),
        _ => Ok(Ended::WrongUse),
    }
}

fn check(matches: &ArgMatches) -> Result<Ended, Failure> {
    let path = path(matches, "file");
    let policy = read(&path)?;
    let count = policy.environments.iter().flatten().count();
    answer(
        matches,
        &json!({"file": path.display().to_string(), "environments": count}),
        || {
            let many = if count == 1 { "" } else { "s" };
            format!("{}: fine, {count} environment{many}", path.display())
        },
    );
    Ok(Ended::Done)
}

fn explained(matches: &ArgMatches) -> Result<Ended, Failure> {
    let policy = read(&path(matches, "policy"))?;
    let only = matches.get_one::<String>("environment");
    let explained = explain::explain(&policy, only.map(String::as_str));
    if let (Some(only), true) = (only, explained.environments.is_empty()) {
        let named = only.escape_debug();
        return Err(Failure::Usage(format!(
            "the policy has no environment `{named}`; name it as it is written there"
        )));
    }
    answer(matches, &json!(explained), || explain::text(&explained));
    Ok(Ended::Done)
}

fn imported(matches: &ArgMatches) -> Result<Ended, Failure> {
    let path = path(matches, "file");
    let imported = import::import(&file(&path)?)?;
    for left in &imported.left_out {
        eprintln!("waterline: {}", crate::runner::one_line(left));
    }
    let object = json!({"policy": imported.policy, "left_out": imported.left_out});
    let text = imported.text.trim_end();
    if lines(text) != text && matches.get_one::<Format>("format") != Some(&Format::Json) {
        let said = "the rules hold characters that a terminal or a runner obeys; use --format json";
        return Err(Failure::Usage(format!("{}: {said}", path.display())));
    }
    answer(matches, &object, || text.to_owned());
    Ok(Ended::Done)
}

/// Reads a policy: a configuration, of which what is not the gate's is passed over.
pub(crate) fn read(path: &Path) -> Result<Policy, Failure> {
    Ok(Config::read(vec![file(path)?], &keys())?.whole()?)
}

/// A file with its name; a mistake in it is told by both.
pub(crate) fn file(path: &Path) -> Result<ConfigFile, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
    Ok(ConfigFile { name, text })
}

/// A file that clap has a default for.
pub(crate) fn path(matches: &ArgMatches, name: &str) -> PathBuf {
    matches
        .get_one::<PathBuf>(name)
        .cloned()
        .unwrap_or_default()
}

/// Says it in the form that was asked for.
pub(crate) fn answer(matches: &ArgMatches, object: &Value, text: impl FnOnce() -> String) {
    match matches.get_one::<Format>("format") {
        Some(Format::Json) => {
            let mut whole = json!({"version": 1});
            if let (Some(whole), Some(own)) = (whole.as_object_mut(), object.as_object()) {
                whole.extend(own.clone());
            }
            say_json(&whole, true);
        }
        _ => say(&lines(&text())),
    }
}

/// Lines of which none is a command of a runner: it obeys `::…` at the start of one.
fn lines(text: &str) -> String {
    let shown = |line: &str| {
        let line = crate::runner::one_line(line);
        match line.trim_start().starts_with("::") {
            true => line.replacen("::", ": :", 1),
            false => line,
        }
    };
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}
