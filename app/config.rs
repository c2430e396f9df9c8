//! `waterline config check` and `waterline config schema`.

use std::path::PathBuf;

use clap::ArgMatches;
use serde_json::{Map, Value, json};
use waterline_core::capabilities::{ALL, keys};
use waterline_core::config::{Config, ConfigFile, PATH};

use crate::exit::{Ended, Failure};
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
    let paths: Vec<PathBuf> = matches.get_many::<PathBuf>("files").map_or_else(
        || vec![PathBuf::from(PATH)],
        |files| files.cloned().collect(),
    );
    let config = read(&paths)?;
    for path in &paths {
        say(&format!("{}: fine", path.display()));
    }
    for (name, section) in config.merged() {
        say(&format!("{name}: {section}"));
    }
    Ok(Ended::Done)
}

/// Reads and checks configuration files, the organisation's first.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Config, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
        files.push(ConfigFile { name, text });
    }
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
