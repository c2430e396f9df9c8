//! The request path against a GitHub that limits, fails, redirects and forgets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use waterline_core::error::Error;
use waterline_core::model::RunId;
use waterline_core::report::{Block, Document, Effect, Marker};
use waterline_standin::{Fault, FaultKind, FinishedJob, RunOn};

use crate::fixture::{Canned, DELIVERY, House, INSTALLATION, credentials, repo, shop};
use crate::{App, AppConfig, with_token};

const COMMENTS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

fn comment() -> Effect {
    Effect::Comment {
        repo: shop(),
        number: waterline_core::model::IssueNumber(1),
        marker: Marker::new("diagnose", "octo/shop#1"),
        document: Document {
            blocks: vec![Block::Paragraph(vec!["Red.".into()])],
        },
        create: true,
    }
}

#[tokio::test]
async fn pages_are_followed_with_our_token_whatever_host_their_links_name() {
    let house = House::open().await;
    let run = {
        let mut world = house.standin.world();
        let run = world
            .begin_run("octo/shop", "CI", RunOn::Branch("main"))
            .unwrap();
        for n in 0..230 {
            world.add_job("octo/shop", run, FinishedJob::success(&format!("job {n}")));
        }
        world.site = "http://ghe.invalid".into();
        run
    };
    let jobs = house
        .port()
        .await
        .jobs(&shop(), RunId(run), 1)
        .await
        .unwrap();
    assert_eq!(jobs.len(), 230);
    let asked = house.asked("GET", "/jobs");
    assert_eq!(asked.len(), 3);
    for exchange in asked {
        assert!(
            exchange
                .header("authorization")
                .unwrap()
                .starts_with("Bearer ghs_")
        );
        assert_eq!(exchange.header("x-waterline-delivery"), Some(DELIVERY));
        assert_eq!(exchange.header("x-github-api-version"), Some("2022-11-28"));
        assert!(
            exchange
                .header("user-agent")
                .unwrap()
                .starts_with("waterline/")
        );
    }
}

#[tokio::test]
async fn a_write_that_may_have_arrived_is_not_sent_again_and_found_by_the_next_try() {
    let house = House::open().await;
    let port = house.port().await;
    for kind in [
        FaultKind::Status(502, "Bad Gateway".into()),
        FaultKind::Broken,
    ] {
        let sent = house.asked("POST", "/comments").len();
        house
            .standin
            .world()
            .faults
            .push(Fault::once("POST", COMMENTS, kind));
        assert!(port.apply(&comment()).await.unwrap_err().is_temporary());
        assert_eq!(house.asked("POST", "/comments").len(), sent + 1);
    }
    house
        .standin
        .world()
        .faults
        .push(Fault::once("POST", COMMENTS, FaultKind::BrokenAfter));
    assert!(matches!(
        port.apply(&comment()).await,
        Err(Error::Unavailable(_))
    ));
    port.apply(&comment()).await.unwrap();
    assert_eq!(house.standin.home().comments_of(1).len(), 1);
}

#[tokio::test]
async fn a_read_is_tried_four_times() {
    let house = House::open().await;
    let port = house.port().await;
    let fault = Fault::once("GET", "*", FaultKind::Html(502));
    house.standin.world().faults.push(fault.clone().times(3));
    assert_eq!(port.file(&shop(), "nothing.yml").await, Ok(None));
    assert_eq!(house.asked("GET", "/nothing.yml").len(), 4);
    house.standin.world().faults.push(fault.times(4));
    let error = port.file(&shop(), "nothing.yml").await.unwrap_err();
    let said = "GitHub answered 502 to Reading `nothing.yml` in octo/shop";
    assert_eq!(error, Error::Unavailable(said.into()));
}

