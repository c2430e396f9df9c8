//! A capability at a shell or as a step of a workflow: the same decide and render, and through
//! a token the same engine as the App's.
//!
//! Facts come from `--facts`, from files, or from GitHub: a run or pull request that is named,
//! or the event that started the workflow. The configuration is the one on the default branch;
//! a file of the checkout is used only where `--config` names it.

use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use waterline_core::capability::{DecideError, Entry};
use waterline_core::config::Config;
use waterline_core::engine::{self, Ended as JobEnded};
use waterline_core::event::{Job, Task, Trigger};
use waterline_core::model::{IssueNumber, RunId, Subject};
use waterline_core::port::{Out, Ports};
use waterline_core::report::Conclusion;
use waterline_github::webhook;

use crate::args::{Common, Format, typed};
use crate::exit::{Ended, Failure};
use crate::files::Disk;
use crate::memory::DeskMemory;
use crate::progress::Progress;
use crate::runner::{Runner, Step};
use crate::settings;

pub(crate) async fn run(entry: &'static Entry, matches: &ArgMatches) -> Result<Ended, Failure> {
    let common: Common = typed(matches)?;
    let facts = match &common.facts {
        Some(path) => {
            let facts = read_facts(path)?;
            let named = |e| Failure::Usage(format!("{}: {e}", path.display()));
            Some((entry.complete)(facts, matches, Timestamp::now()).map_err(named)?)
        }
        None => (entry.gather_files)(&Disk, matches, Timestamp::now())?,
    };
    let out = Arc::new(Runner {
        format: common.format.unwrap_or(Format::Text),
        step: Step::from_env(),
        // A file that is read shows how far it is by itself.
        progress: facts.is_none().then(|| Progress::start("asking GitHub")),
    });
    match facts {
        Some(facts) => from_facts(entry, facts, &common, out.as_ref()).await,
        None => from_github(entry, matches, &common, out).await,
    }
}

async fn from_facts(
    entry: &Entry,
    facts: Value,
    common: &Common,
    out: &dyn Out,
) -> Result<Ended, Failure> {
    let config = match &common.config {
        Some(path) => crate::config::read(std::slice::from_ref(path)),
        None => Ok(Config::default()),
    };
    let decided = match config {
        Ok(config) => (entry.decide)(facts, &config),
        Err(Failure::Config(error)) => (entry.decide_without)(facts, error),
        Err(other) => return Err(other),
    };
    let decided = decided.map_err(|e| match e {
        DecideError::Config(e) => Failure::Config(e),
        DecideError::Facts(e) => Failure::Usage(e),
    })?;
    save(common, &decided.facts)?;
    out.show(&decided).await?;
    Ok(ended(decided.report.conclusion, common.fail))
}

fn read_facts(path: &Path) -> Result<Value, Failure> {
    let wrong = |e: &dyn std::fmt::Display| Failure::Usage(format!("{}: {e}", path.display()));
    let text = std::fs::read(path).map_err(|e| wrong(&e))?;
    serde_json::from_slice(&text).map_err(|e| wrong(&e))
}

pub(crate) fn save(common: &Common, facts: &Value) -> Result<(), Failure> {
    let Some(path) = &common.save_facts else {
        return Ok(());
    };
    std::fs::write(path, format!("{facts:#}\n"))
        .map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))
}

fn ended(conclusion: Conclusion, fail: bool) -> Ended {
    match conclusion {
        Conclusion::Failure if fail => Ended::No,
        Conclusion::Blocked => Ended::No,
        Conclusion::Wait => Ended::NotYet,
        Conclusion::Unknown => Ended::NoFacts,
        Conclusion::Invalid => Ended::WrongUse,
        _ => Ended::Done,
    }
}

