//! The verbs for workflow runs: start, finish with jobs and logs, run again.

use anyhow::{Context as _, Result};

use crate::check_run::{CheckRun, Output};
use crate::job::{Job, Log, Step};
use crate::payload;
use crate::run::{Attempt, WorkflowRun, suite_id};
use crate::verbs::Place;
use crate::world::World;

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOn<'a> {
    /// The head of a pull request, event `pull_request`.
    PullRequest(u64),
    /// The tip of a branch, event `push`.
    Branch(&'a str),
}

/// A job as it ended.
#[derive(Debug, Clone)]
pub struct FinishedJob {
    /// The name that people see.
    pub name: String,
    /// `success`, `failure`, …
    pub conclusion: String,
    /// Steps and their conclusions, in order, between set-up and clean-up.
    pub steps: Vec<(String, String)>,
    /// What it wrote.
    pub log: Log,
}

impl FinishedJob {
    /// A job that passed in one step.
    #[must_use]
    pub fn success(name: &str) -> Self {
        Self::ended(name, "success", Log::from(""))
    }

    /// A job that failed in one step, with its log.
    #[must_use]
    pub fn failure(name: &str, log: impl Into<Log>) -> Self {
        Self::ended(name, "failure", log.into())
    }

    /// A job that ended in one step, the last of which has the job's conclusion.
    #[must_use]
    pub fn ended(name: &str, conclusion: &str, log: Log) -> Self {
        Self {
            name: name.to_owned(),
            conclusion: conclusion.to_owned(),
            steps: vec![("Run make test".to_owned(), conclusion.to_owned())],
            log,
        }
    }

    /// The same job with these steps instead.
    #[must_use]
    pub fn steps(mut self, steps: &[(&str, &str)]) -> Self {
        self.steps = steps
            .iter()
            .map(|(name, conclusion)| ((*name).to_owned(), (*conclusion).to_owned()))
            .collect();
        self
    }
}

impl World {
    /// Starts a workflow; nothing when the repository, pull request or branch is unknown.
    pub fn begin_run(&mut self, full_name: &str, workflow: &str, on: RunOn<'_>) -> Option<u64> {
        let (id, at) = (self.next_id(), self.tick());
        let repository = self.repository_mut(full_name)?;
        let file = workflow.to_lowercase().replace(' ', "-");
        let (event, head_sha, head_branch, head_repository, title, actor) = match on {
            RunOn::PullRequest(number) => {
                let (issue, pull) = repository.pull_request(number)?;
                (
                    "pull_request",
                    pull.head_sha.clone(),
                    pull.head_branch.clone(),
                    pull.head_repository.clone()?,
                    issue.title.clone(),
                    issue.author.clone(),
                )
            }
            RunOn::Branch(branch) => {
                let commit = repository.commit(&format!("heads/{branch}"))?;
                (
                    "push",
                    commit.sha.clone(),
                    branch.to_owned(),
                    full_name.to_owned(),
                    commit.message.clone(),
                    commit.author.clone(),
                )
            }
        };
        let known = repository.runs.values().find(|run| run.name == workflow);
        let workflow_id = known.map_or(id + 3_000_000_000, |run| run.workflow_id);
        let runs = repository.runs.values().filter(|run| run.name == workflow);
        let run_number = runs.count() as u64 + 1;
        let run = WorkflowRun {
            id,
            name: workflow.to_owned(),
            workflow_id,
            path: format!(".github/workflows/{file}.yml"),
            event: event.to_owned(),
            head_sha,
            head_branch,
            head_repository,
            run_number,
            display_title: title,
            actor: actor.clone(),
            attempts: vec![Attempt {
                status: "in_progress".to_owned(),
                conclusion: None,
                actor,
                started_at: at,
                updated_at: at,
            }],
            approvals: Vec::new(),
            waiting: Vec::new(),
            gate: Vec::new(),
            created_at: at,
        };
        repository.runs.insert(id, run);
        Some(id)
    }

    /// Starts a run once more; the number of the attempt.
    pub fn begin_attempt(&mut self, full_name: &str, run_id: u64, actor: &str) -> Option<u64> {
        let at = self.tick();
        let run = self.repository_mut(full_name)?.runs.get_mut(&run_id)?;
        run.attempts.push(Attempt {
            status: "in_progress".to_owned(),
            conclusion: None,
            actor: actor.to_owned(),
            started_at: at,
            updated_at: at,
        });
        Some(run.attempt())
    }

