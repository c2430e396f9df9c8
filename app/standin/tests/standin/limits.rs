//! Pages, ETags and rate limits.

use serde_json::json;

use crate::client::House;

#[tokio::test]
async fn pages_are_linked_with_absolute_urls() {
    let house = House::new().await;
    let token = house.token();
    for number in 0..5 {
        let body = format!("comment {number}");
        house.github.home().comment(1, "dev", &body).await.unwrap();
    }
    let path = "/repos/octo/shop/issues/1/comments";
    let first = house.get(&format!("{path}?per_page=2"), &token).await;
    let link = first.header("link");
    let url = house.github.url();
    assert!(
        link.contains(&format!("<{url}{path}?per_page=2&page=2>; rel=\"next\"")),
        "{link}"
    );
    assert!(link.contains("page=3>; rel=\"last\""), "{link}");
    let mut next = Some(format!("{url}{path}?per_page=2"));
    let mut bodies = Vec::new();
    while let Some(url) = next {
        let page = house.get(&url, &token).await;
        bodies.extend(
            page.json()
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["body"].clone()),
        );
        next = page
            .header("link")
            .split(',')
            .find(|part| part.contains("rel=\"next\""))
            .map(|part| {
                part.trim()
                    .trim_start_matches('<')
                    .split('>')
                    .next()
                    .unwrap()
                    .to_owned()
            });
    }
    assert_eq!(bodies.len(), 5);
    assert_eq!(bodies[4], "comment 4");
    assert_eq!(
        house.get(path, &token).await.header("link"),
        "",
        "one page needs no links"
    );
    house.done();
}

#[tokio::test]
async fn a_known_etag_is_304_and_free() {
    let house = House::new().await;
    let token = house.token();
    let path = "/repos/octo/shop/pulls/1";
    let first = house.get(path, &token).await;
    let etag = first.header("etag").to_owned();
    let used = first.header("x-ratelimit-used").to_owned();
    let again = house
        .send("GET", path, &token, &[("if-none-match", &etag)], None)
        .await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert_eq!(again.header("x-ratelimit-used"), used);
    house
        .patch(
            "/repos/octo/shop/issues/1",
            &token,
            json!({ "title": "other" }),
        )
        .await;
    let changed = house
        .send("GET", path, &token, &[("if-none-match", &etag)], None)
        .await;
    assert_eq!(changed.status, 200);
    house.done();
}

#[tokio::test]
async fn the_hour_is_used_up_and_begins_anew() {
    let house = House::new().await;
    let token = house.token();
    house.github.world().rate.limit = 2;
    for left in ["1", "0"] {
        let answer = house.get("/repos/octo/shop", &token).await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-remaining")),
            (200, left)
        );
    }
    let over = house.get("/repos/octo/shop", &token).await;
    assert_eq!(over.status, 403);
    assert!(over.message().contains("API rate limit exceeded"));
    let reset: i64 = over.header("x-ratelimit-reset").parse().unwrap();
    assert!(reset > jiff::Timestamp::now().as_second() + 3_000);
    let asked = house.get("/rate_limit", &token).await;
    assert_eq!(
        (asked.status, &asked.json()["rate"]["remaining"]),
        (200, &json!(0))
    );
    let other = house.token();
    assert_eq!(
        house.get("/repos/octo/shop", &other).await.status,
        403,
        "one installation, one limit"
    );
    house.github.world().clock.skew = jiff::SignedDuration::from_mins(61);
    let fresh = house.token();
    assert_eq!(house.get("/repos/octo/shop", &fresh).await.status, 200);
    house.done();
}

#[tokio::test]
async fn an_unknown_version_is_gone_and_an_unknown_path_is_not_found() {
    let house = House::new().await;
    let token = house.token();
    for (version, status) in [
        ("2026-03-10", 200),
        ("2022-11-28", 200),
        ("2019-01-01", 410),
    ] {
        let headers = [("x-github-api-version", version)];
        let answer = house
            .send("GET", "/repos/octo/shop", &token, &headers, None)
            .await;
        assert_eq!(answer.status, status, "{version}");
    }
    let lost = house.get("/repos/octo/shop/nothing", &token).await;
    let body = lost.json();
    assert_eq!(
        (lost.status, &body["message"], &body["status"]),
        (404, &json!("Not Found"), &json!("404"))
    );
    assert!(body["documentation_url"].is_string());
    let outside = house.github.url().replace("/api/v3", "/repos/octo/shop");
    assert_eq!(
        house.get(&outside, &token).await.status,
        404,
        "the API is under /api/v3 alone"
    );
}
