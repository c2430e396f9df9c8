//! The way to an App over HTTP, and everything that can go wrong on it.

use std::io::BufRead as _;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};
use waterline_core::capabilities::{events, permissions};
use waterline_standin::{Fault, FaultKind, Opening, RunOn};

use super::visitor::{Fresh, Visitor};
use crate::talk::cart_job;

/// Until a failed run has its comment, which only an App with a good key and secret can write.
async fn works(fresh: &Fresh) {
    let start = Instant::now();
    let ready = fresh.at("/readyz");
    while reqwest::get(&ready).await.unwrap().status() != 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "not ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let home = fresh.github.home();
    let pull = home.open_pull_request(Opening::default()).await.unwrap();
    let run = home.start_run(RunOn::PullRequest(pull)).await.unwrap();
    home.finish_run(run, "failure", vec![cart_job()])
        .await
        .unwrap();
    while home.comments_of(pull).is_empty() {
        let log = fresh.waterline.log();
        assert!(start.elapsed() < Duration::from_secs(30), "silent: {log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn install(fresh: &Fresh, visitor: &mut Visitor) {
    let (site, slug) = {
        let world = fresh.github.world();
        (world.site.clone(), world.app.slug.clone())
    };
    let done = visitor
        .post(&format!("{site}/apps/{slug}/installations"), &[])
        .await;
    let page = visitor.get(done.location()).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("That was all"), "{}", page.text);
}

#[tokio::test]
async fn a_fresh_start_shows_its_page_to_whoever_has_the_link() {
    let fresh = Fresh::start(&[]).await;
    let mut stranger = Visitor::new();
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 503),
        ("/metrics", 503),
        ("/", 303),
        ("/setup", 403),
        ("/setup?token=", 403),
        ("/setup?token=0123", 403),
        ("/setup/callback?code=abc&state=def", 403),
        ("/nothing", 404),
    ] {
        let page = stranger.get(&fresh.at(path)).await;
        assert_eq!(page.status, status, "{path}: {}", page.text);
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
    }
    assert_eq!(fresh.ask(&mut stranger, "x", "").await.status, 403);
    let hook = stranger.post(&fresh.at("/webhook"), &[]).await;
    assert_eq!(hook.status, 503);
    assert!(hook.text.contains("not set up yet"), "{}", hook.text);

    let mut visitor = Visitor::new();
    let entered = visitor.get(&fresh.link).await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    let page = visitor.get(&fresh.at("/setup")).await;
    assert_eq!(page.status, 200);
    for (name, value) in [
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.headers[name], value);
    }
    for (name, level) in permissions() {
        let label = waterline_core::manifest::label(name);
        let level = if level == "write" {
            "read and write"
        } else {
            "read"
        };
        let row = format!("<td>{label}</td><td class=\"level\">{level}</td>");
        assert!(page.text.contains(&row), "{row} in {}", page.text);
    }
    // Another server on this host shares the cookie, and is not us.
    let elsewhere = reqwest::Client::new()
        .post(fresh.at("/setup"))
        .header("cookie", &visitor.cookie)
        .header("sec-fetch-site", "same-site")
        .send();
    assert_eq!(elsewhere.await.unwrap().status(), 403);
    let sent = fresh.ask(&mut visitor, "Waterline for tests", "").await;
    assert_eq!(sent.headers["referrer-policy"], "strict-origin");
    let policy = sent.headers["content-security-policy"].to_str().unwrap();
    let site = fresh.github.world().site.clone();
    assert!(policy.contains(&format!("form-action {site};")), "{policy}");
    assert!(!policy.contains("script"), "{policy}");
    fresh.close().await;
}

