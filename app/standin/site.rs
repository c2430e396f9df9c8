//! The web pages of GitHub that a set-up leads through: a manifest is shown and agreed to, the App is installed, a
//! new file is proposed. Whoever looks is signed in as `mona`.

use serde_json::Value;

use crate::door::Request;
use crate::installation::Installation;
use crate::manifest;
use crate::reply::{Body, Reply};
use crate::user::UserKind;
use crate::world::World;

/// Who sits before the browser.
const PERSON: &str = "mona";

/// The answer to a browser.
pub(crate) fn answer(world: &mut World, request: &Request) -> Reply {
    let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (request.method.as_str(), &path[..]) {
        ("POST", ["settings", "apps", "new"]) => show(request, PERSON),
        ("POST", ["organizations", org, "settings", "apps", "new"]) => match world.user(org) {
            Some(user) if user.kind == UserKind::Organization => show(request, &user.login),
            _ => lost(),
        },
        ("POST", ["settings", "apps", "create"]) => create(world, request),
        ("GET", ["settings", "apps"]) => {
            page(200, "Developer settings", "<p>No App was created.</p>")
        }
        ("GET", ["apps", slug]) if *slug == world.app.slug => {
            let body = format!("<p><a href=\"/apps/{slug}/installations/new\">Install</a></p>");
            page(200, &world.app.name, &body)
        }
        ("GET", ["apps", slug, "installations", "new"]) if *slug == world.app.slug => {
            let body = format!(
                "<p>All repositories of <b>{}</b></p><form method=\"post\" action=\"/apps/{slug}/installations\">\
                 <button id=\"install\">Install</button></form>",
                escape(&world.app.owner)
            );
            page(200, &format!("Install {}", world.app.name), &body)
        }
        ("POST", ["apps", slug, "installations"]) if *slug == world.app.slug => install(world),
        ("GET", [_, _, "new", "HEAD"]) => {
            let body = format!(
                "<p>{}</p><pre>{}</pre><p><a>Commit changes…</a></p>",
                escape(&given(&request.query, "filename")),
                escape(&given(&request.query, "value"))
            );
            page(200, "New file", &body)
        }
        _ => lost(),
    }
}

/// A manifest before it is agreed to.
fn show(request: &Request, owner: &str) -> Reply {
    let manifest = field(request, "manifest");
    let Ok(json) = serde_json::from_str::<Value>(&manifest) else {
        return refuse(&["The manifest is not JSON.".to_owned()]);
    };
    let wrong = manifest::check(&json);
    if !wrong.is_empty() {
        return refuse(&wrong);
    }
    let body = format!(
        "<p>Create a GitHub App that may: {}</p><form method=\"post\" action=\"/settings/apps/create\">\
         <input type=\"hidden\" name=\"manifest\" value=\"{}\"><input type=\"hidden\" name=\"owner\" value=\"{}\">\
         <input type=\"hidden\" name=\"state\" value=\"{}\">\
         <button id=\"create\">Create GitHub App for {}</button> <a id=\"cancel\" href=\"/settings/apps\">Cancel</a></form>",
        escape(&json["default_permissions"].to_string()),
        escape(&manifest),
        escape(owner),
        escape(&given(&request.query, "state")),
        escape(owner),
    );
    page(200, json["name"].as_str().unwrap_or_default(), &body)
}

/// A person agrees: back with a code.
fn create(world: &mut World, request: &Request) -> Reply {
    let Ok(json) = serde_json::from_str::<Value>(&field(request, "manifest")) else {
        return refuse(&["The manifest is not JSON.".to_owned()]);
    };
    let back = json["redirect_url"].as_str().unwrap_or_default().to_owned();
    let code = world.agree(json, &field(request, "owner"));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &field(request, "state"))
        .finish();
    Reply::found(format!("{back}?{query}"))
}

/// Installs the App on all repositories of its owner.
fn install(world: &mut World) -> Reply {
    let owner = world.app.owner.clone();
    let known = world.installations.iter().find(|one| one.account == owner);
    let id = match known.map(|one| one.id) {
        Some(id) => id,
        None => {
            let id = world.next_id();
            world.installations.push(Installation::new(id, &owner));
            id
        }
    };
    match &world.app.setup_url {
        Some(url) => Reply::found(format!("{url}?installation_id={id}&setup_action=install")),
        None => page(200, "Installed", ""),
    }
}

fn refuse(wrong: &[String]) -> Reply {
    let items: String = wrong
        .iter()
        .map(|one| format!("<li>{}</li>", escape(one)))
        .collect();
    page(
        422,
        "Invalid GitHub App configuration",
        &format!("<ul>{items}</ul>"),
    )
}

fn lost() -> Reply {
    page(404, "Not found", "")
}

fn page(status: u16, title: &str, body: &str) -> Reply {
    let title = escape(title);
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font:16px/1.5 sans-serif;max-width:40rem;margin:3rem auto\"><h1>{title}</h1>{body}"
    );
    Reply::new(
        status,
        Body::Bytes(html.into_bytes(), "text/html; charset=utf-8"),
    )
}

/// A field of the form that was sent.
fn field(request: &Request, name: &str) -> String {
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(&request.body).into_owned().collect();
    given(&fields, name)
}

fn given(pairs: &[(String, String)], name: &str) -> String {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
