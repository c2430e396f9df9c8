//! The set-up clicked through in Chromium, which runs no scripts here, with a picture of each
//! page. A person should look at them after a change: `target/tmp/setup-screens/`.

use waterline_standin::{Fault, FaultKind};

use super::visitor::Fresh;
use crate::support::Browser;

#[tokio::test]
async fn a_person_clicks_from_a_fresh_server_to_an_installed_app() {
    let fresh = Fresh::start(&[]).await;
    let browser = Browser::start(1100, 1250).await;
    browser.open(&fresh.at("/setup")).await;
    assert!(browser.title().await.contains("wants its link"));
    browser.picture("0-without-the-link").await;

    browser.open(&fresh.link).await;
    assert_eq!(browser.url().await, fresh.at("/setup"), "the token is gone");
    browser.picture("1-ask").await;
    browser.fill("#name", "Waterline for octo").await;
    browser.press("input[value=organization]").await;
    browser.fill("#organization", "octo!").await;
    browser.click("form button", "Set up").await;
    browser.picture("2-ask-wrong").await;
    browser.fill("#organization", "octo").await;
    browser.click("form button", "Create it on GitHub").await;
    browser.press("summary").await;
    browser.picture("3-send").await;
    browser.click("form button", "Waterline for octo").await;
    browser.picture("4-github").await;
    browser.click("#create", "The App is there").await;
    browser.picture("5-done").await;
    // What a real browser tells GitHub of where the form came from: the origin alone.
    let exchanges = fresh.github.exchanges();
    let form = exchanges.iter().find(|e| e.path.ends_with("/apps/new"));
    let (origin, from) = form
        .map(|e| (e.header("origin"), e.header("referer")))
        .unwrap();
    assert_eq!(origin, Some(&*fresh.waterline.url));
    assert_eq!(from, Some(&*fresh.at("/")));
    assert!(fresh.file().exists());

    let done = browser.url().await;
    browser
        .click("a.button", "Install Waterline for octo")
        .await;
    browser.click("#install", "Installed").await;
    browser.picture("6-installed").await;
    browser.fill("#repository", "octo/shop").await;
    browser.click("form button", "New file").await;
    browser.picture("7-new-file").await;
    browser.open(&done).await;
    assert!(browser.title().await.contains("has its App"));
    browser.picture("8-twice").await;
    fresh.close().await;
}

#[tokio::test]
async fn a_person_sees_what_went_wrong() {
    let fresh = Fresh::start(&[]).await;
    let browser = Browser::start(420, 900).await;
    browser.open(&fresh.link).await;
    browser.picture("small-1-ask").await;
    browser.fill("#name", "Waterline for mona").await;
    browser.click("form button", "Create it on GitHub").await;
    browser.picture("small-2-send").await;
    browser.click("form button", "Waterline for mona").await;
    // The cancelled page has no way back of GitHub's making; some flows come back with an error.
    browser.click("#cancel", "Developer settings").await;
    let denied = "/setup/callback?error=access_denied";
    browser.open(&fresh.at(denied)).await;
    assert_eq!(browser.headline().await, "No App was created");
    browser.picture("small-3-denied").await;

    let forged = format!("/setup/callback?code=abc&state={}", "0".repeat(64));
    browser.open(&fresh.at(&forged)).await;
    assert!(browser.headline().await.contains("another question"));
    browser.picture("small-4-wrong-state").await;

    browser.click("a.button", "Set up").await;
    browser.fill("#name", "Waterline for mona").await;
    browser.click("form button", "Create it on GitHub").await;
    browser.click("form button", "Waterline for mona").await;
    // What GitHub says of a code that was used, or is too old.
    let conversions = "/app-manifests/{code}/conversions";
    let void = FaultKind::Status(404, "Not Found".to_owned());
    let fault = Fault::once("POST", conversions, void);
    fresh.github.world().faults.push(fault);
    browser.click("#create", "no longer good").await;
    browser.picture("small-5-used-code").await;

    browser.click("a.button", "Set up").await;
    browser.fill("#name", "Waterline for mona").await;
    browser.click("form button", "Create it on GitHub").await;
    browser.click("form button", "Waterline for mona").await;
    browser.click("#create", "The App is there").await;
    browser.picture("small-6-done").await;
    fresh.close().await;
}