#[tokio::test]
async fn the_whole_way_ends_with_a_working_app() {
    let fresh = Fresh::start(&[]).await;
    let mut visitor = fresh.visitor().await;
    let back = fresh.agree(&mut visitor, "octo").await;
    let done = visitor.get(&back).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.headers["referrer-policy"], "no-referrer");
    {
        let world = fresh.github.world();
        assert_eq!(world.app.owner, "octo");
        let granted = world.app.permissions.0.iter();
        let granted: Value = granted
            .map(|(name, level)| (name.clone(), Value::from(level.word())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_eq!(granted, json!(permissions()));
        assert_eq!(json!(world.app.events), json!(events()));
        let slug = &world.app.slug;
        let link = format!("{}/apps/{slug}/installations/new", world.site);
        assert!(done.text.contains(&link), "{link} in {}", done.text);
    }
    let mode = std::fs::metadata(fresh.file()).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    for secret in fresh.secrets() {
        assert!(!done.text.contains(&secret), "a secret is shown");
    }
    install(&fresh, &mut visitor).await;
    works(&fresh).await;
    // Once is enough.
    for path in ["/setup", "/setup?token=x", &back[fresh.at("").len()..]] {
        let late = visitor.get(&fresh.at(path)).await;
        assert_eq!(late.status, 410, "{path}: {}", late.text);
    }
    fresh.close().await;
}

#[tokio::test]
async fn the_next_start_finds_the_credentials() {
    let fresh = Fresh::start(&[]).await;
    let mut visitor = fresh.visitor().await;
    let back = fresh.agree(&mut visitor, "octo").await;
    assert_eq!(visitor.get(&back).await.status, 200);
    install(&fresh, &mut visitor).await;
    let before = std::fs::read(fresh.file()).unwrap();
    let fresh = fresh.again(&[]);
    works(&fresh).await;
    assert_eq!(std::fs::read(fresh.file()).unwrap(), before);
    fresh.close().await;
}

#[tokio::test]
async fn an_answer_that_is_not_ours_is_said_and_changes_nothing() {
    let fresh = Fresh::start(&[]).await;
    let mut visitor = fresh.visitor().await;
    let good = fresh.agree(&mut visitor, "").await;
    let (path, state) = good.split_once("&state=").unwrap();
    let callback = path.split_once("?code=").unwrap().0;
    for (status, says, address) in [
        (
            403,
            "another question",
            format!("{path}&state={}", "0".repeat(64)),
        ),
        (403, "another question", path.to_owned()),
        (403, "another question", format!("{path}&state=")),
        (
            403,
            "No App was created",
            format!("{callback}?error=access_denied&state={state}"),
        ),
        (
            403,
            "No App was created",
            format!("{callback}?state={state}"),
        ),
        (403, "No App was created", callback.to_owned()),
        (
            400,
            "no answer of GitHub",
            format!("{callback}?code=..%2Fx&state={state}"),
        ),
        (
            400,
            "no answer of GitHub",
            format!("{callback}?code=%3Ci%3E&state={state}"),
        ),
    ] {
        let page = visitor.get(&address).await;
        assert_eq!(page.status, status, "{address}: {}", page.text);
        assert!(page.text.contains(says), "{says} in {}", page.text);
        assert!(page.text.contains("href=\"/setup\""), "no way on");
    }
    assert!(!fresh.file().exists());
    assert_eq!(visitor.get(&good).await.status, 200, "none was used up");
    fresh.close().await;
}

#[tokio::test]
async fn a_code_that_brings_no_app_is_said_and_the_way_begins_again() {
    let fresh = Fresh::start(&[]).await;
    let mut visitor = fresh.visitor().await;
    let good = fresh.agree(&mut visitor, "").await;
    // Another browser cannot use the answer, and is not let in any more.
    for address in [&good, &fresh.link] {
        let page = Visitor::new().get(address).await;
        assert_eq!(page.status, 403, "{address}");
        assert!(page.text.contains("wants its link"), "{}", page.text);
    }
    // This one may open its link again.
    let page = visitor.get(&fresh.link).await;
    assert_eq!((page.status, page.location()), (303, "/setup"));

    // GitHub does not know the code: used, or too old.
    fresh.github.world().app.manifests.clear();
    let page = visitor.get(&good).await;
    assert_eq!(page.status, 410);
    assert!(page.text.contains("no longer good"), "{}", page.text);
    // The state is used up too.
    assert_eq!(visitor.get(&good).await.status, 403);

    // GitHub is away.
    let conversions = "/app-manifests/{code}/conversions";
    for (kind, status) in [
        (FaultKind::Broken, 503),
        (FaultKind::Status(502, "Bad Gateway".to_owned()), 503),
        (FaultKind::TooMany(Some(600)), 503),
        (FaultKind::Status(418, "No".to_owned()), 502),
    ] {
        let back = fresh.agree(&mut visitor, "").await;
        let fault = Fault::once("POST", conversions, kind.clone()).times(5);
        fresh.github.world().faults.push(fault);
        let page = visitor.get(&back).await;
        fresh.github.world().faults.clear();
        assert_eq!(page.status, status, "{kind:?}: {}", page.text);
        assert!(page.text.contains("did not arrive"), "{}", page.text);
    }
    assert!(!fresh.file().exists());
    let back = fresh.agree(&mut visitor, "octo").await;
    assert_eq!(visitor.get(&back).await.status, 200, "begun again");
    fresh.close().await;
}

#[tokio::test]
async fn credentials_are_never_replaced() {
    let fresh = Fresh::start(&[]).await;
    let mut visitor = fresh.visitor().await;
    let back = fresh.agree(&mut visitor, "").await;
    std::fs::write(fresh.file(), "those of somebody else").unwrap();
    let page = visitor.get(&back).await;
    assert_eq!(page.status, 500, "{}", page.text);
    assert!(page.text.contains("already"), "{}", page.text);
    let settings = format!("{}/settings/apps/", fresh.github.world().site);
    assert!(page.text.contains(&settings), "{}", page.text);
    let kept = std::fs::read_to_string(fresh.file()).unwrap();
    assert_eq!(kept, "those of somebody else");
    fresh.close().await;
}

#[tokio::test]
async fn credentials_can_be_printed_instead() {
    let mut fresh = Fresh::start(&[("WATERLINE_PRINT_CREDENTIALS", "true")]).await;
    let mut visitor = fresh.visitor().await;
    let back = fresh.agree(&mut visitor, "octo").await;
    let done = visitor.get(&back).await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("were printed"), "{}", done.text);
    assert!(!fresh.file().exists());
    let mut given = Vec::new();
    let mut line = String::new();
    while given.len() < 3 && fresh.stdout.read_line(&mut line).unwrap() > 0 {
        if let Some((name, value)) = line.trim().split_once('=')
            && name.starts_with("WATERLINE_")
        {
            given.push((name.to_owned(), value.to_owned()));
        }
        line.clear();
    }
    install(&fresh, &mut visitor).await;
    works(&fresh).await;
    // What was printed is what the next start takes.
    let given: Vec<(&str, &str)> = given
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let fresh = fresh.again(&given);
    works(&fresh).await;
    fresh.close().await;
}

