//! What Waterline remembers: decisions with facts and verdict, compressed, for a while; failures
//! that it has seen, a row each, for longer; what people said of them, until it no longer holds.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures_util::future::{try_join, try_join_all};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use waterline_core::error::{Error, Result};
use waterline_core::model::{Actor, Fingerprint, IssueNumber, RepoName, RunId, Sha, Subject};
use waterline_core::port::{
    About, Decision, Memory, Notebook, ReadAttempt, Saying, Sighting, Sought, Spoken,
};

use crate::journal::{Arg, By, Journal, SayingRow, SightingRow, Statement};

/// The memory in the journal's database.
pub struct Kept(Journal);

impl Kept {
    /// Remembers in a journal's database.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self(journal)
    }

    async fn seen(
        &self,
        repo: &RepoName,
        by: By,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<Sighting>> {
        let (repo, since) = (repo.to_string(), since.as_millisecond());
        let rows = self.0.seen(&repo, by, since, most).await;
        let rows = rows.map_err(unreadable)?.into_iter();
        rows.map(sighting).collect()
    }
}

/// What is compressed; the rest has columns of its own.
#[derive(Serialize, Deserialize)]
struct Body<V> {
    facts: V,
    verdict: V,
}

/// The most sightings that are recalled at once.
pub(crate) const MOST_SIGHTINGS: u32 = 50;

/// The most failures that are recalled at once by a few digits.
const MOST_ALIKE: u32 = 20;

/// The most sayings that are recalled at once.
const MOST_SAYINGS: u32 = 1_000;

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn row(sighting: &Sighting) -> SightingRow {
    SightingRow {
        fingerprint: sighting.fingerprint.0.clone(),
        run: number(sighting.run.0),
        attempt: i64::from(sighting.attempt),
        sha: sighting.sha.to_string(),
        pull_request: sighting.pull_request.map_or(0, |n| number(n.0)),
        job: sighting.job.clone(),
        url: sighting.url.clone(),
        at: sighting.at.as_millisecond(),
        passed: sighting.passed_again,
    }
}

pub(crate) fn sighting(row: SightingRow) -> Result<Sighting> {
    Ok(Sighting {
        fingerprint: Fingerprint(row.fingerprint),
        run: RunId(row.run.unsigned_abs()),
        attempt: u32::try_from(row.attempt).map_err(unreadable)?,
        sha: Sha::try_from(row.sha).map_err(unreadable)?,
        pull_request: (row.pull_request > 0).then(|| IssueNumber(row.pull_request.unsigned_abs())),
        job: row.job,
        url: row.url,
        at: Timestamp::from_millisecond(row.at).map_err(unreadable)?,
        passed_again: row.passed,
    })
}

pub(crate) fn by(sought: &Sought) -> By {
    match sought {
        Sought::Failure(fingerprint) => By::Fingerprint(fingerprint.0.clone()),
        Sought::Run(run) => By::Run(number(run.0)),
    }
}

/// The words of the table.
fn about(about: &About) -> (&'static str, String) {
    match about {
        About::Failure(fingerprint) => ("failure", fingerprint.0.clone()),
        About::Test(name) => ("test", name.clone()),
    }
}

fn saying_row(saying: &Saying) -> SayingRow {
    let (kind, about) = about(&saying.about);
    SayingRow {
        kind: kind.to_owned(),
        about,
        title: saying.title.clone(),
        user: saying.by.id.map_or(0, number),
        login: saying.by.login.clone(),
        reason: saying.reason.clone(),
        url: saying.url.clone().unwrap_or_default(),
        at: saying.at.as_millisecond(),
        until: saying.until.as_millisecond(),
    }
}

fn saying(row: SayingRow) -> Result<Saying> {
    Ok(Saying {
        about: match row.kind.as_str() {
            "test" => About::Test(row.about),
            _ => About::Failure(Fingerprint(row.about)),
        },
        title: row.title,
        by: Actor {
            id: (row.user > 0).then(|| row.user.unsigned_abs()),
            login: row.login,
            bot: false,
        },
        reason: row.reason,
        at: Timestamp::from_millisecond(row.at).map_err(unreadable)?,
        until: Timestamp::from_millisecond(row.until).map_err(unreadable)?,
        url: (!row.url.is_empty()).then_some(row.url),
    })
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("past decisions could not be read: {error}"))
}

