//! Files of a repository, and what people may do in it.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use waterline_core::error::{Error, Result};
use waterline_core::model::{Permission, RepoName};
use waterline_core::port::Listed;

use crate::client::{Call, Session, encode, encode_path};

/// The largest file that is read, in bytes.
const FILE_AT_MOST: usize = 1 << 20;

pub(super) async fn file(session: &Session, repo: &RepoName, path: &str) -> Result<Option<String>> {
    let refused = |why: &str| Error::Refused(format!("`{path}` in {repo} {why}"));
    let encoded = encode_path(path).ok_or_else(|| refused("is no path of a file"))?;
    let call = Call::get(
        "/repos/{owner}/{repo}/contents/{path}",
        format!("/repos/{repo}/contents/{encoded}"),
    )
    .about(format!("`{path}` in {repo}"))
    .needs("contents: read")
    .raw(FILE_AT_MOST);
    let answer = match session.ask(&call).await {
        // The installation does not reach that repository at all.
        Err(Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let answer = answer.accept()?;
    // The only thing that GitHub has no raw form of; it lists the entries instead.
    let listed = answer
        .header(CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/json"));
    if listed && answer.body().starts_with(b"[") {
        return Err(refused("is a directory"));
    }
    let text = String::from_utf8(answer.body().to_vec());
    text.map(Some).map_err(|_| refused("is no UTF-8 text"))
}

/// The files of a folder. A file of that name is no folder, and one entry is no list.
pub(super) async fn folder(session: &Session, repo: &RepoName, path: &str) -> Result<Vec<Listed>> {
    #[derive(Deserialize)]
    struct Entry {
        #[serde(rename = "type")]
        kind: String,
        path: String,
        #[serde(default)]
        size: u64,
    }
    let refused = |why: &str| Error::Refused(format!("`{path}` in {repo} {why}"));
    let encoded = encode_path(path).ok_or_else(|| refused("is no path of a folder"))?;
    let call = Call::get(
        "/repos/{owner}/{repo}/contents/{path}",
        format!("/repos/{repo}/contents/{encoded}"),
    )
    .about(format!("`{path}` in {repo}"))
    .needs("contents: read");
    let answer = match session.ask(&call).await {
        // The installation does not reach that repository at all.
        Err(Error::NotFound(_)) => return Ok(Vec::new()),
        other => other?,
    };
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(Vec::new());
    }
    let answer = answer.accept()?;
    if !answer.body().trim_ascii_start().starts_with(b"[") {
        return Err(refused("is no folder"));
    }
    let entries: Vec<Entry> = answer.json()?;
    let files = entries.into_iter().filter(|entry| entry.kind == "file");
    let listed = |entry: Entry| Listed {
        path: entry.path,
        size: entry.size,
    };
    Ok(files.map(listed).collect())
}

/// The branch that a repository has by default.
pub(super) async fn default_branch(session: &Session, repo: &RepoName) -> Result<String> {
    #[derive(Deserialize)]
    struct Repository {
        default_branch: String,
    }
    let call = Call::get("/repos/{owner}/{repo}", format!("/repos/{repo}")).about(repo.to_string());
    let found: Repository = session.read(&call).await?;
    Ok(found.default_branch)
}

pub(super) async fn permission(
    session: &Session,
    repo: &RepoName,
    login: &str,
) -> Result<Permission> {
    #[derive(Deserialize)]
    struct Level {
        permission: String,
        role_name: Option<String>,
    }
    // Logins end in `[bot]` or `_company`, but never change the path of a request.
    let odd = |b: u8| !b.is_ascii_alphanumeric() && !b"-_[]".contains(&b);
    if login.is_empty() || login.len() > 100 || login.bytes().any(odd) {
        return Ok(Permission::None);
    }
    let call = Call::get(
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        format!("/repos/{repo}/collaborators/{}/permission", encode(login)),
    )
    .about(format!("the permission of {login} in {repo}"));
    let answer = session.ask(&call).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(Permission::None);
    }
    let level: Level = answer.accept()?.json()?;
    // `permission` knows three levels; `role_name` tells what lies between, or is a role that the
    // organisation named itself, which says nothing.
    Ok(
        match (level.permission.as_str(), level.role_name.as_deref()) {
            ("admin", _) => Permission::Admin,
            ("write", Some("maintain")) => Permission::Maintain,
            ("write", _) => Permission::Write,
            ("read", Some("triage")) => Permission::Triage,
            ("read", _) => Permission::Read,
            _ => Permission::None,
        },
    )
}
