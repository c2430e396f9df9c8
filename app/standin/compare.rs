//! Two commits compared: `base...head`, in the repository or with a fork's `owner:branch`.

use serde_json::{Value, json};

use crate::call::Call;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "GET",
    "/repos/{owner}/{repo}/compare/{basehead}",
    Need::Repository(&[("contents", Level::Read)]),
    compare,
)];

/// `owner:ref` and `owner:repo:ref` name a commit of another repository of the network; its SHA is known here, too.
fn resolve(world: &World, here: &Repository, name: &str) -> Option<String> {
    if let Some(commit) = here.commit(name) {
        return Some(commit.sha.clone());
    }
    let (owner, name) = name.split_once(':')?;
    let name = name.rsplit(':').next()?;
    world
        .repositories
        .iter()
        .filter(|r| r.owner.eq_ignore_ascii_case(owner))
        .find_map(|r| r.commit(name))
        .map(|commit| commit.sha.clone())
}

fn compare(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let (base, head) = call
        .param("basehead")
        .split_once("...")
        .ok_or_else(Reply::not_found)?;
    let find = |name: &str| {
        resolve(world, repository, name)
            .and_then(|sha| repository.commits.get(&sha))
            .ok_or_else(Reply::not_found)
    };
    let (base, head) = (find(base)?, find(head)?);
    let merge_base = repository
        .merge_base(&base.sha, &head.sha)
        .ok_or_else(|| Reply::refuse(404, "No common ancestor."))?;
    let beyond = |tip: &str, other: &str| {
        let known = repository.history(other);
        let mut commits = repository.history(tip);
        commits.retain(|commit| !known.iter().any(|k| k.sha == commit.sha));
        commits.reverse();
        commits
    };
    let ahead = beyond(&head.sha, &base.sha);
    let behind = beyond(&base.sha, &head.sha);
    let status = match (ahead.is_empty(), behind.is_empty()) {
        (true, true) => "identical",
        (false, true) => "ahead",
        (true, false) => "behind",
        (false, false) => "diverged",
    };
    let html = format!("{}/{}/compare", world.site, repository.full_name());
    let commits: Vec<Value> = ahead
        .iter()
        .map(|commit| world.commit_json(repository, commit))
        .collect();
    Ok(Reply::ok(json!({
        "url": format!("{}/compare/{}...{}", world.repository_url(repository), base.sha, head.sha),
        "html_url": format!("{html}/{}...{}", base.sha, head.sha),
        "permalink_url": format!("{html}/{}...{}", &base.sha[..7], &head.sha[..7]),
        "diff_url": format!("{html}/{}...{}.diff", base.sha, head.sha),
        "patch_url": format!("{html}/{}...{}.patch", base.sha, head.sha),
        "base_commit": world.commit_json(repository, base),
        "merge_base_commit": world.commit_json(repository, merge_base),
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind.len(),
        "total_commits": ahead.len(),
        "commits": commits,
        "files": world.changed_files(repository, Some(merge_base), head),
    })))
}
