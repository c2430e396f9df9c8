//! Golden cases: a folder each, `tests/cases/CAPABILITY/CASE/`.
//!
//! `facts.json` (and `waterline.yml`, where the case has one) go in; `verdict.json`, `report.md`
//! and `answer.json` must come out. `UPDATE=1` writes them anew: read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use waterline_core::capabilities::{self, ALL};
use waterline_core::config::{Config, ConfigFile};
use waterline_core::report::COMMENT_LIMIT;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
        .collect();
    found.sort();
    found
}

/// Compares a file with what it should say, or writes it.
pub(crate) fn golden(path: &Path, now: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, now).unwrap();
        return Ok(());
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    if kept == now {
        Ok(())
    } else {
        Err(format!(
            "{} differs (UPDATE=1 rewrites it):\n{now}",
            path.display()
        ))
    }
}

#[test]
fn every_case_comes_out_as_it_did() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for capability in folders(&folder()) {
        let name = capability
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let entry = capabilities::find(&name).unwrap_or_else(|| panic!("{name} is no capability"));
        for case in folders(&capability) {
            count += 1;
            let facts: Value =
                serde_json::from_str(&fs::read_to_string(case.join("facts.json")).unwrap())
                    .unwrap();
            let text = fs::read_to_string(case.join("waterline.yml")).unwrap_or_default();
            let config = Config::read(
                vec![ConfigFile {
                    name: "waterline.yml".to_owned(),
                    text,
                }],
                &capabilities::keys(),
            )
            .unwrap();
            let decided = (entry.decide)(facts.clone(), &config).unwrap();
            let again = (entry.decide)(facts, &config).unwrap();
            assert_eq!(
                decided.verdict, again.verdict,
                "the same facts, another verdict"
            );
            let report = format!("{}\n", decided.report.document.markdown(COMMENT_LIMIT));
            for (file, now) in [
                ("verdict.json", format!("{:#}\n", decided.verdict)),
                ("answer.json", format!("{:#}\n", decided.json)),
                ("report.md", report),
            ] {
                wrong.extend(golden(&case.join(file), &now).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        count >= ALL.len(),
        "{count} cases for {} capabilities",
        ALL.len()
    );
}
