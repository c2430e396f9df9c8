//! The second half of the story: the fix is to go live, and the gate of production holds it until
//! somebody has looked at it.

use anyhow::{Context as _, Result, bail};
use waterline_standin::RunOn;

use super::story::Story;

const PRODUCTION: &str = "production";

/// What the repository asks of a deployment.
const POLICY: &str = "environments:\n  production:\n    require:\n      approvals: 1\n";

impl Story<'_> {
    pub(super) async fn goes_live(&mut self) -> Result<()> {
        let home = self.github.home();
        self.terminal.scene(
            "octo/shop asks for one approval before production, in .github/waterline.yml on main.",
        );
        let files = [(".github/waterline.yml", Some(POLICY))];
        home.push("main", "mona", &files).await?;
        let tip = home.start_run(RunOn::Branch("main")).await?;
        let live = {
            let mut world = self.github.world();
            world.end_run(home.full_name(), tip, "success");
            let repository = world
                .repository(home.full_name())
                .context("no repository")?;
            let run = repository.runs.get(&tip).context("no run")?;
            run.head_sha.clone()
        };
        home.deployed(&live, PRODUCTION, "success").await?;

        self.terminal
            .scene("#2 is merged without a review, and its deployment asks to go ahead.");
        home.merge(self.pull, "dev").await?;
        let run = home.start_run(RunOn::Branch("main")).await?;
        home.request_deployment(run, PRODUCTION).await?;
        self.settle().await?;
        self.answered(run, None)?;

        self.terminal
            .scene("mona reviews #2 and approves. Nobody asks the gate again.");
        home.review(self.pull, "mona", "APPROVED").await?;
        self.settle().await?;
        self.answered(run, Some("approved"))
    }

    /// Shows the newest word on a deployment, and that it is the one that fits the story.
    fn answered(&self, run: u64, wanted: Option<&str>) -> Result<()> {
        let reports = self.github.home().gate_of(run);
        let newest = reports.last().context("the deployment got no answer")?;
        if newest.state.as_deref() != wanted {
            bail!(
                "the deployment is {:?}, and should be {wanted:?}",
                newest.state
            );
        }
        let title = match wanted {
            None => "waterline[bot] reports on the deployment, which waits on",
            Some(_) => "waterline[bot] lets the deployment go ahead",
        };
        self.terminal.comment(title, &newest.comment);
        Ok(())
    }
}
