//! A repository's own problem matchers: `.github/waterline/matchers/*.json` on the default branch.
//!
//! They are never read from the branch under judgement, which could hide its own failure with
//! them. A broken one is named and left out; the diagnosis goes on without it.

use serde::{Deserialize, Serialize};
use waterline_log::{MATCHERS_LIMIT, Matcher, MatcherFile};

use crate::config::CHECK;
use crate::error::{Error, Result};
use crate::line;
use crate::model::RepoName;
use crate::port::{Files, GitHub};
use crate::report::{Block, CheckConclusion, Document, Effect, Line, code};

use super::facts::Facts;

/// Where they lie in a repository.
pub const FOLDER: &str = ".github/waterline/matchers";
/// The most files that are read.
const FILES: usize = 20;
/// The most matchers that are used, over all files.
const ALL: usize = 50;

/// What is wrong with a file of problem matchers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl Fault {
    /// What is wrong with a file as a whole.
    fn of(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: message.into(),
        }
    }

    /// `FILE:LINE:COLUMN`.
    fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }

    /// The place and what is wrong there.
    pub(super) fn said(&self) -> Line {
        line![code(self.place()), ": ", self.message.clone()]
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

/// What is wrong in the text of a file of problem matchers; nothing where all is well.
#[must_use]
pub fn check(file: &str, text: &str) -> Vec<Fault> {
    let mut shelf = Shelf::default();
    shelf.add(file, text);
    shelf.faults
}

/// What was found so far.
#[derive(Default)]
struct Shelf {
    matchers: Vec<Matcher>,
    faults: Vec<Fault>,
}

impl Shelf {
    fn add(&mut self, file: &str, text: &str) {
        let read = MatcherFile::read(text);
        self.faults.extend(read.faults.into_iter().map(|e| Fault {
            file: file.to_owned(),
            line: e.line,
            column: e.column,
            message: e.message,
        }));
        self.matchers.extend(read.matchers);
        if self.matchers.len() > ALL {
            self.matchers.truncate(ALL);
            let text =
                format!("with this file there are more than {ALL} matchers; the last are left out");
            self.faults.push(Fault::of(file, text));
        }
    }
}

/// Those of the default branch, and what is wrong with others.
pub(super) async fn fetch(
    github: &dyn GitHub,
    repo: &RepoName,
) -> Result<(Vec<Matcher>, Vec<Fault>)> {
    let mut shelf = Shelf::default();
    let mut listed = match github.folder(repo, FOLDER).await {
        Ok(listed) => listed,
        // Without the permission we cannot know of any.
        Err(Error::NotFound(_) | Error::Forbidden { .. }) => Vec::new(),
        Err(Error::Refused(why)) => {
            shelf.faults.push(Fault::of(FOLDER, why));
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    listed.retain(|file| is_json(&file.path));
    listed.sort_by(|a, b| a.path.cmp(&b.path));
    if listed.len() > FILES {
        let text = format!(
            "there are {} files; only the first {FILES} by name are read",
            listed.len()
        );
        shelf.faults.push(Fault::of(FOLDER, text));
    }
    for file in listed.iter().take(FILES) {
        if file.size > MATCHERS_LIMIT as u64 {
            let text = format!("the file is larger than {} KiB", MATCHERS_LIMIT / 1024);
            shelf.faults.push(Fault::of(&file.path, text));
            continue;
        }
        match github.file(repo, &file.path).await {
            Ok(Some(text)) => shelf.add(&file.path, &text),
            Ok(None) | Err(Error::NotFound(_) | Error::Forbidden { .. }) => {}
            Err(Error::Refused(why)) => shelf.faults.push(Fault::of(&file.path, why)),
            Err(error) => return Err(error),
        }
    }
    Ok((shelf.matchers, shelf.faults))
}

/// Those of files and folders that a person names. Whoever names a broken one is told so first.
pub(super) fn open(files: &dyn Files, paths: &[String]) -> Result<Vec<Matcher>> {
    let mut shelf = Shelf::default();
    for path in paths {
        let listed = files.list(path)?;
        let named = vec![path.clone()];
        let inside = |mut found: Vec<String>| {
            found.retain(|file| is_json(file));
            found
        };
        for file in listed.map_or(named, inside) {
            let text = super::desk::text(files, &file)?;
            shelf.add(&file, &text);
        }
    }
    if shelf.faults.is_empty() {
        return Ok(shelf.matchers);
    }
    let said: Vec<String> = shelf.faults.iter().map(ToString::to_string).collect();
    Err(Error::Usage(said.join("\n")))
}

fn is_json(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".json")
}

/// The red check that names each fault where the person is; nothing where there is none.
pub(super) fn red_check(facts: &Facts) -> Option<Effect> {
    let (repo, pull) = (facts.repo.as_ref()?, facts.pull_request.as_ref()?);
    let first = facts.faults.first()?;
    let name = first.file.rsplit('/').next().unwrap_or_default();
    let title = format!("{name}, line {}: {}", first.line, first.message);
    let faults = facts.faults.iter().map(Fault::said).collect();
    let document = Document {
        blocks: vec![
            Block::List(faults),
            Block::Paragraph(line![
                "Logs are read without these problem matchers until the files on the default branch are mended."
            ]),
        ],
    };
    Some(Effect::Check {
        repo: repo.clone(),
        sha: pull.head.clone(),
        name: CHECK.to_owned(),
        conclusion: CheckConclusion::Failure,
        title: title.chars().take(250).collect(),
        document,
        annotations: Vec::new(),
        create: true,
    })
}
