//! Through history, newest first: what happened last is asked about first.
//!
//! What an attempt has taught is kept together with the note that it was read, before the next one
//! is begun. So whoever cuts this off loses at most the attempt that was being read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Account, Onlooker, Pause, Wish, choose, ration, slice};
use crate::capabilities::diagnose::lesson::{self, Attempt, Lesson, Lessons};
use crate::error::{Error, Result};
use crate::model::{IssueNumber, RepoName, RunId};
use crate::port::{
    Began, Created, GitHub, Notebook, PullRequest, ReadAttempt, Run, Sighting, Sought,
};

/// What a walk goes with.
struct Walk<'a> {
    github: &'a dyn GitHub,
    lessons: Lessons<'a>,
    notebook: &'a dyn Notebook,
    wish: &'a Wish,
    onlooker: &'a dyn Onlooker,
    now: Timestamp,
    account: &'a mut Account,
    /// Pull requests by the branch that they came from; each branch is asked for once.
    pulls: BTreeMap<(RepoName, String), Vec<PullRequest>>,
}

/// Why a walk ends before its time.
enum Stop {
    Pause(Pause),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::RateLimited(wait) => Self::Pause(Pause::Limited(wait)),
            error => Self::Error(error),
        }
    }
}

/// Learns what the account's span of history teaches and is not known yet; none where all of it is
/// done. Called again with the same notebook, it goes on where it stopped. `now` is the moment of
/// the call.
///
/// # Errors
/// Where GitHub cannot be asked, a permission is missing, or nothing can be kept.
pub async fn walk(
    github: &dyn GitHub,
    notebook: &dyn Notebook,
    wish: &Wish,
    account: &mut Account,
    onlooker: &dyn Onlooker,
    now: Timestamp,
) -> Result<Option<Pause>> {
    let mut walk = Walk {
        github,
        lessons: Lessons::new(github, &wish.repo),
        notebook,
        wish,
        onlooker,
        now,
        account,
        pulls: BTreeMap::new(),
    };
    match walk.all().await {
        Ok(()) => Ok(None),
        Err(Stop::Pause(pause)) => Ok(Some(pause)),
        Err(Stop::Error(error)) => Err(error),
    }
}

