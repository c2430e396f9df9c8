//! What Waterline remembers of its decisions: facts and verdict, compressed, for a while.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use waterline_core::error::{Error, Result};
use waterline_core::model::Subject;
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

/// The same, read back.
#[derive(Deserialize)]
struct Opened {
    facts: serde_json::Value,
    verdict: serde_json::Value,
}

/// The most that is recalled at once.
const MOST: u32 = 200;

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("past decisions could not be read: {error}"))
}

#[async_trait]
impl Memory for Kept {
    async fn recall(
        &self,
        capability: &str,
        subject: &Subject,
        since: Timestamp,
    ) -> Result<Vec<Decision>> {
        let since = since.as_millisecond();
        let about = Some(subject.to_string());
        let rows = self.0.decisions(capability, about, since, MOST).await;
        let rows = rows.map_err(unreadable)?.into_iter().map(|row| {
            let opened: Opened = serde_json::from_slice(&row.body).map_err(unreadable)?;
            Ok(Decision {
                capability: capability.to_owned(),
                subject: subject.clone(),
                at: Timestamp::from_millisecond(row.at).map_err(unreadable)?,
                facts: opened.facts,
                verdict: opened.verdict,
            })
        });
        rows.collect()
    }

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
