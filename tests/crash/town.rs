//! Everything that outlives the programs, and the programs: starts them, sends deliveries until
//! each is acknowledged, and looks at what became of them in the database and on GitHub.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection as _, Row as _};
use tempfile::TempDir;
use tokio::task::block_in_place;
use waterline_server::journal::guid::unpack;
use waterline_standin::{Standin, World};

use super::HOME;
use super::mail::Mail;
use crate::support::Database;
use crate::support::house::Waterline;

/// Without any progress for so long, something hangs: longer than a dead replica's leases live.
const PATIENCE: Duration = Duration::from_secs(120);

/// GitHub, the database, the load, and the programs.
pub(super) struct Town {
    github: Standin,
    mail: Mail,
    database: Database,
    deliveries: usize,
    /// Each program by its door, none while it is down; with a folder of its own.
    programs: Mutex<Vec<Option<Waterline>>>,
    folders: Vec<TempDir>,
    /// Where deliveries go, in turns: a load balancer that does not look whether anybody is in.
    doors: Mutex<Vec<String>>,
    next: AtomicUsize,
    acknowledged: AtomicUsize,
    /// How often a delivery had to be sent again.
    pub(super) again: AtomicUsize,
}

impl Town {
    pub(super) async fn found(database: Database, deliveries: usize, programs: usize) -> Arc<Self> {
        let mut world = World::default();
        world.app.id = 1;
        world.rate.enabled = false;
        let mail = Mail::write(&mut world, deliveries);
        let town = Arc::new(Self {
            github: Standin::start(world).await.unwrap(),
            mail,
            database,
            deliveries,
            programs: Mutex::new((0..programs).map(|_| None).collect()),
            folders: (0..programs)
                .map(|_| tempfile::tempdir().unwrap())
                .collect(),
            doors: Mutex::new(vec![String::new(); programs]),
            next: AtomicUsize::default(),
            acknowledged: AtomicUsize::default(),
            again: AtomicUsize::default(),
        });
        (0..programs).for_each(|door| town.start(door));
        town
    }

    pub(super) fn start(&self, door: usize) {
        let (database, github) = (self.database.url(), self.github.url());
        let folder = self.folders[door].path();
        let program =
            block_in_place(|| Waterline::start(&database, github, &self.mail.secret, folder));
        self.doors.lock().unwrap()[door].clone_from(&program.url);
        self.programs.lock().unwrap()[door] = Some(program);
    }

    pub(super) fn take(&self, door: usize) -> Waterline {
        self.programs.lock().unwrap()[door].take().unwrap()
    }

    /// Sends one delivery after the other, each until it is acknowledged.
    pub(super) async fn call(self: Arc<Self>) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        loop {
            let number = self.next.fetch_add(1, Relaxed);
            if number >= self.deliveries {
                return;
            }
            let begun = Instant::now();
            while !self.knock(&client, number).await {
                self.again.fetch_add(1, Relaxed);
                assert!(begun.elapsed() < PATIENCE, "nobody takes a delivery");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            self.acknowledged.fetch_add(1, Relaxed);
        }
    }

