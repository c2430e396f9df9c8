//! A caller for the tests: an App with a real key, its tokens, and a judge behind every exchange.

use std::sync::{Arc, LazyLock};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use waterline_standin::key::{self, Keys};
use waterline_standin::{Judge, OpenApiJudge, Permissions, Standin, TokenKind, World};

/// One key pair for all tests: making it is the slow part.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| key::generate().unwrap());

/// GitHub's description, read once.
pub(crate) static DESCRIPTION: LazyLock<Arc<OpenApiJudge>> = LazyLock::new(|| {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/data/github/api.json"
    );
    let judge = OpenApiJudge::new(&std::fs::read(path).unwrap()).unwrap();
    Arc::new(judge.beyond("/user").beyond("/graphql"))
});

/// A stand-in, and somebody who talks to it.
pub(crate) struct House {
    pub(crate) github: Standin,
    http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or("").to_owned()
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(World::default()).await
    }

    pub(crate) async fn with(mut world: World) -> Self {
        world.app.public_key = Some(KEYS.public.clone());
        let judge: Arc<dyn Judge> = DESCRIPTION.clone();
        let github = Standin::start_with(world, judge).await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .user_agent("test")
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { github, http }
    }

    /// A JWT with these claims beside or instead of the usual ones.
    pub(crate) fn jwt_with(&self, claims: &Value) -> String {
        let now = jiff::Timestamp::now().as_second();
        let mut all = json!({ "iat": now - 60, "exp": now + 540, "iss": "1001" });
        for (key, value) in claims.as_object().unwrap() {
            all[key] = value.clone();
        }
        let key = EncodingKey::from_rsa_pem(KEYS.private.as_bytes()).unwrap();
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &all, &key).unwrap()
    }

    pub(crate) fn jwt(&self) -> String {
        self.jwt_with(&json!({}))
    }

    /// An installation token with everything that the App has.
    pub(crate) fn token(&self) -> String {
        let permissions = self.github.world().app.permissions.clone();
        self.token_for(permissions)
    }

    pub(crate) fn token_for(&self, permissions: Permissions) -> String {
        self.github.mint(TokenKind::Installation {
            id: 3_001,
            repositories: None,
            permissions,
        })
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.github.url())
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send("POST", path, token, &[], Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send("PATCH", path, token, &[], Some(body)).await
    }

    /// Ends the test: the judge must have had nothing to say.
    pub(crate) fn done(&self) {
        let violations = self.github.violations();
        assert!(violations.is_empty(), "{}", violations.join("\n"));
    }
}
