//! `waterline policy replay`: stored facts, decided by this policy. One decision after the other
//! is read and let go, so that many of them need no memory.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::json;
use waterline_core::capabilities::gate::policy::Policy;
use waterline_core::capabilities::gate::replay::{Changed, Decided, Kept, Replayed};

use super::{answer, path, read};
use crate::exit::{Ended, Failure};

pub(super) fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    let policy = read(&path(matches, "policy"))?;
    let against = matches.get_one::<PathBuf>("against");
    let against = against.map(|path| read(path)).transpose()?;
    let mut replayed = Replayed::default();
    if let Some(folder) = matches.get_one::<PathBuf>("facts-dir") {
        of_folder(folder, &policy, against.as_ref(), &mut replayed)?;
    }
    if let Some(file) = matches.get_one::<PathBuf>("decisions") {
        of_file(file, &policy, against.as_ref(), &mut replayed)?;
    }
    answer(matches, &json!(replayed), || text(&replayed));
    Ok(Ended::Done)
}

/// Every `.json` of a folder is the facts of one decision.
fn of_folder(
    folder: &Path,
    policy: &Policy,
    against: Option<&Policy>,
    replayed: &mut Replayed,
) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(|e| wrong(folder, &e))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| wrong(folder, &e))?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        let text = std::fs::read(&path).map_err(|e| wrong(&path, &e))?;
        let facts = serde_json::from_slice(&text).map_err(|e| wrong(&path, &e))?;
        let id = path
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned());
        let kept = Kept {
            id,
            facts,
            verdict: None,
            outcome: None,
        };
        replayed.add(&kept, policy, against);
    }
    Ok(())
}

/// One decision on each line, as JSON.
fn of_file(
    path: &Path,
    policy: &Policy,
    against: Option<&Policy>,
    replayed: &mut Replayed,
) -> Result<(), Failure> {
    let file = std::fs::File::open(path).map_err(|e| wrong(path, &e))?;
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|e| wrong(path, &e))?;
        if line.trim().is_empty() {
            continue;
        }
        let kept: Kept = serde_json::from_str(&line)
            .map_err(|e| wrong(path, &format!("line {}: {e}", index + 1)))?;
        replayed.add(&kept, policy, against);
    }
    Ok(())
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(format!("{}: {error}", path.display()))
}

fn text(replayed: &Replayed) -> String {
    let mut lines: Vec<String> = replayed.changed.iter().map(line).collect();
    lines.push(format!(
        "{} decisions, {} come out otherwise",
        replayed.decisions,
        replayed.changed.len()
    ));
    if replayed.without_before > 0 {
        lines.push(format!(
            "{} have no earlier decision to be compared with; those that may go ahead are not shown",
            replayed.without_before
        ));
    }
    let (failed, well) = (replayed.held_that_failed, replayed.held_that_went_well);
    if failed + well > 0 {
        lines.push(format!(
            "of those held or blocked, {failed} failed later and {well} went well"
        ));
    }
    lines.join("\n")
}

fn line(changed: &Changed) -> String {
    let word = |d: &Decided| format!("{} ({})", d.decision.word(), d.reason_code);
    let before = changed.before.as_ref().map_or("-".to_owned(), word);
    let ended = changed
        .outcome
        .as_ref()
        .map(|o| format!("; it ended as {o}"));
    format!(
        "{} {}: {before} -> {}: {}{}",
        changed.id,
        changed.environment,
        word(&changed.after),
        changed.sentence,
        ended.unwrap_or_default()
    )
}
