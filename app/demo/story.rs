//! The story of the demo: a pull request goes red and green again, and somebody at the door
//! who should not be there. How it goes live stands in `gate`.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use waterline_standin::{Comment, Delivery, FinishedJob, Opening, RunOn, Standin, payload};

use super::terminal::Terminal;

/// A log in the runner's own form: a test fails amid retries, coverage and clean-up.
const LOG: &str = include_str!("ci.log");

/// Another, of a job that never came to its tests.
const STALE: &str = "\
2026-11-20T10:11:12.0000000Z ##[group]Run npm ci
2026-11-20T10:11:12.0000000Z \u{1b}[36;1mnpm ci\u{1b}[0m
2026-11-20T10:11:12.0000000Z shell: /usr/bin/bash -e {0}
2026-11-20T10:11:12.0000000Z ##[endgroup]
2026-11-20T10:11:13.0000000Z npm error code EUSAGE
2026-11-20T10:11:13.0000000Z npm error
2026-11-20T10:11:13.0000000Z npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.
2026-11-20T10:11:13.0000000Z npm error
2026-11-20T10:11:13.0000000Z npm error Missing: marked@16.1.2 from lock file
2026-11-20T10:11:13.0000000Z ##[error]Process completed with exit code 1.
";

/// The command that a person types.
const COMMAND: &str = "/waterline diagnose --run";

pub(super) struct Story<'a> {
    pub(super) terminal: Terminal,
    pub(super) github: &'a Standin,
    page: &'a str,
    pub(super) pull: u64,
}

pub(crate) async fn tell(terminal: Terminal, github: &Standin, page: &str) -> Result<()> {
    terminal.scene("The App is installed on octo/shop.");
    let installed = {
        let world = github.world();
        let id = world.installations.first().context("no installation")?.id;
        payload::installation(&world, id, "created")?
    };
    answered(terminal, &github.deliver("installation", installed).await);

    terminal.scene("dev opens a pull request: “Take vouchers off the total”.");
    let home = github.home();
    let files = vec![(
        "src/cart.js".to_owned(),
        Some("export class Cart {}\n".to_owned()),
    )];
    let opening = Opening {
        title: "Take vouchers off the total".to_owned(),
        branch: "vouchers".to_owned(),
        files,
        ..Opening::default()
    };
    let pull = home.open_pull_request(opening).await?;
    let mut story = Story {
        terminal,
        github,
        page,
        pull,
    };
    let run = story.goes_red().await?;
    story.asks(run).await?;
    story.visitors(run).await?;
    story.goes_green().await?;
    story.goes_live().await
}

impl Story<'_> {
    async fn goes_red(&mut self) -> Result<u64> {
        let lines = LOG.lines().count();
        self.terminal.scene(&format!(
            "CI runs. The jobs “test (node 22)” and “docs” fail; the first one's log has {lines} lines."
        ));
        let home = self.github.home();
        // The base branch passes: that is how the comment knows whose failure it is.
        let base = {
            let mut world = self.github.world();
            world.begin_run(home.full_name(), "CI", RunOn::Branch("main"))
        };
        if let Some(base) = base {
            home.finish_run_quietly(
                base,
                "success",
                vec![FinishedJob::success("test (node 22)")],
            )?;
        }
        let run = home.start_run(RunOn::PullRequest(self.pull)).await?;
        home.finish_run(run, "failure", vec![red(), stale_lock()])
            .await?;
        self.settle().await?;
        self.show_newest("waterline[bot] comments")?;
        self.checks();
        Ok(run)
    }

    async fn asks(&mut self, run: u64) -> Result<()> {
        self.terminal
            .scene(&format!("dev asks about that run alone: {COMMAND} {run}"));
        let home = self.github.home();
        let asked = home
            .comment(self.pull, "dev", &format!("{COMMAND} {run}"))
            .await?;
        self.settle().await?;
        for reaction in home.reactions_of(asked) {
            self.terminal
                .aside(&format!("waterline[bot] reacts with {}", reaction.content));
        }
        self.terminal.aside("and answers in a comment of its own.");

        self.terminal.scene("dev mistypes: /waterline diagnoze");
        home.comment(self.pull, "dev", "/waterline diagnoze")
            .await?;
        self.settle().await?;
        self.show_newest("waterline[bot] comments")
    }

    async fn visitors(&mut self, run: u64) -> Result<()> {
        self.terminal
            .scene("GitHub delivers the failed run a second time.");
        let before = self.github.writes().len();
        let id = {
            let world = self.github.world();
            let earlier = world
                .deliveries
                .iter()
                .rev()
                .find(|d| d.event == "workflow_run");
            earlier.context("no delivery of a run")?.id
        };
        answered(self.terminal, &self.github.redeliver(id).await?);
        self.settle().await?;
        if self.github.writes().len() != before {
            bail!("the same delivery was answered twice");
        }
        self.terminal
            .aside("Nothing is posted: it was handled already.");

        self.terminal
            .scene("Somebody else sends a delivery, signed with a guess.");
        let forged = payload::workflow_run(&self.github.world(), "octo/shop", run, "completed")?;
        let forged = self
            .github
            .deliver_bytes("workflow_run", forged.to_string().into_bytes(), "a guess")
            .await;
        answered(self.terminal, &forged);
        if forged.status_code != 401 {
            bail!("a forged delivery was let in");
        }
        Ok(())
    }

    async fn goes_green(&mut self) -> Result<()> {
        let home = self.github.home();
        let fix = home.push_to_pull_request(self.pull).await?;
        self.terminal
            .scene(&format!("dev pushes {}, and CI passes.", &fix[..7]));
        let run = home.start_run(RunOn::PullRequest(self.pull)).await?;
        home.finish_run(run, "success", vec![FinishedJob::success("test (node 22)")])
            .await?;
        self.settle().await?;
        let first = self.ours().into_iter().next().context("no comment")?;
        self.terminal
            .comment("The same comment now says", &first.body);
        Ok(())
    }

    /// Waits until the server has nothing left to do.
    pub(super) async fn settle(&self) -> Result<()> {
        for _ in 0..3_000 {
            let status: serde_json::Value = reqwest::get(format!("{}/api/status", self.page))
                .await?
                .json()
                .await?;
            if status["queued"] == 0 && status["leased"] == 0 {
                if status["dead"] != 0 {
                    bail!("a job has died: {status}");
                }
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the server did not come to rest within 30 s")
    }

    fn ours(&self) -> Vec<Comment> {
        let mut comments = self.github.home().comments_of(self.pull);
        comments.retain(|c| c.author.ends_with("[bot]"));
        comments
    }

    fn show_newest(&self, title: &str) -> Result<()> {
        let newest = self.ours().pop().context("nothing was posted")?;
        self.terminal
            .comment(&format!("{title} on #{}", self.pull), &newest.body);
        Ok(())
    }

    fn checks(&self) {
        let head = self.github.home().head_of(self.pull);
        for check in self
            .github
            .home()
            .check_runs_of(&head)
            .iter()
            .filter(|c| c.name.starts_with("waterline/"))
        {
            let conclusion = check.conclusion.as_deref().unwrap_or_default();
            self.terminal.aside(&format!(
                "check run {}: {conclusion} — {}",
                check.name,
                check.output.title.as_deref().unwrap_or_default()
            ));
            for annotation in &check.annotations {
                self.terminal.aside(&format!(
                    "annotation on {}:{}",
                    annotation.path, annotation.start_line
                ));
            }
        }
    }
}

fn red() -> FinishedJob {
    FinishedJob::failure("test (node 22)", LOG).steps(&[
        ("Run actions/checkout@v6", "success"),
        ("Run npm ci", "success"),
        ("Run npm test", "failure"),
        ("Upload coverage", "success"),
    ])
}

/// A job that fails because a file was not brought up to date: npm itself says how.
fn stale_lock() -> FinishedJob {
    FinishedJob::failure("docs", STALE).steps(&[
        ("Run actions/checkout@v6", "success"),
        ("Run npm ci", "failure"),
    ])
}

fn answered(terminal: Terminal, delivery: &Delivery) {
    let said = delivery.response.trim();
    terminal.aside(&format!(
        "delivery {} → {} {said}",
        delivery.event, delivery.status_code
    ));
}
