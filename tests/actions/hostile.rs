//! What strangers write, where a shell or the runner could take it for a command.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use waterline_core::capabilities::ALL;
use waterline_standin::{FinishedJob, Opening};

use super::{diagnosed, ended, granted, on_a_runner};
use crate::step::obeyed;
use crate::support::act::Workshop;
use crate::support::{failing_log, posted};

/// Strings that something would obey if it read them as more than text.
const HOSTILE: &[&str] = &[
    "$(touch pwned)",
    "`touch pwned`",
    "\"; touch pwned; \"",
    "'; touch pwned; '",
    "x\ntouch pwned",
    "a && touch pwned",
    "| touch pwned",
    "> pwned",
    "${IFS}touch${IFS}pwned",
    "-o pwned",
    "--post",
    "--config=/etc/passwd",
    "::error::forged",
    "x\n::error::forged",
    "::add-mask::a",
    "::stop-commands::x",
    "::set-output name=conclusion::success",
    "##[error]forged",
    "../../etc/passwd",
    "%0A::error::forged",
    "*",
    "~",
    "{a,b}",
    "!!",
    "\\",
    "'",
    "\"",
    "\u{202e}gnp",
];

/// The inputs of every action, as their scripts get them.
fn variables() -> Vec<String> {
    let mut found = Vec::new();
    for file in ["action.yml", "actions/setup/action.yml"]
        .map(str::to_owned)
        .into_iter()
        .chain(ALL.iter().map(|e| format!("actions/{}/action.yml", e.name)))
    {
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).unwrap();
        let action: Value = serde_yaml::from_str(&text).unwrap();
        let env = action["runs"]["steps"][0]["env"].as_object().unwrap();
        found.extend(env.keys().cloned());
    }
    found.sort();
    found.dedup();
    found
}

