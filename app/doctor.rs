//! `waterline doctor`: what is right, what is missing, and what to do about it.
//!
//! Each check stands alone, so that one run tells everything. Exit code 1 where something is
//! missing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use waterline_core::capabilities;
use waterline_core::error::Error;
use waterline_github::App;
use waterline_server::journal::{Error as JournalError, Journal, Options};

use crate::args::Serve;
use crate::credentials;
use crate::exit::{Ended, Failure};
use crate::say::say;
use crate::settings;

/// GitHub refuses a token that seems to come from its future; it grants a minute.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// How far back deliveries are looked at.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Counts what is missing while it prints.
#[derive(Default)]
struct Findings {
    missing: usize,
}

impl Findings {
    fn good(&self, text: &str) {
        say(&format!("✓ {text}"));
    }

    fn bad(&mut self, text: &str, advice: &str) {
        self.missing += 1;
        say(&format!("✗ {text}\n  → {advice}"));
    }
}

pub(crate) async fn run(serve: Serve) -> Result<Ended, Failure> {
    let mut findings = Findings::default();
    kept(&mut findings, &serve);
    match settings::credentials(&serve.data).and_then(settings::app) {
        Ok(app) => {
            findings.good("the App's id and private key can be read");
            app_checks(&mut findings, &app).await;
        }
        Err(error) => findings.bad(
            &error.to_string(),
            "start `waterline serve` without credentials for a page that makes the App, or copy the id and key from its settings page",
        ),
    }
    database(&mut findings, &serve).await;
    say("");
    if findings.missing == 0 {
        say("All is well.");
        return Ok(Ended::Done);
    }
    say(&format!(
        "{} to mend.",
        if findings.missing == 1 {
            "One thing".to_owned()
        } else {
            format!("{} things", findings.missing)
        }
    ));
    Ok(Ended::No)
}

fn kept(findings: &mut Findings, serve: &Serve) {
    if credentials::open_to_others(&serve.data) {
        let path = credentials::path(&serve.data);
        findings.bad(
            &format!("others may read {}", path.display()),
            "chmod 600, and renew the key and the secret on the App's settings page",
        );
    }
    match settings::secrets(&serve.data) {
        Ok(_) => findings.good("the webhook's secret is set"),
        Err(error) => findings.bad(
            &error.to_string(),
            "choose a long random text, and set it here and in the App's settings",
        ),
    }
}

async fn app_checks(findings: &mut Findings, app: &App) {
    let info = match app.describe().await {
        Ok(info) => info,
        Err(error) => {
            let advice = match &error {
                Error::Unavailable(_) => "check the network, the proxy and GITHUB_API_URL",
                _ => "check that the id and the key belong to the same App",
            };
            return findings.bad(
                &format!(
                    "GitHub at {} does not know us: {error}",
                    settings::api_url()
                ),
                advice,
            );
        }
    };
    findings.good(&format!(
        "GitHub knows us as {} ({}[bot])",
        info.name, info.slug
    ));
    if info.clock_skew.abs() > SKEW {
        let by = info.clock_skew.as_secs();
        findings.bad(
            &format!("our clock differs from GitHub's by {by} s"),
            "set the clock by NTP; tokens are refused otherwise",
        );
    } else {
        findings.good("our clock agrees with GitHub's");
    }
    for (name, level) in capabilities::permissions() {
        match info.permissions.get(name) {
            Some(held) if held == level || held == "write" || held == "admin" => {}
            held => findings.bad(
                &format!(
                    "the App has the permission `{name}` {}, and needs `{level}`",
                    held.map_or("not at all", |_| "only as `read`")
                ),
                "add it on the App's settings page; each installation's owner must then accept it",
            ),
        }
    }
    for event in capabilities::events() {
        if !info.events.iter().any(|e| e == event) {
            findings.bad(
                &format!("the App is not subscribed to `{event}`"),
                "tick it on the App's settings page",
            );
        }
    }
    webhook(findings, app).await;
}

async fn webhook(findings: &mut Findings, app: &App) {
    match app.hook().await {
        Ok(hook) => match hook.url.filter(|url| !url.is_empty()) {
            None => findings.bad(
                "the App has no webhook URL",
                "set it to https://HOST/webhook on the App's settings page",
            ),
            Some(url) if !hook.has_secret => findings.bad(
                &format!("the webhook {url} is not signed"),
                "set a secret on the App's settings page",
            ),
            Some(url) => findings.good(&format!("webhooks go to {url}")),
        },
        Err(error) => findings.bad(
            &format!("the webhook's settings could not be read: {error}"),
            "check the App's key",
        ),
    }
    let since = Timestamp::now()
        .saturating_sub(RECENT)
        .unwrap_or(Timestamp::MIN);
    match app.failed_deliveries(since).await {
        Ok(failed) if failed.is_empty() => findings.good("all deliveries of the last day have arrived"),
        Ok(failed) => findings.bad(
            &format!("{} deliveries of the last day did not arrive", failed.len()),
            "start the server: it asks for them again by itself; if it runs, check that GitHub can reach the webhook URL",
        ),
        Err(error) => findings.bad(&format!("the deliveries could not be listed: {error}"), "check the App's key"),
    }
}

async fn database(findings: &mut Findings, serve: &Serve) {
    let advice = "check DATABASE_URL, or the rights on the data folder";
    let url = match settings::database_url(serve.database_url.as_deref(), &serve.data) {
        Ok(url) => url,
        Err(error) => return findings.bad(&error.to_string(), advice),
    };
    match Journal::open(&url, Options::default()).await {
        Ok(journal) => {
            let written = tokio::time::timeout(Duration::from_secs(10), journal.probe()).await;
            match written {
                Ok(Ok(())) => findings.good("the database can be written"),
                Ok(Err(error)) => {
                    findings.bad(&format!("the database cannot be written: {error}"), advice)
                }
                Err(_) => findings.bad("the database did not answer within 10 s", advice),
            }
            journal.close().await;
        }
        // A file that a running server holds is a file that can be written.
        Err(JournalError::InUse(path)) => {
            findings.good(&format!(
                "the database `{path}` is in use by a running server"
            ));
        }
        Err(error) => findings.bad(&format!("the database cannot be opened: {error}"), advice),
    }
}
