//! The set-up before the server: from no credentials to some, with a person at a browser.
//!
//! What could fail afterwards is tried first, since an App whose key has nowhere to go must be
//! deleted again: the folder is written to, and the database is opened.

use std::net::TcpListener;
use std::sync::Arc;

use anyhow::Context as _;
use waterline_core::manifest::Origin;
use waterline_github::Credentials;
use waterline_github::webhook::Secrets;
use waterline_server::journal::{Journal, Options};
use waterline_server::{Keeper, SetUp};

use crate::args::Serve;
use crate::credentials::{self, InFile, Printed};
use crate::exit::Failure;
use crate::say::say;
use crate::serve::Stop;
use crate::settings;

/// Shows the set-up page until there is an App, or until we are told to stop: then nothing.
pub(crate) async fn run(
    serve: &Serve,
    listener: &TcpListener,
    database_url: &str,
    stop: &mut Stop,
) -> Result<Option<(Credentials, Secrets)>, Failure> {
    let url = serve.url.as_deref().filter(|url| !url.trim().is_empty());
    let url: Option<Origin> = url
        .map(|url| {
            url.parse()
                .map_err(|e| Failure::Usage(format!("WATERLINE_URL: {e}")))
        })
        .transpose()?;
    let keeper = keeper(serve)?;
    let journal = Journal::open(database_url, Options::default())
        .await
        .context("the journal could not be opened")?;
    journal.close().await;

    let mut setting_up = SetUp {
        listener: listener.try_clone().context("the socket is not shared")?,
        api_url: settings::api_url(),
        web: settings::web()?,
        url,
        keeper,
    }
    .start()?;
    // To standard output and not to the log: logs go to more places than the link should.
    say(&format!(
        "Waterline listens on http://{}\nIt is no GitHub App yet. Make it one in a browser:\n\n    {}\n\n\
         or give it the credentials of an App: `.env.example` lists the settings.",
        setting_up.addr(),
        setting_up.link(),
    ));
    tracing::info!("no credentials: the set-up page waits, with the link on standard output");
    let made = tokio::select! {
        made = setting_up.made() => Some(made),
        () = stop.asked() => None,
    };
    setting_up.stop().await;
    let Some(made) = made else {
        return Ok(None);
    };
    let secret = made.webhook_secret.unwrap_or_default();
    let secrets = Secrets::parse(&secret)
        .map_err(|e| Failure::Usage(format!("the webhook's secret from GitHub: {e}")))?;
    let credentials = Credentials::new(&made.client_id, &made.pem)?;
    Ok(Some((credentials, secrets)))
}

fn keeper(serve: &Serve) -> Result<Arc<dyn Keeper>, Failure> {
    if serve.print_credentials {
        return Ok(Arc::new(Printed));
    }
    credentials::folder(&serve.data)?;
    tempfile::tempfile_in(&serve.data).map_err(|e| {
        Failure::Usage(format!(
            "{}: {e}; the App's credentials are kept there, unless --print-credentials is given",
            serve.data.display()
        ))
    })?;
    Ok(Arc::new(InFile(serve.data.clone())))
}
