//! The callback of a custom deployment protection rule: up to ten status reports, then a verdict, from the App's
//! installation alone.

use crate::auth::Actor;
use crate::call::Call;
use crate::environment::GateReport;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::router::{Need, Route};
use crate::world::World;

/// Status reports for one deployment.
const MOST_REPORTS: usize = 10;
/// Characters of a comment.
const LONGEST_COMMENT: usize = 1_024;

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "POST",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule",
    Need::Apps(&[("deployments", Level::Write)]),
    review,
)];

fn invalid(message: &str) -> Reply {
    Reply::refuse(422, message)
}

fn review(world: &mut World, call: &Call) -> Answer {
    if !matches!(call.actor, Actor::Installation { .. }) {
        return Err(Reply::refuse(403, "Resource not accessible by integration"));
    }
    let environment = call.text("environment_name")?.to_owned();
    let state = call.maybe_text("state")?.map(str::to_owned);
    let comment = call.maybe_text("comment")?.unwrap_or("").to_owned();
    if state.is_none() && comment.is_empty() {
        return Err(Reply::malformed("\"comment\" wasn't supplied."));
    }
    if let Some(state) = &state
        && !["approved", "rejected"].contains(&state.as_str())
    {
        return Err(invalid("\"state\" is not one of approved, rejected."));
    }
    if comment.chars().count() > LONGEST_COMMENT {
        return Err(invalid("Comment is too long (maximum is 1024 characters)"));
    }
    let at = world.tick();
    let id = call.id("run_id")?;
    let repository = world.here_mut(call)?;
    let rule = repository
        .environments
        .get(&environment)
        .is_some_and(|environment| environment.custom_rule);
    let run = repository.runs.get_mut(&id).ok_or_else(Reply::not_found)?;
    if !rule || !run.waiting.contains(&environment) {
        return Err(invalid(
            "No pending custom deployment protection rule for this environment",
        ));
    }
    let reports = run
        .gate
        .iter()
        .filter(|report| report.environment == environment && report.state.is_none())
        .count();
    if state.is_none() && reports >= MOST_REPORTS {
        return Err(invalid("A deployment takes at most 10 status reports"));
    }
    if let Some(state) = &state {
        run.waiting.retain(|waiting| *waiting != environment);
        let (status, conclusion) = match state.as_str() {
            "rejected" => ("completed", Some("failure".to_owned())),
            _ => ("in_progress", None),
        };
        if let Some(attempt) = run.attempts.last_mut()
            && (run.waiting.is_empty() || conclusion.is_some())
        {
            status.clone_into(&mut attempt.status);
            attempt.conclusion = conclusion;
            attempt.updated_at = at;
        }
    }
    run.gate.push(GateReport {
        environment,
        state,
        comment,
        at,
    });
    Ok(Reply::no_content())
}
