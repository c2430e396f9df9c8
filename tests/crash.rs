//! Power failures: the program is killed under load, started again, and killed again.
//!
//! Whatever was acknowledged must have been done in the end, and nothing said twice, although
//! kills strike between any two steps: before and after a commit, while a comment is on its way.
//! `WATERLINE_CRASH=full` runs it in the size that a release is held to.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use tempfile::TempDir;
use waterline_standin::{FinishedJob, Opening, RunOn, Standin, World, payload, signature};

use crate::support::house::Waterline;
use crate::support::{Database, failing_log};

const HOME: &str = "octo/shop";
/// Of everything but commands there are so many, each to be delivered again and again.
const EACH: usize = 40;
/// Deliveries under way at once.
const CALLERS: usize = 32;
/// Without any progress for so long, something hangs: longer than a dead replica's leases live.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many deliveries, and how many kills.
fn size() -> (usize, usize) {
    match std::env::var("WATERLINE_CRASH").as_deref() {
        Ok("full") => (20_000, 10),
        _ => (2_000, 3),
    }
}

/// An event, ready to be sent under any GUID.
struct Letter {
    event: &'static str,
    body: Vec<u8>,
    signature: String,
}

/// What is sent: mostly runs that are quickly done with, and some that are answered.
struct Mail {
    /// Of `main`: nobody waits for an answer.
    nobodys: Vec<Letter>,
    /// Of pull requests, passed: read up, and left without a word.
    passed: Vec<Letter>,
    /// Of pull requests, failed: one comment on each, however often they are told of.
    failed: Vec<Letter>,
    /// Comments with a command: one reply to each.
    commands: Vec<Letter>,
    /// The pull requests of the failed runs, and those below which commands stand.
    answered: Vec<u64>,
    asked: Vec<u64>,
    secret: String,
}

impl Mail {
    fn write(world: &mut World, deliveries: usize) -> Self {
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
            mail.commands.push(mail.letter("issue_comment", told.unwrap()));
        }
        mail
    }

    fn run(&self, world: &mut World, on: RunOn<'_>, conclusion: &str) -> Letter {
        let run = world.begin_run(HOME, "CI", on).unwrap();
        let log = failing_log("make test", &["src/a.c:1:1: error: no such thing"]);
        let job = match conclusion {
            "success" => FinishedJob::success("test"),
            _ => FinishedJob::failure("test", log),
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
    fn pick(&self, number: usize) -> &Letter {
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

/// Everything that outlives the program.
struct Town {
    github: Standin,
    mail: Mail,
    database: Database,
    deliveries: usize,
    /// Where deliveries go, one after the other: a load balancer that does not look.
    doors: Mutex<Vec<String>>,
    next: AtomicUsize,
    acknowledged: AtomicUsize,
    /// How often a delivery had to be sent again.
    again: AtomicUsize,
}

impl Town {
    async fn found(database: Database, deliveries: usize) -> Arc<Self> {
        let mut world = World::default();
        world.app.id = 1;
        world.rate.enabled = false;
        let mail = Mail::write(&mut world, deliveries);
        let github = Standin::start(world).await.unwrap();
        Arc::new(Self {
            github,
            mail,
            database,
            deliveries,
            doors: Mutex::default(),
            next: AtomicUsize::default(),
            acknowledged: AtomicUsize::default(),
            again: AtomicUsize::default(),
        })
    }

    /// Starts the program behind door number `at`.
    fn start(&self, at: usize, folder: &TempDir) -> Waterline {
        let (database, github) = (self.database.url(), self.github.url());
        let start = || Waterline::start(&database, github, &self.mail.secret, folder.path());
        let waterline = tokio::task::block_in_place(start);
        let mut doors = self.doors.lock().unwrap();
        doors.resize(doors.len().max(at + 1), String::new());
        doors[at].clone_from(&waterline.url);
        waterline
    }

    /// Sends one delivery after the other, each until it is acknowledged, as GitHub does when it
    /// is asked to.
    async fn call(self: Arc<Self>) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.deliveries {
                return;
            }
            let begun = Instant::now();
            while !self.knock(&client, number).await {
                let times = self.again.fetch_add(1, Ordering::Relaxed);
                assert!(begun.elapsed() < PATIENCE, "no answer in {times} tries");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn knock(&self, client: &reqwest::Client, number: usize) -> bool {
        let door = {
            let doors = self.doors.lock().unwrap();
            doors[(number + self.again.load(Ordering::Relaxed)) % doors.len()].clone()
        };
        let letter = self.mail.pick(number);
        let request = client
            .post(format!("{door}/webhook"))
            .timeout(Duration::from_secs(10))
            .header("content-type", "application/json")
            .header("x-github-event", letter.event)
            .header("x-github-delivery", guid(number))
            .header("x-hub-signature-256", &letter.signature)
            .body(letter.body.clone());
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until so many deliveries are acknowledged.
    async fn acknowledged(&self, wanted: usize) {
        self.wait(wanted, async || self.acknowledged.load(Ordering::Relaxed)).await;
    }

    /// Waits until so many jobs are done, by what the program says.
    async fn done(&self, waterline: &Waterline, wanted: usize) {
        self.wait(wanted, async || status(waterline).await["done"].as_u64().unwrap() as usize)
            .await;
    }

    async fn wait(&self, wanted: usize, count: impl AsyncFn() -> usize) {
        let mut last = (0, Instant::now());
        loop {
            let now = count().await;
            if now >= wanted {
                return;
            }
            if now > last.0 {
                last = (now, Instant::now());
            }
            let stuck = last.1.elapsed() > PATIENCE;
            assert!(!stuck, "{now} of {wanted}, and no more\n{}", self.folders.log());
            // What went over the wire is of no interest here, and there is much of it.
            self.github.forget_exchanges();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
