//! The answer to a command: one comment where somebody asked, edited when they ask again.
//!
//! At a shell nobody asked below anything; the document alone is the answer then.

use super::{Conclusion, Document, Effect, Marker, Report};
use crate::model::{IssueNumber, RepoName};

impl Report {
    /// A report with an answer and nothing else.
    #[must_use]
    pub fn answer(
        capability: &str,
        repo: &RepoName,
        number: Option<IssueNumber>,
        (title, conclusion, reason_code): (String, Conclusion, &str),
        document: Document,
    ) -> Self {
        Self {
            title,
            conclusion,
            reason_code: reason_code.to_owned(),
            effects: Vec::from_iter(Effect::answer(capability, repo, number, &document)),
            document,
            annotations: Vec::new(),
            only_if_asked: false,
            again: None,
        }
    }
}

impl Effect {
    /// The comment that answers a command of this capability; one for an issue or pull request.
    #[must_use]
    pub fn answer(
        capability: &str,
        repo: &RepoName,
        number: Option<IssueNumber>,
        document: &Document,
    ) -> Option<Self> {
        number.map(|number| Self::Comment {
            repo: repo.clone(),
            number,
            marker: Marker::new(capability, &format!("{repo}#{number}")),
            document: document.clone(),
            create: true,
        })
    }
}