async fn from_github(
    entry: &'static Entry,
    matches: &ArgMatches,
    common: &Common,
    out: Arc<Runner>,
) -> Result<Ended, Failure> {
    let jobs = jobs(entry, matches, common)?;
    let token = settings::token()
        .ok_or_else(|| Failure::Usage("a token is needed: set GITHUB_TOKEN".to_owned()))?;
    let memory = DeskMemory::open(common, matches, out.clone()).await;
    let github = waterline_github::with_token(&settings::api_url(), token, "step")?;
    let ports = Ports {
        github,
        memory: Arc::new(memory),
        out,
        asked: None,
        now: Timestamp::now(),
        post: common.post,
    };
    let wait = matches.try_get_one::<SignedDuration>("wait_for");
    match wait.ok().flatten() {
        Some(most) => crate::patience::until_allowed(&ports, &jobs, common.fail, *most).await,
        None => all(&ports, &jobs, common.fail).await,
    }
}

/// Does all jobs; the worst ending.
pub(crate) async fn all(ports: &Ports, jobs: &[Job], fail: bool) -> Result<Ended, Failure> {
    let mut worst = Ended::Done;
    for job in jobs {
        worst = worst_of(worst, perform(ports, job.clone(), fail).await?);
    }
    Ok(worst)
}

/// Does a job and whatever follows from it. A run without a pull request is answered here and
/// now: unlike the App, a step has somebody who waits.
async fn perform(ports: &Ports, job: Job, fail: bool) -> Result<Ended, Failure> {
    let outcome = engine::perform(ports, &job).await?;
    let is_run = matches!(
        (&job.subject, &job.trigger),
        (Subject::Run { .. }, Trigger::Event)
    );
    let mut worst = match outcome.ended {
        JobEnded::Concluded(conclusion) => ended(conclusion, fail),
        JobEnded::BrokenConfig => Ended::WrongUse,
        JobEnded::Lacking(permission) => {
            ports.out.lacks(&outcome.summary, &permission).await;
            Ended::Done
        }
        JobEnded::Quiet if !is_run => {
            ports.out.note(&outcome.summary).await;
            Ended::Done
        }
        JobEnded::Quiet => Ended::Done,
    };
    let follow = if is_run && outcome.follow.is_empty() {
        vec![Job {
            trigger: Trigger::Direct,
            ..job
        }]
    } else {
        outcome.follow
    };
    for job in follow {
        worst = worst_of(worst, Box::pin(perform(ports, job, fail)).await?);
    }
    Ok(worst)
}

