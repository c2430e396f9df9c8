//! What to do now: what the log's own tool says for certain, and a re-run where it may help.
//!
//! A suggestion is a reader's, with the lines that it rests on; nothing is suggested by likelihood.
//! A re-run is offered for what is not the change's, and only where somebody can ask for it.

use super::decide::Finding;
use super::origin::Origin;
use crate::line;
use crate::report::{Block, Line, code, strong};

/// The paragraph below the cause.
pub(super) fn what_now(finding: &Finding) -> Option<Block> {
    let mut said: Line = Vec::new();
    if let Some(suggestion) = &finding.suggestion {
        said.extend(line![" ", suggestion.text.clone()]);
        if let Some(command) = &suggestion.command {
            said.extend(line![" The command: ", code(command.clone()), "."]);
        }
        let (first, last) = (suggestion.evidence.first, suggestion.evidence.last);
        said.push(match first == last {
            true => format!(" (By log line {first}.)").into(),
            false => format!(" (By log lines {first}–{last}.)").into(),
        });
    }
    let origin = finding.is_it_me.as_ref().map(|judged| judged.origin);
    if matches!(origin, Some(Origin::KnownFlake | Origin::Infrastructure)) {
        said.extend(line![
            " ",
            code("/waterline rerun"),
            " runs the failed jobs once more."
        ]);
    }
    if said.is_empty() {
        return None;
    }
    said.insert(0, strong("What now:"));
    Some(Block::Paragraph(said))
}
