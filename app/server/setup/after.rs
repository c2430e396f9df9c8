//! The pages that stay when the App is there: after an installation, and for a late visitor.
//!
//! They are open to everybody, so they say nothing that is not known to everybody, and they
//! believe nothing that stands in the address.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, Uri};
use serde::Deserialize;
use waterline_core::manifest::Origin;
use waterline_core::model::RepoName;

use super::view::{EXAMPLE, Installed, Trouble};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    setup_action: String,
    repository: String,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let asked = Query::<Self>::try_from_uri(uri);
        asked.map(|asked| asked.0).unwrap_or_default()
    }
}

/// `GET /setup/installed`. The id that GitHub appends could be anybody's, so it is not even read:
/// what is installed where is learned from GitHub itself, delivery by delivery.
pub(crate) fn installed(web: &Origin, uri: &Uri) -> Response {
    Installed::new(Asked::of(uri).setup_action == "request").page(web)
}

/// `GET /setup/configure`: on to GitHub's own page for a new file, with our text in it.
pub(crate) fn configure(web: &Origin, uri: &Uri) -> Response {
    let Ok(repo) = Asked::of(uri).repository.trim().parse::<RepoName>() else {
        let mut trouble = Trouble::again(
            "That is no repository",
            "A repository is written OWNER/NAME, as in the address of its page.",
            "Go back and write it so.",
        );
        trouble.link = waterline_core::manifest::INSTALLED.to_owned();
        trouble.link_text = "Try again";
        return trouble.page(StatusCode::UNPROCESSABLE_ENTITY);
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("filename", ".github/waterline.yml")
        .append_pair("value", EXAMPLE)
        .finish();
    Redirect::to(&format!("{web}/{repo}/new/HEAD?{query}")).into_response()
}

/// `GET /setup` and its callback once there is an App.
pub(crate) async fn gone() -> Response {
    Trouble {
        title: "This server has its App",
        what: "It was set up before, and is not set up twice: nobody can put another App in its \
               place from a browser."
            .to_owned(),
        advice:
            "There is nothing to do here. To see whether all is well, run “waterline doctor” \
                 on the server. To give it another App, stop it, put its credentials aside, and start \
                 it again."
                .to_owned(),
        ..Trouble::default()
    }
    .page(StatusCode::GONE)
}
