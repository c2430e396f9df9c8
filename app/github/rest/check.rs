//! Our one check run of a name on a commit.
//!
//! Its `external_id` holds digests of what it says, by which the next job sees whether anything
//! is new, and whether an earlier one came to its end.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use waterline_core::error::Result;
use waterline_core::model::{RepoName, Sha};
use waterline_core::port::Applied;
use waterline_core::report::{Annotation, CheckConclusion, Document, Level, clean};

use super::identity::{ByApp, Identity};
use crate::client::{Call, Session, encode};

/// GitHub takes this many annotations in one request.
const AT_ONCE: usize = 50;

/// At 100 a page. GitHub removes old runs of a name itself when there are 1,000.
const PAGES: usize = 10;

/// In bytes; GitHub counts characters, of which there are never more.
const SUMMARY_LIMIT: usize = 65_535;

/// In characters.
const TITLE_LIMIT: usize = 255;

/// In bytes.
const MESSAGE_LIMIT: usize = 64 << 10;

/// The check run that shall stand there.
pub(super) struct Wanted<'a> {
    pub(super) repo: &'a RepoName,
    pub(super) sha: &'a Sha,
    pub(super) name: &'a str,
    pub(super) content: Content,
}

/// What it says, as GitHub spells it and within GitHub's limits.
pub(super) struct Content {
    conclusion: CheckConclusion,
    title: String,
    summary: String,
    annotations: Vec<Remark>,
}

#[derive(Serialize)]
struct Remark {
    path: String,
    start_line: u32,
    end_line: u32,
    annotation_level: Level,
    title: String,
    message: String,
}

#[derive(Deserialize)]
struct CheckRun {
    id: u64,
    external_id: Option<String>,
    app: Option<ByApp>,
}

impl Content {
    pub(super) fn new(
        conclusion: CheckConclusion,
        title: &str,
        document: &Document,
        annotations: &[Annotation],
    ) -> Self {
        // These places show plain text, so only what hides or leaks is taken out.
        let remark = |one: &Annotation| {
            let message = clean(&one.message);
            Remark {
                path: clean(&one.path),
                start_line: one.line.max(1),
                end_line: one.line.max(1),
                annotation_level: one.level,
                title: clean(&one.title).chars().take(TITLE_LIMIT).collect(),
                message: message[..message.floor_char_boundary(MESSAGE_LIMIT)].to_owned(),
            }
        };
        Self {
            conclusion,
            title: clean(title).chars().take(TITLE_LIMIT).collect(),
            summary: document.markdown(SUMMARY_LIMIT),
            annotations: annotations.iter().map(remark).collect(),
        }
    }

    /// `waterline/TEXT/ANNOTATIONS`.
    fn digest(&self) -> String {
        let text = json!([self.conclusion, self.title, self.summary]);
        format!(
            "waterline/{}/{}",
            short(&text),
            short(&json!(self.annotations))
        )
    }

    /// The fields of a request with these annotations.
    fn fields(&self, external_id: &str, annotations: &[Remark]) -> Value {
        let (title, summary) = (&self.title, &self.summary);
        let mut output = json!({ "title": title, "summary": summary });
        if !annotations.is_empty() {
            output["annotations"] = json!(annotations);
        }
        json!({
            "status": "completed",
            "conclusion": self.conclusion,
            "external_id": external_id,
            "output": output,
        })
    }
}

fn short(value: &Value) -> String {
    hex::encode(&Sha256::digest(value.to_string().as_bytes())[..8])
}

pub(super) async fn apply(
    session: &Session,
    us: &Identity,
    wanted: &Wanted<'_>,
    create: bool,
) -> Result<Applied> {
    let digest = wanted.content.digest();
    match find(session, us, wanted).await? {
        None if !create => Ok(Applied::Unchanged),
        None => post(session, wanted).await.map(Applied::Created),
        Some(ours) if ours.external_id.as_ref() == Some(&digest) => Ok(Applied::Unchanged),
        Some(ours) if same_annotations(ours.external_id.as_deref(), &digest) => {
            let fields = wanted.content.fields(&digest, &[]);
            let answer = session.send(&edit(wanted, ours.id, fields)).await?;
            Ok(Applied::Edited(answer.page()))
        }
        // GitHub adds annotations and never takes one away, so an edit would leave those that no
        // longer hold. A new run of the same name is shown instead of the old one.
        Some(_) => post(session, wanted).await.map(Applied::Edited),
    }
}

/// True where both say the same in their last part.
fn same_annotations(external_id: Option<&str>, digest: &str) -> bool {
    let last = |id: &str| id.rsplit('/').next().map(str::to_owned);
    external_id.and_then(last) == last(digest)
}

/// The newest check run of the name that our own App made.
async fn find(session: &Session, us: &Identity, wanted: &Wanted<'_>) -> Result<Option<CheckRun>> {
    #[derive(Deserialize)]
    struct Page {
        check_runs: Vec<CheckRun>,
    }
    let Wanted {
        repo, sha, name, ..
    } = wanted;
    let by_us = us
        .app_id()
        .map(|id| format!("&app_id={id}"))
        .unwrap_or_default();
    let call = Call::get(
        "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        format!(
            "/repos/{repo}/commits/{sha}/check-runs?check_name={}&filter=latest&per_page=100{by_us}",
            encode(name)
        ),
    )
    .about(format!("the check runs on {} of {repo}", sha.short()))
    .needs("checks: read");
    let mut found: Option<CheckRun> = None;
    let take = |page: Page| {
        let ours = page
            .check_runs
            .into_iter()
            .filter(|run| us.made(run.app.as_ref()));
        found = ours.chain(found.take()).max_by_key(|run| run.id);
        true
    };
    session.pages(call, PAGES, take).await?;
    Ok(found)
}

/// Creates it. Until the last annotation is there its digest is none that ever fits, so that a
/// job which is cut off here begins anew. Gives the address of its page.
async fn post(session: &Session, wanted: &Wanted<'_>) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Created {
        id: u64,
    }
    let Wanted {
        repo,
        sha,
        name,
        content,
    } = wanted;
    let digest = content.digest();
    let mut parts = content.annotations.chunks(AT_ONCE).peekable();
    let first = parts.next().unwrap_or_default();
    let state = |more: bool| {
        if more {
            "waterline/unfinished"
        } else {
            &digest
        }
    };
    let mut fields = content.fields(state(parts.peek().is_some()), first);
    fields["name"] = json!(name);
    fields["head_sha"] = json!(sha);
    let call = Call::post(
        "/repos/{owner}/{repo}/check-runs",
        format!("/repos/{repo}/check-runs"),
        fields,
    )
    .about(format!("the check runs on {} of {repo}", sha.short()))
    .needs("checks: write");
    let answer = session.send(&call).await?;
    let created: Created = answer.json()?;
    while let Some(part) = parts.next() {
        let fields = content.fields(state(parts.peek().is_some()), part);
        // Once only: a second time would add the same annotations again.
        session
            .send(&edit(wanted, created.id, fields).once())
            .await?;
    }
    Ok(answer.page())
}

/// An edit, of the words or by more annotations.
fn edit(wanted: &Wanted<'_>, id: u64, fields: Value) -> Call {
    let Wanted { repo, name, .. } = wanted;
    let path = format!("/repos/{repo}/check-runs/{id}");
    Call::patch(
        "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        path,
        fields,
    )
    .about(format!("the check run `{name}` of {repo}"))
    .needs("checks: write")
}
