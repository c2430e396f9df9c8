//! Strings everything together: an event becomes jobs, and a job becomes effects.
//!
//! `jobs_for` is pure. `perform` is the same for every door: permission, configuration, gather,
//! decide, render, publish. A permission that is missing degrades one feature and is named; a
//! broken configuration becomes a red check where the person is.

mod extends;
mod follow;
mod narrow;
mod posted;
mod publish;
mod ration;
mod waiting;

use sha2::{Digest as _, Sha256};

use crate::capabilities::{self, ALL};
use crate::capability::{DecideError, Entry};
use crate::command::{self, Invocation};
use crate::config::{Config, ConfigError, ConfigFile, PATH};
use crate::error::{Error, Result};
use crate::event::{Comment, Event, Job, Task, Trigger};
use crate::model::{InstallationId, Permission, RepoName, Subject};
use crate::port::{Asked, Decision, GitHub, Ports};
use crate::redact::redact;
use crate::report::{Conclusion, Decided, Document, Effect, Marker, Reaction};

pub use crate::port::POSTED;
pub use publish::Published;

/// What became of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// One line for logs and pages.
    pub summary: String,
    /// Jobs that follow from this one.
    pub follow: Vec<Job>,
    /// How it ended.
    pub ended: Ended,
}

/// How a job ended, for exit codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ended {
    /// There was nothing to say.
    #[default]
    Quiet,
    /// With a report.
    Concluded(Conclusion),
    /// The configuration could not be read.
    BrokenConfig,
    /// Nothing could be said without this permission, say `actions: read`.
    Lacking(String),
}

impl Outcome {
    fn quiet(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            ..Self::default()
        }
    }
}

/// The jobs that follow from an event. Pure.
#[must_use]
pub fn jobs_for(event: &Event, installation: Option<InstallationId>) -> Vec<Job> {
    match event {
        Event::Commented(comment) => commanded(comment, installation),
        other => ALL
            .iter()
            .filter_map(|entry| {
                let subject = (entry.wants)(other)?;
                let task = Task::Perform {
                    capability: entry.name.to_owned(),
                    args: Vec::new(),
                };
                Some(Job {
                    task,
                    subject,
                    trigger: Trigger::Event,
                    installation,
                    due: None,
                })
            })
            .collect(),
    }
}

/// Bots are never answered, and we are one.
fn commanded(comment: &Comment, installation: Option<InstallationId>) -> Vec<Job> {
    if comment.author.bot {
        return Vec::new();
    }
    let (repo, number) = (comment.repo.clone(), comment.number);
    let subject = if comment.on_pull_request {
        Subject::PullRequest { repo, number }
    } else {
        Subject::Issue { repo, number }
    };
    let job = |invocation| Job {
        task: match invocation {
            // Prose may hold what nobody should keep.
            Invocation::Perform { capability, args } => Task::Perform {
                capability,
                args: args.iter().map(|arg| redact(arg).into_owned()).collect(),
            },
            Invocation::Reply { text, mistake } => Task::Reply { text, mistake },
        },
        subject: subject.clone(),
        trigger: Trigger::Command {
            comment: comment.id,
            url: comment.url.clone(),
            author: comment.author.clone(),
        },
        installation,
        due: None,
    };
    command::parse(&comment.body).into_iter().map(job).collect()
}

/// Does a job. Doing it twice leaves one trace.
///
/// # Errors
/// Temporary ones where another try may succeed; all others end the job.
pub async fn perform(ports: &Ports, job: &Job) -> Result<Outcome> {
    if job.due.is_some() {
        return Ok(waiting::time_has_come(job));
    }
    match &job.task {
        Task::Reply { text, mistake } => {
            if let Some(refused) = refuse(ports, job, Permission::Read, !mistake).await? {
                return Ok(refused);
            }
            reply(ports, job, text).await
        }
        Task::Perform { capability, args } => {
            let entry = capabilities::find(capability)
                .ok_or_else(|| Error::Usage(format!("there is no capability `{capability}`")))?;
            if let Some(refused) = refuse(ports, job, entry.asked_by, true).await? {
                return Ok(refused);
            }
            let asked = match &job.trigger {
                Trigger::Command { author, url, .. } => Some(Asked {
                    by: author.clone(),
                    url: url.clone(),
                }),
                _ => None,
            };
            let ports = Ports {
                asked,
                ..ports.clone()
            };
            perform_capability(&ports, job, entry, args).await
        }
    }
}

