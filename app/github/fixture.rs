//! What the tests of this crate stand on: the stand-in GitHub with our App installed, watched by
//! the judge, and a server of canned answers for what the stand-in never does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use waterline_core::model::{InstallationId, RepoName};
use waterline_core::port::GitHub;
use waterline_standin::{Exchange, OpenApiJudge, Standin, World, key};

use crate::{App, AppConfig, Credentials};

/// The installation of the stand-in's default world.
pub(crate) const INSTALLATION: InstallationId = InstallationId(3_001);

/// What the ports of the tests work for.
pub(crate) const DELIVERY: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/// One pair for all tests: making one takes a moment.
static KEYS: LazyLock<key::Keys> = LazyLock::new(|| key::generate().unwrap());

static JUDGE: LazyLock<Arc<OpenApiJudge>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/github/api.json");
    let judge = OpenApiJudge::new(&std::fs::read(path).unwrap()).unwrap();
    Arc::new(judge.beyond("/user").beyond("/graphql"))
});

pub(crate) fn repo(name: &str) -> RepoName {
    name.parse().unwrap()
}

pub(crate) fn shop() -> RepoName {
    repo("octo/shop")
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new("1001", &KEYS.private.as_str().into()).unwrap()
}

/// GitHub and our App. When it goes, nothing that went over the wire may have been wrong.
pub(crate) struct House {
    pub(crate) standin: Standin,
    pub(crate) app: App,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(World::default()).await
    }

    pub(crate) async fn with(mut world: World) -> Self {
        world.app.public_key = Some(KEYS.public.clone());
        let standin = Standin::start_with(world, JUDGE.clone()).await.unwrap();
        let app = App::new(AppConfig {
            api_url: standin.url().to_owned(),
            credentials: credentials(),
            permissions: BTreeMap::new(),
        });
        Self {
            app: app.unwrap(),
            standin,
        }
    }

    /// A port for `octo/shop`.
    pub(crate) async fn port(&self) -> Arc<dyn GitHub> {
        self.app
            .port(INSTALLATION, &shop(), DELIVERY)
            .await
            .unwrap()
    }

    /// The requests of a method whose path ends so.
    pub(crate) fn asked(&self, method: &str, end: &str) -> Vec<Exchange> {
        let mut asked = self.standin.exchanges();
        asked.retain(|exchange| exchange.method == method && exchange.path.ends_with(end));
        asked
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.standin.violations(), Vec::<String>::new());
        }
    }
}

/// A server that gives one answer after the other and keeps what it was asked.
pub(crate) struct Canned {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Each answer is whole but for its length: `404 Not Found\r\nx: y\r\n\r\nbody`. `{url}` in
    /// it stands for this server.
    pub(crate) async fn start(answers: &[&str]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<String> = answers.iter().map(|a| a.replace("{url}", &url)).collect();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 16 << 10];
                let read = socket.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                seen.lock().unwrap().push(request.to_lowercase());
                let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
                let length = body.len();
                let whole = format!(
                    "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                );
                socket.write_all(whole.as_bytes()).await.unwrap();
            }
        });
        Self { url, asked }
    }

    /// The requests so far, in lower case.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
