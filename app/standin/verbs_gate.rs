//! The verbs for deployments that ask the App's gate.

use anyhow::{Context as _, Result};

use crate::environment::GateReport;
use crate::payload;
use crate::verbs::Place;

impl Place<'_> {
    /// A job of a run reaches an environment that the App guards: the run waits, and the App is asked. The
    /// deployment's id.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn request_deployment(&self, run: u64, environment: &str) -> Result<u64> {
        let (id, payload) = {
            let mut world = self.standin.world();
            let known = world
                .repository(&self.full_name)
                .is_some_and(|repository| repository.environments.contains_key(environment));
            if !known {
                world
                    .add_environment(&self.full_name, environment)
                    .context("no such repository")?
                    .custom_rule = true;
            }
            let run_state = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.runs.get_mut(&run))
                .context("no such run")?;
            run_state.waiting.push(environment.to_owned());
            if let Some(attempt) = run_state.attempts.last_mut() {
                "waiting".clone_into(&mut attempt.status);
            }
            let (sha, actor) = (run_state.head_sha.clone(), run_state.actor.clone());
            let id = world
                .add_deployment(&self.full_name, &sha, environment, &actor)
                .context("no such commit")?;
            // Actions deploys a branch, at the commit of the run.
            let branch = world
                .repository(&self.full_name)
                .and_then(|repository| Some(repository.runs.get(&run)?.head_branch.clone()));
            let deployment = world
                .repository_mut(&self.full_name)
                .and_then(|repository| repository.deployments.get_mut(&id));
            if let (Some(deployment), Some(branch)) = (deployment, branch) {
                deployment.ref_name = branch;
            }
            let payload = payload::deployment_protection_rule(&world, &self.full_name, run, id);
            (id, payload)
        };
        self.standin
            .tell(&self.full_name, "deployment_protection_rule", payload)
            .await;
        Ok(id)
    }

    /// What the App's gate said about a run's deployments, in order.
    #[must_use]
    pub fn gate_of(&self, run: u64) -> Vec<GateReport> {
        self.read(|repository| {
            let run = repository.runs.get(&run);
            run.map(|run| run.gate.clone()).unwrap_or_default()
        })
    }
}
