//! Workflows run for real, by `act`: the actions of this commit as a release, a repository that
//! uses them, and a GitHub whose every answer a judge watches.
//!
//! The release is packed from the program under test, with the digests that a release's commit
//! would hold, so what a user's runner does is done here too, but for the network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;
use waterline_standin::{Permissions, Standin, TokenKind, World};

use super::house::judge;

/// How the actions are named in `uses:`.
pub(crate) const RELEASE: &str = "waterline-dev/waterline@v0.1.0";

/// How the repository names GitHub's cache.
const CACHE: &str = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae";

const RESTORE: &str = r#"newest=$(ls -td "$STORE/$KEY" ${BEGINS:+"$STORE/$BEGINS"*} 2>/dev/null | head -1 || true); if [ -n "$newest" ]; then mkdir -p "$FOLDER"; cp -R "$newest/." "$FOLDER/"; fi"#;
const SAVE: &str =
    r#"if [ -d "$FOLDER" ] && [ ! -e "$STORE/$KEY" ]; then cp -R "$FOLDER" "$STORE/$KEY"; fi"#;

/// The release's file for this machine, and the folder that it lies in.
static ARCHIVE: LazyLock<(TempDir, String)> = LazyLock::new(pack);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `act`, where `scripts/tools.sh` puts it.
fn act() -> PathBuf {
    let act = root().join(".tools/venv/bin/act");
    assert!(
        act.is_file(),
        "act is not installed: run scripts/tools.sh, or `make test`, which does"
    );
    act
}

fn target() -> String {
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ => "unknown-linux-musl",
    };
    format!("{}-{system}", std::env::consts::ARCH)
}

/// Runs a command that must succeed; what it printed.
pub(crate) fn done(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

fn pack() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("waterline-{}-{}", env!("CARGO_PKG_VERSION"), target());
    let inside = folder.path().join(&name);
    fs::create_dir(&inside).unwrap();
    let program = inside.join("waterline");
    fs::copy(env!("CARGO_BIN_EXE_waterline"), &program).unwrap();
    // Debug information is most of a test build, and would be packed again and again.
    done(Command::new("strip").arg(&program));
    let file = format!("{name}.tar.gz");
    let tar = |args: &[&str]| done(Command::new("tar").args(args).current_dir(folder.path()));
    tar(&["-cf", "plain.tar", &name]);
    done(
        Command::new("gzip")
            .args(["-1", "plain.tar"])
            .current_dir(folder.path()),
    );
    fs::rename(
        folder.path().join("plain.tar.gz"),
        folder.path().join(&file),
    )
    .unwrap();
    (folder, file)
}

/// The packed release.
pub(crate) fn archive() -> PathBuf {
    ARCHIVE.0.path().join(&ARCHIVE.1)
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

fn commit(folder: &Path, name: &str) {
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=dev", "-c", "user.email=dev@example.com"]);
        done(command.args(args).current_dir(folder))
    };
    if !folder.join(".git").exists() {
        git(&["init", "--quiet", "--initial-branch=main"]);
        let origin = format!("https://github.com/{name}");
        git(&["remote", "add", "origin", &origin]);
    }
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--allow-empty", "--message=all"]);
}

/// A runner's machine, a repository on it, and GitHub.
pub(crate) struct Workshop {
    /// GitHub.
    pub(crate) github: Standin,
    folder: TempDir,
}

/// What became of a workflow.
pub(crate) struct Ran {
    /// Whether the workflow passed.
    pub(crate) passed: bool,
    /// The runner's records.
    pub(crate) records: Vec<Value>,
}

impl Workshop {
    /// A machine whose tool cache already holds the release, and the repository `octo/shop`.
    pub(crate) async fn open() -> Self {
        let workshop = Self::without_cache().await;
        let cache = format!(
            "home/.cache/act/tool_cache/waterline/{}/{}",
            env!("CARGO_PKG_VERSION"),
            target()
        );
        let cache = workshop.path(&cache);
        fs::create_dir_all(&cache).unwrap();
        fs::copy(archive(), cache.join(&ARCHIVE.1)).unwrap();
        workshop
    }

    /// The same with an empty tool cache.
    pub(crate) async fn without_cache() -> Self {
        let github = Standin::start_with(World::default(), judge())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let workshop = Self { github, folder };
        let release = workshop.path("release");
        fs::create_dir_all(&release).unwrap();
        copy(&root().join("actions"), &release.join("actions"));
        copy(&root().join("action.yml"), &release.join("action.yml"));
        let sum = done(Command::new("sha256sum").arg(archive()));
        let digest = sum.split_whitespace().next().unwrap();
        workshop.name_digest(digest);
        workshop.cache_action();
        for folder in ["home", "shop/.github/workflows"] {
            fs::create_dir_all(workshop.path(folder)).unwrap();
        }
        workshop
    }

