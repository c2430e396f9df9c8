//! A real Chromium, driven by plain WebDriver requests: a page is opened, filled in, clicked, and
//! pictured. `scripts/tools.sh` installs what it needs; without it a test fails and says so.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// WebDriver's own name of a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take; a bound for hangs, not a measure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one window, without scripts unless the test asks for them.
pub(crate) struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
}

impl Browser {
    /// Starts it, with a window of this size.
    pub(crate) async fn start(width: u32, height: u32) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver: {error}. Please install it: `make tools`, or `apt-get install chromium chromium-driver`")
            });
        let port = BufReader::new(driver.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            });
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let mut browser = Self {
            driver,
            http,
            session: format!("http://127.0.0.1:{}/session", port.unwrap()),
        };
        let wish = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "timeouts": { "pageLoad": 30_000 },
            "goog:chromeOptions": {
                // A sandbox needs rights that root in a container does not have; the pages are ours.
                "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
                    "--no-proxy-server", format!("--window-size={width},{height}")],
                // 2: scripts are blocked. What is tested must work without any.
                "prefs": { "profile.managed_default_content_settings.javascript": 2 },
            },
        } } });
        let made = browser.post("", wish).await;
        let id = made["sessionId"].as_str().unwrap().to_owned();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}{path}", self.session))
            .json(&body)
            .send();
        said(path, answer.await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.session)).send();
        said(path, answer.await.unwrap()).await
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// Where it is.
    pub(crate) async fn url(&self) -> String {
        self.get("/url").await.as_str().unwrap().to_owned()
    }

    /// The page's title.
    pub(crate) async fn title(&self) -> String {
        self.get("/title").await.as_str().unwrap().to_owned()
    }

    /// The page's first headline.
    pub(crate) async fn headline(&self) -> String {
        let id = self.find("h1").await;
        let text = self.get(&format!("/element/{id}/text")).await;
        text.as_str().unwrap().to_owned()
    }

    /// Writes into a field, in the place of what is there.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let id = self.find(css).await;
        self.post(&format!("/element/{id}/clear"), json!({})).await;
        let keys = json!({ "text": text });
        self.post(&format!("/element/{id}/value"), keys).await;
    }

    /// Clicks, and waits for the page with this title.
    pub(crate) async fn click(&self, css: &str, title: &str) {
        self.press(css).await;
        let start = Instant::now();
        while !self.title().await.contains(title) {
            assert!(
                start.elapsed() < PATIENCE,
                "{title} did not come: {} at {}",
                self.title().await,
                self.url().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks what does not lead to another page.
    pub(crate) async fn press(&self, css: &str) {
        let id = self.find(css).await;
        self.post(&format!("/element/{id}/click"), json!({})).await;
    }

    async fn find(&self, css: &str) -> String {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.post("/element", wanted).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Pictures what the window shows, into `setup-screens/NAME.png` of cargo's folder for tests.
    pub(crate) async fn picture(&self, name: &str) -> PathBuf {
        let picture = self.get("/screenshot").await;
        let bytes = BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap();
        assert!(bytes.len() > 5_000, "{name} is an empty picture");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("setup-screens");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

async fn said(path: &str, answer: reqwest::Response) -> Value {
    let status = answer.status();
    let mut body: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path}: {body:#}");
    body["value"].take()
}

/// Ends the browser through its driver, which would leave it behind when it is ended alone.
impl Drop for Browser {
    fn drop(&mut self) {
        let rest = self.session.trim_start_matches("http://");
        if let Some((host, path)) = rest.split_once('/')
            && let Ok(mut stream) = TcpStream::connect(host)
        {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = write!(
                stream,
                "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