/// Runs `perform.sh` with these inputs, with `program` where the release's would be.
fn perform(folder: &std::path::Path, program: &OsStr, inputs: &[(&str, &str)]) -> Output {
    let scripts = folder.join("setup");
    fs::create_dir_all(&scripts).unwrap();
    let source = format!("{}/actions/setup/perform.sh", env!("CARGO_MANIFEST_DIR"));
    fs::copy(source, scripts.join("perform.sh")).unwrap();
    let found = format!("printf '%s\\n' '{}'\n", program.to_str().unwrap());
    fs::write(scripts.join("setup.sh"), found).unwrap();
    Command::new("bash")
        .arg(scripts.join("perform.sh"))
        .arg("diagnose")
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("RUNNER_TEMP", folder)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_API_URL", "http://127.0.0.1:9")
        .envs(inputs.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A program that writes down the words that it was given.
fn recorder(folder: &std::path::Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("recorder");
    fs::write(&path, "#!/bin/sh\nprintf '%s\\0' \"$@\" >words\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn assert_calm(folder: &std::path::Path, output: &Output) {
    assert!(!folder.join("pwned").exists(), "a shell obeyed");
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        let forged: Vec<String> = obeyed(&text)
            .into_iter()
            .filter(|l| !l.starts_with("::error title=Waterline::"))
            .collect();
        assert!(forged.is_empty(), "{forged:?} in {text}");
        assert!(!text.contains("\n::error::forged"), "{text}");
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => "[ -~]{0,12}",
        1 => "\\PC{0,6}",
    ];
    proptest::collection::vec(piece, 1..3).prop_map(|p| p.concat().replace('\0', ""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever an input holds reaches the program as one word, unread.
    #[test]
    fn an_input_is_a_word_and_never_a_command(run in text(), repo in text(), file in text()) {
        let folder = tempfile::tempdir().unwrap();
        let program = recorder(folder.path());
        let inputs = [
            ("WATERLINE_OPTION_RUN", run.as_str()),
            ("WATERLINE_OPTION_REPO", repo.as_str()),
            ("WATERLINE_FILE", file.as_str()),
        ];
        let output = perform(folder.path(), program.as_os_str(), &inputs);
        assert_calm(folder.path(), &output);
        let words = fs::read(folder.path().join("words")).unwrap();
        let mut words: Vec<String> = words
            .split(|b| *b == 0)
            .map(|w| String::from_utf8_lossy(w).into_owned())
            .collect();
        words.pop();
        let mut flags = vec!["diagnose".to_owned()];
        for (name, value) in [("--repo", &repo), ("--run", &run)] {
            if !value.is_empty() {
                flags.push(format!("{name}={value}"));
            }
        }
        if !file.is_empty() {
            flags.extend(["--".to_owned(), file]);
        }
        prop_assert_eq!(words, flags);
    }

    /// The real program behind it says what is wrong, and forges nothing.
    #[test]
    fn whatever_an_input_holds_no_command_is_forged(at in 0..100_usize, value in text()) {
        let folder = tempfile::tempdir().unwrap();
        let program = env!("CARGO_BIN_EXE_waterline");
        let variables = variables();
        let name = variables[at % variables.len()].as_str();
        let output = perform(folder.path(), program.as_ref(), &[(name, &value)]);
        assert_calm(folder.path(), &output);
    }

    /// The script that fetches the program, whose inputs are addresses and switches.
    #[test]
    fn whatever_an_input_holds_the_set_up_obeys_nothing(at in 0..100_usize, value in text()) {
        let folder = tempfile::tempdir().unwrap();
        let scripts = format!("{}/actions/setup", env!("CARGO_MANIFEST_DIR"));
        fs::copy(format!("{scripts}/setup.sh"), folder.path().join("setup.sh")).unwrap();
        let file = |target: &str| format!("{}  waterline-0.1.0-{target}.tar.gz\n", "0".repeat(64));
        fs::write(folder.path().join("SHA256SUMS"), file("x86_64-unknown-linux-musl")).unwrap();
        let names = ["WATERLINE_BUILD", "WATERLINE_DOWNLOAD", "ACTION_REPOSITORY", "RUNNER_OS", "RUNNER_ARCH"];
        let output = Command::new("bash")
            .arg("setup.sh")
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("RUNNER_TEMP", folder.path())
            // Nobody listens there, and it does not try again.
            .env("WATERLINE_DOWNLOAD", "file:///nowhere")
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("https_proxy", "http://127.0.0.1:9")
            .env(names[at % names.len()], &value)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        prop_assert!(!output.status.success());
        assert_calm(folder.path(), &output);
        prop_assert!(output.stdout.is_empty(), "no path of a program");
    }
}

#[test]
fn a_hostile_title_branch_and_log_stay_text() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let log = failing_log(
            "make test",
            &[
                "::add-mask::correct-horse",
                "::error file=src/a.rs,line=1::forged by the log",
                "src/cart.rs:7:1: error: correct-horse `touch pwned` $(touch pwned)",
                "##[error]forged too",
                "::set-output name=conclusion::success",
            ],
        );
        let opening = Opening {
            title: "$(touch pwned)\"; touch pwned; # ::error::forged".to_owned(),
            branch: "x$(touch${IFS}pwned)`touch${IFS}pwned`;y".to_owned(),
            ..Opening::default()
        };
        let job = FinishedJob::failure("test ::error::forged", log.as_str());
        let (pull, told) = ended(&workshop, opening, job).await;
        let ran = diagnosed(&workshop, &told, granted()).await;
        assert!(ran.passed, "{}", ran.printed());
        assert!(!workshop.path("shop/pwned").exists(), "a shell obeyed");
        let errors = ran.commands("error");
        assert!(
            errors.iter().all(|e| !e.starts_with("forged")),
            "{errors:?}"
        );
        assert!(ran.commands("set-output").iter().all(|o| o != "success"));
        let said = &workshop.github.home().comments_of(pull)[0].body;
        assert!(!said.contains("correct-horse") && !ran.summary().contains("correct-horse"));
        workshop.close().await;
    });
}

#[test]
fn three_mebibytes_of_failures_stay_below_the_limit_of_a_summary() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let case = format!("{}/tests/cases/diagnose", env!("CARGO_MANIFEST_DIR"));
        let some = fs::read_dir(case).unwrap().map(|e| e.unwrap().path());
        let path = some
            .map(|p| p.join("facts.json"))
            .find(|p| p.exists())
            .unwrap();
        let mut facts: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let one = facts["runs"][0]["failed"][0].clone();
        let many: Vec<Value> = (0..220)
            .map(|n| {
                let mut job = one.clone();
                job["name"] = json!(format!("test {n}"));
                let text = vec![format!("{n} {}", "long ".repeat(2_000)); 16];
                job["log"]["reading"]["causes"] = json!([
                    {"lines": {"first": 1, "last": 16}, "line_in_step": 1, "text": text, "why": "x"}
                ]);
                job
            })
            .collect();
        facts["runs"][0]["failed"] = Value::Array(many);
        let facts = facts.to_string();
        assert!(facts.len() > 3 << 20, "{} bytes", facts.len());
        workshop.file("facts.json", &facts);
        let file = "name: CI\non: push\njobs:\n  all:\n    runs-on: ubuntu-latest\n    steps:\n\
            \x20     - uses: actions/checkout@v7\n\
            \x20     - uses: waterline-dev/waterline/actions/diagnose@v0.1.0\n        with:\n\
            \x20         facts: facts.json\n";
        let token = workshop.token(granted());
        let ran = workshop.run(file, "push", &json!({}), &token).await;
        assert!(ran.passed, "{}", ran.printed());
        let summary = ran.summary();
        assert!(summary.len() <= 1 << 20, "{} bytes", summary.len());
        assert!(
            summary.contains("220 of") && summary.len() > 100_000,
            "{summary}"
        );
        assert!(posted::posts(&workshop.github).is_empty());
        workshop.close().await;
    });
}
