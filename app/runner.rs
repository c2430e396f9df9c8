//! Shows a report to whoever waits: a terminal, a pipe, or a step of a workflow.
//!
//! The runner of GitHub Actions reads commands from what a step prints, so there a report is
//! printed only between `::stop-commands::` and its random word, and annotations are escaped.
//! Outputs are written with a random delimiter, and the summary is kept below its limit.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use waterline_core::error::{Error, Result};
use waterline_core::port::Out;
use waterline_core::report::{
    Annotation, Conclusion, Decided, Level, clean, workflow_data, workflow_property,
};

use crate::args::Format;
use crate::progress::Progress;
use crate::say::{say, say_json};

/// GitHub refuses a step's summary above 1 MiB; a little is left for what others appended.
const SUMMARY_LIMIT: usize = 1_000_000;

/// The runner keeps ten annotations of a level for each step.
const ANNOTATIONS: usize = 10;

/// The files and the folder that the runner gives to a step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    summary: Option<PathBuf>,
    output: Option<PathBuf>,
    temp: PathBuf,
}

impl Step {
    /// The step that we are in, by the environment; none outside a workflow.
    pub(crate) fn from_env() -> Option<Self> {
        std::env::var_os("GITHUB_ACTIONS").filter(|v| v == "true")?;
        let path = |name| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        Some(Self {
            summary: path("GITHUB_STEP_SUMMARY"),
            output: path("GITHUB_OUTPUT"),
            temp: path("RUNNER_TEMP").unwrap_or_else(std::env::temp_dir),
        })
    }
}

/// Whoever ran the program.
pub(crate) struct Runner {
    /// The form that was asked for.
    pub format: Format,
    /// The step, where we are one.
    pub step: Option<Step>,
    /// What is seen until there is something to show, where that may take long.
    pub progress: Option<Progress>,
}

#[async_trait]
impl Out for Runner {
    async fn show(&self, decided: &Decided) -> Result<()> {
        self.clear();
        self.print(decided)
            .map_err(|e| Error::Refused(format!("the report could not be shown: {e}")))
    }

    async fn note(&self, note: &str) {
        self.clear();
        if self.step.is_some() && self.format != Format::Json {
            say(&format!(
                "::notice title=Waterline::{}",
                workflow_data(note)
            ));
        } else {
            eprintln!("waterline: {}", one_line(note));
        }
    }

    async fn lacks(&self, note: &str, permission: &str) {
        match &self.step {
            Some(_) => {
                self.note(&format!("{note}. {}", line_to_add(permission)))
                    .await
            }
            None => self.note(note).await,
        }
    }
}

/// The line of a workflow that grants what GitHub asks for. Of several that would do, the one for
/// pull requests: it reaches less than the one for issues.
pub(crate) fn line_to_add(permission: &str) -> String {
    let any: Vec<&str> = permission.split(" or ").collect();
    let least = any.iter().find(|p| p.starts_with("pull_requests"));
    let line = least.or(any.first()).unwrap_or(&permission);
    format!(
        "Add `{}` below `permissions:` of this job; the token of a pull request from a fork may only read, whatever stands there",
        line.replace('_', "-")
    )
}

impl Runner {
    fn clear(&self) {
        if let Some(progress) = &self.progress {
            progress.clear();
        }
    }

    fn print(&self, decided: &Decided) -> std::io::Result<()> {
        let document = &decided.report.document;
        match self.format {
            Format::Json => return self.print_json(decided),
            Format::Text => self.say(&document.text()),
            Format::Markdown => self.say(&document.markdown(SUMMARY_LIMIT)),
        }
        let Some(step) = &self.step else {
            return Ok(());
        };
        for line in annotations(&decided.report.annotations) {
            say(&line);
        }
        step.write(decided)
    }

    fn print_json(&self, decided: &Decided) -> std::io::Result<()> {
        say_json(&decided.json, false);
        self.step
            .as_ref()
            .map_or(Ok(()), |step| step.write(decided))
    }

    /// Prints text that the runner must not read as commands.
    fn say(&self, text: &str) {
        if self.step.is_none() {
            return say(text.trim_end());
        }
        let word = random_word();
        say(&format!(
            "::stop-commands::{word}\n{}\n::{word}::",
            text.trim_end()
        ));
    }
}

