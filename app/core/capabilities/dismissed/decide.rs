//! What still holds. Pure.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::model::{About, Saying};

/// What still holds, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Failures that are not worth telling.
    pub dismissed: Vec<Saying>,
    /// Tests that are known flakes.
    pub flaky: Vec<Saying>,
}

pub(super) fn decide(facts: &Facts) -> Verdict {
    let holding = facts.sayings.iter().filter(|s| s.holds(facts.at)).cloned();
    let (dismissed, flaky) = holding.partition(|s| matches!(s.about, About::Failure(_)));
    Verdict { dismissed, flaky }
}