#[async_trait]
impl Memory for Kept {
    async fn learn(&self, repo: &RepoName, sightings: &[Sighting]) -> Result<()> {
        let repo = repo.to_string();
        // At once, so that the writer puts them into one commit.
        let kept = sightings.iter().map(|one| self.0.see(&repo, row(one)));
        try_join_all(kept).await.map(drop).map_err(|error| {
            Error::Unavailable(format!("a failure could not be remembered: {error}"))
        })
    }

    async fn sightings(
        &self,
        repo: &RepoName,
        sought: &Sought,
        since: Timestamp,
    ) -> Result<Vec<Sighting>> {
        self.seen(repo, by(sought), since, MOST_SIGHTINGS).await
    }

    async fn alike(
        &self,
        repo: &RepoName,
        digits: &str,
        since: Timestamp,
    ) -> Result<Vec<Sighting>> {
        let by = By::Digits(digits.to_owned());
        self.seen(repo, by, since, MOST_ALIKE).await
    }

    fn lasts(&self) -> bool {
        true
    }

    async fn say(&self, repo: &RepoName, spoken: &Spoken) -> Result<()> {
        let repo = repo.to_string();
        let done = match spoken {
            Spoken::Said(saying) => self.0.say(&repo, saying_row(saying)).await,
            Spoken::TakenBack(of) => {
                let (kind, of) = about(of);
                self.0.unsay(&repo, kind, &of).await
            }
        };
        done.map_err(|error| Error::Unavailable(format!("it could not be remembered: {error}")))
    }

    async fn sayings(&self, repo: &RepoName, now: Timestamp) -> Result<Vec<Saying>> {
        let (repo, now) = (repo.to_string(), now.as_millisecond());
        let rows = self.0.said(&repo, now, MOST_SAYINGS).await;
        rows.map_err(unreadable)?.into_iter().map(saying).collect()
    }

    async fn recall(
        &self,
        capability: &str,
        subject: &Subject,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<Decision>> {
        let since = since.as_millisecond();
        let about = Some(subject.to_string());
        let rows = self.0.decisions(capability, about, since, most).await;
        let rows = rows.map_err(unreadable)?.into_iter().map(|row| {
            let body: Body<Value> = serde_json::from_slice(&row.body).map_err(unreadable)?;
            Ok(Decision {
                capability: capability.to_owned(),
                subject: subject.clone(),
                at: Timestamp::from_millisecond(row.at).map_err(unreadable)?,
                facts: body.facts,
                verdict: body.verdict,
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

#[async_trait]
impl Notebook for Kept {
    async fn read_so_far(&self, repo: &RepoName, since: Timestamp) -> Result<BTreeMap<RunId, u32>> {
        let since = since.as_millisecond();
        let rows = self.0.read_so_far(&repo.to_string(), since).await;
        let rows = rows.map_err(unreadable)?.into_iter();
        let read = rows.map(|(run, attempt)| {
            let attempt = u32::try_from(attempt).map_err(unreadable)?;
            Ok((RunId(run.unsigned_abs()), attempt))
        });
        read.collect()
    }

    async fn learn_from(
        &self,
        repo: &RepoName,
        sightings: &[Sighting],
        read: &ReadAttempt,
    ) -> Result<()> {
        let name = repo.to_string();
        let (run, attempt) = (number(read.run.0), i64::from(read.attempt));
        let at = read.began.as_millisecond();
        let noted = async {
            let noted = self.0.was_read(&name, run, attempt, at).await;
            noted.map_err(|error| {
                Error::Unavailable(format!("it could not be kept what was read: {error}"))
            })
        };
        // At once, so that the writer puts them into one commit; were it two, the failures come first.
        try_join(self.learn(repo, sightings), noted).await.map(drop)
    }
}
