//! The manifest flow: what is refused before anybody sees it, and a code that serves once within the hour.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::client::House;

fn manifest() -> Value {
    json!({
        "name": "Mine", "url": "https://example.com",
        "hook_attributes": { "url": "https://example.com/webhook" },
        "redirect_url": "http://localhost:3000/back", "setup_url": "https://example.com/installed",
        "default_permissions": { "issues": "write", "metadata": "read" },
        "default_events": ["issues"],
    })
}

/// What a browser sends: status, `Location`, text.
async fn post(house: &House, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let site = house.github.world().site.clone();
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = client
        .post(format!("{site}{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let to = answer.headers().get("location");
    let to = to.map_or("", |to| to.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), to, answer.text().await.unwrap())
}

async fn shown(house: &House, manifest: &Value) -> (u16, String) {
    let fields = [("manifest", &*manifest.to_string())];
    let (status, _, text) = post(house, "/settings/apps/new?state=s", &fields).await;
    (status, text)
}

#[tokio::test]
async fn an_odd_manifest_is_not_shown() {
    let house = House::new().await;
    assert_eq!(shown(&house, &manifest()).await.0, 200);
    for (pointer, odd, said) in [
        ("/name", json!(""), "Name"),
        ("/url", json!("example.com"), "Url"),
        ("/redirect_url", Value::Null, "Redirect url"),
        (
            "/hook_attributes/url",
            json!("http://example.com"),
            "Hook url",
        ),
        ("/hook_attributes", json!({}), "Hook url"),
        ("/default_permissions/issues", json!("all"), "Permission"),
        (
            "/default_permissions",
            json!({ "isues": "read" }),
            "Permission",
        ),
        ("/default_events", json!(["workflow_run"]), "workflow_run"),
        ("/default_events", json!(["nothing"]), "nothing"),
    ] {
        let mut odd_one = manifest();
        *odd_one.pointer_mut(pointer).unwrap() = odd;
        let (status, text) = shown(&house, &odd_one).await;
        assert!(status == 422 && text.contains(said), "{pointer}: {text}");
    }
    let mut more = manifest();
    more["premissions"] = json!({});
    assert_eq!(shown(&house, &more).await.0, 422);
    let fields = [("manifest", &*manifest().to_string())];
    let nowhere = "/organizations/nobody/settings/apps/new";
    assert_eq!(post(&house, nowhere, &fields).await.0, 404);
}

#[tokio::test]
async fn a_code_serves_once_and_for_an_hour() {
    let house = House::new().await;
    let text = manifest().to_string();
    let fields = [("manifest", &*text), ("owner", "octo"), ("state", "a&b")];
    let mut codes = Vec::new();
    for _ in 0..2 {
        let (status, to, _) = post(&house, "/settings/apps/create", &fields).await;
        assert_eq!(status, 302);
        let (start, state) = to.split_once("&state=").unwrap();
        assert_eq!(state, "a%26b");
        codes.push(start.split_once("/back?code=").unwrap().1.to_owned());
    }
    let convert = async |code: &str| {
        let path = format!("/app-manifests/{code}/conversions");
        house.send("POST", &path, "", &[], None).await
    };
    let made = convert(&codes[0]).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["owner"]["login"], "octo");
    assert_eq!(convert(&codes[0]).await.status, 404);
    house.github.world().clock.skew = SignedDuration::from_hours(1);
    assert_eq!(convert(&codes[1]).await.status, 404);
    house.done();
}
