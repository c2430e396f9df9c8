//! Bytes out and bytes in: headers, timeouts and sizes, nothing else.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, Uri};
use http_body_util::BodyExt;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use waterline_core::error::{Error, Result};

use super::{Answer, Call, GRAPHQL};

/// The older of the two versions that GitHub serves, since every Enterprise Server that is still
/// supported knows it, and the newer one changes nothing that we read. It is kept until 2028.
const API_VERSION: HeaderValue = HeaderValue::from_static("2022-11-28");

/// Who asks; GitHub refuses requests that do not say.
const USER_AGENT: &str = concat!(
    "waterline/",
    env!("CARGO_PKG_VERSION"),
    " (+",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);

/// Without a byte.
const STALL: Duration = Duration::from_secs(30);

/// For a whole answer.
const WHOLE: Duration = Duration::from_secs(60);

/// The two clients and the address.
pub(super) struct Transport {
    crab: Octocrab,
    storage: reqwest::Client,
    /// Without a slash at its end.
    base: String,
    /// The path of `base`, which GitHub's links repeat.
    prefix: String,
}

impl Transport {
    pub(super) fn new(api_url: &str) -> Result<Self> {
        let wrong = || Error::Usage(format!("`{api_url}` is not the address of a GitHub API"));
        let base = api_url.trim().trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| wrong())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some() {
            return Err(wrong());
        }
        // octocrab starts a task for its queue.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::Refused(
                "a GitHub client must be made inside a runtime".into(),
            ));
        }
        crate::install_tls();
        let Ok(crab) = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(http()?))
            .with_auth(AuthState::None)
            .build();
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self {
            crab,
            storage: http()?,
            base,
            prefix,
        })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn storage(&self) -> &reqwest::Client {
        &self.storage
    }

    /// The request for a call, at `path` instead of the call's own where GitHub sent us on.
    pub(super) fn request(
        &self,
        bearer: &SecretString,
        delivery: &str,
        call: &Call,
        path: &str,
    ) -> Result<Request<OctoBody>> {
        let odd = |_| Error::Refused(format!("no request can be made for {}", call.thing));
        // A link of GitHub's has the prefix already, a path of ours has not.
        let repeats = |rest: &&str| rest.is_empty() || rest.starts_with(['/', '?']);
        let path = path
            .strip_prefix(&self.prefix)
            .filter(repeats)
            .unwrap_or(path);
        let base = match call.route {
            GRAPHQL => self.base.strip_suffix("/v3").unwrap_or(&self.base),
            _ => &self.base,
        };
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{base}{path}"))
            .header(ACCEPT, call.accept)
            .header("x-github-api-version", API_VERSION);
        if !bearer.expose_secret().is_empty() {
            let mut token = HeaderValue::try_from(format!("Bearer {}", bearer.expose_secret()))
                .map_err(|_| Error::Usage("the token has characters that no token has".into()))?;
            token.set_sensitive(true);
            request = request.header(AUTHORIZATION, token);
        }
        if let Ok(delivery) = HeaderValue::try_from(delivery) {
            request = request.header("x-waterline-delivery", delivery);
        }
        let body = match &call.body {
            Some(json) => {
                request = request.header(CONTENT_TYPE, "application/json");
                OctoBody::from(json.to_string())
            }
            None => OctoBody::empty(),
        };
        request.body(body).map_err(odd)
    }

    /// Sends it once and reads the answer, as far as the call allows.
    pub(super) async fn send(&self, request: Request<OctoBody>, call: &Call) -> Result<Answer> {
        let whole = async {
            let response = self.crab.send(request).await.map_err(|e| broken(&e))?;
            let (head, mut body) = response.into_parts();
            let mut bytes = BytesMut::new();
            while let Some(frame) = body.frame().await {
                let Ok(data) = frame.map_err(|e| broken(&e))?.into_data() else {
                    continue;
                };
                if bytes.len() + data.len() > call.cap {
                    let (thing, most) = (&call.thing, call.cap >> 10);
                    return Err(Error::Refused(format!("{thing} is larger than {most} KB")));
                }
                bytes.extend_from_slice(&data);
            }
            Ok(Answer::new(head.status, head.headers, Bytes::from(bytes)))
        };
        tokio::time::timeout(WHOLE, whole)
            .await
            .unwrap_or_else(|_| {
                Err(Error::Unavailable(format!(
                    "GitHub did not answer within {} s",
                    WHOLE.as_secs()
                )))
            })
    }
}

/// Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). Redirects
/// are our own business: reqwest's way knows nothing of whom a token is for.
fn http() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(STALL)
        .build()
        .map_err(|_| Error::Refused("no HTTP client can be made: the TLS setup is broken".into()))
}

/// What broke, without the address: its query may be signed.
fn broken(error: &octocrab::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut how = "the connection broke";
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            if error.is_timeout() {
                how = "it did not answer in time";
            } else if error.is_connect() {
                how = "no connection could be made";
            }
        }
        cause = error.source();
    }
    Error::Unavailable(format!("GitHub could not be reached: {how}"))
}