impl Walk<'_> {
    async fn all(&mut self) -> Result<(), Stop> {
        let (repo, since) = (&self.wish.repo, self.account.since);
        let read = self.notebook.read_so_far(repo, since).await?;
        let telling = self.list().await?;
        self.account.failed = telling.len();
        let (mut open, mut known) = (Vec::new(), 0);
        for began in telling {
            let read = read.get(&began.run.id).copied();
            match choose::attempts(&began.run, read).is_empty() {
                true => known += 1,
                false => open.push((began, read)),
            }
        }
        // What this very account has read before a pause stands there already.
        self.account.known = known - self.account.read.min(known);
        self.tell();
        for (began, read) in open {
            self.learn(&began, read).await?;
            self.account.read += 1;
            self.tell();
        }
        Ok(())
    }

    fn tell(&self) {
        let quota = self.github.quota(&self.wish.repo);
        self.onlooker.tell(self.account, quota);
    }

    /// Nothing more is asked once the quota has come down to its reserve.
    fn spare(&self) -> Result<(), Stop> {
        let quota = self.github.quota(&self.wish.repo);
        match ration::exhausted(quota, self.wish.reserve, self.now) {
            Some(until) => Err(Stop::Pause(Pause::Reserve(until))),
            None => Ok(()),
        }
    }

    /// The runs that are worth reading, newest first.
    async fn list(&mut self) -> Result<Vec<Began>, Stop> {
        let mut spans = vec![slice::whole(self.account.since, self.account.until)];
        let mut seen = BTreeSet::new();
        let mut telling = Vec::new();
        (self.account.runs, self.account.unlisted) = (0, 0);
        while let Some(span) = spans.pop() {
            self.spare()?;
            match self.github.runs_created(&self.wish.repo, span).await? {
                Created::All(runs) => {
                    let fresh = runs.into_iter().filter(|began| seen.insert(began.run.id));
                    telling.extend(fresh.filter(|began| choose::is_telling(&began.run)));
                }
                Created::TooMany => match slice::halves(span) {
                    Some((older, newer)) => spans.extend([older, newer]),
                    None => self.account.unlisted += 1,
                },
            }
            self.account.runs = seen.len();
            self.account.failed = telling.len();
            self.tell();
        }
        Ok(telling)
    }

    async fn learn(&mut self, began: &Began, read: Option<u32>) -> Result<(), Stop> {
        let (repo, id) = (self.wish.repo.clone(), began.run.id);
        let sought = Sought::Run(id);
        let since = self.account.since;
        let mut seen = self.notebook.sightings(&repo, &sought, since).await?;
        let mut pull_request = None;
        for attempt in choose::attempts(&began.run, read) {
            self.spare()?;
            // Where the App was there, what it has read need not be read again.
            let run = match seen.iter().any(|s| s.attempt == attempt) {
                true => None,
                false => self.at(&began.run, attempt).await?,
            };
            let mut lesson = Lesson::default();
            if let Some(run) = run {
                if lesson::is_failure(run.conclusion.as_deref()) && pull_request.is_none() {
                    pull_request = self.pull_request(began).await?;
                }
                let attempt = Attempt {
                    run: &run,
                    began: began.at,
                    pull_request,
                    earlier: &seen,
                };
                lesson = gone_or(self.lessons.read(attempt).await)?.unwrap_or_default();
            }
            let note = ReadAttempt {
                run: id,
                attempt,
                began: began.at,
            };
            let learnt = &lesson.sightings;
            self.notebook.learn_from(&repo, learnt, &note).await?;
            self.count(&lesson);
            remember(&mut seen, lesson.sightings);
        }
        Ok(())
    }

    fn count(&mut self, lesson: &Lesson) {
        let passed = lesson.sightings.iter().filter(|s| s.passed_again).count();
        self.account.passed_again += passed;
        self.account.learnt += lesson.sightings.len() - passed;
        self.account.unread += lesson.unread;
    }

    /// The run at an attempt; none where GitHub has forgotten it.
    async fn at(&self, newest: &Run, attempt: u32) -> Result<Option<Run>, Stop> {
        if attempt == newest.attempt {
            return Ok(Some(newest.clone()));
        }
        let repo = &self.wish.repo;
        gone_or(self.github.run_attempt(repo, newest.id, attempt).await)
    }

    /// The pull request that a run was for. Where that may not be asked, it is left out, and the
    /// permission is named in the end.
    async fn pull_request(&mut self, began: &Began) -> Result<Option<IssueNumber>, Stop> {
        if let Some(number) = choose::named(began) {
            return Ok(Some(number));
        }
        let Some(origin) = choose::origin(&began.run).filter(|_| self.account.lacking.is_none())
        else {
            return Ok(None);
        };
        if !self.pulls.contains_key(&origin) {
            let (head, branch) = &origin;
            let asked = self
                .github
                .pull_requests_ever_from(&self.wish.repo, head, branch);
            let pulls = match asked.await {
                Ok(pulls) => pulls,
                Err(Error::Forbidden { permission, .. }) => {
                    self.account.lacking = Some(permission);
                    return Ok(None);
                }
                Err(Error::NotFound(_)) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            self.pulls.insert(origin.clone(), pulls);
        }
        let pulls = self.pulls.get(&origin).map(Vec::as_slice);
        Ok(choose::of_branch(&began.run, pulls.unwrap_or_default()))
    }
}

/// What is gone has nothing to teach; any other trouble ends the walk.
fn gone_or<T>(result: Result<T>) -> Result<Option<T>, Stop> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Adds what was learnt, in place of what was known of the same attempt.
fn remember(seen: &mut Vec<Sighting>, learnt: Vec<Sighting>) {
    let key = |s: &Sighting| (s.run, s.attempt, s.fingerprint.clone());
    let fresh: BTreeSet<(RunId, u32, _)> = learnt.iter().map(key).collect();
    seen.retain(|s| !fresh.contains(&key(s)));
    seen.extend(learnt);
}
