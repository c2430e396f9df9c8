//! What would have been: stored facts decided by another policy, and what that changes.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::policy::Policy;
use super::trial::said;
use super::verdict::{Decision, Verdict};

/// A decision that was kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Kept {
    /// What it is called: a number of a deployment, a file.
    #[serde(default)]
    pub id: Option<String>,
    /// What was known.
    pub facts: Facts,
    /// What was decided then, where that was kept.
    #[serde(default)]
    pub verdict: Option<Decided>,
    /// How the deployment ended, in GitHub's word for its state, where that is known.
    #[serde(default)]
    pub outcome: Option<String>,
}

/// A decision and its reason code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The code of the reason that counted most.
    pub reason_code: String,
}

impl From<&Verdict> for Decided {
    fn from(verdict: &Verdict) -> Self {
        Self {
            decision: verdict.decision,
            reason_code: verdict.reason_code.clone(),
        }
    }
}

/// What a policy would have changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Replayed {
    /// So many decisions were looked at.
    pub decisions: usize,
    /// So many have nothing to be compared with.
    pub without_before: usize,
    /// Those that come out otherwise.
    pub changed: Vec<Changed>,
    /// So many of those that would have been held or blocked failed later.
    pub held_that_failed: usize,
    /// So many of those that would have been held or blocked went well.
    pub held_that_went_well: usize,
}

/// A decision that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Which.
    pub id: String,
    /// The environment.
    pub environment: String,
    /// What it was.
    pub before: Option<Decided>,
    /// What it would be.
    pub after: Decided,
    /// Why, in one sentence.
    pub sentence: String,
    /// How the deployment ended, where that is known.
    pub outcome: Option<String>,
}

impl Replayed {
    /// Decides once more and keeps what is different from what was decided then, or from what
    /// the other policy decides.
    pub fn add(&mut self, kept: &Kept, policy: &Policy, against: Option<&Policy>) {
        let verdict = super::decide(&kept.facts, policy);
        let before = match against {
            Some(other) => Some(Decided::from(&super::decide(&kept.facts, other))),
            None => kept.verdict.clone(),
        };
        let after = Decided::from(&verdict);
        self.decisions += 1;
        self.without_before += usize::from(before.is_none());
        if matches!(after.decision, Decision::Wait | Decision::Block) {
            match kept.outcome.as_deref() {
                Some("failure" | "error") => self.held_that_failed += 1,
                Some("success" | "inactive") => self.held_that_went_well += 1,
                _ => {}
            }
        }
        // Without a before, what is not simply let through is worth a line.
        let same = match &before {
            Some(before) => *before == after,
            None => after.decision == Decision::Allow,
        };
        if same {
            return;
        }
        let event = &kept.facts.event;
        let deployment = event.deployment.as_ref().map(|asked| asked.id.to_string());
        self.changed.push(Changed {
            id: kept.id.clone().or(deployment).unwrap_or_default(),
            environment: event.environment.clone().unwrap_or_default(),
            before,
            after,
            sentence: said(&verdict),
            outcome: kept.outcome.clone(),
        });
    }
}
