//! Whether the caller may: a token for the repository and the permission that the route asks for. What GitHub does
//! not let somebody see does not exist (404); what it lets them see but not do is refused (403), with the permission
//! that would have served.

use crate::auth::{Actor, undecodable};
use crate::call::Call;
use crate::permission::{Level, Permission, Permissions};
use crate::reply::Reply;
use crate::repository::Repository;
use crate::router::{Grant, Need};
use crate::world::World;

const EITHER_READ: &[Grant] = &[("issues", Level::Read), ("pull_requests", Level::Read)];
const EITHER_WRITE: &[Grant] = &[("issues", Level::Write), ("pull_requests", Level::Write)];
const ISSUES_READ: &[Grant] = &[("issues", Level::Read)];
const ISSUES_WRITE: &[Grant] = &[("issues", Level::Write)];

/// Refuses the call unless its caller holds what `need` says.
pub(crate) fn check(world: &World, need: Need, call: &Call) -> Result<(), Reply> {
    if matches!(need, Need::Anybody) {
        return Ok(());
    }
    if call.actor == Actor::Nobody {
        return Err(Reply::refuse(401, "Requires authentication"));
    }
    match need {
        Need::Anybody => Ok(()),
        Need::Jwt if call.actor == Actor::App => Ok(()),
        Need::Jwt => Err(undecodable()),
        _ if call.actor == Actor::App => Err(Reply::refuse(401, "Bad credentials")),
        Need::Token => Ok(()),
        Need::Installation if matches!(call.actor, Actor::Installation { .. }) => Ok(()),
        Need::Installation => Err(Reply::refuse(
            403,
            "You must authenticate with an installation access token in order to list repositories for an installation.",
        )),
        Need::Repository(grants) => in_repository(world, grants, call),
        Need::Apps(_) if matches!(call.actor, Actor::User(_)) => Err(Reply::refuse(
            403,
            "You must authenticate via a GitHub App.",
        )),
        Need::Apps(grants) => in_repository(world, grants, call),
        Need::Subject(level) => in_repository(world, subject_grants(world, level, call), call),
        Need::Organization(grant) => in_organization(world, grant, call),
    }
}

/// Pull requests serves instead of Issues where the issue is a pull request.
fn subject_grants(world: &World, level: Level, call: &Call) -> &'static [Grant] {
    let is_pull = world.repository(&call.full_name()).is_some_and(|repo| {
        let number = call.id("issue_number").ok().or_else(|| {
            let id = call.id("comment_id").ok()?;
            repo.comments.get(&id).map(|comment| comment.issue)
        });
        number
            .and_then(|number| repo.issues.get(&number))
            .is_some_and(|issue| issue.pull_request.is_some())
    });
    match (is_pull, level) {
        (true, Level::Read) => EITHER_READ,
        (true, _) => EITHER_WRITE,
        (false, Level::Read) => ISSUES_READ,
        (false, _) => ISSUES_WRITE,
    }
}

fn in_repository(world: &World, grants: &'static [Grant], call: &Call) -> Result<(), Reply> {
    let repository = world
        .repository(&call.full_name())
        .ok_or_else(Reply::not_found)?;
    match &call.actor {
        Actor::User(login) => person(repository, login, grants)?,
        Actor::Workflow {
            repository: id,
            permissions,
        } => app(repository, repository.id == *id, permissions, grants)?,
        Actor::Installation {
            id,
            repositories,
            permissions,
        } => {
            let installed = world
                .installation(*id)
                .is_some_and(|installation| installation.covers(repository));
            let named = repositories
                .as_ref()
                .is_none_or(|ids| ids.contains(&repository.id));
            app(repository, installed && named, permissions, grants)?;
        }
        Actor::Nobody | Actor::App => return Err(Reply::not_found()),
    }
    if repository.archived && call.method != "GET" {
        return Err(Reply::refuse(
            403,
            "Repository was archived so is read-only.",
        ));
    }
    Ok(())
}

fn app(
    repository: &Repository,
    in_scope: bool,
    permissions: &Permissions,
    grants: &'static [Grant],
) -> Result<(), Reply> {
    let reads = grants.iter().all(|(_, level)| *level == Level::Read);
    if !in_scope && repository.private {
        return Err(Reply::not_found());
    }
    let held = if in_scope {
        grants
            .iter()
            .any(|(name, level)| permissions.allow(name, *level))
    } else {
        reads // whatever is public may be read with any token
    };
    if held { Ok(()) } else { Err(refused(grants)) }
}

fn refused(grants: &[Grant]) -> Reply {
    let accepted = grants
        .iter()
        .map(|(name, level)| format!("{name}={}", level.word()))
        .collect::<Vec<_>>()
        .join("; ");
    Reply::refuse(403, "Resource not accessible by integration")
        .with("x-accepted-github-permissions", accepted)
}

fn person(repository: &Repository, login: &str, grants: &[Grant]) -> Result<(), Reply> {
    let role = repository.permission_of(login);
    if role < Permission::Read {
        return Err(Reply::not_found());
    }
    // Whoever can read may talk; everything else that is written needs push access.
    let enough = grants.iter().any(|(name, level)| match (*name, level) {
        (_, Level::Read) | ("issues" | "pull_requests", _) => true,
        (_, Level::Write) => role >= Permission::Write,
        (_, Level::Admin) => role >= Permission::Admin,
    });
    if enough {
        Ok(())
    } else {
        Err(Reply::refuse(
            403,
            "Must have push access to this repository.",
        ))
    }
}

fn in_organization(world: &World, grant: Grant, call: &Call) -> Result<(), Reply> {
    let (name, level) = grant;
    let org = call.param("org");
    match &call.actor {
        Actor::Installation {
            id, permissions, ..
        } => {
            let here = world
                .installation(*id)
                .is_some_and(|i| i.account.eq_ignore_ascii_case(org));
            if !here {
                Err(Reply::not_found())
            } else if permissions.allow(name, level) {
                Ok(())
            } else {
                Err(refused(&[grant]))
            }
        }
        Actor::User(_) => Ok(()),
        _ => Err(refused(&[grant])),
    }
}