/// Looks up what the author of a command may do at this moment, and reacts to the comment.
/// Gives the end of the job where they may not ask for it; nobody else is asked anything.
async fn refuse(
    ports: &Ports,
    job: &Job,
    needed: Permission,
    understood: bool,
) -> Result<Option<Outcome>> {
    let Trigger::Command {
        comment, author, ..
    } = &job.trigger
    else {
        return Ok(None);
    };
    let (subject, login) = (&job.subject, author.login.as_str());
    if ration::used_up(ports, subject, *comment, login).await? {
        publish::react(ports, subject, *comment, Reaction::Confused).await?;
        let text = format!("{login} or this conversation has had its commands of the last hour");
        return Ok(Some(Outcome::quiet(text)));
    }
    let allowed = ports.github.permission(subject.repo(), login).await? >= needed;
    ration::count(ports, subject, *comment, login, allowed).await?;
    let reaction = if allowed && understood {
        Reaction::Eyes
    } else {
        Reaction::Confused
    };
    publish::react(ports, subject, *comment, reaction).await?;
    let refused = || Outcome::quiet(format!("{login} may not ask for this"));
    Ok((!allowed).then(refused))
}

async fn reply(ports: &Ports, job: &Job, text: &str) -> Result<Outcome> {
    let (Some(number), Trigger::Command { comment, .. }) = (job.subject.number(), &job.trigger)
    else {
        return Ok(Outcome::quiet("nobody to reply to"));
    };
    let lines = text.lines().map(str::to_owned).collect();
    let effect = Effect::Comment {
        repo: job.subject.repo().clone(),
        number,
        marker: Marker::new("reply", &format!("{}/{comment}/{}", job.subject, key(job))),
        document: Document {
            blocks: vec![crate::report::Block::Excerpt(lines)],
        },
        create: true,
    };
    let published = publish::all(ports, &job.subject, vec![effect]).await?;
    Ok(Outcome::quiet(published.summary()))
}

/// One comment may hold several commands, each with an answer of its own. What they say is not
/// repeated in it: it may be prose.
fn key(job: &Job) -> String {
    let words = Sha256::digest(job.words().join("\0").as_bytes());
    format!("{}/{}", job.name(), hex::encode(&words[..8]))
}

async fn perform_capability(
    ports: &Ports,
    job: &Job,
    entry: &Entry,
    args: &[String],
) -> Result<Outcome> {
    // A run's answer belongs on its pull requests, whose jobs run one after the other.
    if let (Subject::Run { run, .. }, Trigger::Event) = (&job.subject, &job.trigger) {
        return follow::run(ports, job, entry, *run).await;
    }
    if let Subject::Waiting { repo } = &job.subject {
        return waiting::follow(ports.github.as_ref(), job, repo).await;
    }
    let matches = command::matches(entry, args).map_err(Error::Usage)?;
    let config = match read_config(ports.github.as_ref(), job.subject.repo()).await? {
        Ok(config) => config,
        Err(error) if matches!(job.subject, Subject::Deployment(_)) => {
            return waiting::without_config(ports, job, entry, &matches, error).await;
        }
        Err(error) => return publish::broken_config(ports, job, &error).await,
    };
    if !config.is_enabled(entry.name) {
        let off = format!("`{}` is switched off by the configuration", entry.name);
        // Unasked, that is the wish of the repository; asked, silence would puzzle.
        return match job.trigger {
            Trigger::Command { .. } => reply(ports, job, &off).await,
            _ => Ok(Outcome::quiet(off)),
        };
    }
    if job.trigger == Trigger::Event
        && !narrow::applies(ports, &config.only(entry.name), &job.subject).await?
    {
        return Ok(Outcome::quiet(
            "outside what the configuration narrows this to",
        ));
    }
    let facts = match (entry.gather)(ports, &job.subject, &matches, &config).await {
        Err(Error::Usage(text)) if matches!(job.trigger, Trigger::Command { .. }) => {
            return reply(ports, job, &text).await;
        }
        // A permission that is missing takes this feature away; whoever asked is told which.
        Err(error @ Error::Forbidden { .. }) => return unable(ports, job, &error).await,
        // Somebody named a run that is not there.
        Err(error @ Error::NotFound(_)) if matches!(job.trigger, Trigger::Command { .. }) => {
            return reply(ports, job, &error.to_string()).await;
        }
        other => other?,
    };
    match (entry.decide)(facts, &config) {
        Ok(decided) => conclude(ports, job, entry, decided).await,
        Err(DecideError::Config(error)) => publish::broken_config(ports, job, &error).await,
        Err(error @ DecideError::Facts(_)) => Err(Error::Refused(error.to_string())),
    }
}