#[tokio::test]
async fn fifty_first_calls_mint_one_token_for_one_repository() {
    let house = House::open().await;
    let repo = shop();
    let calls = (0..50).map(|_| house.app.port(INSTALLATION, &repo, DELIVERY));
    for port in futures_util::future::join_all(calls).await {
        assert!(port.is_ok());
    }
    let minted = house.asked("POST", "/access_tokens");
    assert_eq!(minted.len(), 1);
    assert_eq!(
        minted[0].json(),
        serde_json::json!({ "repositories": ["shop"] })
    );
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_once() {
    let house = House::open().await;
    let port = house.port().await;
    house.standin.world().tokens.clear();
    assert_eq!(port.file(&shop(), "nothing.yml").await, Ok(None));
    assert_eq!(house.asked("POST", "/access_tokens").len(), 2);
    let fault = Fault::once("GET", "*", FaultKind::Status(401, "Bad credentials".into()));
    house.standin.world().faults.push(fault.times(9));
    let error = port.file(&shop(), "nothing.yml").await.unwrap_err();
    assert!(matches!(error, Error::Refused(why) if why.ends_with("Bad credentials")));
    assert_eq!(house.asked("POST", "/access_tokens").len(), 3);
}

#[tokio::test]
async fn a_token_is_not_kept_into_its_last_minutes() {
    let token = |minutes| {
        let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
        format!("201 Created\r\n\r\n{{\"token\":\"ghs_{minutes}\",\"expires_at\":\"{ends}\"}}")
    };
    let github = Canned::start(&[&token(4), &token(6), &token(60)]).await;
    let app = App::new(AppConfig {
        api_url: github.url.clone(),
        credentials: credentials(),
        permissions: BTreeMap::from([("checks".into(), "write".into())]),
    });
    let app = app.unwrap();
    for _ in 0..4 {
        app.port(INSTALLATION, &shop(), DELIVERY).await.unwrap();
    }
    let asked = github.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].ends_with(r#"{"permissions":{"checks":"write"},"repositories":["shop"]}"#));
}

#[tokio::test]
async fn what_has_not_changed_costs_nothing() {
    let house = House::open().await;
    let port = house.port().await;
    let path = house.standin.world().repositories[0]
        .tip()
        .unwrap()
        .files
        .keys()
        .next()
        .cloned();
    let path = path.unwrap();
    let first = port.file(&shop(), &path).await.unwrap();
    assert!(first.is_some());
    assert_eq!(port.file(&shop(), &path).await.unwrap(), first);
    let statuses: Vec<_> = house.asked("GET", &path).iter().map(|e| e.status).collect();
    assert_eq!(statuses, [200, 304]);
}

#[tokio::test]
async fn a_limit_is_kept_without_asking_again() {
    let house = House::open().await;
    let port = house.port().await;
    let reset = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(90);
    house.standin.world().rate.exhaust(reset);
    for _ in 0..2 {
        let limited = port.file(&shop(), "x").await.unwrap_err();
        assert!(
            matches!(limited, Error::RateLimited(left) if (80..=91).contains(&left.as_secs())),
            "{limited:?}"
        );
    }
    assert_eq!(house.asked("GET", "/x").len(), 1);
}

#[tokio::test]
async fn a_short_limit_is_waited_for_and_a_long_one_is_not() {
    let house = House::open().await;
    let port = house.port().await;
    house
        .standin
        .world()
        .faults
        .push(Fault::once("POST", COMMENTS, FaultKind::Secondary(Some(1))));
    let begun = Instant::now();
    port.apply(&comment()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    house
        .standin
        .world()
        .faults
        .push(Fault::once("GET", "*", FaultKind::TooMany(None)));
    let limited = port.file(&shop(), "x").await.unwrap_err();
    assert_eq!(limited, Error::RateLimited(Duration::from_secs(60)));
}

#[tokio::test]
async fn a_redirect_is_followed_on_our_own_host_only() {
    let github = Canned::start(&[
        "301 Moved Permanently\r\nlocation: https://elsewhere.invalid/repositories/7/contents/x?ref=a\r\n\r\n",
        "200 OK\r\ncontent-type: text/plain\r\n\r\nhello",
        "302 Found\r\nlocation: /loop\r\n\r\n",
        "302 Found\r\nlocation: /loop\r\n\r\n",
        "302 Found\r\nlocation: /loop\r\n\r\n",
        "302 Found\r\nlocation: /loop\r\n\r\n",
    ])
    .await;
    let port = with_token(&github.url, "ghp_x".into(), "d-1").unwrap();
    assert_eq!(
        port.file(&shop(), "x").await.unwrap().as_deref(),
        Some("hello")
    );
    let asked = github.asked();
    assert!(
        asked[1].starts_with("get /repositories/7/contents/x?ref=a "),
        "{}",
        asked[1]
    );
    assert!(asked[1].contains("authorization: bearer ghp_x"));
    assert!(matches!(
        port.file(&shop(), "y").await,
        Err(Error::Refused(_))
    ));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let long = format!("200 OK\r\n\r\n{}", "x".repeat((1 << 20) + 1));
    let github = Canned::start(&[&long]).await;
    let port = with_token(&github.url, "ghp_x".into(), "d-1").unwrap();
    let error = port.file(&shop(), "big.yml").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`big.yml` in octo/shop is larger than 1024 KB"
    );
}

#[tokio::test]
async fn another_repository_of_the_owner_gets_a_token_of_its_own() {
    let house = House::open().await;
    let port = house.port().await;
    for _ in 0..2 {
        assert_eq!(port.file(&repo("octo/.github"), "x.yml").await, Ok(None));
    }
    // GitHub said no once; nobody asks for that token again so soon.
    assert_eq!(house.asked("POST", "/access_tokens").len(), 2);
    let _ = house.standin.repository("octo/docs");
    assert_eq!(port.file(&repo("octo/docs"), "x.yml").await, Ok(None));
    let asked = house.asked("POST", "/access_tokens");
    assert_eq!(
        asked[2].json(),
        serde_json::json!({ "repositories": ["docs"] })
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_wrong_use() {
    for bad in [
        "",
        "api.github.com",
        "ftp://x",
        "https://x/?y=1",
        "https://",
    ] {
        let made = with_token(bad, "ghp_x".into(), "d-1");
        assert!(matches!(made.err(), Some(Error::Usage(_))), "{bad}");
    }
}

#[tokio::test]
async fn github_that_is_not_there_is_an_outage() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let port = with_token(&url, "ghp_x".into(), "d-1").unwrap();
    let error = port.run(&shop(), RunId(1)).await.unwrap_err();
    let said = "GitHub could not be reached: no connection could be made";
    assert_eq!(error, Error::Unavailable(said.into()));
}
