//! The one path that every request takes.
//!
//! octocrab carries the requests, over reqwest and without any of its layers: its own client
//! repeats writes, follows redirects with our token, drops the token where a page's link has
//! another host name, and has no timeouts. Here a read is repeated and a write only where that
//! is safe; GitHub's limits are kept; pages and redirects are followed by path and query, never
//! to another host; what was read once is asked for by its ETag; and the delivery that a request
//! is made for goes out with it.

mod answer;
mod call;
mod etag;
mod limit;
mod page;
mod retry;
mod session;
mod transport;

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use http::header::{IF_NONE_MATCH, LOCATION};
use http::{Method, StatusCode};
use secrecy::SecretString;
use waterline_core::error::{Error, Result};
use waterline_core::port::Quota;

pub(crate) use answer::Answer;
pub(crate) use call::{Call, GRAPHQL, encode, encode_path};
pub(crate) use session::Session;

use etag::Etags;
use limit::Limits;
use page::path_and_query;
use retry::Retries;
use transport::Transport;

/// Longer than this a job does not wait inside a request: it is put back and tried later.
const SLEEP_AT_MOST: Duration = Duration::from_secs(2);

/// GitHub redirects a renamed repository once; more is a loop.
const REDIRECTS: usize = 3;

/// GitHub at one address, as everybody here shares it.
pub(crate) struct Client {
    transport: Transport,
    etags: Etags,
    limits: Limits,
}

impl Client {
    /// Prepares for `https://api.github.com`, or an Enterprise Server's `https://HOST/api/v3`.
    pub(crate) fn new(api_url: &str) -> Result<Self> {
        Ok(Self {
            transport: Transport::new(api_url)?,
            etags: Etags::default(),
            limits: Limits::default(),
        })
    }

    /// The address of the API, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.transport.base()
    }

    /// A client for other hosts, which are never shown a token.
    pub(crate) fn storage(&self) -> &reqwest::Client {
        self.transport.storage()
    }

    /// What GitHub last said of the quota of whoever asks.
    pub(crate) fn quota(&self, owner: &str) -> Option<Quota> {
        self.limits.quota(owner)
    }

    /// Sends a call, waits and repeats where that is right, and gives GitHub's answer whatever
    /// it says, save for limits and outages.
    pub(crate) async fn exchange(
        &self,
        bearer: &SecretString,
        owner: &str,
        delivery: &str,
        call: &Call,
    ) -> Result<Answer> {
        let mut retries = Retries::new(call.may_repeat());
        loop {
            self.limits.check(owner)?;
            let outcome = self.remembered(bearer, owner, delivery, call).await;
            if let Ok(answer) = &outcome {
                self.limits.hear(owner, answer);
            }
            let (pause, error) = match outcome {
                Ok(answer) => match limit::wait(&answer) {
                    Some(asked) => {
                        let wait = self.limits.note(owner, asked);
                        if wait > SLEEP_AT_MOST || !retries.left() {
                            return Err(Error::RateLimited(wait));
                        }
                        // GitHub did nothing, so even a write may be sent again.
                        (Some(retries.after(wait)), Error::RateLimited(wait))
                    }
                    None if answer.status().is_server_error() => {
                        (retries.next_pause(), answer.outage())
                    }
                    None => {
                        self.limits.clear(owner);
                        return Ok(answer);
                    }
                },
                Err(error) if error.is_temporary() => (retries.next_pause(), error),
                Err(error) => return Err(error),
            };
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// One try, by its ETag where we have the answer already. A 304 costs nothing of the quota.
    async fn remembered(
        &self,
        bearer: &SecretString,
        owner: &str,
        delivery: &str,
        call: &Call,
    ) -> Result<Answer> {
        if call.method != Method::GET {
            return self.followed(bearer, delivery, call, None).await;
        }
        let key = format!("{owner}\n{}\n{}", call.accept, call.path);
        let known = self.etags.get(&key);
        let tag = known.as_ref().map(|known| &known.tag);
        let answer = self.followed(bearer, delivery, call, tag).await?;
        match known {
            Some(known) if answer.status() == StatusCode::NOT_MODIFIED => Ok(known.answer(answer)),
            _ => {
                self.etags.keep(key, &answer);
                Ok(answer)
            }
        }
    }

    /// One try, and on where GitHub sends us, on the same host.
    async fn followed(
        &self,
        bearer: &SecretString,
        delivery: &str,
        call: &Call,
        tag: Option<&http::HeaderValue>,
    ) -> Result<Answer> {
        let mut path = call.path.clone();
        for _ in 0..=REDIRECTS {
            let mut request = self.transport.request(bearer, delivery, call, &path)?;
            if let Some(tag) = tag {
                request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
            }
            let started = Instant::now();
            let outcome = self.transport.send(request, call).await;
            record(call, delivery, started.elapsed(), &outcome);
            let answer = outcome?;
            // A 301 or 302 would turn a write into a read, so a write follows 307 and 308 only.
            let follows = match answer.status().as_u16() {
                301 | 302 => call.follow && call.method == Method::GET,
                307 | 308 => call.follow,
                _ => false,
            };
            if !follows {
                return Ok(answer.of(call));
            }
            let next = answer.header(LOCATION).and_then(path_and_query);
            path = next.ok_or_else(|| Error::Refused("GitHub redirects to nowhere".into()))?;
        }
        Err(Error::Refused(format!(
            "GitHub redirects more than {REDIRECTS} times"
        )))
    }
}

/// One line and one count for each request, with the route instead of the address.
fn record(call: &Call, delivery: &str, took: Duration, outcome: &Result<Answer>) {
    let status = match outcome {
        Ok(answer) => answer.status().as_str().to_owned(),
        Err(_) => "none".to_owned(),
    };
    let (method, route) = (call.method.to_string(), call.route);
    tracing::debug!(
        %method, route, %status, delivery, took_ms = took.as_millis(),
        "GitHub answered {status} to {method} {route}"
    );
    metrics::counter!(
        "waterline_github_requests_total",
        "method" => method, "route" => route, "status" => status
    )
    .increment(1);
    if let Ok(answer) = outcome
        && let Some((resource, remaining)) = limit::remaining(answer)
    {
        metrics::gauge!("waterline_github_ratelimit_remaining", "resource" => resource)
            .set(remaining);
    }
}
