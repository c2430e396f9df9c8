//! What is sent: signed payloads out of the stand-in, each kind of them in a fixed share.

use waterline_standin::{FinishedJob, Opening, RunOn, World, payload, signature};

use super::HOME;
use crate::support::failing_log;

/// Of everything but commands there are so many, each to be delivered again and again.
const EACH: usize = 40;

/// An event, ready to be sent under any GUID.
pub(super) struct Letter {
    pub(super) event: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) signature: String,
}

/// What is sent: mostly runs that are quickly done with, and some that are answered.
pub(super) struct Mail {
    /// Of `main`: nobody waits for an answer.
    nobodys: Vec<Letter>,
    /// Of pull requests, passed: read up, and left without a word.
    passed: Vec<Letter>,
    /// Of pull requests, failed: one comment on each, however often they are told of.
    failed: Vec<Letter>,
    /// Comments with a command: one reply to each.
    commands: Vec<Letter>,
    /// The pull requests of the failed runs, and those below which commands stand.
    pub(super) answered: Vec<u64>,
    pub(super) asked: Vec<u64>,
    pub(super) secret: String,
}

impl Mail {
    pub(super) fn write(world: &mut World, deliveries: usize) -> Self {
        let secret = world.app.webhook_secret.clone();
        let mut mail = Self {
            nobodys: Vec::new(),
            passed: Vec::new(),
            failed: Vec::new(),
            commands: Vec::new(),
            answered: Vec::new(),
            asked: Vec::new(),
            secret,
        };
        for n in 0..EACH {
            let (good, bad) = (open(world, "good", n), open(world, "bad", n));
            let on_main = mail.run(world, RunOn::Branch("main"), "success");
            mail.nobodys.push(on_main);
            let passed = mail.run(world, RunOn::PullRequest(good), "success");
            mail.passed.push(passed);
            let failed = mail.run(world, RunOn::PullRequest(bad), "failure");
            mail.failed.push(failed);
            mail.answered.push(bad);
            mail.asked.push(good);
        }
        for n in 0..deliveries.div_ceil(20) {
            let pull = mail.asked[n % EACH];
            let id = world.add_comment(HOME, pull, "dev", "/waterline help", None);
            let told = payload::issue_comment(world, HOME, id.unwrap(), "created", None);
            mail.commands
                .push(mail.letter("issue_comment", told.unwrap()));
        }
        mail
    }

    fn run(&self, world: &mut World, on: RunOn<'_>, conclusion: &str) -> Letter {
        let run = world.begin_run(HOME, "CI", on).unwrap();
        let log = failing_log("make test", &["src/a.c:1:1: error: no such thing"]);
        let job = match conclusion {
            "success" => FinishedJob::success("test"),
            _ => FinishedJob::failure("test", log.as_str()),
        };
        world.add_job(HOME, run, job).unwrap();
        world.end_run(HOME, run, conclusion).unwrap();
        let told = payload::workflow_run(world, HOME, run, "completed").unwrap();
        self.letter("workflow_run", told)
    }

    fn letter(&self, event: &'static str, told: serde_json::Value) -> Letter {
        let body = told.to_string().into_bytes();
        let signature = signature(&self.secret, &body);
        Letter {
            event,
            body,
            signature,
        }
    }

    /// The letter of the delivery with this number.
    pub(super) fn pick(&self, number: usize) -> &Letter {
        let round = number / 20;
        let of = |letters: &[Letter], n: usize| n % letters.len();
        match number % 20 {
            0 => &self.commands[round],
            n @ 1..=2 => &self.failed[of(&self.failed, 2 * round + n)],
            n @ 3..=7 => &self.passed[of(&self.passed, 5 * round + n)],
            n => &self.nobodys[of(&self.nobodys, 12 * round + n)],
        }
    }
}

fn open(world: &mut World, name: &str, number: usize) -> u64 {
    let opening = Opening {
        branch: format!("{name}-{number}"),
        ..Opening::default()
    };
    opening.open(world, HOME).unwrap()
}
