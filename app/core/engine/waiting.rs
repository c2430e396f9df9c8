//! Deployments that wait: each is looked at again when something changed, and when its time came.
//!
//! A timer is a job of its own lane that only queues the look, so that it holds up nobody; each
//! subject has one at most. Since every wait sets one, nothing waits for a webhook that was lost.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Known;

use clap::ArgMatches;
use jiff::Timestamp;

use super::{Outcome, conclude, publish};
use crate::capability::{DecideError, Entry};
use crate::config::{Config, ConfigError};
use crate::error::{Error, Result};
use crate::event::{Job, Trigger};
use crate::model::{Asking, RepoName, Subject};
use crate::port::deploy::{Deployment, Waiting};
use crate::port::{GitHub, Ports};

/// The job that looks at the same subject again at a moment.
pub(super) fn timer(job: &Job, at: Timestamp) -> Job {
    Job {
        due: Some(at),
        trigger: Trigger::Event,
        ..job.clone()
    }
}

/// What a timer does.
pub(super) fn time_has_come(job: &Job) -> Outcome {
    Outcome {
        summary: "it is time to look again".to_owned(),
        follow: vec![Job {
            due: None,
            ..job.clone()
        }],
        ..Outcome::default()
    }
}

/// One job for each deployment of a repository that waits for us.
pub(super) async fn follow(github: &dyn GitHub, job: &Job, repo: &RepoName) -> Result<Outcome> {
    let mut waiting = match github.waiting(repo).await {
        Ok(waiting) => waiting,
        // Somebody who does not let us see runs has no deployments that ask us.
        Err(error @ Error::Forbidden { .. }) => return Ok(Outcome::quiet(error.to_string())),
        Err(error) => return Err(error),
    };
    waiting.sort_by_key(|one| std::cmp::Reverse(one.run));
    let mut follow = Vec::new();
    let mut listed: BTreeMap<&str, Vec<Deployment>> = BTreeMap::new();
    for (at, one) in waiting.iter().enumerate() {
        let all = match listed.entry(&one.environment) {
            Known::Occupied(known) => known.into_mut(),
            Known::Vacant(new) => new.insert(github.deployments(repo, &one.environment).await?),
        };
        // GitHub does not say whose deployment it is; runs and deployments begin in one order.
        let alike = |other: &&Waiting| other.environment == one.environment && other.sha == one.sha;
        let newer = waiting[..at].iter().filter(alike).count();
        let mut same = all.iter().filter(|d| d.sha == one.sha);
        let (deployment, one) = (same.nth(newer), one.clone());
        let asking = Asking {
            repo: repo.clone(),
            run: Some(one.run),
            environment: Some(one.environment),
            deployment: deployment.map(|d| d.id),
            sha: Some(one.sha),
            reference: deployment.map(|d| d.reference.clone()),
            callback: None,
        };
        follow.push(Job {
            subject: Subject::Deployment(asking),
            ..job.clone()
        });
    }
    Ok(Outcome {
        summary: format!("{} deployments wait here", follow.len()),
        follow,
        ..Outcome::default()
    })
}

/// A deployment gets its answer also where the configuration cannot be read, if there is one.
pub(super) async fn without_config(
    ports: &Ports,
    job: &Job,
    entry: &Entry,
    matches: &ArgMatches,
    error: ConfigError,
) -> Result<Outcome> {
    let none = Config::default();
    let facts = (entry.gather)(ports, &job.subject, matches, &none).await?;
    match (entry.decide_without)(facts, error) {
        Ok(decided) => conclude(ports, job, entry, decided).await,
        Err(DecideError::Config(error)) => publish::broken_config(ports, job, &error).await,
        Err(error @ DecideError::Facts(_)) => Err(Error::Refused(error.to_string())),
    }
}