impl Step {
    fn write(&self, decided: &Decided) -> std::io::Result<()> {
        let word = random_word();
        let markdown = decided.report.document.markdown(SUMMARY_LIMIT);
        let json = self.temp.join(format!("waterline-{word}.json"));
        let summary = self.temp.join(format!("waterline-{word}.md"));
        fs::write(&json, decided.json.to_string())?;
        fs::write(&summary, &markdown)?;
        if let Some(path) = &self.summary {
            append_summary(path, decided)?;
        }
        let Some(path) = &self.output else {
            return Ok(());
        };
        let mut out = OpenOptions::new().append(true).create(true).open(path)?;
        let conclusion = match decided.report.conclusion {
            Conclusion::Success => "success",
            Conclusion::Failure => "failure",
            Conclusion::Wait => "wait",
            Conclusion::Neutral => "neutral",
            Conclusion::Blocked => "blocked",
            Conclusion::Unknown => "unknown",
            Conclusion::Invalid => "invalid",
        };
        for (name, value) in [
            ("conclusion", conclusion.to_owned()),
            ("reason-code", decided.report.reason_code.clone()),
            ("json", json.display().to_string()),
            ("summary", summary.display().to_string()),
        ] {
            let delimiter = format!("waterline_{}", random_word());
            writeln!(out, "{name}<<{delimiter}\n{value}\n{delimiter}")?;
        }
        Ok(())
    }
}

/// What earlier calls of the same step wrote counts towards the limit.
fn append_summary(path: &Path, decided: &Decided) -> std::io::Result<()> {
    let used = fs::metadata(path).map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
    let left = SUMMARY_LIMIT.saturating_sub(used);
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    if left > 200 {
        writeln!(file, "{}\n", decided.report.document.markdown(left))?;
    } else {
        say(
            "::notice title=Waterline::The summary of this step is full; the answer stands in its output `summary`",
        );
    }
    Ok(())
}

/// Workflow commands for the annotations, ten of a level; the summary has them all.
fn annotations(all: &[Annotation]) -> Vec<String> {
    [
        (Level::Failure, "error"),
        (Level::Warning, "warning"),
        (Level::Notice, "notice"),
    ]
    .into_iter()
    .flat_map(|(level, word)| {
        all.iter()
            .filter(move |a| a.level == level)
            .take(ANNOTATIONS)
            .map(move |a| {
                format!(
                    "::{word} file={},line={},title={}::{}",
                    workflow_property(&a.path),
                    a.line,
                    workflow_property(&a.title),
                    workflow_data(&a.message)
                )
            })
    })
    .collect()
}

/// One line that is no command wherever the runner reads it: it finds `##[…]` anywhere in a
/// line, and `::…::` at its start.
pub(crate) fn one_line(text: &str) -> String {
    clean(text).replace('\n', " ").replace("##[", "## [")
}

/// 32 hexadecimal digits that nobody can guess.
pub(crate) fn random_word() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without randomness of the system, the address space and the clock are what is left.
        let clock = std::time::SystemTime::now();
        let hash = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), clock);
        bytes[..8].copy_from_slice(&hash.to_le_bytes());
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use waterline_core::line;
    use waterline_core::report::{Block, Document, Report};

    use super::*;

    fn decided(document: Document) -> Decided {
        let report = Report {
            title: String::new(),
            conclusion: Conclusion::Neutral,
            reason_code: String::new(),
            document,
            annotations: Vec::new(),
            effects: Vec::new(),
            only_if_asked: false,
            again: None,
        };
        let (facts, verdict, json) = Default::default();
        Decided {
            facts,
            verdict,
            json,
            report,
            learnt: Vec::new(),
            spoken: Vec::new(),
        }
    }

    #[test]
    fn a_summary_of_three_mebibytes_is_cut_with_a_note_and_never_doubled() {
        let paragraph = || Block::Paragraph(line!["word ".repeat(2_000)]);
        let document = Document {
            blocks: std::iter::repeat_with(paragraph).take(330).collect(),
        };
        let answer = decided(document);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        for _ in 0..2 {
            append_summary(&path, &answer).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.len() <= 1 << 20, "{}", text.len());
            assert!(text.len() > 900_000);
            assert!(text.trim_end().ends_with("*The rest did not fit here.*"));
        }
    }

    #[test]
    fn the_line_to_add_grants_the_least() {
        let line = line_to_add("issues: write or pull_requests: write");
        assert!(line.starts_with("Add `pull-requests: write` below"));
        assert!(line_to_add("actions: read").starts_with("Add `actions: read` below"));
    }
}
