//! A fresh server, and a visitor: a browser as plain requests, with a cookie and no scripts.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::ChildStdout;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use serde_json::Value;
use tempfile::TempDir;
use waterline_standin::{Standin, World};

use crate::support::Waterline;
use crate::support::house::JUDGE;

/// What a page was.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    /// Where it leads on to; empty if nowhere.
    pub(crate) fn location(&self) -> &str {
        let to = self.headers.get(LOCATION);
        to.map_or("", |to| to.to_str().unwrap())
    }

    /// What stands behind the first `before`, up to a quote, as a browser reads it.
    pub(crate) fn value(&self, before: &str) -> String {
        let (_, rest) = self.text.split_once(before).unwrap_or_else(|| {
            panic!("no {before} in {}", self.text);
        });
        let escaped = rest.split('"').next().unwrap();
        [
            ("&#34;", "\""),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&#60;", "<"),
            ("&lt;", "<"),
            ("&#62;", ">"),
            ("&gt;", ">"),
            ("&#38;", "&"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(escaped.to_owned(), |text, (from, to)| {
            text.replace(from, to)
        })
    }
}

/// Somebody at a browser.
pub(crate) struct Visitor {
    http: reqwest::Client,
    pub(crate) cookie: String,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            cookie: String::new(),
        }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Page {
        let request = self.http.get(url);
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let request = self.http.post(url).header("content-type", kind).body(body);
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let answer = request.header("cookie", &self.cookie).send().await.unwrap();
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            cookie.clone_into(&mut self.cookie);
        }
        Page {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }
}

/// A server without credentials, and GitHub.
pub(crate) struct Fresh {
    pub(crate) github: Standin,
    pub(crate) waterline: Waterline,
    pub(crate) stdout: BufReader<ChildStdout>,
    /// The link that it printed.
    pub(crate) link: String,
    pub(crate) folder: TempDir,
}

impl Fresh {
    pub(crate) async fn start(given: &[(&str, &str)]) -> Self {
        let mut world = World::default();
        // Nobody has installed what is not made yet.
        world.installations.clear();
        let github = Standin::start_with(world, JUDGE.clone()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (waterline, mut stdout) = Waterline::launch("", github.url(), folder.path(), given);
        let mut link = String::new();
        while !link.contains("/setup?token=") {
            link.clear();
            assert!(stdout.read_line(&mut link).unwrap() > 0, "no link came");
        }
        Self {
            github,
            waterline,
            stdout,
            link: link.trim().to_owned(),
            folder,
        }
    }

    /// The same folder and GitHub, with the server started again.
    pub(crate) fn again(self, given: &[(&str, &str)]) -> Self {
        assert_eq!(self.waterline.stop(), Some(0));
        let folder = self.folder.path();
        let (waterline, stdout) = Waterline::launch("", self.github.url(), folder, given);
        // On another port: GitHub would hear of a new address on the App's page.
        self.github.world().app.webhook_url = Some(format!("{}/webhook", waterline.url));
        Self {
            waterline,
            stdout,
            ..self
        }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.waterline.url)
    }

    /// Where the credentials are kept.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("credentials.json")
    }

    /// A visitor who has followed the link.
    pub(crate) async fn visitor(&self) -> Visitor {
        let mut visitor = Visitor::new();
        let page = visitor.get(&self.link).await;
        assert_eq!((page.status, page.location()), (303, "/setup"));
        visitor
    }

    /// Fills in the form; the page that follows.
    pub(crate) async fn ask(&self, visitor: &mut Visitor, name: &str, organization: &str) -> Page {
        let owner = if organization.is_empty() {
            "me"
        } else {
            "organization"
        };
        let fields = [
            ("name", name),
            ("owner", owner),
            ("organization", organization),
            ("url", &*self.waterline.url),
        ];
        visitor.post(&self.at("/setup"), &fields).await
    }

    /// From the form to GitHub's yes: the address that it sends the browser back to.
    pub(crate) async fn agree(&self, visitor: &mut Visitor, organization: &str) -> String {
        let sent = self.ask(visitor, "Waterline for tests", organization).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let action = sent.value("<form method=\"post\" action=\"");
        let manifest = sent.value("name=\"manifest\" value=\"");
        let shown = visitor.post(&action, &[("manifest", &manifest)]).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        let fields = ["manifest", "owner", "state"]
            .map(|name| (name, shown.value(&format!("name=\"{name}\" value=\""))));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let create = format!("{}/settings/apps/create", self.github.world().site);
        let back = visitor.post(&create, &fields).await;
        assert_eq!(back.status, 302);
        back.location().to_owned()
    }

    /// Every secret that must not be seen, once there are some.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let token = self.link.split_once("token=").unwrap().1.to_owned();
        let mut secrets = vec![token, self.github.world().app.webhook_secret.clone()];
        // A code that did not arrive could still be used by somebody else.
        secrets.extend(self.github.exchanges().iter().filter_map(|exchange| {
            let rest = exchange.path.strip_prefix("/app-manifests/")?;
            Some(rest.split('/').next()?.to_owned())
        }));
        let kept = std::fs::read(self.file()).unwrap_or_default();
        let kept: Value = serde_json::from_slice(&kept).unwrap_or_default();
        if let Some(key) = kept["private_key"].as_str() {
            secrets.push(key.lines().nth(3).unwrap().to_owned());
        }
        secrets
    }

    /// Nothing secret in the log, nothing against GitHub's description, and an orderly end.
    pub(crate) async fn close(self) {
        let log = self.waterline.log();
        for secret in self.secrets() {
            assert!(!log.contains(&secret), "{secret} in {log}");
        }
        assert!(!log.contains("PRIVATE KEY"), "{log}");
        let violations = self.github.violations();
        assert!(violations.is_empty(), "{violations:#?}");
        assert_eq!(self.waterline.stop(), Some(0), "{log}");
        self.github.stop().await;
    }
}
