//! Where GitHub sends the browser back to: a code becomes an App, and whatever went wrong becomes
//! a page that says what to do. The code, the key and the secrets are in no page and no log.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::extract::{Query, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use waterline_core::error::Error;
use waterline_core::manifest::{Origin, Wish};
use waterline_github::{Code, Conversion, NewApp, convert};

use super::session::Answered;
use super::view::{Done, EXAMPLE, Trouble};
use super::{Hall, Whereabouts, after, ask, routes};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    code: String,
    state: String,
    error: String,
}

/// `GET /setup/callback`.
pub(super) async fn callback(State(hall): State<Arc<Hall>>, request: Request) -> Response {
    // Two answers at once would make two Apps of which one is lost.
    let _turn = hall.turn.lock().await;
    if hall.done.load(Ordering::Acquire) {
        return after::gone().await;
    }
    let session = routes::session(request.headers());
    let answer = Query::<Answer>::try_from_uri(request.uri())
        .map(|answer| answer.0)
        .unwrap_or_default();
    if !hall.entrance.knows(session, Instant::now()) {
        return ask::not_let_in();
    }
    if !answer.error.is_empty() || answer.code.is_empty() {
        return denied();
    }
    let Ok(code) = answer.code.parse::<Code>() else {
        return odd();
    };
    let wish = match hall.entrance.answer(session, &answer.state, Instant::now()) {
        Answered::Ours(wish) => wish,
        Answered::Late => return void(),
        Answered::Stranger | Answered::Unasked => return unasked(),
    };
    match convert(&hall.api_url, &code).await {
        Ok(Conversion::Made(made)) => keep(&hall, &wish, *made).await,
        Ok(Conversion::Void) => void(),
        Err(error) => {
            tracing::warn!("the new App could not be fetched: {error}");
            unfetched(&error, &wish.apps(&hall.web))
        }
    }
}

async fn keep(hall: &Hall, wish: &Wish, made: NewApp) -> Response {
    let settings = format!("{}/{}", wish.apps(&hall.web), made.slug);
    if made.webhook_secret.is_none() {
        let what =
            "GitHub gave the App no secret for its webhook, and unsigned deliveries are not taken.";
        return unkept(what.to_owned(), settings);
    }
    let (keeper, copy) = (Arc::clone(&hall.keeper), made.clone());
    let kept = tokio::task::spawn_blocking(move || keeper.keep(&copy)).await;
    let kept = match kept {
        Ok(Ok(kept)) => kept,
        Ok(Err(sentence)) => {
            tracing::error!("the App's credentials could not be kept: {sentence}");
            return unkept(sentence, settings);
        }
        Err(_) => return unkept("Something went wrong on our side.".to_owned(), settings),
    };
    hall.done.store(true, Ordering::Release);
    tracing::info!(app = made.slug, "the App is set up");
    let done = Done {
        name: made.name.clone(),
        install: install(&hall.web, &made),
        file: match kept {
            Whereabouts::File(path) => path,
            Whereabouts::Printed => String::new(),
        },
        example: EXAMPLE,
    };
    // Before the answer: whoever reads it and comes again is let in by the real server.
    hall.stop.send_replace(true);
    // There is room for one, and there is only one.
    let _ = hall.made.send(made).await;
    done.page(&hall.web)
}

/// The page that installs it. GitHub says where its page is, and is believed on its own host only.
fn install(web: &Origin, made: &NewApp) -> String {
    let own = made.html_url.strip_prefix(web.as_str());
    match own.filter(|path| path.starts_with('/')) {
        Some(path) => format!("{web}{path}/installations/new"),
        None => format!("{web}/apps/{}/installations/new", made.slug),
    }
}

fn denied() -> Response {
    Trouble::again(
        "No App was created",
        "GitHub sent you back without one: it was cancelled there, or you may not create Apps for that owner.",
        "Begin again when you like, or choose an owner whose Apps you may manage. For an organisation that is an owner of it, or an App manager.",
    )
    .page(StatusCode::FORBIDDEN)
}

fn odd() -> Response {
    Trouble::again(
        "That was no answer of GitHub’s",
        "The code in the address does not look like one of GitHub’s.",
        "Nothing was changed. Begin again, and follow GitHub’s page to its end.",
    )
    .page(StatusCode::BAD_REQUEST)
}

fn unasked() -> Response {
    Trouble::again(
        "This answer belongs to another question",
        "The state in the address is not the one that this browser was given last. Somebody else’s link, an older tab, or a page that was loaded twice does that.",
        "Nothing was changed. Begin again, in one tab. If an App was created on GitHub meanwhile, delete it there: nobody has its key.",
    )
    .page(StatusCode::FORBIDDEN)
}

fn void() -> Response {
    Trouble::again(
        "The code is no longer good",
        "GitHub’s code serves once and for one hour. This one was used already, or is older.",
        "Delete the App that was just created on GitHub, if there is one: nobody has its key. Then begin again.",
    )
    .page(StatusCode::GONE)
}

fn unfetched(error: &Error, apps: &str) -> Response {
    let status = if error.is_temporary() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::BAD_GATEWAY
    };
    let advice = format!(
        "Check the network of this server, its proxy and GITHUB_API_URL. The App was created, but \
         its key did not arrive: delete it at {apps}, then begin again."
    );
    Trouble::again(
        "The App’s key did not arrive",
        format!("This server asked GitHub for it, and: {error}."),
        &advice,
    )
    .page(status)
}

fn unkept(sentence: String, settings: String) -> Response {
    Trouble {
        title: "The credentials could not be kept",
        what: sentence,
        advice: "The App was created, but nobody has its key. Delete it on GitHub (Advanced → \
                 Delete GitHub App), mend the cause, and begin again; or generate a key on its \
                 page, and set it up by hand."
            .to_owned(),
        link: settings,
        link_text: "The App’s page on GitHub",
    }
    .page(StatusCode::INTERNAL_SERVER_ERROR)
}
