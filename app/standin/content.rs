//! Files: contents as JSON or raw, directories, refs and trees and blobs.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::call::Call;
use crate::commit::{Commit, Files};
use crate::diff::object_sha;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::world::World;

const READ: &[Grant] = &[("contents", Level::Read)];

/// Above this size only the raw media type serves a file.
const INLINE: usize = 1_000_000;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/contents/{path}",
        Need::Repository(READ),
        contents,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/git/ref/{ref}",
        Need::Repository(READ),
        git_ref,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/git/trees/{tree_sha}",
        Need::Repository(READ),
        tree,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/git/blobs/{file_sha}",
        Need::Repository(READ),
        blob,
    ),
];

fn contents(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let path = call.param("path").trim_matches('/');
    let name = call.query("ref").unwrap_or(&repository.default_branch);
    let commit = repository
        .commit(name)
        .ok_or_else(|| Reply::refuse(404, &format!("No commit found for the ref {name}")))?;
    if let Some(text) = commit.files.get(path) {
        if call.accepts("raw") {
            return Ok(Reply::raw(
                text.clone().into_bytes(),
                "application/vnd.github.raw+json; charset=utf-8",
            ));
        }
        let mut json = entry(world, repository, name, path, "file", text.len());
        json["sha"] = object_sha(text).into();
        let inline = text.len() <= INLINE;
        json["encoding"] = if inline { "base64" } else { "none" }.into();
        json["content"] = if inline { encoded(text) } else { String::new() }.into();
        return Ok(Reply::ok(json));
    }
    let listing = directory(world, repository, commit, name, path);
    if listing.is_empty() {
        return Err(Reply::not_found());
    }
    Ok(Reply::ok(listing.into()))
}

/// base64 in lines of 60, as GitHub sends it.
fn encoded(text: &str) -> String {
    let mut lines = String::new();
    for (at, c) in BASE64_STANDARD.encode(text).chars().enumerate() {
        if at > 0 && at % 60 == 0 {
            lines.push('\n');
        }
        lines.push(c);
    }
    lines + "\n"
}

fn entry(
    world: &World,
    repository: &Repository,
    name: &str,
    path: &str,
    kind: &str,
    size: usize,
) -> Value {
    let sha = object_sha(&format!("{kind} {path}"));
    let url = format!(
        "{}/contents/{path}?ref={name}",
        world.repository_url(repository)
    );
    let full_name = repository.full_name();
    let page = if kind == "dir" { "tree" } else { "blob" };
    let html = format!("{}/{full_name}/{page}/{name}/{path}", world.site);
    let git = format!("{}/git/{page}s/{sha}", world.repository_url(repository));
    let download =
        (kind == "file").then(|| format!("{}/{full_name}/raw/{name}/{path}", world.site));
    json!({
        "type": kind,
        "size": size,
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": sha,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": download,
        "_links": { "self": url, "git": git, "html": html },
    })
}

/// The names directly under a directory; the empty path is the root.
fn children<'a>(files: &'a Files, path: &str) -> BTreeSet<(&'a str, bool)> {
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    files
        .keys()
        .filter_map(|file| file.strip_prefix(&prefix))
        .map(|rest| match rest.split_once('/') {
            Some((name, _)) => (name, true),
            None => (rest, false),
        })
        .collect()
}

fn directory(
    world: &World,
    repository: &Repository,
    commit: &Commit,
    name: &str,
    path: &str,
) -> Vec<Value> {
    children(&commit.files, path)
        .into_iter()
        .map(|(child, is_dir)| {
            let full = format!("{path}/{child}");
            let full = full.trim_start_matches('/');
            if is_dir {
                return entry(world, repository, name, full, "dir", 0);
            }
            let text = commit.files.get(full).map_or("", String::as_str);
            let mut json = entry(world, repository, name, full, "file", text.len());
            json["sha"] = object_sha(text).into();
            json
        })
        .collect()
}

fn git_ref(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let name = call.param("ref");
    let sha = repository.refs.get(name).ok_or_else(Reply::not_found)?;
    let api = world.repository_url(repository);
    Ok(Reply::ok(json!({
        "ref": format!("refs/{name}"),
        "node_id": format!("REF_{sha}"),
        "url": format!("{api}/git/refs/{name}"),
        "object": { "type": "commit", "sha": sha, "url": format!("{api}/git/commits/{sha}") },
    })))
}

/// A tree by its SHA, a commit's SHA or a branch; whole with `recursive`, else its first level.
fn tree(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let name = call.param("tree_sha");
    let commit = repository
        .commit(name)
        .or_else(|| repository.commits.values().find(|c| c.tree() == name))
        .ok_or_else(Reply::not_found)?;
    let api = world.repository_url(repository);
    let file = |path: &str, text: &str| {
        let sha = object_sha(text);
        json!({
            "path": path, "mode": "100644", "type": "blob", "sha": sha, "size": text.len(),
            "url": format!("{api}/git/blobs/{sha}"),
        })
    };
    let dir = |path: &str| {
        let sha = object_sha(&format!("dir {path}"));
        json!({
            "path": path, "mode": "040000", "type": "tree", "sha": sha,
            "url": format!("{api}/git/trees/{sha}"),
        })
    };
    let entries: Vec<Value> = if call.query("recursive").is_some() {
        let mut dirs = BTreeSet::new();
        for path in commit.files.keys() {
            dirs.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        }
        let files = commit.files.iter().map(|(path, text)| file(path, text));
        dirs.into_iter().map(dir).chain(files).collect()
    } else {
        children(&commit.files, "")
            .into_iter()
            .map(|(name, is_dir)| match commit.files.get(name) {
                Some(text) if !is_dir => file(name, text),
                _ => dir(name),
            })
            .collect()
    };
    Ok(Reply::ok(json!({
        "sha": commit.tree(),
        "url": format!("{api}/git/trees/{}", commit.tree()),
        "tree": entries,
        "truncated": false,
    })))
}

fn blob(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let sha = call.param("file_sha");
    let text = repository
        .commits
        .values()
        .flat_map(|commit| commit.files.values())
        .find(|text| object_sha(text) == sha)
        .ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(json!({
        "sha": sha,
        "node_id": format!("B_{sha}"),
        "url": format!("{}/git/blobs/{sha}", world.repository_url(repository)),
        "size": text.len(),
        "encoding": "base64",
        "content": encoded(text),
    })))
}
