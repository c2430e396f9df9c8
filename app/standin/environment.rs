//! Environments, their protection rules, and what people said about deployments to them.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::page;
use crate::permission::Level;
use crate::reply::{Answer, Reply};
use crate::repository::Repository;
use crate::router::{Grant, Need, Route};
use crate::run::WorkflowRun;
use crate::world::World;

/// One environment of a repository.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The environment's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Logins who must review.
    pub reviewers: Vec<String>,
    /// Minutes to wait.
    pub wait_timer: u64,
    /// Whether the App's protection rule is switched on.
    pub custom_rule: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A person's review of a run's deployments.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The environments' names.
    pub environments: Vec<String>,
    /// `approved` or `rejected`.
    pub state: String,
    /// The reviewer's login.
    pub user: String,
    /// What they said.
    pub comment: String,
}

/// What a protection rule App said about a run's deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateReport {
    /// The environment's name.
    pub environment: String,
    /// `approved` or `rejected`; a status report has none.
    pub state: Option<String>,
    /// What it said, Markdown.
    pub comment: String,
    /// When.
    pub at: Timestamp,
}

const READ: &[Grant] = &[("actions", Level::Read)];

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/environments",
        Need::Repository(READ),
        list,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/environments/{environment_name}",
        Need::Repository(READ),
        get,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules",
        Need::Repository(READ),
        rules,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules/apps",
        Need::Repository(READ),
        apps,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
        Need::Repository(READ),
        approvals,
    ),
    Route::new(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
        Need::Repository(READ),
        pending,
    ),
];

impl World {
    /// Adds an environment without protection; nothing for an unknown repository.
    pub fn add_environment(&mut self, full_name: &str, name: &str) -> Option<&mut Environment> {
        let (id, created_at) = (self.next_id(), self.tick());
        let environment = Environment {
            id,
            name: name.to_owned(),
            reviewers: Vec::new(),
            wait_timer: 0,
            custom_rule: false,
            created_at,
        };
        let environments = &mut self.repository_mut(full_name)?.environments;
        environments.insert(name.to_owned(), environment);
        environments.get_mut(name)
    }

    fn environment_json(&self, repository: &Repository, environment: &Environment) -> Value {
        let mut rules = Vec::new();
        let id = environment.id;
        if environment.wait_timer > 0 {
            rules.push(json!({
                "id": id + 1, "node_id": format!("GA_{}", id + 1), "type": "wait_timer",
                "wait_timer": environment.wait_timer,
            }));
        }
        if !environment.reviewers.is_empty() {
            rules.push(json!({
                "id": id + 2, "node_id": format!("GA_{}", id + 2), "type": "required_reviewers",
                "prevent_self_review": false, "reviewers": self.reviewers_json(environment),
            }));
        }
        let mut json = self.short_environment(repository, environment);
        json["created_at"] = json!(environment.created_at);
        json["updated_at"] = json!(environment.created_at);
        json["protection_rules"] = rules.into();
        json["deployment_branch_policy"] = Value::Null;
        json
    }

    fn short_environment(&self, repository: &Repository, environment: &Environment) -> Value {
        let name = &environment.name;
        json!({
            "id": environment.id,
            "node_id": format!("EN_{}", environment.id),
            "name": name,
            "url": format!("{}/environments/{name}", self.repository_url(repository)),
            "html_url": format!(
                "{}/{}/deployments/activity_log?environments_filter={name}",
                self.site,
                repository.full_name()
            ),
        })
    }

    fn reviewers_json(&self, environment: &Environment) -> Vec<Value> {
        environment
            .reviewers
            .iter()
            .map(|login| json!({ "type": "User", "reviewer": self.user_json(login) }))
            .collect()
    }

    fn rule_app_json(&self) -> Value {
        json!({
            "id": self.app.id,
            "slug": self.app.slug,
            "integration_url": format!("{}/apps/{}", self.api(), self.app.slug),
            "node_id": format!("A_{}", self.app.id),
        })
    }
}

fn list(world: &mut World, call: &Call) -> Answer {
    let repository = world.here(call)?;
    let items = repository
        .environments
        .values()
        .map(|environment| world.environment_json(repository, environment))
        .collect();
    Ok(page::counted(world, call, "environments", items))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a Environment), Reply> {
    let repository = world.here(call)?;
    let environment = repository.environments.get(call.param("environment_name"));
    Ok((repository, environment.ok_or_else(Reply::not_found)?))
}

fn get(world: &mut World, call: &Call) -> Answer {
    let (repository, environment) = find(world, call)?;
    Ok(Reply::ok(world.environment_json(repository, environment)))
}

fn rules(world: &mut World, call: &Call) -> Answer {
    let (_, environment) = find(world, call)?;
    let rules: Vec<Value> = environment
        .custom_rule
        .then(|| {
            json!({
                "id": environment.id + 3,
                "node_id": format!("GA_{}", environment.id + 3),
                "enabled": true,
                "app": world.rule_app_json(),
            })
        })
        .into_iter()
        .collect();
    Ok(Reply::ok(json!({
        "total_count": rules.len(),
        "custom_deployment_protection_rules": rules,
    })))
}

fn apps(world: &mut World, call: &Call) -> Answer {
    find(world, call)?;
    let apps = vec![world.rule_app_json()];
    let key = "available_custom_deployment_protection_rule_integrations";
    Ok(page::counted(world, call, key, apps))
}

fn run<'a>(world: &'a World, call: &Call) -> Result<(&'a Repository, &'a WorkflowRun), Reply> {
    let repository = world.here(call)?;
    let run = repository.runs.get(&call.id("run_id")?);
    Ok((repository, run.ok_or_else(Reply::not_found)?))
}

fn approvals(world: &mut World, call: &Call) -> Answer {
    let (repository, run) = run(world, call)?;
    let items: Vec<Value> = run
        .approvals
        .iter()
        .map(|approval| {
            let environments: Vec<Value> = approval
                .environments
                .iter()
                .filter_map(|name| repository.environments.get(name))
                .map(|environment| {
                    let mut json = world.environment_json(repository, environment);
                    if let Some(json) = json.as_object_mut() {
                        json.remove("protection_rules");
                        json.remove("deployment_branch_policy");
                    }
                    json
                })
                .collect();
            json!({
                "environments": environments,
                "state": approval.state,
                "user": world.user_json(&approval.user),
                "comment": approval.comment,
            })
        })
        .collect();
    Ok(Reply::ok(items.into()))
}

fn pending(world: &mut World, call: &Call) -> Answer {
    let (repository, run) = run(world, call)?;
    let items: Vec<Value> = run
        .waiting
        .iter()
        .filter_map(|name| repository.environments.get(name))
        .map(|environment| {
            json!({
                "environment": world.short_environment(repository, environment),
                "wait_timer": environment.wait_timer,
                "wait_timer_started_at": null,
                "current_user_can_approve": false,
                "reviewers": world.reviewers_json(environment),
            })
        })
        .collect();
    Ok(Reply::ok(items.into()))
}