    /// Adds a job to the present attempt of a run, with the check run that every job has.
    pub fn add_job(&mut self, full_name: &str, run_id: u64, job: FinishedJob) -> Option<u64> {
        let (id, started_at) = (self.next_id(), self.tick());
        let mut steps = vec![("Set up job".to_owned(), "success".to_owned())];
        steps.extend(job.steps);
        steps.push(("Complete job".to_owned(), "success".to_owned()));
        let steps = steps
            .into_iter()
            .map(|(name, conclusion)| Step {
                name,
                conclusion: Some(conclusion),
                started_at: self.tick(),
                completed_at: Some(self.clock.now),
            })
            .collect();
        let completed_at = self.tick();
        let repository = self.repository_mut(full_name)?;
        let run = repository.runs.get(&run_id)?;
        let check = CheckRun {
            id,
            name: job.name.clone(),
            head_sha: run.head_sha.clone(),
            app: "github-actions".to_owned(),
            suite: suite_id(run_id),
            status: "completed".to_owned(),
            conclusion: Some(job.conclusion.clone()),
            external_id: String::new(),
            details_url: None,
            started_at,
            completed_at: Some(completed_at),
            output: Output::default(),
            annotations: Vec::new(),
            actions: Vec::new(),
        };
        let job = Job {
            id,
            run_id,
            run_attempt: run.attempt(),
            name: job.name,
            status: "completed".to_owned(),
            conclusion: Some(job.conclusion),
            steps,
            labels: vec!["ubuntu-latest".to_owned()],
            log: job.log,
            created_at: started_at,
            started_at,
            completed_at: Some(completed_at),
        };
        repository.check_runs.insert(id, check);
        repository.jobs.insert(id, job);
        Some(id)
    }

    /// Ends the present attempt of a run.
    pub fn end_run(&mut self, full_name: &str, run_id: u64, conclusion: &str) -> Option<()> {
        let at = self.tick();
        let run = self.repository_mut(full_name)?.runs.get_mut(&run_id)?;
        let attempt = run.attempts.last_mut()?;
        "completed".clone_into(&mut attempt.status);
        attempt.conclusion = Some(conclusion.to_owned());
        attempt.updated_at = at;
        Some(())
    }
}

impl Place<'_> {
    /// Starts the workflow `CI` and returns the run's id.
    ///
    /// # Errors
    /// When there is no such pull request or branch.
    pub async fn start_run(&self, on: RunOn<'_>) -> Result<u64> {
        self.start_workflow("CI", on).await
    }

    /// Starts a workflow by name and returns the run's id.
    ///
    /// # Errors
    /// When there is no such pull request or branch.
    pub async fn start_workflow(&self, workflow: &str, on: RunOn<'_>) -> Result<u64> {
        let id = self
            .standin
            .world()
            .begin_run(&self.full_name, workflow, on)
            .context("no such pull request or branch")?;
        self.tell_run(id, "requested").await;
        Ok(id)
    }

    /// Ends a run with these jobs and tells the App: `workflow_job` for each, then `workflow_run`.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn finish_run(
        &self,
        run: u64,
        conclusion: &str,
        jobs: Vec<FinishedJob>,
    ) -> Result<Vec<u64>> {
        let ids = self.finish_run_quietly(run, conclusion, jobs)?;
        for id in &ids {
            let payload =
                payload::workflow_job(&self.standin.world(), &self.full_name, *id, "completed");
            self.standin
                .tell(&self.full_name, "workflow_job", payload)
                .await;
        }
        self.tell_run(run, "completed").await;
        Ok(ids)
    }

    /// Ends a run without a webhook, as if it had been lost.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn finish_run_quietly(
        &self,
        run: u64,
        conclusion: &str,
        jobs: Vec<FinishedJob>,
    ) -> Result<Vec<u64>> {
        let mut world = self.standin.world();
        let ids = jobs
            .into_iter()
            .map(|job| world.add_job(&self.full_name, run, job))
            .collect::<Option<Vec<u64>>>()
            .context("no such run")?;
        world
            .end_run(&self.full_name, run, conclusion)
            .context("no such run")?;
        Ok(ids)
    }

    /// Starts a run once more, as a person presses the button; the number of the attempt. GitHub tells nobody that
    /// a re-run was requested, only that it is in progress.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn rerun(&self, run: u64, login: &str) -> Result<u64> {
        let attempt = self
            .standin
            .world()
            .begin_attempt(&self.full_name, run, login)
            .context("no such run")?;
        self.tell_run(run, "in_progress").await;
        Ok(attempt)
    }

    /// Tells the App about a run.
    pub async fn tell_run(&self, run: u64, action: &str) {
        let payload = payload::workflow_run(&self.standin.world(), &self.full_name, run, action);
        self.standin
            .tell(&self.full_name, "workflow_run", payload)
            .await;
    }
}
