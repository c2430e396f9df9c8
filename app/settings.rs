//! What the App's server needs to know, from flags and the environment.
//!
//! Credentials come by the environment only: a command line can be read by every process of
//! the machine.

use secrecy::SecretString;
use waterline_core::capabilities;
use waterline_github::webhook::Secrets;
use waterline_github::{App, AppConfig, Credentials};

use crate::args::Serve;
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

/// The App's id and private key.
pub(crate) fn credentials() -> Result<Credentials, Failure> {
    let id = variable("WATERLINE_APP_ID")
        .ok_or_else(|| missing("WATERLINE_APP_ID", "the App's client id or App id"))?;
    let key = match (
        variable("WATERLINE_PRIVATE_KEY"),
        variable("WATERLINE_PRIVATE_KEY_FILE"),
    ) {
        (Some(key), _) => key,
        (None, Some(path)) => std::fs::read_to_string(&path)
            .map_err(|e| Failure::Usage(format!("WATERLINE_PRIVATE_KEY_FILE: {path}: {e}")))?,
        (None, None) => {
            return Err(missing(
                "WATERLINE_PRIVATE_KEY_FILE",
                "the path of the App's private key",
            ));
        }
    };
    Ok(Credentials::new(&id, &SecretString::from(key))?)
}

/// The webhook's secrets; several while one is being replaced.
pub(crate) fn secrets() -> Result<Secrets, Failure> {
    let text = variable("WATERLINE_WEBHOOK_SECRET").ok_or_else(|| {
        missing(
            "WATERLINE_WEBHOOK_SECRET",
            "the secret that GitHub signs deliveries with",
        )
    })?;
    Secrets::parse(&SecretString::from(text))
        .map_err(|e| Failure::Usage(format!("WATERLINE_WEBHOOK_SECRET: {e}")))
}

/// The App, with tokens narrowed to what the capabilities need.
pub(crate) fn app() -> Result<App, Failure> {
    let permissions = capabilities::permissions();
    let permissions = permissions
        .into_iter()
        .map(|(name, level)| (name.to_owned(), level.to_owned()));
    let config = AppConfig {
        api_url: api_url(),
        credentials: credentials()?,
        permissions: permissions.collect(),
    };
    Ok(App::new(config)?)
}

/// The database: the one that is named, or a file in the data folder, which is made.
pub(crate) fn database_url(serve: &Serve) -> Result<String, Failure> {
    if let Some(url) = serve.database_url.clone().filter(|u| !u.is_empty()) {
        return Ok(url);
    }
    let folder = &serve.data;
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::Usage(format!("{}: {e}", folder.display())))?;
    Ok(format!(
        "sqlite://{}",
        folder.join("waterline.sqlite").display()
    ))
}

fn missing(name: &str, what: &str) -> Failure {
    Failure::Usage(format!(
        "{name} is not set: it is {what}. `.env.example` lists all settings"
    ))
}
