//! What Waterline remembers of its decisions: facts and verdict, compressed, for a while.

use async_trait::async_trait;
use serde::Serialize;
use waterline_core::error::{Error, Result};
use waterline_core::port::{Decision, Memory};

use crate::journal::{Arg, Journal, Statement};

/// The memory in the journal's database.
pub struct Kept(Journal);

impl Kept {
    /// Remembers in a journal's database.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self(journal)
    }
}

/// What is compressed; the rest has columns of its own.
#[derive(Serialize)]
struct Body<'a> {
    facts: &'a serde_json::Value,
    verdict: &'a serde_json::Value,
}

#[async_trait]
impl Memory for Kept {
    async fn keep(&self, decision: &Decision) -> Result<()> {
        const SQL: &str = "INSERT INTO decisions (capability, subject, at, size, body) \
            VALUES ($1, $2, $3, $4, $5)";
        let body = Body {
            facts: &decision.facts,
            verdict: &decision.verdict,
        };
        let json = serde_json::to_vec(&body).map_err(|error| {
            Error::Refused(format!(
                "the decision could not be written as JSON: {error}"
            ))
        })?;
        let args = vec![
            Arg::Text(decision.capability.clone()),
            Arg::Text(decision.subject.to_string()),
            Arg::Int(decision.at.as_millisecond()),
            Arg::Int(i64::try_from(json.len()).unwrap_or(i64::MAX)),
            Arg::Bytes(lz4_flex::compress_prepend_size(&json)),
        ];
        let kept = self.0.run(Statement { sql: SQL, args }).await;
        kept.map(drop)
            .map_err(|error| Error::Unavailable(format!("the decision could not be kept: {error}")))
    }
}
