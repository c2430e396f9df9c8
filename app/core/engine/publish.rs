//! Effects reach GitHub here, one after the other.
//!
//! A permission that is missing takes away one effect, never the others, and is named to whoever
//! can grant it. Everything else that goes wrong goes up, so that the job is tried again.

use crate::config::{CHECK, ConfigError, PATH};
use crate::error::{Error, Result};
use crate::event::{Job, Trigger};
use crate::line;
use crate::model::{CommentId, Sha, Subject};
use crate::port::Ports;
use crate::report::{Block, CheckConclusion, Document, Effect, Inline, Judgement, Reaction, code};

use super::{Ended, Outcome, posted};

/// What became of the effects of one job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    done: Vec<String>,
    missing: Vec<String>,
}

impl Published {
    /// One line: `comment created, check unchanged; comment: needs …`.
    #[must_use]
    pub fn summary(&self) -> String {
        let done = if self.done.is_empty() {
            "nothing posted".to_owned()
        } else {
            self.done.join(", ")
        };
        std::iter::once(done)
            .chain(self.missing.iter().cloned())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

pub(super) async fn all(
    ports: &Ports,
    subject: &Subject,
    effects: Vec<Effect>,
) -> Result<Published> {
    let mut published = Published::default();
    if !ports.post {
        return Ok(published);
    }
    for mut effect in effects {
        if let Effect::Issue { known, .. } = &mut effect {
            *known = posted::issue(ports, subject).await?;
        }
        let what = match &effect {
            Effect::Comment { .. } => "comment",
            Effect::Check { .. } => "check run",
            Effect::Rerun { .. } => "re-run",
            Effect::Issue { .. } => "issue",
            Effect::Answer { judged, .. } => match judged.judgement {
                Judgement::Approved => "approval",
                Judgement::Rejected => "rejection",
                Judgement::Waiting => "report on a deployment",
            },
            Effect::React { .. } => "reaction",
        };
        match ports.github.apply(&effect).await {
            Ok(applied) => {
                published.done.push(format!("{what} {}", applied.word()));
                posted::keep(ports, subject, &effect, applied).await;
            }
            // A locked conversation, an archived repository, a comment that is gone: the others
            // of this job can still be carried out.
            Err(error @ (Error::Forbidden { .. } | Error::Refused(_) | Error::NotFound(_))) => {
                published.missing.push(missing(ports, what, &error).await);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(published)
}

/// Says what is not there, and why.
async fn missing(ports: &Ports, what: &str, error: &Error) -> String {
    let Error::Forbidden { permission, .. } = error else {
        let note = format!("no {what}: {error}");
        ports.out.note(&note).await;
        return note;
    };
    // Reading what stands there may have failed already, but to read is not enough.
    let permission = permission.replace(": read", ": write");
    let note = format!("no {what}: it needs the permission `{permission}`, which this token lacks");
    ports.out.lacks(&note, &permission).await;
    note
}

pub(super) async fn react(
    ports: &Ports,
    subject: &Subject,
    comment: CommentId,
    reaction: Reaction,
) -> Result<()> {
    let effect = Effect::React {
        repo: subject.repo().clone(),
        comment,
        reaction,
    };
    all(ports, subject, vec![effect]).await.map(drop)
}

/// Somebody waits: what would otherwise only be edited is said in any case.
pub(super) fn answer(effects: &mut [Effect]) {
    for effect in effects {
        if let Effect::Comment { create, .. } = effect {
            *create = true;
        }
    }
}

/// A broken configuration is an answer: a red check that names file, line and column.
pub(super) async fn broken_config(
    ports: &Ports,
    job: &Job,
    error: &ConfigError,
) -> Result<Outcome> {
    ports.out.note(&error.to_string()).await;
    let mut summary = format!("the configuration is broken: {error}");
    if let Some(sha) = head(ports, &job.subject).await? {
        let document = Document {
            blocks: vec![
                Block::Paragraph(line![
                    code(format!("{}:{}:{}", error.file, error.line, error.column)),
                    ": ",
                    error.message.clone()
                ]),
                Block::Paragraph(line![
                    "Waterline does nothing in this repository until ",
                    code(PATH),
                    " on the default branch can be read."
                ]),
            ],
        };
        let title = format!(
            "Line {}, column {}: {}",
            error.line, error.column, error.message
        );
        let effect = check(job, sha, CheckConclusion::Failure, &title, document, true);
        summary = format!(
            "{summary}; {}",
            all(ports, &job.subject, vec![effect]).await?.summary()
        );
    } else if let (Trigger::Command { .. }, Some(_)) = (&job.trigger, job.subject.number()) {
        return super::reply(ports, job, &error.to_string()).await;
    }
    Ok(Outcome {
        summary,
        follow: Vec::new(),
        ended: Ended::BrokenConfig,
    })
}

/// Once the configuration can be read again, a red check on the head turns green.
pub(super) async fn settle_config_check(
    ports: &Ports,
    job: &Job,
    effects: &mut Vec<Effect>,
) -> Result<()> {
    // A capability that found fault with a file of its own has said so already.
    let said = |effect: &Effect| matches!(effect, Effect::Check { name, .. } if name == CHECK);
    if job.trigger == Trigger::Direct || effects.iter().any(said) {
        return Ok(());
    }
    if let Some(sha) = head(ports, &job.subject).await? {
        let document = Document {
            blocks: vec![Block::Paragraph(vec![Inline::from(
                "The configuration can be read.",
            )])],
        };
        effects.push(check(
            job,
            sha,
            CheckConclusion::Success,
            "The configuration can be read",
            document,
            false,
        ));
    }
    Ok(())
}

fn check(
    job: &Job,
    sha: Sha,
    conclusion: CheckConclusion,
    title: &str,
    document: Document,
    create: bool,
) -> Effect {
    Effect::Check {
        repo: job.subject.repo().clone(),
        sha,
        name: CHECK.to_owned(),
        conclusion,
        title: title.chars().take(250).collect(),
        document,
        annotations: Vec::new(),
        create,
    }
}

/// The commit on which a check about the subject is seen.
async fn head(ports: &Ports, subject: &Subject) -> Result<Option<Sha>> {
    Ok(match subject {
        Subject::PullRequest { repo, number } => {
            Some(ports.github.pull_request(repo, *number).await?.head_sha)
        }
        Subject::Run { repo, run } => Some(ports.github.run(repo, *run).await?.head_sha),
        // Whoever deploys reads the answer to the deployment.
        Subject::Issue { .. }
        | Subject::Branch { .. }
        | Subject::Deployment(_)
        | Subject::Waiting { .. } => None,
    })
}
