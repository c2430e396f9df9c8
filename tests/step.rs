//! The program inside a step of a workflow, where what it prints can be a command.

use std::process::{Command, Output};

use crate::support::failing_log;

const HOSTILE: &[&str] = &[
    "##[error]src/a.rs:3: ##[add-mask]x",
    "::error file=a::forged",
    "  ::set-output name=conclusion::success",
    "error: ::stop-commands::guess",
    "::guess::",
    "\u{9b}31m\u{202e}gnp",
];

struct Step {
    output: Output,
    outputs: String,
    summary: String,
    _folder: tempfile::TempDir,
}

fn step(args: &[&str], lines: &[&str]) -> Step {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("log"), failing_log("make ::x", lines)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .arg("diagnose")
        .arg(path("log"))
        .args(args)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_OUTPUT", path("output"))
        .env("GITHUB_STEP_SUMMARY", path("summary"))
        .env("RUNNER_TEMP", folder.path())
        .output()
        .unwrap();
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
    Step {
        output,
        outputs: read("output"),
        summary: read("summary"),
        _folder: folder,
    }
}

/// What the runner would obey: it reads nothing between `::stop-commands::WORD` and `::WORD::`.
pub(crate) fn obeyed(stdout: &str) -> Vec<String> {
    let mut stopped: Option<String> = None;
    let mut found = Vec::new();
    for line in stdout.lines().map(str::trim) {
        match &stopped {
            Some(word) if line == format!("::{word}::") => stopped = None,
            Some(_) => {}
            None => match line.strip_prefix("::stop-commands::") {
                Some(word) => stopped = Some(word.to_owned()),
                None if line.starts_with("::") || line.contains("##[") => {
                    found.push(line.to_owned())
                }
                None => {}
            },
        }
    }
    assert!(stopped.is_none(), "commands stay stopped: {stdout}");
    found
}

#[test]
fn no_line_of_a_log_becomes_a_command() {
    for format in ["text", "markdown", "json"] {
        let step = step(&["--format", format], HOSTILE);
        let stdout = String::from_utf8(step.output.stdout).unwrap();
        let stderr = String::from_utf8(step.output.stderr).unwrap();
        // Our own annotations are commands of ours, each on one escaped line.
        let forged: Vec<_> = obeyed(&stdout)
            .into_iter()
            .filter(|l| !l.starts_with("::error file=src/a.rs,line=3,"))
            .collect();
        assert!(forged.is_empty(), "{format}: {forged:?}");
        assert!(obeyed(&stderr).is_empty(), "{format}: {stderr}");
        assert!(
            !stdout.contains('\u{9b}') && !stdout.contains('\u{202e}'),
            "{format}"
        );
        assert!(step.output.status.success());
    }
}

#[test]
fn json_stays_json() {
    let step = step(&["--format", "json"], HOSTILE);
    let json: serde_json::Value = serde_json::from_slice(&step.output.stdout).unwrap();
    assert_eq!(json["version"], 1);
}

#[test]
fn outputs_are_written_with_a_delimiter_that_nobody_can_guess() {
    let first = step(&[], &["error: x"]);
    let second = step(&[], &["error: x"]);
    let delimiters = |text: &str| -> Vec<String> {
        text.lines()
            .filter_map(|l| l.split_once("<<").map(|(_, d)| d.to_owned()))
            .collect()
    };
    let all = [delimiters(&first.outputs), delimiters(&second.outputs)].concat();
    let mut unique = all.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((all.len(), unique.len()), (8, 8), "{all:?}");
    for name in ["conclusion", "reason-code", "json", "summary"] {
        assert!(
            first.outputs.contains(&format!("{name}<<")),
            "{}",
            first.outputs
        );
    }
    assert!(first.summary.contains("failed in"), "{}", first.summary);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, failing_log("make", &["error: x"])).unwrap();
    let command = format!(
        "set -o pipefail; '{}' diagnose '{}' | true",
        env!("CARGO_BIN_EXE_waterline"),
        log.display()
    );
    let output = Command::new("bash")
        .args(["-c", &command])
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
