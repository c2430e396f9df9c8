//! GraphQL, as far as two questions: who am I, and which issues does a pull request close?

use serde_json::{Value, json};

use crate::call::Call;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Need, Route};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[Route::new("POST", "/graphql", Need::Token, ask)];

fn ask(world: &mut World, call: &Call) -> Answer {
    let query = call.text("query")?;
    if query.contains("closingIssuesReferences") {
        return closing(world, call);
    }
    if !query.contains("viewer") {
        return Err(Reply::malformed("This is not known here"));
    }
    // Unlike REST it tells an installation too.
    let login = call.actor.login(world);
    Ok(Reply::ok(
        json!({ "data": { "viewer": { "login": login } } }),
    ))
}

fn closing(world: &World, call: &Call) -> Answer {
    let variables = &call.body["variables"];
    let name = |key: &str| variables[key].as_str().unwrap_or_default();
    let full_name = format!("{}/{}", name("owner"), name("name"));
    let number = variables["number"].as_u64().unwrap_or_default();
    let found = world
        .repository(&full_name)
        .and_then(|repository| Some((repository, repository.pull_request(number)?.0)));
    let Some((repository, pull)) = found else {
        return Ok(Reply::ok(json!({
            "data": { "repository": null },
            "errors": [{ "type": "NOT_FOUND", "message": "Could not resolve" }],
        })));
    };
    let nodes: Vec<Value> = closed_by(&pull.body)
        .into_iter()
        .filter_map(|number| node(repository, number))
        .collect();
    let list = json!({ "totalCount": nodes.len(), "nodes": nodes });
    Ok(Reply::ok(
        json!({ "data": { "repository": { "pullRequest": {
        "closingIssuesReferences": list,
    } } } }),
    ))
}

fn node(repository: &Repository, number: u64) -> Option<Value> {
    let issue = repository.issues.get(&number)?;
    let last = issue
        .edits
        .last()
        .map(|(editor, at)| json!({ "editedAt": at, "editor": { "login": editor } }));
    Some(json!({
        "number": number,
        "state": if issue.open { "OPEN" } else { "CLOSED" },
        "body": issue.body,
        "userContentEdits": { "nodes": last.into_iter().collect::<Vec<_>>() },
    }))
}

/// `Fixes #7`, in GitHub's nine words for it.
fn closed_by(body: &str) -> Vec<u64> {
    const WORDS: [&str; 9] = [
        "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
    ];
    let words: Vec<&str> = body.split_whitespace().collect();
    words
        .windows(2)
        .filter(|two| WORDS.contains(&two[0].trim_end_matches(':').to_lowercase().as_str()))
        .filter_map(|two| two[1].strip_prefix('#'))
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}
