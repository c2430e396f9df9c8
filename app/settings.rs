//! What the App's server needs to know, from flags and the environment.
//!
//! Credentials come by the environment, or from the file that the set-up page has written: a
//! command line can be read by every process of the machine.

use std::path::Path;

use secrecy::SecretString;
use waterline_core::capabilities;
use waterline_core::manifest::{Origin, web_of};
use waterline_core::model::RepoName;
use waterline_github::webhook::Secrets;
use waterline_github::{App, AppConfig, Credentials};

use crate::credentials;
use crate::exit::Failure;

/// Where GitHub's API is, unless the environment names another.
const API: &str = "https://api.github.com";

/// An environment variable, where it is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// GitHub's API, or the Enterprise Server's.
pub(crate) fn api_url() -> String {
    variable("GITHUB_API_URL").unwrap_or_else(|| API.to_owned())
}

/// GitHub's web pages: those that the environment names, or those beside the API.
pub(crate) fn web() -> Result<Origin, Failure> {
    let (name, found) = match variable("GITHUB_SERVER_URL") {
        Some(url) => ("GITHUB_SERVER_URL", url.parse()),
        None => ("GITHUB_API_URL", web_of(&api_url())),
    };
    found.map_err(|e| Failure::Usage(format!("{name}: {e}")))
}

/// The variables that hold the App's credentials.
const CREDENTIALS: [&str; 4] = [
    "WATERLINE_APP_ID",
    "WATERLINE_PRIVATE_KEY",
    "WATERLINE_PRIVATE_KEY_FILE",
    "WATERLINE_WEBHOOK_SECRET",
];

/// Whether there are no credentials at all. Half of them are a mistake, and no invitation to
/// make another App.
pub(crate) fn no_credentials(data: &Path) -> Result<bool, Failure> {
    let none = CREDENTIALS.iter().all(|name| variable(name).is_none());
    Ok(none && credentials::stored(data)?.is_none())
}

/// The App's id and private key: both from the environment, or both from the data folder.
pub(crate) fn credentials(data: &Path) -> Result<Credentials, Failure> {
    let id = variable("WATERLINE_APP_ID");
    let key = match (
        variable("WATERLINE_PRIVATE_KEY"),
        variable("WATERLINE_PRIVATE_KEY_FILE"),
    ) {
        (Some(key), _) => Some(key),
        (None, Some(path)) => Some(
            std::fs::read_to_string(&path)
                .map_err(|e| Failure::Usage(format!("WATERLINE_PRIVATE_KEY_FILE: {path}: {e}")))?,
        ),
        (None, None) => None,
    };
    match (id, key) {
        (Some(id), Some(key)) => Ok(Credentials::new(&id, &SecretString::from(key))?),
        (None, None) => match credentials::stored(data)? {
            Some(stored) => Ok(Credentials::new(&stored.id, &stored.key)?),
            None => Err(missing("WATERLINE_APP_ID", "the App's client id or App id")),
        },
        (None, _) => Err(missing("WATERLINE_APP_ID", "the App's client id or App id")),
        (_, None) => Err(missing(
            "WATERLINE_PRIVATE_KEY_FILE",
            "the path of the App's private key",
        )),
    }
}

/// The webhook's secrets; several while one is being replaced.
pub(crate) fn secrets(data: &Path) -> Result<Secrets, Failure> {
    let text = match variable("WATERLINE_WEBHOOK_SECRET") {
        Some(text) => SecretString::from(text),
        None => match credentials::stored(data)? {
            Some(stored) => stored.secret,
            None => {
                return Err(missing(
                    "WATERLINE_WEBHOOK_SECRET",
                    "the secret that GitHub signs deliveries with",
                ));
            }
        },
    };
    Secrets::parse(&text).map_err(|e| Failure::Usage(format!("WATERLINE_WEBHOOK_SECRET: {e}")))
}

/// The App, with tokens narrowed to what the capabilities need.
pub(crate) fn app(credentials: Credentials) -> Result<App, Failure> {
    let permissions = capabilities::permissions();
    let permissions = permissions
        .into_iter()
        .map(|(name, level)| (name.to_owned(), level.to_owned()));
    let config = AppConfig {
        api_url: api_url(),
        credentials,
        permissions: permissions.collect(),
    };
    Ok(App::new(config)?)
}

/// The database: the one that is named, or a file in the data folder, which is made.
pub(crate) fn database_url(named: Option<&str>, data: &Path) -> Result<String, Failure> {
    if let Some(url) = named.filter(|url| !url.is_empty()) {
        return Ok(url.to_owned());
    }
    credentials::folder(data)?;
    Ok(format!(
        "sqlite://{}",
        data.join("waterline.sqlite").display()
    ))
}

/// A plain token, where the environment has one.
pub(crate) fn token() -> Option<SecretString> {
    ["WATERLINE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"]
        .into_iter()
        .find_map(variable)
        .map(SecretString::from)
}

/// The repository that a flag names, or the workflow's.
pub(crate) fn repository(named: Option<&str>) -> Result<Option<RepoName>, Failure> {
    let named = named.map(str::to_owned);
    let repo = named.or_else(|| variable("GITHUB_REPOSITORY"));
    repo.map(|r| r.parse::<RepoName>())
        .transpose()
        .map_err(|e| Failure::Usage(e.to_string()))
}

fn missing(name: &str, what: &str) -> Failure {
    Failure::Usage(format!(
        "{name} is not set: it is {what}. `.env.example` lists all settings"
    ))
}
