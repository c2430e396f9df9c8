//! Where the program comes from: what does not fit the digest of the action's commit is never run.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::{granted, on_a_runner};
use crate::support::act::{Ran, Workshop, archive, done};

const SETUP: &str = "name: CI\non: push\njobs:\n  all:\n    runs-on: ubuntu-latest\n    steps:\n\
    \x20     - uses: waterline-dev/waterline/actions/setup@v0.1.0\n\
    \x20     - run: waterline --version\n";

/// Serves one body to whoever asks, like the releases of a GitHub; its address.
fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines
                .next()
                .and_then(Result::ok)
                .is_some_and(|l| !l.is_empty())
            {}
            let known = asked.contains("/releases/download/v");
            let (status, body) = match known {
                true => ("200 OK", body.as_slice()),
                false => ("404 Not Found", &b""[..]),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body));
        }
    });
    address
}

async fn set_up(workshop: &Workshop, server: &str) -> Ran {
    let token = workshop.token(granted());
    let server = format!("GITHUB_SERVER_URL={server}");
    workshop
        .run_with(SETUP, "push", &json!({}), &token, &[server])
        .await
}

#[test]
fn the_release_is_fetched_once_checked_and_kept() {
    on_a_runner(async {
        let workshop = Workshop::without_cache().await;
        let server = serve(std::fs::read(archive()).unwrap());
        let ran = set_up(&workshop, &server).await;
        assert!(ran.passed, "{}", ran.printed());
        let version = format!("waterline {}", env!("CARGO_PKG_VERSION"));
        assert!(ran.printed().contains(&version), "{}", ran.printed());
        // Kept: the second time, no server is needed.
        let ran = set_up(&workshop, "http://127.0.0.1:9").await;
        assert!(ran.passed, "{}", ran.printed());
        workshop.close().await;
    });
}

#[test]
fn a_wrong_digest_fails_closed() {
    on_a_runner(async {
        let workshop = Workshop::without_cache().await;
        let mut forged = std::fs::read(archive()).unwrap();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        let server = serve(forged);
        let ran = set_up(&workshop, &server).await;
        assert!(!ran.passed, "{}", ran.printed());
        let said = ran.commands("error").join("\n");
        assert!(
            said.contains("has the digest") && said.contains("Nothing was run"),
            "{said}"
        );
        assert!(
            !ran.printed().contains("waterline 0."),
            "it ran: {}",
            ran.printed()
        );
        workshop.close().await;
    });
}

/// On a machine of one's own, others write into the tool cache too.
#[test]
fn what_lies_in_the_cache_is_checked_again() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        let other = "0".repeat(64);
        workshop.name_digest(&other);
        let server = serve(std::fs::read(archive()).unwrap());
        let ran = set_up(&workshop, &server).await;
        assert!(!ran.passed, "{}", ran.printed());
        assert!(ran.commands("error").join("").contains(&other));
        workshop.close().await;
    });
}

#[test]
fn a_commit_that_is_no_release_says_so() {
    on_a_runner(async {
        let workshop = Workshop::open().await;
        std::fs::remove_file(workshop.path("release/actions/setup/SHA256SUMS")).unwrap();
        let ran = set_up(&workshop, "http://127.0.0.1:9").await;
        assert!(!ran.passed);
        let said = ran.commands("error").join("\n");
        assert!(
            said.contains("no release") && said.contains("build: true"),
            "{said}"
        );
        workshop.close().await;
    });
}

