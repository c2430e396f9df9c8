//! Drift is a failing test: whatever can be derived from the list of capabilities is.
//!
//! `UPDATE=1` rewrites the derived files. Every example in the documentation is parsed: the
//! configurations by the program's own reader, the command lines by its own grammar.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use waterline_core::capabilities::{ALL, asked_by, events, keys};
use waterline_core::capability::Entry;
use waterline_core::config::{Config, ConfigFile};
use waterline_core::manifest::label;

use crate::args;
use crate::cases::golden;

mod actions;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn waterline(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(args)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

/// README and every page of `docs/`.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "md") {
                paths.push(entry);
            }
        }
    }
    paths
        .into_iter()
        .map(|p| (p.display().to_string(), fs::read_to_string(&p).unwrap()))
        .collect()
}

/// The fenced blocks of a page in one of these languages, with the line each starts on.
pub(crate) fn blocks(text: &str, languages: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, bool)> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some((
                    index + 1,
                    String::new(),
                    languages.contains(&language.trim()),
                ))
            }
            (Some((start, block, wanted)), Some(_)) => {
                if *wanted {
                    found.push((*start, std::mem::take(block)));
                }
                open = None;
            }
            (Some((_, block, _)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn the_schema_is_the_types() {
    let output = waterline(&["config", "schema"]);
    assert!(output.status.success());
    let schema = String::from_utf8(output.stdout).unwrap();
    golden(&root().join("schema/waterline.schema.json"), &schema).unwrap();
    for entry in ALL {
        let section = own_section(entry);
        for key in ["enabled", "only"] {
            assert!(
                section["properties"][key].is_object(),
                "{} has no `{key}`",
                entry.name
            );
        }
    }
}

/// The schema of the section of a capability's name, where its switches are.
fn own_section(entry: &Entry) -> Value {
    let mut schema = (entry.schema)();
    if entry.keys.len() == 1 {
        return schema;
    }
    let section = schema["properties"][entry.name].take();
    let name = section["$ref"].as_str().and_then(|r| r.rsplit('/').next());
    name.map_or(section.clone(), |name| schema["$defs"][name].take())
}

/// Holds what stands between `<!-- WHAT: made by … -->` and the next `<!-- end -->` of a page.
fn derived(page: &str, what: &str, rows: &str) {
    // With UPDATE=1, tests that run at once write to the same page.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let path = root().join(page);
    let text = fs::read_to_string(&path).unwrap();
    let start = format!("<!-- {what}: made by `UPDATE=1 cargo test contract` -->\n");
    let (before, rest) = text.split_once(&start).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    golden(&path, &format!("{before}{start}{rows}<!-- end -->{after}")).unwrap();
}

#[test]
fn the_readme_lists_every_capability() {
    let rows: String = ALL
        .iter()
        .map(|e| format!("| [`{0}`](docs/{0}.md) | {1} |\n", e.name, e.about))
        .collect();
    derived(
        "README.md",
        "capabilities",
        &format!("| | |\n| --- | --- |\n{rows}"),
    );
}

#[test]
fn the_pages_ask_for_what_the_manifest_asks_for() {
    let printed = waterline(&["manifest", "--url", "https://w.example.com", "--name", "W"]);
    assert!(printed.status.success());
    let manifest: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let asked = asked_by(ALL);
    let wanted: serde_json::Map<_, _> = asked
        .iter()
        .map(|asked| (asked.name.to_owned(), asked.level.into()))
        .collect();
    assert_eq!(manifest["default_permissions"], Value::Object(wanted));
    assert_eq!(
        manifest["hook_attributes"]["url"],
        "https://w.example.com/webhook"
    );

    let why: String = asked
        .iter()
        .map(|asked| {
            let (name, why) = (label(asked.name), asked.why.join("; "));
            format!("| {name} | {} | {why} |\n", asked.level)
        })
        .collect();
    let head = "| Permission | Access | Why |\n| --- | --- | --- |\n";
    derived("README.md", "permissions", &format!("{head}{why}"));
    // By hand, it is entered in the words of GitHub's form.
    let form: String = asked
        .iter()
        .map(|asked| {
            let level = match asked.level {
                "write" => "Read and write",
                _ => "Read-only",
            };
            format!("| {} | {level} |\n", label(asked.name))
        })
        .collect();
    let head = "| Permission | Access |\n| --- | --- |\n";
    derived("docs/install.md", "permissions", &format!("{head}{form}"));
    let events: Vec<String> = events()
        .into_iter()
        .map(|event| format!("*{}*", label(event)))
        .collect();
    let events = format!("Events: {}.\n", events.join(", "));
    for page in ["README.md", "docs/install.md"] {
        derived(page, "events", &events);
    }
}

#[test]
fn a_manifest_is_printed_for_what_makes_sense_only() {
    for (args, says) in [
        (["--url", "w.example.com"], "--url: An address looks like"),
        (["--name", ""], "--name: The name of an App has"),
        (["--organization", "a/b"], "--organization: The name"),
    ] {
        let refused = waterline(&[&["manifest"], &args[..]].concat());
        assert_eq!(refused.status.code(), Some(64), "{args:?}");
        assert!(refused.stdout.is_empty());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(says), "{said}");
    }
    let printed = waterline(&["manifest", "--organization", "octo"]);
    let said = String::from_utf8(printed.stderr).unwrap();
    assert!(
        said.contains("/organizations/octo/settings/apps/new"),
        "{said}"
    );
}

#[test]
fn every_capability_has_its_page() {
    for entry in ALL {
        let page = root().join(format!("docs/{}.md", entry.name));
        let text = fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
        for flag in (entry.flags)(clap::Command::new(entry.name))
            .get_arguments()
            .filter_map(|a| a.get_long())
        {
            assert!(
                text.contains(&format!("--{flag}")),
                "{} does not say what --{flag} does",
                page.display()
            );
        }
        let schema = (entry.schema)();
        for key in schema["properties"].as_object().unwrap().keys() {
            assert!(
                text.contains(&format!("`{key}`")),
                "{} does not say what `{key}` does",
                page.display()
            );
        }
    }
}

#[test]
fn every_configuration_in_the_documentation_is_valid() {
    let mut count = 0;
    for (page, text) in pages() {
        for (line, block) in blocks(&text, &["yaml", "yml"]) {
            let parsed: Result<Value, _> = serde_yaml::from_str(&block);
            assert!(parsed.is_ok(), "{page}:{line}: {parsed:?}");
            if block.starts_with("# .github/waterline.yml") {
                count += 1;
                let config = Config::read(
                    vec![ConfigFile {
                        name: page.clone(),
                        text: block,
                    }],
                    &keys(),
                );
                let config = config.unwrap_or_else(|e| panic!("{page}:{line}: {e}"));
                for entry in ALL {
                    (entry.check)(&config).unwrap_or_else(|e| panic!("{page}:{line}: {e}"));
                }
            }
        }
    }
    assert!(count > 0, "no page shows a configuration");
}

#[test]
fn every_command_line_in_the_documentation_is_understood() {
    let mut count = 0;
    for (page, text) in pages() {
        for (line, block) in blocks(&text, &["console", "sh", "bash"]) {
            for command in block
                .lines()
                .map(|l| l.trim_start_matches("$ ").trim())
                .filter(|l| l.starts_with("waterline "))
            {
                count += 1;
                let command = command.split(['|', '>', '#']).next().unwrap();
                let words = shlex::split(command).unwrap();
                let parsed = args::command().try_get_matches_from(&words);
                let shown = parsed.err().filter(|e| e.use_stderr());
                assert!(
                    shown.is_none(),
                    "{page}:{line}: {command}: {}",
                    shown.unwrap()
                );
            }
        }
        for command in blocks(&text, &["text", ""])
            .iter()
            .flat_map(|(_, b)| b.lines())
            .filter(|l| l.starts_with("/waterline "))
        {
            let understood = waterline_core::command::parse(command);
            let wrong = understood.iter().any(|u| {
                matches!(
                    u,
                    waterline_core::command::Invocation::Reply { mistake: true, .. }
                )
            });
            assert!(
                !wrong && !understood.is_empty(),
                "{page}: {command}: {understood:?}"
            );
        }
    }
    assert!(count > 0, "no page shows a command line");
}

#[test]
fn links_between_pages_lead_somewhere() {
    for (page, text) in pages() {
        let folder = PathBuf::from(&page).parent().unwrap().to_owned();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|t| t.split([')', '#', ' ']).next())
        {
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                assert!(folder.join(target).exists(), "{page} links to {target}");
            }
        }
    }
}
