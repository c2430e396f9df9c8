//! The manifest holds what the capabilities need and nothing else, and takes no odd names.

use proptest::prelude::*;

use super::*;
use crate::capabilities::{ALL, events, permissions};

fn wish() -> Wish {
    Wish {
        name: "Waterline of octo".parse().unwrap(),
        server: "https://waterline.example.com/".parse().unwrap(),
        back: "http://localhost:3000".parse().unwrap(),
        owner: Some("octo".parse().unwrap()),
    }
}

#[test]
fn it_asks_for_what_the_capabilities_need() {
    let manifest = wish().manifest(ALL);
    assert_eq!(manifest["default_permissions"], json!(permissions()));
    assert_eq!(manifest["default_events"], json!(events()));
    assert_eq!(manifest["public"], false);
    let hook = &manifest["hook_attributes"];
    assert_eq!(hook["url"], "https://waterline.example.com/webhook");
    assert_eq!(
        manifest["redirect_url"],
        "http://localhost:3000/setup/callback"
    );
    assert_eq!(
        manifest["setup_url"],
        "https://waterline.example.com/setup/installed"
    );
    // Without capabilities, only what commands and the configuration need.
    let bare = wish().manifest(&[]);
    assert_eq!(bare["default_events"], json!(["issue_comment"]));
    assert!(bare["default_permissions"].get("actions").is_none());
}

#[test]
fn the_highest_level_wins_and_every_reason_is_said() {
    let asked = asked_by(ALL);
    let checks = asked.iter().find(|asked| asked.name == "checks").unwrap();
    assert_eq!((checks.level, checks.why.len() > 1), ("write", true));
    assert!(
        asked
            .iter()
            .all(|asked| asked.why.iter().all(|why| why.len() > 10)),
        "{asked:?}"
    );
}

#[test]
fn an_app_is_registered_by_a_person_or_an_organisation() {
    let web: Origin = "https://github.com".parse().unwrap();
    assert_eq!(
        wish().address(&web),
        "https://github.com/organizations/octo/settings/apps/new"
    );
    let own = Wish {
        owner: None,
        ..wish()
    };
    assert_eq!(own.address(&web), "https://github.com/settings/apps/new");
}

#[test]
fn every_api_has_its_pages() {
    for (api, web) in [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://git.example.com/api/v3", "https://git.example.com"),
        ("https://api.example.com/api/v3/", "https://api.example.com"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com"),
        ("http://127.0.0.1:4711/api/v3", "http://127.0.0.1:4711"),
    ] {
        assert_eq!(web_of(api).unwrap().as_str(), web, "{api}");
    }
    assert!(web_of("nonsense").is_err());
}

#[test]
fn odd_addresses_and_names_are_refused() {
    for bad in [
        "",
        "waterline.example.com",
        "ftp://a.example",
        "https://",
        "https://a.example/path",
        "https://me:pw@a.example",
        "https://a.example?x",
        "https://a.example:0",
        "https://a.example:99999",
        "https://a b",
        "https://a.example;form-action *",
        "https://[::1",
        "https://[zz]",
        "javascript://alert(1)",
    ] {
        assert!(bad.parse::<Origin>().is_err(), "{bad}");
    }
    let six: Origin = "HTTP://[::1]:3000/".parse().unwrap();
    assert!(six.is_loopback() && six.as_str() == "http://[::1]:3000");
    for bad in ["", "a/b", "a b", "..", "é", "<i>", "x".repeat(40).as_str()] {
        assert!(bad.parse::<Organization>().is_err(), "{bad}");
    }
    for bad in ["", "  ", "a\nb", "x".repeat(35).as_str()] {
        assert!(bad.parse::<AppName>().is_err(), "{bad:?}");
    }
}

proptest! {
    /// Whatever is taken cannot lead a browser, a path or a header anywhere else.
    #[test]
    fn what_is_taken_is_harmless(text in "\\PC*") {
        let plain = |text: &str, more: &[u8]| {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
        };
        if let Ok(origin) = text.parse::<Origin>() {
            prop_assert!(plain(origin.as_str(), b"-.:[]/"));
        }
        if let Ok(owner) = text.parse::<Organization>() {
            prop_assert!(plain(owner.as_str(), b"-_"));
        }
        if let Ok(origin) = format!("https://{text}").parse::<Origin>() {
            prop_assert!(plain(&origin.as_str()["https://".len()..], b"-.:[]"));
        }
    }
}
