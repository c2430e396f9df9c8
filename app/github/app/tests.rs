//! The App about itself, and the deliveries that never arrived.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use waterline_core::error::Error;
use waterline_standin::{Delivery, World};

use crate::fixture::{Canned, House, INSTALLATION, credentials, repo, shop};
use crate::{App, AppConfig, Credentials};

fn app_at(url: &str) -> App {
    App::new(AppConfig {
        api_url: url.to_owned(),
        credentials: credentials(),
        permissions: BTreeMap::new(),
    })
    .unwrap()
}

/// What a `Date` header says, `seconds` from now.
fn date(seconds: i64) -> String {
    let then = Timestamp::now() + SignedDuration::from_secs(seconds);
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&then)
        .unwrap()
}

#[tokio::test]
async fn the_app_describes_itself() {
    let house = House::open().await;
    let info = house.app.describe().await.unwrap();
    assert_eq!(
        (info.slug.as_str(), info.name.as_str()),
        ("waterline", "Waterline")
    );
    assert_eq!(info.permissions["checks"], "write");
    assert!(info.events.contains(&"workflow_run".to_owned()));
    assert!(info.clock_skew.abs() < SignedDuration::from_secs(30));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_and_named_when_the_key_is_refused() {
    let github = Canned::start(&[
        &format!(
            "200 OK\r\ndate: {}\r\n\r\n{}",
            date(40),
            r#"{"slug":"w","name":"W","permissions":{},"events":[]}"#
        ),
        &format!("401 Unauthorized\r\ndate: {}\r\n\r\n{{}}", date(-3_600)),
    ])
    .await;
    let app = app_at(&github.url);
    let skew = app.describe().await.unwrap().clock_skew;
    assert!((37..=41).contains(&skew.as_secs()), "{skew:?}");
    let error = app.describe().await.unwrap_err().to_string();
    assert!(error.contains("differs from ours by -3"), "{error}");
}

#[tokio::test]
async fn the_installation_of_a_repository_is_found() {
    let house = House::open().await;
    assert_eq!(house.app.installation_of(&shop()).await, Ok(INSTALLATION));
    let _ = house.standin.repository("elsewhere/shop");
    let error = house
        .app
        .installation_of(&repo("elsewhere/shop"))
        .await
        .unwrap_err();
    let said = "an installation of the App on elsewhere/shop was not found";
    assert_eq!(error.to_string(), said);
}

#[tokio::test]
async fn credentials_are_checked_before_anybody_is_asked_and_never_printed() {
    let broken = Credentials::new("1", &"-----BEGIN RSA PRIVATE KEY-----\nx".into());
    assert!(matches!(broken, Err(Error::Usage(_))));
    assert!(matches!(
        Credentials::new(" ", &"x".into()),
        Err(Error::Usage(_))
    ));
    assert_eq!(format!("{:?}", credentials()), "Credentials(1001)");
    let key = waterline_standin::key::generate().unwrap().private;
    assert!(Credentials::new("Iv1.x", &key.replace('\n', "\\n").into()).is_ok());
}

#[tokio::test]
async fn an_installation_that_is_gone_is_not_found() {
    let house = House::open().await;
    let nowhere = waterline_core::model::InstallationId(9);
    let error = house.app.port(nowhere, &shop(), "d").await.err().unwrap();
    assert_eq!(error, Error::NotFound("installation 9".into()));
}

/// An attempt, `age` minutes ago.
fn attempt(world: &mut World, guid: &str, age: i64, ok: bool) -> u64 {
    let id = world.next_id();
    world.deliveries.push(Delivery {
        id,
        guid: guid.into(),
        event: "workflow_run".into(),
        action: Some("completed".into()),
        redelivery: false,
        delivered_at: Timestamp::now() - SignedDuration::from_mins(age),
        duration: 0.1,
        status_code: if ok { 202 } else { 502 },
        status: if ok {
            "OK"
        } else {
            "Invalid HTTP Response: 502"
        }
        .into(),
        headers: Vec::new(),
        body: b"{}".to_vec(),
        response: String::new(),
    });
    id
}

#[tokio::test]
async fn only_deliveries_that_never_arrived_are_asked_for_again() {
    let house = House::open().await;
    let (old, lost, again, newest) = {
        let mut world = house.standin.world();
        let old = attempt(&mut world, "too-old", 120, false);
        let lost = attempt(&mut world, "lost", 50, false);
        attempt(&mut world, "mended", 40, false);
        let again = attempt(&mut world, "twice", 30, false);
        attempt(&mut world, "mended", 20, true);
        for n in 0..250 {
            attempt(&mut world, &format!("fine-{n}"), 15, true);
        }
        let newest = attempt(&mut world, "twice", 10, false);
        (old, lost, again, newest)
    };
    let since = Timestamp::now() - SignedDuration::from_mins(60);
    let failed = house.app.failed_deliveries(since).await.unwrap();
    let found: Vec<_> = failed
        .iter()
        .map(|one| (one.guid.as_str(), one.id))
        .collect();
    assert_eq!(found, [("lost", lost), ("twice", newest)]);
    assert!(![old, again].contains(&failed[0].id));
    assert_eq!(failed[0].event, "workflow_run");
    assert_eq!(house.asked("GET", "/app/hook/deliveries").len(), 3);

    house.app.redeliver(lost).await.unwrap();
    assert_eq!(house.asked("POST", "/attempts").len(), 1);
}

#[tokio::test]
async fn a_refusal_of_github_is_told_in_its_words() {
    let github = Canned::start(&[
        "403 Forbidden\r\n\r\n{\"message\":\"This installation has been suspended\"}",
    ])
    .await;
    let app = app_at(&github.url);
    let error = app.port(INSTALLATION, &shop(), "d").await.err().unwrap();
    assert!(
        error
            .to_string()
            .ends_with("This installation has been suspended"),
        "{error}"
    );
}