    async fn knock(&self, client: &reqwest::Client, number: usize) -> bool {
        let door = {
            let doors = self.doors.lock().unwrap();
            doors[(number + self.again.load(Relaxed)) % doors.len()].clone()
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
        let answer = request.send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until so many deliveries are acknowledged and jobs done, one added to the other.
    pub(super) async fn reach(&self, wanted: usize) {
        let (mut most, mut since) = (0, Instant::now());
        loop {
            let now = self.acknowledged.load(Relaxed) + self.done().await;
            if now >= wanted {
                return;
            }
            if now > most {
                (most, since) = (now, Instant::now());
            }
            let last = || {
                self.log()
                    .lines()
                    .rev()
                    .take(40)
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            assert!(
                since.elapsed() < PATIENCE,
                "{now} of {wanted}, and no more:\n{}",
                last()
            );
            // What goes over the wire is of no interest here, and there is much of it.
            self.github.forget_exchanges();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Jobs that are done, by what a program says that is up.
    async fn done(&self) -> usize {
        let up = self
            .programs
            .lock()
            .unwrap()
            .iter()
            .flatten()
            .next()
            .map(|p| p.url.clone());
        let answer = reqwest::get(format!("{}/api/status", up.unwrap()))
            .await
            .unwrap();
        let status: serde_json::Value = answer.json().await.unwrap();
        usize::try_from(status["done"].as_u64().unwrap()).unwrap()
    }

    pub(super) fn log(&self) -> String {
        self.programs
            .lock()
            .unwrap()
            .iter()
            .flatten()
            .map(Waterline::log)
            .collect()
    }

    /// Every acknowledged delivery is there, with one job, and that is done.
    pub(super) async fn nothing_is_lost(&self) {
        sqlx::any::install_default_drivers();
        let mut database = AnyConnection::connect(&self.database.url()).await.unwrap();
        let sql = "SELECT d.guid, j.state, j.error FROM deliveries d \
            LEFT JOIN jobs j ON j.delivery = d.guid";
        let mut states: HashMap<String, Vec<String>> = HashMap::new();
        for row in sqlx::query(sql).fetch_all(&mut database).await.unwrap() {
            let (key, state): (Vec<u8>, Option<String>) = (row.get(0), row.get(1));
            let error: Option<String> = row.get(2);
            let state = format!("{}{}", state.unwrap_or_default(), error.unwrap_or_default());
            states.entry(unpack(&key)).or_default().push(state);
        }
        for number in 0..self.deliveries {
            let jobs = states.remove(&guid(number)).unwrap_or_default();
            assert_eq!(jobs, ["done"], "what became of delivery {number}");
        }
        assert!(states.is_empty(), "nobody sent these: {states:?}");
    }

    /// One comment on each pull request whose run failed, one reply and one reaction to each
    /// command, and nothing else.
    pub(super) fn nothing_is_said_twice(&self) {
        let world = self.github.world();
        let (home, us) = (world.repository(HOME).unwrap(), world.app.bot());
        let mut said: HashMap<u64, Vec<&str>> = HashMap::new();
        let mut commands: HashMap<u64, usize> = HashMap::new();
        for comment in home.comments.values() {
            if comment.author == us {
                // Behind it stands the digest: an edit of the same comment, were it one.
                let (_, marker) = comment.body.rsplit_once("<!--").unwrap();
                let marker = marker.split(" digest=").next().unwrap();
                said.entry(comment.issue).or_default().push(marker);
            } else {
                *commands.entry(comment.issue).or_default() += 1;
                assert_eq!(comment.reactions.len(), 1, "reactions to {}", comment.id);
            }
        }
        for pull in &self.mail.answered {
            let said = said.remove(pull).unwrap_or_default();
            assert_eq!(said.len(), 1, "comments on #{pull}: {said:?}");
            let head = &home.pull_request(*pull).unwrap().1.head_sha;
            let checks = home.check_runs.values().filter(|c| c.head_sha == *head);
            let ours = checks.filter(|c| c.name.starts_with("waterline/")).count();
            assert_eq!(ours, 1, "checks on #{pull}");
        }
        for pull in &self.mail.asked {
            let mut said = said.remove(pull).unwrap_or_default();
            let all = said.len();
            said.sort_unstable();
            said.dedup();
            assert_eq!(
                (all, said.len()),
                (commands[pull], all),
                "replies on #{pull}"
            );
        }
        assert!(said.is_empty(), "on what nobody asked about: {said:?}");
    }
}

/// In GitHub's form, and in no order, as GitHub's are.
fn guid(number: usize) -> String {
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(
        "{:08x}-{:04x}-4000-8000-{number:012x}",
        mixed >> 32,
        mixed >> 16 & 0xFFFF
    )
}
