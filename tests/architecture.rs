//! The house as it is drawn in `docs/architecture.md`: who may import whom, and how large a
//! room may be. The compiler keeps the crates apart; this keeps the modules within the core,
//! the manifests, and the sizes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the program and its tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for top in ["app", "tests", "benches"] {
        collect(&root().join(top), &mut found);
    }
    assert!(found.len() > 50, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            if !entry.ends_with("target") {
                collect(&entry, found);
            }
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let name = entry
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            found.push((name, fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// The crates of ours that a manifest names outside its development dependencies.
fn own_dependencies(manifest: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let mut section = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line.to_owned();
        } else if section == "[dependencies]" && line.starts_with("waterline-") {
            found.push(line.split(['.', ' ', '=']).next().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

#[test]
fn crates_import_only_downwards() {
    for (manifest, allowed) in [
        ("app/readers/log/Cargo.toml", &[][..]),
        ("app/readers/report/Cargo.toml", &[]),
        ("app/standin/Cargo.toml", &[]),
        (
            "app/core/Cargo.toml",
            &["waterline-log", "waterline-report"],
        ),
        ("app/github/Cargo.toml", &["waterline-core"]),
        (
            "app/server/Cargo.toml",
            &["waterline-core", "waterline-github"],
        ),
    ] {
        assert_eq!(own_dependencies(manifest), allowed, "{manifest}");
    }
}

#[test]
fn the_core_is_pure() {
    let manifest = fs::read_to_string(root().join("app/core/Cargo.toml")).unwrap();
    for banned in ["tokio", "reqwest", "axum", "octocrab", "sqlx", "hyper"] {
        assert!(
            !manifest.lines().any(|l| l.starts_with(banned)),
            "the core depends on {banned}"
        );
    }
    for (file, text) in sources().iter().filter(|(f, _)| f.starts_with("app/core/")) {
        for banned in [
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "SystemTime",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
        ] {
            assert!(!text.contains(banned), "{file} uses {banned}");
        }
    }
}

/// The modules of the core, lowest first: each may use only those before it.
const ORDER: &[&str] = &[
    "redact",
    "model",
    "event",
    "evidence",
    "report",
    "error",
    "port",
    "saying",
    "config",
    "capability",
    "capabilities",
    "backfill",
    "manifest",
    "command",
    "engine",
];

#[test]
fn modules_of_the_core_import_only_downwards() {
    let mut seen = BTreeMap::new();
    for (file, text) in sources() {
        let Some(path) = file.strip_prefix("app/core/").filter(|p| *p != "lib.rs") else {
            continue;
        };
        let module = path
            .split(['/', '.'])
            .next()
            .unwrap()
            .trim_end_matches("_tests")
            .to_owned();
        let rank = ORDER
            .iter()
            .position(|m| *m == module)
            .unwrap_or_else(|| panic!("{file}: say in ORDER where `{module}` stands"));
        for used in text.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            // `crate::line!` and its like are macros of `report`.
            let Some(other) = ORDER.iter().position(|m| *m == used) else {
                continue;
            };
            assert!(
                other <= rank,
                "{file} ({module}) imports {used}, which stands above it"
            );
        }
        *seen.entry(module).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), ORDER.len(), "{seen:?}");
}

#[test]
fn capabilities_do_not_know_their_siblings() {
    let folder = root().join("app/core/capabilities");
    let names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap())
        .filter(|e| e.file_type().unwrap().is_dir())
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    assert!(!names.is_empty());
    for (file, text) in sources() {
        for name in names
            .iter()
            .filter(|n| file.starts_with(&format!("app/core/capabilities/{n}/")))
        {
            for other in names.iter().filter(|o| *o != name) {
                assert!(
                    !text.contains(&format!("capabilities::{other}")),
                    "{file} knows {other}"
                );
            }
        }
    }
    for name in &names {
        for part in ["mod.rs", "facts.rs", "decide.rs", "render.rs"] {
            assert!(
                folder.join(name).join(part).exists(),
                "{name} has no {part}"
            );
        }
    }
}

#[test]
fn wire_types_stay_behind_the_door() {
    for (file, text) in sources()
        .iter()
        .filter(|(f, _)| !f.starts_with("app/github/"))
    {
        assert!(
            !text.contains("octocrab") || file == "tests/architecture.rs",
            "{file} uses octocrab"
        );
    }
}

#[test]
fn rooms_are_small_and_say_what_lives_there() {
    let mut lengths = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= 400,
            "{file} has {lines} lines: a room that wants a wall"
        );
        let opening = text.lines().take_while(|l| l.starts_with("//!")).count();
        // The words for the door of a crate may be longer; nobody's may be missing.
        assert!(opening >= 1, "{file} does not open with what lives there");
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 160, "the median file has {median} lines");
}

#[test]
fn nothing_is_allowed_silently() {
    for (file, text) in sources() {
        let ours = file == "tests/architecture.rs";
        assert!(
            ours || !text.contains("#[allow("),
            "{file}: use #[expect(…, reason = \"…\")]"
        );
        assert!(ours || !text.contains("unsafe {"), "{file} has unsafe code");
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, l)| l.contains("#[ignore"))
        {
            assert!(
                ours || line.contains("= \""),
                "{file}:{}: #[ignore] without a reason",
                index + 1
            );
        }
    }
}
