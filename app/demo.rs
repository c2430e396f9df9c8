//! `waterline demo`: the App at work, without an account and without a network.
//!
//! The real server on an embedded SQLite file, and beside it the small GitHub that the tests use
//! too. Real signed deliveries go through the door; what comes in and what Waterline posts is
//! printed as a person would see it. A page with deliveries, jobs and posts stays open.

mod gate;
mod story;
mod terminal;

use std::sync::Arc;

use secrecy::SecretString;
use waterline_core::capabilities;
use waterline_github::webhook::Secrets;
use waterline_github::{App, AppConfig, Credentials};
use waterline_server::{Running, Server, Settings};
use waterline_standin::{Standin, World, key};

use crate::args::Demo;
use crate::exit::{Ended, Failure};
use crate::say::say;
use terminal::Terminal;

pub(crate) async fn run(demo: Demo) -> Result<Ended, Failure> {
    let terminal = Terminal::stdout();
    let folder = tempfile::tempdir().map_err(|e| Failure::Other(e.into()))?;
    let keys = key::generate()?;
    let mut world = World::default();
    // As the manifest of the App would have it.
    world.app.permissions.grant_all(capabilities::permissions());
    let events = capabilities::events().into_iter();
    world.app.events = events.map(str::to_owned).collect();
    world.app.public_key = Some(keys.public);
    let github = Standin::start(world).await?;
    let running = start(&github, &keys.private, folder.path()).await?;
    let page = format!("http://{}", running.addr());
    github.world().app.webhook_url = Some(format!("{page}/webhook"));

    say(&format!(
        "Waterline {} without an account and without a network.",
        env!("CARGO_PKG_VERSION")
    ));
    say(&format!(
        "A small GitHub is at {}, the App's server at {page}.",
        github.url()
    ));
    story::tell(terminal, &github, &page).await?;

    if demo.once {
        say("\nThat was the story. Without --once a page with all of it stays open.");
    } else {
        say(&format!(
            "\nEverything that happened is on {page}/ — Ctrl-C ends the demo."
        ));
        tokio::signal::ctrl_c()
            .await
            .map_err(|e| Failure::Other(e.into()))?;
    }
    running.stop().await;
    github.stop().await;
    Ok(Ended::Done)
}

/// The same server as `waterline serve`, on a free port.
async fn start(github: &Standin, key: &str, folder: &std::path::Path) -> Result<Running, Failure> {
    let (id, secret) = {
        let world = github.world();
        (world.app.id.to_string(), world.app.webhook_secret.clone())
    };
    let permissions = capabilities::permissions();
    let app = App::new(AppConfig {
        api_url: github.url().to_owned(),
        credentials: Credentials::new(&id, &SecretString::from(key.to_owned()))?,
        permissions: permissions
            .into_iter()
            .map(|(n, l)| (n.to_owned(), l.to_owned()))
            .collect(),
    })?;
    let secrets =
        Secrets::parse(&SecretString::from(secret)).map_err(|e| Failure::Other(e.into()))?;
    let settings = Settings {
        bind: ([127, 0, 0, 1], 0).into(),
        database_url: format!("sqlite://{}", folder.join("waterline.sqlite").display()),
        ..Settings::new(secrets)
    };
    Ok(Server::start(settings, Arc::new(app)).await?)
}