async fn unable(ports: &Ports, job: &Job, error: &Error) -> Result<Outcome> {
    match job.trigger {
        Trigger::Command { .. } => reply(ports, job, &error.to_string()).await,
        Trigger::Event => {
            let mut outcome = Outcome::quiet(error.to_string());
            if let Error::Forbidden { permission, .. } = error {
                outcome.ended = Ended::Lacking(permission.clone());
            }
            Ok(outcome)
        }
        Trigger::Direct => Err(error.clone()),
    }
}

async fn conclude(ports: &Ports, job: &Job, entry: &Entry, decided: Decided) -> Result<Outcome> {
    let decision = Decision {
        capability: entry.name.to_owned(),
        subject: job.subject.clone(),
        at: ports.now,
        facts: decided.facts.clone(),
        verdict: decided.verdict.clone(),
    };
    ports.memory.keep(&decision).await?;
    if !decided.learnt.is_empty() {
        let repo = job.subject.repo();
        ports.memory.learn(repo, &decided.learnt).await?;
    }
    let mut effects = decided.report.effects.clone();
    match job.trigger {
        Trigger::Command { .. } => publish::answer(&mut effects),
        _ if decided.report.only_if_asked => effects.clear(),
        _ => {}
    }
    publish::settle_config_check(ports, job, &mut effects).await?;
    let published = publish::all(ports, &job.subject, effects).await?;
    // Last, so that another try of this job answers as the first did. Where nothing is posted,
    // nothing is said either.
    if ports.post {
        for spoken in &decided.spoken {
            ports.memory.say(job.subject.repo(), spoken).await?;
        }
    }
    ports.out.show(&decided).await?;
    let summary = format!("{}; {}", decided.report.title, published.summary());
    let again = decided.report.again.map(|at| waiting::timer(job, at));
    let heeding = (!decided.spoken.is_empty()).then(|| follow::heeding(job));
    Ok(Outcome {
        summary,
        follow: match ports.post {
            true => heeding.into_iter().flatten().chain(again).collect(),
            false => Vec::new(),
        },
        ended: Ended::Concluded(decided.report.conclusion),
    })
}

/// The organisation's file and the repository's, merged. The outer error is GitHub's, the inner
/// one the author's.
///
/// # Errors
/// Where GitHub cannot be asked.
pub async fn read_config(
    github: &dyn GitHub,
    repo: &RepoName,
) -> Result<Result<Config, ConfigError>> {
    let mut files = Vec::new();
    if let Ok(shared) = format!("{}/.github", repo.owner()).parse::<RepoName>()
        && shared != *repo
    {
        match github.file(&shared, PATH).await {
            Ok(Some(text)) => files.push(ConfigFile {
                name: format!("{shared}: {PATH}"),
                text,
            }),
            // Most owners have no such repository, or have not let us in.
            Ok(None) | Err(Error::NotFound(_) | Error::Forbidden { .. } | Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    match github.file(repo, PATH).await {
        Ok(Some(text)) => files.push(ConfigFile {
            name: PATH.to_owned(),
            text,
        }),
        // Without the permission we cannot know the repository's wishes; the defaults are safe.
        Ok(None) | Err(Error::NotFound(_) | Error::Forbidden { .. }) => {}
        Err(error) => return Err(error),
    }
    if let Some(base) = extends::base(github, &files).await? {
        files.insert(files.len().saturating_sub(1), base);
    }
    let read = Config::read(files, &capabilities::keys());
    Ok(read.and_then(|config| {
        ALL.iter().try_for_each(|entry| (entry.check)(&config))?;
        Ok(config)
    }))
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
