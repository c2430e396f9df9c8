//! `waterline config check` and `waterline config schema`.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::{Map, Value, json};
use waterline_core::capabilities::diagnose::matchers::{self, FOLDER};
use waterline_core::capabilities::{ALL, keys};
use waterline_core::config::{Config, PATH};
use waterline_core::port::Files as _;

use crate::exit::{Ended, Failure};
use crate::files::Disk;
use crate::say::{say, say_json};

pub(crate) fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => check(matches),
        _ => {
            say_json(&schema(), true);
            Ok(Ended::Done)
        }
    }
}

fn check(matches: &ArgMatches) -> Result<Ended, Failure> {
    let named: Vec<PathBuf> = match matches.get_many::<PathBuf>("files") {
        Some(files) => files.cloned().collect(),
        None => [PATH, FOLDER].into_iter().map(PathBuf::from).collect(),
    };
    // Of what nobody named, the matchers may be missing.
    let given = matches.contains_id("files");
    let (of_matchers, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        named.into_iter().partition(|path| holds_matchers(path));
    if paths.len() > 2 {
        let text = "at most two configurations: the organisation's and the repository's";
        return Err(Failure::Usage(text.to_owned()));
    }
    let config = read(&paths)?;
    let mut fine = paths;
    for path in of_matchers.iter().filter(|path| given || path.exists()) {
        fine.extend(check_matchers(path)?);
    }
    for path in &fine {
        say(&format!("{}: fine", path.display()));
    }
    for (name, section) in config.merged() {
        say(&format!("{name}: {section}"));
    }
    Ok(Ended::Done)
}

/// Whether a path is one of problem matchers: of JSON, or a folder.
fn holds_matchers(path: &Path) -> bool {
    path.is_dir() || path.ends_with(FOLDER) || path.extension().is_some_and(|e| e == "json")
}

/// Checks the files of problem matchers in a folder, or one; which they were.
fn check_matchers(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let named = path.display().to_string();
    let listed = Disk.list(&named)?.map(|mut files| {
        files.retain(|file| file.ends_with(".json"));
        files
    });
    let files = listed.unwrap_or_else(|| vec![named]);
    let mut faults = Vec::new();
    for file in &files {
        let text =
            std::fs::read_to_string(file).map_err(|e| Failure::Usage(format!("{file}: {e}")))?;
        faults.extend(matchers::check(file, &text));
    }
    if faults.is_empty() {
        return Ok(files.into_iter().map(PathBuf::from).collect());
    }
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Err(Failure::Usage(said.join("\n")))
}

/// Reads and checks configuration files, the organisation's first.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Config, Failure> {
    let files = paths.iter().map(|path| crate::policy::file(path));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let config = Config::read(files, &keys())?;
    for entry in ALL {
        (entry.check)(&config)?;
    }
    Ok(config)
}

/// The JSON Schema of `.github/waterline.yml`: one property for each capability.
pub(crate) fn schema() -> Value {
    let mut properties = Map::new();
    let mut defs = Map::new();
    for entry in ALL {
        let mut section = (entry.schema)();
        if let Some(object) = section.as_object_mut() {
            object.remove("$schema");
            if let Some(Value::Object(inner)) = object.remove("$defs") {
                defs.extend(inner);
            }
        }
        match section.get_mut("properties") {
            Some(Value::Object(own)) if entry.keys.len() > 1 => properties.append(own),
            _ => {
                properties.insert(entry.name.to_owned(), section);
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Waterline",
        "description": "The configuration in .github/waterline.yml on the default branch.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": defs,
    })
}
