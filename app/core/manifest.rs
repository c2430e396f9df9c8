//! What the App asks GitHub for when it is made: a GitHub App manifest.
//!
//! Permissions and events follow from the capabilities, so that no list of them is kept by hand.
//! Names and addresses that a person types are values here, and each says what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::capabilities::{asked_by, events_of};
use crate::capability::Entry;

/// GitHub's bounds for the name of an App and for a login, in characters.
const NAME_AT_MOST: usize = 34;
const LOGIN_AT_MOST: usize = 39;

/// The App's page on the web, where GitHub links to.
const HOMEPAGE: &str = env!("CARGO_PKG_REPOSITORY");

/// Below the server's address: where deliveries go, and where a browser is sent to.
pub const WEBHOOK: &str = "/webhook";
/// Where GitHub sends the browser with the code of a new App.
pub const CALLBACK: &str = "/setup/callback";
/// Where GitHub sends the browser after an installation.
pub const INSTALLED: &str = "/setup/installed";

/// Why a text is not what was asked for; a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(String);

/// The address of a server: scheme, host and perhaps a port, nothing behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
}

impl Origin {
    /// `https://github.com`.
    #[must_use]
    pub fn github() -> Self {
        Self {
            text: "https://github.com".to_owned(),
            host: "github.com".to_owned(),
        }
    }

    /// Whether it is another name for the machine that asks.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<core::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// Whether what is sent there is encrypted on its way.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// As text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Origin {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let text = text.trim().trim_end_matches('/');
        let wrong = || {
            Unfit(
                "An address looks like `https://waterline.example.com`, without a path behind it."
                    .to_owned(),
            )
        };
        let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
        let scheme = scheme.to_ascii_lowercase();
        // An address of IPv6 stands in brackets, which keep its colons apart from that of a port.
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(wrong)?,
            None => match authority.find(':') {
                Some(at) => authority.split_at(at),
                None => (authority, ""),
            },
        };
        let fits = if authority.starts_with('[') {
            host.parse::<core::net::Ipv6Addr>().is_ok()
        } else {
            let known = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
            (1..=253).contains(&host.len()) && host.bytes().all(known)
        };
        let port_fits = port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if !matches!(scheme.as_str(), "http" | "https") || !fits || !port_fits {
            return Err(wrong());
        }
        Ok(Self {
            text: format!("{scheme}://{}", authority.to_ascii_lowercase()),
            host: host.to_owned(),
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The name of an App, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppName(String);

impl AppName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppName {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        let count = text.chars().count();
        if count == 0 || count > NAME_AT_MOST || text.chars().any(char::is_control) {
            return Err(Unfit(format!(
                "The name of an App has 1 to {NAME_AT_MOST} characters on one line."
            )));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The login of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization(String);

impl Organization {
    /// As text: fit for a path as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Organization {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.len() <= LOGIN_AT_MOST
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !fits {
            return Err(Unfit(format!(
                "The name of an organisation is the one in its address: up to {LOGIN_AT_MOST} \
                 letters, digits and hyphens."
            )));
        }
        Ok(Self(text.to_owned()))
    }
}

/// What a person chooses about an App.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Its name.
    pub name: AppName,
    /// Where GitHub reaches our server.
    pub server: Origin,
    /// Where the browser of whoever makes the App reaches it: often the same.
    pub back: Origin,
    /// Whose it shall be; a person's own without one.
    pub owner: Option<Organization>,
}

impl Wish {
    /// The manifest: exactly the permissions and events of these capabilities. A private App: it
    /// can be installed by its owner only.
    #[must_use]
    pub fn manifest(&self, entries: &[Entry]) -> Value {
        let permissions: BTreeMap<_, _> = asked_by(entries)
            .into_iter()
            .map(|asked| (asked.name, asked.level))
            .collect();
        json!({
            "name": self.name.as_str(),
            "url": HOMEPAGE,
            "description": "Answers the questions around a change that are not about writing it.",
            "hook_attributes": { "url": format!("{}{WEBHOOK}", self.server), "active": true },
            "redirect_url": format!("{}{CALLBACK}", self.back),
            "setup_url": format!("{}{INSTALLED}", self.server),
            "public": false,
            "default_permissions": permissions,
            "default_events": events_of(entries),
        })
    }

    /// The page of GitHub with the owner's Apps.
    #[must_use]
    pub fn apps(&self, web: &Origin) -> String {
        match &self.owner {
            None => format!("{web}/settings/apps"),
            Some(owner) => format!("{web}/organizations/{}/settings/apps", owner.as_str()),
        }
    }

    /// The page of GitHub that takes the manifest, as the field of a form.
    #[must_use]
    pub fn address(&self, web: &Origin) -> String {
        format!("{}/new", self.apps(web))
    }
}

/// The web pages that belong to an API: `https://api.github.com` → `https://github.com`,
/// `https://HOST/api/v3` → `https://HOST`, `https://api.NAME.ghe.com` → `https://NAME.ghe.com`.
///
/// # Errors
/// Where this is no address of an API.
pub fn web_of(api_url: &str) -> Result<Origin, Unfit> {
    let url = api_url.trim().trim_end_matches('/');
    let enterprise = url.strip_suffix("/api/v3");
    let origin: Origin = enterprise.unwrap_or(url).parse()?;
    match origin.text.split_once("://api.") {
        Some((scheme, host)) if enterprise.is_none() => format!("{scheme}://{host}").parse(),
        _ => Ok(origin),
    }
}

/// GitHub's name of a permission or an event as its pages write it: `Pull requests`.
#[must_use]
pub fn label(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
