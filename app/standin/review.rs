//! Reviews of pull requests.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::issue::check_body;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

/// One review.
#[derive(Debug, Clone)]
pub struct Review {
    /// The review's id.
    pub id: u64,
    /// The reviewer's login.
    pub user: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub state: String,
    /// What it says.
    pub body: String,
    /// The commit that was reviewed.
    pub commit_id: String,
    /// When.
    pub submitted_at: Timestamp,
}

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        Need::Repository(&[("pull_requests", Level::Read)]),
        list,
    ),
    Route::new(
        "POST",
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        Need::Repository(&[("pull_requests", Level::Write)]),
        create,
    ),
];

impl World {
    /// Reviews the present head of a pull request; nothing when there is no such pull request.
    pub fn add_review(
        &mut self,
        full_name: &str,
        number: u64,
        user: &str,
        state: &str,
        body: &str,
    ) -> Option<u64> {
        let (id, submitted_at) = (self.next_id(), self.tick());
        let issue = self.repository_mut(full_name)?.issues.get_mut(&number)?;
        let pull = issue.pull_request.as_mut()?;
        pull.requested_reviewers.retain(|login| login != user);
        pull.reviews.push(Review {
            id,
            user: user.to_owned(),
            state: state.to_owned(),
            body: body.to_owned(),
            commit_id: pull.head_sha.clone(),
            submitted_at,
        });
        Some(id)
    }

    pub(crate) fn review_json(
        &self,
        repository: &Repository,
        number: u64,
        review: &Review,
    ) -> Value {
        let html = format!(
            "{}/{}/pull/{number}#pullrequestreview-{}",
            self.site,
            repository.full_name(),
            review.id
        );
        let url = format!("{}/pulls/{number}", self.repository_url(repository));
        json!({
            "id": review.id,
            "node_id": format!("PRR_{}", review.id),
            "user": self.user_json(&review.user),
            "body": review.body,
            "state": review.state,
            "html_url": html,
            "pull_request_url": url,
            "_links": { "html": { "href": html }, "pull_request": { "href": url } },
            "submitted_at": review.submitted_at,
            "commit_id": review.commit_id,
            "author_association": self.association(repository, &review.user),
        })
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let number = call.id("pull_number")?;
    let repository = world.here(call)?;
    let (_, pull) = repository
        .pull_request(number)
        .ok_or_else(Reply::not_found)?;
    let items = pull
        .reviews
        .iter()
        .map(|review| world.review_json(repository, number, review))
        .collect();
    Ok(page::list(world, call, items))
}

fn create(world: &mut World, call: &Call) -> Answer {
    let number = call.id("pull_number")?;
    let body = call.maybe_text("body")?.unwrap_or("");
    check_body("PullRequestReview", body)?;
    let state = match call.maybe_text("event")? {
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some("COMMENT") => "COMMENTED",
        Some(_) => {
            return Err(Reply::malformed(
                "\"event\" is not one of the known events.",
            ));
        }
        None => "PENDING",
    };
    if body.is_empty() && matches!(state, "CHANGES_REQUESTED" | "COMMENTED") {
        return Err(Reply::malformed("\"body\" wasn't supplied."));
    }
    let user = call.actor.login(world);
    let author = world
        .here(call)?
        .pull_request(number)
        .map(|(issue, _)| issue.author.clone());
    if author.as_ref() == Some(&user) && state != "COMMENTED" && state != "PENDING" {
        return Err(Reply::refuse(
            422,
            "Unprocessable Entity: Can not approve your own pull request",
        ));
    }
    let id = world
        .add_review(&call.full_name(), number, &user, state, body)
        .ok_or_else(Reply::not_found)?;
    let repository = world.here(call)?;
    let (_, pull) = repository
        .pull_request(number)
        .ok_or_else(Reply::not_found)?;
    let review = pull.reviews.iter().find(|review| review.id == id);
    let review = review.ok_or_else(Reply::not_found)?;
    Ok(Reply::ok(world.review_json(repository, number, review)))
}
