//! The issues that a pull request closes: what only GraphQL tells.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use waterline_core::error::{Error, Result};
use waterline_core::model::{IssueNumber, RepoName};
use waterline_core::port::deploy::Closing;

use crate::client::{Call, GRAPHQL, Session};

/// What REST does not tell: which issues a pull request closes, and who changed them last.
const CLOSES: &str = "query($owner: String!, $name: String!, $number: Int!) { \
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { \
    closingIssuesReferences(first: 100) { totalCount nodes { number state body \
    userContentEdits(first: 1) { nodes { editedAt editor { login } } } } } } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    total_count: usize,
    nodes: Vec<Issue>,
}
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    number: u64,
    state: String,
    body: String,
    user_content_edits: Option<Edits>,
}
#[derive(Deserialize)]
struct Edits {
    nodes: Vec<Edit>,
}
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    edited_at: Timestamp,
    editor: Option<Editor>,
}
#[derive(Deserialize)]
struct Editor {
    login: String,
}
pub(super) async fn closing(
    session: &Session,
    repo: &RepoName,
    number: IssueNumber,
) -> Result<Vec<Closing>> {
    let thing = format!("the issues that {repo}#{number} closes");
    let variables = json!({ "owner": repo.owner(), "name": repo.name(), "number": number });
    let query = json!({ "query": CLOSES, "variables": variables });
    let call = Call::post(GRAPHQL, GRAPHQL.into(), query)
        .about(thing.clone())
        .needs("issues: read")
        .repeatable();
    let told: Value = session.read(&call).await?;
    let list = &told["data"]["repository"]["pullRequest"]["closingIssuesReferences"];
    let unread = || Error::Refused(format!("GitHub does not tell {thing}"));
    if !told["errors"].is_null() {
        return Err(unread());
    }
    let list: List = serde_json::from_value(list.clone()).map_err(|_| unread())?;
    if list.total_count > list.nodes.len() {
        return Err(unread());
    }
    let closing = list.nodes.into_iter().map(|issue| {
        let last = issue
            .user_content_edits
            .and_then(|e| e.nodes.into_iter().next());
        let editor = |edit: Edit| {
            let login = edit.editor.map(|who| who.login).unwrap_or_default();
            (login, edit.edited_at)
        };
        Closing {
            number: issue.number,
            state: issue.state.to_lowercase(),
            body: issue.body,
            edited: last.map(editor),
        }
    });
    Ok(closing.collect())
}
