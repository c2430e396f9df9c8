//! `waterline backfill`: learns failures from a repository's history, into the server's database or
//! a file of its own.
//!
//! Beside a running server it asks with the App's credentials, elsewhere with a plain token. It
//! leaves a share of the hour's quota to others: where only that is left it ends with exit code 2
//! and says when to go on, or waits with `--wait`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use waterline_core::backfill::{self, Account, Onlooker, Pause, Wish};
use waterline_core::model::RepoName;
use waterline_core::port::{GitHub, Out as _, Quota};
use waterline_server::journal::{Journal, Options};
use waterline_server::{Kept, Remembered};

use crate::args::{Backfill, Format};
use crate::exit::{Ended, Failure};
use crate::progress::Far;
use crate::runner::{Runner, Step};
use crate::settings;

/// The requests of an hour are counted by GitHub's clock, which may be a little behind ours.
const AFTER_RESET: SignedDuration = SignedDuration::from_secs(5);

/// Shows how far it is.
struct Shown(Far);

impl Onlooker for Shown {
    fn tell(&self, account: &Account, quota: Option<Quota>) {
        self.0.show(&backfill::line(account, quota));
    }
}

pub(crate) async fn run(flags: Backfill) -> Result<Ended, Failure> {
    let repo = settings::repository(flags.repo.as_deref())?
        .ok_or_else(|| Failure::Usage("name the repository: --repo OWNER/NAME".to_owned()))?;
    let github = github(&flags, &repo).await?;
    let place = match &flags.memory {
        Some(file) => own(file).await?,
        None => settings::database_url(flags.database_url.as_deref(), &flags.data)?,
    };
    let opened = Journal::open_beside(&place, Options::default()).await;
    let journal = opened.map_err(|e| Failure::Other(e.into()))?;
    let wish = Wish {
        repo,
        days: flags.days,
        reserve: flags.reserve,
    };
    let learnt = learn(github.as_ref(), &journal, &wish, flags.wait).await;
    let forgot = journal.forget_sightings().await;
    journal.close().await;
    let (account, go_on_at) = learnt?;
    forgot.map_err(|e| Failure::Other(e.into()))?;
    let out = Runner {
        format: flags.format.unwrap_or(Format::Text),
        step: Step::from_env(),
        progress: None,
    };
    out.show(&backfill::render(&account, go_on_at)).await?;
    Ok(match go_on_at {
        Some(_) => Ended::NotYet,
        None => Ended::Done,
    })
}

/// A file of its own, which may have come out of a cache.
async fn own(file: &Path) -> Result<String, Failure> {
    let wrong = |error| {
        let advice = "delete it, or the cache that it comes from, to begin anew";
        Failure::Other(anyhow::anyhow!("{error}: {advice}"))
    };
    Remembered::check(file).await.map_err(wrong)?;
    Ok(format!("sqlite:{}", file.display()))
}

/// With the App's credentials where there are any, else with a token.
async fn github(flags: &Backfill, repo: &RepoName) -> Result<Arc<dyn GitHub>, Failure> {
    if !settings::no_credentials(&flags.data)? {
        let app = settings::app(settings::credentials(&flags.data)?)?;
        let installation = app.installation_of(repo).await?;
        return Ok(app.port(installation, repo, "backfill").await?);
    }
    let token = settings::token().ok_or_else(|| {
        Failure::Usage(
            "a token is needed: set GITHUB_TOKEN, or the App's credentials as `serve` has them"
                .to_owned(),
        )
    })?;
    let api = settings::api_url();
    Ok(waterline_github::with_token(&api, token, "backfill")?)
}

/// Walks until all is learnt, or until it has to be left for later.
async fn learn(
    github: &dyn GitHub,
    journal: &Journal,
    wish: &Wish,
    wait: bool,
) -> Result<(Account, Option<Timestamp>), Failure> {
    let notebook = Kept::new(journal.clone());
    let shown = Shown(Far::begin());
    let mut account = Account::new(wish, Timestamp::now());
    loop {
        let walked = backfill::walk(
            github,
            &notebook,
            wish,
            &mut account,
            &shown,
            Timestamp::now(),
        )
        .await;
        shown.0.clear();
        let Some(pause) = walked? else {
            return Ok((account, None));
        };
        let until = until(pause, Timestamp::now());
        if !wait {
            return Ok((account, Some(until)));
        }
        let text = format!("the quota is left to others until {until}; waiting");
        shown.0.say(&text);
        tokio::time::sleep(left(until, Timestamp::now())).await;
    }
}

/// The moment at which it can go on, in whole seconds.
fn until(pause: Pause, now: Timestamp) -> Timestamp {
    let until = match pause {
        Pause::Reserve(reset) => reset.saturating_add(AFTER_RESET),
        Pause::Limited(wait) => {
            let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(1));
            now.saturating_add(wait + SignedDuration::from_secs(1))
        }
    };
    let until = until.unwrap_or(now).max(now);
    Timestamp::from_second(until.as_second()).unwrap_or(until)
}

/// How long that is from now: at least a moment, so that a clock behind GitHub's never spins.
fn left(until: Timestamp, now: Timestamp) -> Duration {
    let left = until.duration_since(now).max(SignedDuration::from_secs(1));
    left.try_into().unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_after_the_reset_or_after_what_github_asks() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-24T10:00:00.5Z");
        let reserve = until(Pause::Reserve(at("2026-11-24T10:30:00Z")), now);
        assert_eq!(reserve, at("2026-11-24T10:30:05Z"));
        assert_eq!(left(reserve, now).as_secs(), 1_804);
        let limited = until(Pause::Limited(Duration::from_secs(60)), now);
        assert_eq!(limited, at("2026-11-24T10:01:01Z"));
        let past = until(Pause::Reserve(at("2026-11-24T09:00:00Z")), now);
        assert_eq!(left(past, now).as_secs(), 1);
    }
}
