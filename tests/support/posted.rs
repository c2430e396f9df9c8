//! What reached GitHub, in the words of a person who watches: `comment on #7`.

use waterline_standin::{Exchange, Host, Standin};

/// Everything that left a trace, in order. Tokens and redeliveries are no traces.
pub(crate) fn posts(github: &Standin) -> Vec<String> {
    github
        .writes()
        .iter()
        .filter_map(|e| sentence(github, e))
        .collect()
}

fn sentence(github: &Standin, exchange: &Exchange) -> Option<String> {
    // Pages of GitHub's that a person used.
    if exchange.host == Host::Web {
        return None;
    }
    let parts: Vec<&str> = exchange.path.trim_matches('/').split('/').collect();
    let body = exchange.json();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    match (exchange.method.as_str(), &parts[..]) {
        (_, ["app" | "app-manifests", ..] | ["graphql"]) => None,
        ("POST", ["repos", _, _, "issues", number, "comments"]) => {
            Some(format!("comment on #{number}"))
        }
        ("PATCH", ["repos", owner, repo, "issues", "comments", id]) => {
            let world = github.world();
            let comment = world
                .repository(&format!("{owner}/{repo}"))
                .and_then(|r| r.comments.get(&id.parse().ok()?).cloned());
            Some(format!(
                "edit of the comment on #{}",
                comment.map_or(0, |c| c.issue)
            ))
        }
        ("POST", ["repos", _, _, "issues"]) => Some("issue".to_owned()),
        ("PATCH", ["repos", _, _, "issues", number]) => Some(match body["state"].as_str() {
            Some(state) => format!("issue #{number} {state}"),
            None => format!("edit of issue #{number}"),
        }),
        ("POST", ["repos", _, _, "issues", "comments", _, "reactions"]) => {
            Some(format!("reaction {}", text("content")))
        }
        ("POST", ["repos", _, _, "actions", "runs", run, "rerun-failed-jobs"]) => {
            Some(format!("re-run of {run}"))
        }
        (
            "POST",
            [
                "repos",
                _,
                _,
                "actions",
                "runs",
                run,
                "deployment_protection_rule",
            ],
        ) => {
            let state = body["state"].as_str().unwrap_or("waits");
            Some(format!("deployment of {run}: {state}"))
        }
        ("POST", ["repos", _, _, "check-runs"]) => {
            Some(format!("check {}: {}", text("name"), text("conclusion")))
        }
        ("PATCH", ["repos", _, _, "check-runs", _]) => {
            Some(format!("edit of a check: {}", text("conclusion")))
        }
        (method, _) => Some(format!("{method} {}", exchange.path)),
    }
}