/// `setup.sh` beside digests for this archive, with programs of our own before all others.
fn with_programs(programs: &[(&str, &str)], variables: &[(&str, &str)]) -> std::process::Output {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let source = format!("{}/actions/setup/setup.sh", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(source, path("setup.sh")).unwrap();
    let packed = archive();
    let sum = done(std::process::Command::new("sha256sum").arg(&packed));
    let name = packed.file_name().unwrap().to_str().unwrap().to_owned();
    let digest = sum.split_whitespace().next().unwrap();
    std::fs::write(path("SHA256SUMS"), format!("{digest}  {name}\n")).unwrap();
    std::fs::create_dir(path("bin")).unwrap();
    // It fetches nothing: the release lies here.
    let fetch = format!(
        "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\ncp '{}' \"$2\"\n",
        packed.display()
    );
    for (name, text) in programs.iter().copied().chain([("curl", fetch.as_str())]) {
        let program = path("bin").join(name);
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let search = std::env::var("PATH").unwrap();
    std::process::Command::new("bash")
        .arg(path("setup.sh"))
        .env_clear()
        .env("PATH", format!("{}:{search}", path("bin").display()))
        .env("RUNNER_TEMP", folder.path())
        .env("GITHUB_TOKEN", "ghs_x")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// Where `gh` is there, it has a say: what it does not vouch for is not run.
#[test]
fn an_attestation_that_does_not_hold_fails_closed() {
    let gh =
        |verdict: &str| format!("#!/bin/sh\ncase \"$*\" in *--help*) ;; *) {verdict} ;; esac\n");
    let good = with_programs(&[("gh", &gh("exit 0"))], &[]);
    assert!(good.status.success(), "{good:?}");
    assert!(
        String::from_utf8_lossy(&good.stdout)
            .trim()
            .ends_with("/waterline")
    );
    let bad = with_programs(&[("gh", &gh("exit 1"))], &[]);
    assert!(!bad.status.success() && bad.stdout.is_empty(), "{bad:?}");
    assert!(String::from_utf8_lossy(&bad.stderr).contains("the attestation of"));
}

#[test]
fn where_no_file_fits_cargo_builds_it_if_asked() {
    let none = with_programs(&[], &[("RUNNER_OS", "Plan9")]);
    assert!(!none.status.success());
    assert!(String::from_utf8_lossy(&none.stderr).contains("Set build: true"));
    let cargo = "#!/bin/sh\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\n\
        printf '#!/bin/sh\\n' >\"$2/bin/waterline\"\n";
    let variables = [("RUNNER_OS", "Plan9"), ("WATERLINE_BUILD", "true")];
    let built = with_programs(&[("cargo", cargo)], &variables);
    assert!(built.status.success(), "{built:?}");
    assert!(
        String::from_utf8_lossy(&built.stdout)
            .trim()
            .ends_with("/bin/waterline")
    );
    let broken = with_programs(&[("cargo", "#!/bin/sh\nexit 101\n")], &variables);
    assert!(
        !broken.status.success() && broken.stdout.is_empty(),
        "{broken:?}"
    );
}

/// A rehearsal of the release's commit, with a `gh` that writes down what it is asked.
#[test]
fn the_commit_of_a_release_adds_the_digests_of_its_five_binaries() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("dist")).unwrap();
    let gh = "#!/bin/sh\nprintf '%s\\n' \"$@\" >>asked\ncase \"$*\" in *matching-refs*) ;; *) echo 0a1b2c ;; esac\n";
    std::fs::write(path("gh"), gh).unwrap();
    std::fs::set_permissions(path("gh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let targets = [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
    ];
    let digest = "a".repeat(64);
    let line = |target: &str| format!("{digest}  waterline-1.2.3-{target}.tar.gz\n");
    let mut sums: String = targets.iter().map(|t| line(t)).collect();
    let binaries = sums.clone();
    sums.push_str(&format!("{digest}  waterline-1.2.3.cdx.json\n"));
    let script = format!(
        "{}/.github/scripts/release-commit.sh",
        env!("CARGO_MANIFEST_DIR")
    );
    let commit = |sums: &str| {
        std::fs::write(path("dist/SHA256SUMS"), sums).unwrap();
        let search = std::env::var("PATH").unwrap();
        std::process::Command::new("bash")
            .arg(&script)
            .current_dir(folder.path())
            .env("PATH", format!("{}:{search}", folder.path().display()))
            .env("VERSION", "1.2.3")
            .env("GH_TOKEN", "x")
            .env("GITHUB_SHA", "0".repeat(40))
            .env("GITHUB_REPOSITORY", "octo/waterline")
            .env("GITHUB_OUTPUT", path("output"))
            .output()
            .unwrap()
    };
    let done = commit(&sums);
    assert!(done.status.success(), "{done:?}");
    let asked = std::fs::read_to_string(path("asked")).unwrap();
    assert!(asked.contains(&format!("content={binaries}")), "{asked}");
    assert!(asked.contains("ref=refs/heads/release/v1.2.3"), "{asked}");
    let output = std::fs::read_to_string(path("output")).unwrap();
    assert_eq!(output, "commit=0a1b2c\n");
    // One binary too few is no release.
    let fewer = sums.replacen(&line(targets[0]), "", 1);
    assert!(!commit(&fewer).status.success());
}