#[tokio::test]
async fn what_was_chosen_wrongly_is_said_beside_the_form() {
    let fresh = Fresh::start(&[("GITHUB_SERVER_URL", "https://git.example.com")]).await;
    let mut visitor = fresh.visitor().await;
    let good = [
        ("name", "W"),
        ("owner", "organization"),
        ("organization", "octo"),
        ("url", "https://w.example.com"),
    ];
    let sent = visitor.post(&fresh.at("/setup"), &good).await;
    let action = sent.value("<form method=\"post\" action=\"");
    let start = "https://git.example.com/organizations/octo/settings/apps/new?state=";
    assert!(action.starts_with(start), "{action}");
    for (at, odd, says) in [
        (0, "", "1 to 34 characters"),
        (2, "octo/../x", "name of an organisation"),
        (3, "w.example.com", "An address looks like"),
        (3, "http://w.example.com", "with https"),
        (3, "http://localhost:3000", "cannot reach"),
    ] {
        let mut fields = good;
        fields[at].1 = odd;
        let page = visitor.post(&fresh.at("/setup"), &fields).await;
        assert_eq!(page.status, 422, "{odd}");
        assert!(page.text.contains(says), "{says} in {}", page.text);
    }
    let page = visitor.post(&fresh.at("/setup"), &[("name", "only")]).await;
    assert_eq!(page.status, 400);
    // On to GitHub's own page for a new file, and nowhere else.
    let to = fresh.at("/setup/configure?repository=octo%2Fshop");
    let on = visitor.get(&to).await;
    let file = "https://git.example.com/octo/shop/new/HEAD?filename=.github%2Fwaterline.yml&value=";
    assert!(on.status == 303 && on.location().starts_with(file));
    for odd in [
        "",
        "octo",
        "..%2F..",
        "%2F%2Fevil.example%2Fx",
        "o%2Fr%0D%0Ax",
    ] {
        let to = fresh.at(&format!("/setup/configure?repository={odd}"));
        assert_eq!(visitor.get(&to).await.status, 422, "{odd}");
    }
    let id = fresh.at("/setup/installed?installation_id=%3Cscript%3E&setup_action=%22%3E%3Ci%3E");
    let installed = visitor.get(&id).await;
    assert!(installed.status == 200 && !installed.text.contains("<script"));
    fresh.close().await;
}

/// Names that a template could stumble over.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[<>\"'&/={}% a-z]{1,34}",
        Just("\"><script>alert(1)</script>".to_owned()),
        Just("' onfocus='x".to_owned()),
        Just("</pre><form action=//e.example>".to_owned()),
    ]
}

#[test]
fn whatever_names_are_typed_the_pages_keep_their_form() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (fresh, visitor) = runtime.block_on(async {
        let fresh = Fresh::start(&[]).await;
        let visitor = fresh.visitor().await;
        (fresh, tokio::sync::Mutex::new(visitor))
    });
    // A text can only break out of its place by one of these.
    let form = |text: &str| ['<', '>', '"'].map(|c| text.matches(c).count());
    let ask = |name: &str, organization: &str| {
        runtime.block_on(async {
            let page = fresh
                .ask(&mut *visitor.lock().await, name, organization)
                .await;
            (page.status, form(&page.text))
        })
    };
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(96));
    let plain = [ask("plain", ""), ask("", ""), ask("", "octo")];
    let all = (hostile(), hostile());
    let outcome = runner.run(&all, |(name, organization)| {
        for (status, shape) in [ask(&name, ""), ask(&name, &organization)] {
            let known = plain.iter().any(|(s, p)| *s == status && *p == shape);
            let named = plain[0].1.iter().zip(shape).all(|(p, s)| *p == s);
            prop_assert!(known || (status == 200 && named), "{status} {shape:?}");
        }
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(fresh.close());
}
