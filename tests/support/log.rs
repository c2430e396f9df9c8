//! Logs in the runner's own form, made from a few lines.

/// A job's log: set-up, one step with these lines, and its exit code.
pub(crate) fn failing_log(command: &str, lines: &[&str]) -> String {
    let mut all = vec![
        "Current runner version: '2.336.0'".to_owned(),
        "##[group]Operating System".to_owned(),
        "Ubuntu".to_owned(),
        "##[endgroup]".to_owned(),
        "Complete job name: test".to_owned(),
        format!("##[group]Run {command}"),
        format!("\u{1b}[36;1m{command}\u{1b}[0m"),
        "shell: /usr/bin/bash -e {0}".to_owned(),
        "##[endgroup]".to_owned(),
    ];
    all.extend(lines.iter().map(|&l| l.to_owned()));
    all.push("##[error]Process completed with exit code 1.".to_owned());
    all.push("Cleaning up orphan processes".to_owned());
    let stamped = all
        .iter()
        .enumerate()
        .map(|(i, l)| format!("2026-11-20T10:11:{:02}.{i:07}Z {l}", i % 60));
    format!("\u{feff}{}\n", stamped.collect::<Vec<_>>().join("\n"))
}
