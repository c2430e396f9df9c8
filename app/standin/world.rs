//! The whole of the stand-in's GitHub as plain data. A test builds or changes it directly; the routes read and write
//! the same data. `World::default()` is one repository, one pull request, a handful of users and an App installed
//! there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::auth::Token;
use crate::call::Call;
use crate::clock::Clock;
use crate::delivery::Delivery;
use crate::fault::Fault;
use crate::installation::Installation;
use crate::permission::Permission;
use crate::rate::RateLimit;
use crate::reply::Reply;
use crate::repository::Repository;
use crate::storage::Link;
use crate::team::Team;
use crate::user::{User, UserKind};

/// GitHub, as far as the stand-in knows it.
#[derive(Debug, Clone)]
pub struct World {
    /// Where the web pages are: `http://127.0.0.1:PORT`; set when the stand-in starts.
    pub site: String,
    /// Where logs are stored: another host and port than the API; set when the stand-in starts.
    pub storage: String,
    /// Both clocks.
    pub clock: Clock,
    /// The numbers behind the next id, SHA, GUID, token, … each kind for itself, so that reading more or less does
    /// not change what the next comment is called.
    pub counters: BTreeMap<&'static str, u64>,
    /// Users, organisations and bots.
    pub users: Vec<User>,
    /// Repositories, in the order in which they were made. The first is where the verbs act by default.
    pub repositories: Vec<Repository>,
    /// Teams of organisations.
    pub teams: Vec<Team>,
    /// The one App that the caller is.
    pub app: App,
    /// Where it is installed.
    pub installations: Vec<Installation>,
    /// Every token that was minted or given out, by its text.
    pub tokens: BTreeMap<String, Token>,
    /// Webhook deliveries, attempts each for itself, oldest first.
    pub deliveries: Vec<Delivery>,
    /// Log links given out.
    pub links: BTreeMap<String, Link>,
    /// How many runs a filtered list gives at most, all pages together; what it counts is not bounded.
    pub listed_runs: usize,
    /// The primary rate limit.
    pub rate: RateLimit,
    /// Scripted faults, tried in order.
    pub faults: Vec<Fault>,
}

impl World {
    /// An App and the two bots, nobody else and nothing.
    #[must_use]
    pub fn empty() -> Self {
        let app = App::default();
        let bot = User::new(&app.bot(), 1_000_001, UserKind::Bot);
        Self {
            site: "http://127.0.0.1".to_owned(),
            storage: "http://localhost".to_owned(),
            clock: Clock::default(),
            counters: BTreeMap::new(),
            users: vec![
                bot,
                User::new("github-actions[bot]", 41_898_282, UserKind::Bot),
            ],
            repositories: Vec::new(),
            teams: Vec::new(),
            app,
            installations: Vec::new(),
            tokens: BTreeMap::new(),
            deliveries: Vec::new(),
            links: BTreeMap::new(),
            listed_runs: 1_000,
            rate: RateLimit::default(),
            faults: Vec::new(),
        }
    }

    /// The base of the REST API, in the form of an Enterprise Server.
    #[must_use]
    pub fn api(&self) -> String {
        format!("{}/api/v3", self.site)
    }

    /// A new id. Ids start beyond 32 bits, as GitHub's have for years.
    pub fn next_id(&mut self) -> u64 {
        9_000_000_000 + self.next("id")
    }

    pub(crate) fn next(&mut self, kind: &'static str) -> u64 {
        let counter = self.counters.entry(kind).or_default();
        *counter += 1;
        *counter
    }

    /// A new 40-digit SHA.
    pub fn next_sha(&mut self) -> String {
        self.next_hex("sha", 40)
    }

    /// A new GUID, as in `X-GitHub-Delivery`.
    pub fn next_guid(&mut self) -> String {
        let hex = self.next_hex("guid", 32);
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    pub(crate) fn next_hex(&mut self, kind: &'static str, digits: usize) -> String {
        let number = self.next(kind);
        let mut hex = hex::encode(Sha256::digest(format!("{kind} {number}")));
        hex.truncate(digits);
        hex
    }

    /// The next time of the story's clock.
    pub fn tick(&mut self) -> Timestamp {
        self.clock.tick()
    }

    /// A repository by `owner/name`, in any case.
    #[must_use]
    pub fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories
            .iter()
            .find(|repository| repository.full_name().eq_ignore_ascii_case(full_name))
    }

    /// A repository to change.
    pub fn repository_mut(&mut self, full_name: &str) -> Option<&mut Repository> {
        self.repositories
            .iter_mut()
            .find(|repository| repository.full_name().eq_ignore_ascii_case(full_name))
    }

    /// The repository that the path names.
    pub(crate) fn here(&self, call: &Call) -> Result<&Repository, Reply> {
        self.repository(&call.full_name())
            .ok_or_else(Reply::not_found)
    }

    pub(crate) fn here_mut(&mut self, call: &Call) -> Result<&mut Repository, Reply> {
        self.repository_mut(&call.full_name())
            .ok_or_else(Reply::not_found)
    }

    /// Adds a user, or finds the one with this login.
    pub fn add_user(&mut self, login: &str, kind: UserKind) -> &mut User {
        let at = self.users.iter().position(|user| user.login == login);
        let at = at.unwrap_or_else(|| {
            let id = 2_000 + self.users.len() as u64;
            self.users.push(User::new(login, id, kind));
            self.users.len() - 1
        });
        &mut self.users[at]
    }

    /// Adds a public repository with one commit on `main`; the owner becomes an organisation if nobody knows it.
    pub fn add_repository(&mut self, full_name: &str) -> &mut Repository {
        let (owner, name) = full_name.split_once('/').unwrap_or(("octo", full_name));
        self.add_user(owner, UserKind::Organization);
        let mut repository = Repository::new(owner, name, 5_000 + self.repositories.len() as u64);
        repository.created_at = self.tick();
        repository.first_commit(self);
        self.repositories.push(repository);
        let last = self.repositories.len() - 1;
        &mut self.repositories[last]
    }
}

impl Default for World {
    fn default() -> Self {
        let mut world = Self::empty();
        for login in ["mona", "dev", "guest"] {
            world.add_user(login, UserKind::User);
        }
        let repository = world.add_repository("octo/shop");
        for (login, permission) in [("mona", Permission::Admin), ("dev", Permission::Write)] {
            repository
                .collaborators
                .insert(login.to_owned(), permission);
        }
        world.installations.push(Installation::new(3_001, "octo"));
        crate::pull_request::Opening::default().open(&mut world, "octo/shop");
        world
    }
}