fn worst_of(a: Ended, b: Ended) -> Ended {
    let rank = |e| match e {
        Ended::Done => 0,
        Ended::NotYet => 1,
        Ended::No => 2,
        Ended::NoFacts => 3,
        Ended::WrongUse => 4,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// What to do: what the flags name, or else what the workflow's event asks for.
fn jobs(entry: &'static Entry, matches: &ArgMatches, common: &Common) -> Result<Vec<Job>, Failure> {
    let args = own_args(entry, matches);
    let task = Task::Perform {
        capability: entry.name.to_owned(),
        args,
    };
    let direct = |subject| {
        vec![Job {
            task: task.clone(),
            subject,
            trigger: Trigger::Direct,
            installation: None,
            due: None,
        }]
    };
    let repo = settings::repository(common.repo.as_deref())?;
    let run = matches.try_get_one::<u64>("run").ok().flatten().copied();
    match (repo, common.pull_request, run) {
        (Some(repo), Some(number), _) => Ok(direct(Subject::PullRequest {
            repo,
            number: IssueNumber(number),
        })),
        // What acts on runs posts what the App would post: on the run's pull requests, about
        // their heads. Everything else is about the run that was named.
        (Some(repo), None, Some(run)) if common.post && entry.events.contains(&"workflow_run") => {
            Ok(vec![Job {
                task: Task::Perform {
                    capability: entry.name.to_owned(),
                    args: Vec::new(),
                },
                subject: Subject::Run {
                    repo,
                    run: RunId(run),
                },
                trigger: Trigger::Event,
                installation: None,
                due: None,
            }])
        }
        (Some(repo), None, Some(run)) => Ok(direct(Subject::Run {
            repo,
            run: RunId(run),
        })),
        (Some(repo), None, None) if given(matches, "environment").is_some() => {
            Ok(direct(crate::patience::deployment(repo, matches)))
        }
        (None, _, Some(_)) | (None, Some(_), _) => Err(Failure::Usage(
            "name the repository: --repo OWNER/NAME".to_owned(),
        )),
        (_, None, None) => event_jobs(entry, &task),
    }
}

/// A flag of text, where the capability has it and it was given.
pub(crate) fn given<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a String> {
    matches.try_get_one::<String>(name).ok().flatten()
}

/// The capability's own flags that were given, as they would stand in a comment.
fn own_args(entry: &Entry, matches: &ArgMatches) -> Vec<String> {
    let own = (entry.flags)(clap::Command::new(entry.name));
    let given = |id: &str| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
    own.get_arguments()
        .filter(|arg| given(arg.get_id().as_str()))
        .flat_map(|arg| {
            let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
            let values = values.map(|v| v.to_string_lossy().into_owned());
            let takes = arg.get_action().takes_values();
            arg.get_long()
                .map(|l| format!("--{l}"))
                .into_iter()
                .chain(values.filter(move |_| takes))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn event_jobs(entry: &'static Entry, task: &Task) -> Result<Vec<Job>, Failure> {
    let usage = || {
        Failure::Usage(format!(
            "nothing to read: name a file, or a run (`waterline {} --help`)",
            entry.name
        ))
    };
    let name = std::env::var("GITHUB_EVENT_NAME").map_err(|_| usage())?;
    let path = std::env::var("GITHUB_EVENT_PATH").map_err(|_| usage())?;
    let json = std::fs::read(&path).map_err(|e| Failure::Usage(format!("{path}: {e}")))?;
    let incoming =
        webhook::parse(&name, &json).map_err(|e| Failure::Usage(format!("{path}: {e}")))?;
    let jobs = incoming
        .event
        .map(|event| engine::jobs_for(&event, None))
        .unwrap_or_default();
    let ours = |job: &Job| match &job.task {
        Task::Perform { capability, .. } => capability == entry.name,
        // Whoever mistypes is told so by every step that listens; the marker makes it once.
        Task::Reply { .. } => true,
    };
    let jobs: Vec<Job> = jobs
        .into_iter()
        .filter(ours)
        .map(|job| match job.trigger {
            // A comment brings its own arguments; an event takes the step's.
            Trigger::Event => Job {
                task: task.clone(),
                ..job
            },
            _ => job,
        })
        .collect();
    if jobs.is_empty() {
        eprintln!(
            "waterline: the event `{}` asks nothing of {}",
            crate::runner::one_line(&name),
            entry.name
        );
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_ending_wins() {
        assert_eq!(worst_of(Ended::No, Ended::NotYet), Ended::No);
        assert_eq!(worst_of(Ended::Done, Ended::WrongUse), Ended::WrongUse);
    }

    #[test]
    fn a_shells_flags_become_a_comments_words() {
        let entry = waterline_core::capabilities::find("diagnose").unwrap();
        let matches = crate::args::command().get_matches_from([
            "waterline",
            "diagnose",
            "--run",
            "42",
            "--format",
            "json",
        ]);
        let (_, matches) = matches.subcommand().unwrap();
        assert_eq!(own_args(entry, matches), ["--run", "42"]);
    }

    fn asked(words: &[&str]) -> Vec<Job> {
        let matches = crate::args::command().get_matches_from(words);
        let (name, matches) = matches.subcommand().unwrap();
        let entry = waterline_core::capabilities::find(name).unwrap();
        jobs(entry, matches, &typed(matches).unwrap()).unwrap()
    }

    #[test]
    fn a_run_that_is_named_stays_the_one_where_its_pull_requests_are_not_meant() {
        let named = ["--repo", "octo/shop", "--run", "42", "--post"];
        let rerun = asked(&[&["waterline", "rerun", "--force"], &named[..]].concat());
        assert_eq!(rerun[0].words(), ["rerun", "--run", "42", "--force"]);
        assert_eq!(rerun[0].trigger, Trigger::Direct);
        let diagnose = asked(&[&["waterline", "diagnose"], &named[..]].concat());
        assert_eq!(diagnose[0].words(), ["diagnose"]);
        assert_eq!(diagnose[0].trigger, Trigger::Event);
    }

    #[test]
    fn a_failure_counts_only_where_asked() {
        assert_eq!(ended(Conclusion::Failure, false), Ended::Done);
        assert_eq!(ended(Conclusion::Failure, true), Ended::No);
    }
}