    /// `actions/cache` without GitHub's cache behind it: it keeps folders by key on this machine,
    /// never changes one, and takes the newest whose key begins as wished.
    fn cache_action(&self) {
        let store = self.path("caches");
        fs::create_dir_all(&store).unwrap();
        for (part, inputs, script) in [
            (
                "restore",
                "{ path: {}, key: {}, restore-keys: {} }",
                RESTORE,
            ),
            ("save", "{ path: {}, key: {} }", SAVE),
        ] {
            let folder = self.path("cache-action").join(part);
            fs::create_dir_all(&folder).unwrap();
            let action = format!(
                "name: Cache\ndescription: Cache\ninputs: {inputs}\nruns:\n  using: composite\n  \
                 steps:\n    - shell: bash\n      env:\n        STORE: {}\n        \
                 FOLDER: ${{{{ inputs.path }}}}\n        KEY: ${{{{ inputs.key }}}}\n        \
                 BEGINS: ${{{{ inputs.restore-keys }}}}\n      run: {script}\n",
                store.display()
            );
            fs::write(folder.join("action.yml"), action).unwrap();
        }
        commit(&self.path("cache-action"), "actions/cache");
    }

    /// Writes the digest into the release's commit.
    pub(crate) fn name_digest(&self, digest: &str) {
        let sums = format!("{digest}  {}\n", ARCHIVE.1);
        fs::write(self.path("release/actions/setup/SHA256SUMS"), sums).unwrap();
        commit(&self.path("release"), "waterline-dev/waterline");
    }

    /// A place on the machine.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the repository.
    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.path("shop").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A job's token with these permissions.
    pub(crate) fn token(&self, permissions: Permissions) -> String {
        let mut world = self.github.world();
        let repository = world.repository("octo/shop").unwrap().id;
        world.mint(TokenKind::Workflow {
            repository,
            permissions,
        })
    }

    /// Runs a workflow as `event` would, with the payload that GitHub would send.
    pub(crate) async fn run(
        &self,
        workflow: &str,
        event: &str,
        payload: &Value,
        token: &str,
    ) -> Ran {
        self.run_with(workflow, event, payload, token, &[]).await
    }

    /// The same with variables of the runner's environment.
    pub(crate) async fn run_with(
        &self,
        workflow: &str,
        event: &str,
        payload: &Value,
        token: &str,
        variables: &[String],
    ) -> Ran {
        self.file(".github/workflows/under-test.yml", workflow);
        commit(&self.path("shop"), "octo/shop");
        fs::write(self.path("event.json"), payload.to_string()).unwrap();
        let mut command = Command::new(act());
        let local = format!("{RELEASE}={}", self.path("release").display());
        let cache = format!("{CACHE}={}", self.path("cache-action").display());
        command
            .args([event, "--json", "--no-cache-server", "--pull=false"])
            .args([
                "-P",
                "ubuntu-latest=-self-hosted",
                "--local-repository",
                &local,
                "--local-repository",
                &cache,
            ])
            .arg("--eventpath")
            .arg(self.path("event.json"))
            .args(["--secret", &format!("GITHUB_TOKEN={token}")])
            .args(["--env", &format!("GITHUB_API_URL={}", self.github.url())])
            .args(variables.iter().flat_map(|v| ["--env", v.as_str()]))
            .current_dir(self.path("shop"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        Ran {
            passed: output.status.success(),
            records: text
                .lines()
                .filter_map(|l| serde_json::from_str(l).ok())
                .collect(),
        }
    }

    /// The end: nothing was asked or answered against GitHub's description.
    pub(crate) async fn close(self) {
        let violations = self.github.violations();
        assert!(
            violations.is_empty(),
            "against GitHub's description: {violations:#?}"
        );
        self.github.stop().await;
    }
}

impl Ran {
    /// Everything that was printed, one line each.
    pub(crate) fn printed(&self) -> String {
        let line = |r: &Value| r["msg"].as_str().map(|m| m.trim_end().to_owned());
        let lines: Vec<String> = self.records.iter().filter_map(line).collect();
        lines.join("\n")
    }

    /// The step summaries.
    pub(crate) fn summary(&self) -> String {
        let of = |r: &Value| r["content"].as_str().map(str::to_owned);
        let summaries = self.records.iter().filter(|r| r["command"] == "summary");
        summaries.filter_map(of).collect()
    }

    /// The workflow commands of a kind that the runner obeyed: their message.
    pub(crate) fn commands(&self, kind: &str) -> Vec<String> {
        let obeyed = self.records.iter().filter(|r| r["command"] == kind);
        obeyed
            .map(|r| r["arg"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}
