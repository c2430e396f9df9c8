//! The real program as a process, and a GitHub in front of it that a judge watches.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use waterline_standin::{OpenApiJudge, Standin, World, key};

use super::{Database, posted};

/// One key pair for all tests; making one takes a moment.
static KEYS: LazyLock<key::Keys> = LazyLock::new(|| key::generate().unwrap());

/// GitHub's own description of its API, cut to what Waterline uses.
pub(crate) static JUDGE: LazyLock<Arc<OpenApiJudge>> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/github/api.json");
    let judge = OpenApiJudge::new(&std::fs::read(path).unwrap()).unwrap();
    // By these a token asks who it is; the cut of the description leaves them out.
    Arc::new(judge.beyond("/user").beyond("/graphql"))
});

/// The judge of everything that is asked and answered.
pub(crate) fn judge() -> Arc<OpenApiJudge> {
    JUDGE.clone()
}

/// How long a test waits for a state before it fails; a bound for hangs, not a measure.
const PATIENCE: Duration = Duration::from_secs(60);

/// `waterline serve`, running.
pub(crate) struct Waterline {
    child: Child,
    /// Where it listens, `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    stderr: PathBuf,
}

impl Waterline {
    /// Starts the real program on a free port.
    pub(crate) fn start(
        database_url: &str,
        api_url: &str,
        secret: &str,
        folder: &std::path::Path,
    ) -> Self {
        let key = folder.join("key.pem");
        std::fs::write(&key, &KEYS.private).unwrap();
        let given = [
            ("WATERLINE_APP_ID", "1"),
            ("WATERLINE_PRIVATE_KEY_FILE", key.to_str().unwrap()),
            ("WATERLINE_WEBHOOK_SECRET", secret),
        ];
        Self::launch(database_url, api_url, folder, &given).0
    }

    /// Starts it with these settings beside the usual ones; the rest of its standard output as well.
    pub(crate) fn launch(
        database_url: &str,
        api_url: &str,
        folder: &std::path::Path,
        given: &[(&str, &str)],
    ) -> (Self, BufReader<ChildStdout>) {
        let stderr = folder.join("stderr.log");
        let log = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&stderr)
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["serve", "--bind", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATABASE_URL", database_url)
            .env("GITHUB_API_URL", api_url)
            .envs(given.iter().copied())
            .env(
                "WATERLINE_LOG",
                std::env::var("WATERLINE_LOG").unwrap_or_else(|_| "info".to_owned()),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|w| w.starts_with("http://"));
        let Some(url) = url.map(|u| u.trim_end_matches('/').to_owned()) else {
            panic!(
                "the server did not start: {line:?} {}",
                std::fs::read_to_string(&stderr).unwrap_or_default()
            );
        };
        (Self { child, url, stderr }, stdout)
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Takes its life without a word, as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has; the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(
                start.elapsed() < PATIENCE,
                "SIGTERM was not heeded: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The house: GitHub, the program, and their database.
pub(crate) struct House {
    /// GitHub.
    pub(crate) github: Standin,
    /// The program; none while it is down.
    pub(crate) waterline: Option<Waterline>,
    /// Its database.
    pub(crate) database: Database,
    folder: TempDir,
    seen: usize,
}

impl House {
    /// Opens it with a repository `octo/shop` in which the App is installed, and `dev`, who may write.
    pub(crate) async fn open(database: Database) -> Self {
        let mut world = World::default();
        world.app.id = 1;
        world.app.public_key = Some(KEYS.public.clone());
        // As the manifest of the App has it.
        let asked = waterline_core::capabilities::permissions();
        world.app.permissions.grant_all(asked);
        let events = waterline_core::capabilities::events();
        world.app.events = events.into_iter().map(str::to_owned).collect();
        // A measurement of a long outage is not to be one of the judge, which is slow when unoptimised.
        let measured = std::env::var_os("WATERLINE_TEST_MISSED").is_some();
        let github = match measured {
            true => Standin::start(world).await.unwrap(),
            false => Standin::start_with(world, JUDGE.clone()).await.unwrap(),
        };
        let folder = tempfile::tempdir().unwrap();
        let mut house = Self {
            github,
            waterline: None,
            database,
            folder,
            seen: 0,
        };
        house.start();
        house
    }

    /// Starts the program, and tells GitHub where it is.
    pub(crate) fn start(&mut self) {
        let secret = self.github.world().app.webhook_secret.clone();
        let waterline = Waterline::start(
            &self.database.url(),
            self.github.url(),
            &secret,
            self.folder.path(),
        );
        self.github.world().app.webhook_url = Some(format!("{}/webhook", waterline.url));
        self.waterline = Some(waterline);
    }

    /// `waterline backfill` beside the server: its database, its credentials.
    pub(crate) fn backfill(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
        command
            .args(["backfill", "--repo", "octo/shop", "--data"])
            .arg(self.folder.path())
            .args(words)
            .env_clear()
            .env("DATABASE_URL", self.database.url())
            .env("GITHUB_API_URL", self.github.url())
            .env("WATERLINE_APP_ID", "1")
            .env(
                "WATERLINE_PRIVATE_KEY_FILE",
                self.folder.path().join("key.pem"),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The program's address.
    pub(crate) fn url(&self) -> String {
        self.waterline.as_ref().unwrap().url.clone()
    }

    /// The counts of `/api/status`.
    pub(crate) async fn status(&self) -> Value {
        reqwest::get(format!("{}/api/status", self.url()))
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Waits until no job is left.
    pub(crate) async fn settle(&self) {
        let start = Instant::now();
        loop {
            let status = self.status().await;
            let count = |key: &str| {
                status[key]
                    .as_u64()
                    .unwrap_or_else(|| panic!("no {key} in {status}"))
            };
            if count("queued") + count("leased") == 0 {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "jobs are left over: {status}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What was posted since the last look, once all jobs are done.
    pub(crate) async fn posted(&mut self) -> Vec<String> {
        self.settle().await;
        let writes = posted::posts(&self.github);
        let new = writes[self.seen..].to_vec();
        self.seen = writes.len();
        new
    }

    /// What the program has logged.
    pub(crate) fn log(&self) -> String {
        self.waterline
            .as_ref()
            .map(Waterline::log)
            .unwrap_or_default()
    }

    /// The end of a conversation: nothing unexpected, nothing left over, nothing against the rules.
    pub(crate) async fn close(mut self, name: &str) {
        let unexpected = self.posted().await;
        assert!(unexpected.is_empty(), "{name}: unexpected: {unexpected:?}");
        let status = self.status().await;
        assert_eq!(status["dead"], 0, "{name}: {status}\n{}", self.log());
        let violations = self.github.violations();
        assert!(
            violations.is_empty(),
            "{name}: against GitHub's description: {violations:#?}"
        );
        let waterline = self.waterline.take().unwrap();
        let log = waterline.log();
        assert_eq!(waterline.stop(), Some(0), "{name}: {log}");
        self.github.stop().await;
    }
}
