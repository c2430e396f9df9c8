//! Who may call what: JWTs, tokens, narrowing, permissions, and who stands as the author.

use jiff::SignedDuration;
use serde_json::json;
use waterline_standin::{Level, Permission, Permissions, TokenKind};

use crate::client::House;

const TOKENS: &str = "/app/installations/3001/access_tokens";

#[tokio::test]
async fn a_jwt_is_checked_as_github_checks_it() {
    let house = House::new().await;
    let now = jiff::Timestamp::now().as_second();
    for good in [
        json!({}),
        json!({ "iss": "Iv23liWaterline00001" }),
        json!({ "iss": 1001 }),
    ] {
        assert_eq!(
            house.get("/app", &house.jwt_with(&good)).await.status,
            200,
            "{good}"
        );
    }
    for (bad, status, text) in [
        (json!({ "iss": "77" }), 404, "Integration not found"),
        (json!({ "iat": now + 60 }), 401, "'Issued at'"),
        (json!({ "exp": now - 1 }), 401, "'Expiration time'"),
        (json!({ "exp": now + 700 }), 401, "too far in the future"),
    ] {
        let answer = house.get("/app", &house.jwt_with(&bad)).await;
        assert_eq!(answer.status, status, "{bad}");
        assert!(
            answer.message().contains(text),
            "{bad}: {}",
            answer.message()
        );
    }
    let mut forged = house.jwt();
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    assert_eq!(house.get("/app", &forged).await.status, 401);
}

#[tokio::test]
async fn each_door_takes_its_own_key() {
    let house = House::new().await;
    let (jwt, token) = (house.jwt(), house.token());
    let repository = "/repos/octo/shop";
    assert_eq!(house.get(repository, "").await.status, 401);
    assert_eq!(house.get(repository, "ghs_nobody").await.status, 401);
    assert_eq!(house.get(repository, &jwt).await.status, 401);
    assert_eq!(house.get("/app/hook/deliveries", &token).await.status, 401);
    assert_eq!(
        house
            .get("/repos/octo/shop/installation", &token)
            .await
            .status,
        401
    );
    assert_eq!(house.get("/user", &token).await.status, 403);
    assert_eq!(house.get(repository, &token).await.status, 200);
}

#[tokio::test]
async fn a_token_lives_an_hour() {
    let house = House::new().await;
    let made = house.post(TOKENS, &house.jwt(), json!({})).await;
    assert_eq!(made.status, 201);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    assert!(
        token.starts_with("ghs_1001_") && token.len() > 100,
        "{token}"
    );
    assert_eq!(house.get("/repos/octo/shop", &token).await.status, 200);
    house.github.world().clock.skew = SignedDuration::from_mins(61);
    let late = house.get("/repos/octo/shop", &token).await;
    assert_eq!(
        (late.status, late.message().as_str()),
        (401, "Bad credentials")
    );
}

#[tokio::test]
async fn a_token_is_narrowed_and_never_widened() {
    let house = House::new().await;
    let other = house.github.world().add_repository("octo/other").id;
    let narrow = json!({ "repository_ids": [other], "permissions": { "issues": "read" } });
    let made = house.post(TOKENS, &house.jwt(), narrow).await.json();
    assert_eq!(made["repository_selection"], "selected");
    assert_eq!(
        made["permissions"],
        json!({ "issues": "read", "metadata": "read" })
    );
    let token = made["token"].as_str().unwrap();
    assert_eq!(
        house.get("/repos/octo/other/issues", token).await.status,
        200
    );
    let write = json!({ "title": "x" });
    assert_eq!(
        house
            .post("/repos/octo/other/issues", token, write.clone())
            .await
            .status,
        403
    );
    assert_eq!(
        house
            .post("/repos/octo/shop/issues", token, write)
            .await
            .status,
        403
    );
    let list = house.get("/installation/repositories", token).await.json();
    assert_eq!(list["total_count"], 1);
    for wide in [
        json!({ "permissions": { "contents": "write" } }),
        json!({ "permissions": { "secrets": "read" } }),
        json!({ "repositories": ["elsewhere"] }),
        json!({ "repository_ids": [1] }),
    ] {
        assert_eq!(
            house.post(TOKENS, &house.jwt(), wide.clone()).await.status,
            422,
            "{wide}"
        );
    }
    house.github.world().installations[0].suspended = true;
    assert_eq!(
        house.post(TOKENS, &house.jwt(), json!({})).await.status,
        403
    );
    house.done();
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let house = House::new().await;
    let token = house.token_for(Permissions::of(&[("checks", Level::Read)]));
    let answer = house.get("/repos/octo/shop/actions/runs", &token).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.message(), "Resource not accessible by integration");
    assert_eq!(
        answer.header("x-accepted-github-permissions"),
        "actions=read"
    );
    let comment = json!({ "body": "hi" });
    let answer = house
        .post(
            "/repos/octo/shop/issues/1/comments",
            &token,
            comment.clone(),
        )
        .await;
    assert_eq!(
        answer.header("x-accepted-github-permissions"),
        "issues=write; pull_requests=write"
    );
    // Pull requests serves on a pull request and not on an issue.
    let issue = house
        .github
        .home()
        .open_issue("mona", "t", "b")
        .await
        .unwrap();
    let token = house.token_for(Permissions::of(&[("pull_requests", Level::Write)]));
    let on = |number: u64| format!("/repos/octo/shop/issues/{number}/comments");
    assert_eq!(
        house.post(&on(1), &token, comment.clone()).await.status,
        201
    );
    assert_eq!(house.post(&on(issue), &token, comment).await.status, 403);
}

#[tokio::test]
async fn what_is_private_does_not_exist_for_others() {
    let house = House::new().await;
    {
        let mut world = house.github.world();
        world.add_repository("elsewhere/open");
        world.add_repository("elsewhere/closed").private = true;
    }
    let token = house.token();
    assert_eq!(
        house
            .get("/repos/elsewhere/open/contents/README.md", &token)
            .await
            .status,
        200
    );
    assert_eq!(
        house
            .get("/repos/elsewhere/closed/contents/README.md", &token)
            .await
            .status,
        404
    );
    let write = house
        .post(
            "/repos/elsewhere/open/issues",
            &token,
            json!({ "title": "x" }),
        )
        .await;
    assert_eq!(write.status, 403);
}

#[tokio::test]
async fn whoever_writes_stands_as_the_author() {
    let house = House::new().await;
    let kinds = [
        (house.token(), "waterline[bot]", "Bot", "waterline"),
        (
            house.github.mint(TokenKind::Workflow {
                repository: 5_000,
                permissions: Permissions::of(&[("issues", Level::Write)]),
            }),
            "github-actions[bot]",
            "Bot",
            "github-actions",
        ),
        (
            house.github.mint(TokenKind::User("dev".to_owned())),
            "dev",
            "User",
            "",
        ),
    ];
    for (token, login, kind, app) in kinds {
        let body = json!({ "body": "hello" });
        let made = house
            .post("/repos/octo/shop/issues/1/comments", &token, body)
            .await
            .json();
        assert_eq!(
            (&made["user"]["login"], &made["user"]["type"]),
            (&json!(login), &json!(kind))
        );
        let via = made["performed_via_github_app"]["slug"]
            .as_str()
            .unwrap_or("");
        assert_eq!(via, app);
    }
    let user = house.github.mint(TokenKind::User("mona".to_owned()));
    assert_eq!(house.get("/user", &user).await.json()["login"], "mona");
    house.done();
}

#[tokio::test]
async fn roles_are_told_in_both_tongues() {
    let house = House::new().await;
    house.github.user("kept", Permission::Maintain);
    let path = |login: &str| format!("/repos/octo/shop/collaborators/{login}/permission");
    let token = house.token();
    let answer = house.get(&path("kept"), &token).await.json();
    assert_eq!(
        (&answer["permission"], &answer["role_name"]),
        (&json!("write"), &json!("maintain"))
    );
    assert_eq!(
        house.get(&path("guest"), &token).await.json()["permission"],
        "read"
    );
    assert_eq!(house.get(&path("nobody"), &token).await.status, 404);
    let guest = house.github.mint(TokenKind::User("guest".to_owned()));
    let checks = json!({ "name": "n", "head_sha": house.github.home().head_of(1) });
    let refused = house
        .post("/repos/octo/shop/check-runs", &guest, checks)
        .await;
    assert_eq!(
        (refused.status, refused.message().as_str()),
        (403, "You must authenticate via a GitHub App.")
    );
    house.done();
}

#[tokio::test]
async fn the_manifest_flow_hands_out_a_key_that_works() {
    let house = House::new().await;
    let manifest = json!({
        "name": "Mine", "hook_attributes": { "url": "http://127.0.0.1:9/webhook" },
        "default_permissions": { "issues": "write" }, "default_events": ["issues"],
    });
    house
        .github
        .world()
        .app
        .manifests
        .insert("abc".to_owned(), manifest.into());
    let made = house
        .post("/app-manifests/abc/conversions", "", json!(null))
        .await;
    assert_eq!(made.status, 201);
    assert_eq!(
        house
            .post("/app-manifests/abc/conversions", "", json!(null))
            .await
            .status,
        404
    );
    let app = made.json();
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({ "iat": now - 60, "exp": now + 540, "iss": app["client_id"] });
    let key =
        jsonwebtoken::EncodingKey::from_rsa_pem(app["pem"].as_str().unwrap().as_bytes()).unwrap();
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    let jwt = jsonwebtoken::encode(&header, &claims, &key).unwrap();
    assert_eq!(house.get("/app", &jwt).await.json()["name"], "Mine");
    assert_eq!(
        house.get("/app", &house.jwt()).await.status,
        401,
        "the old key is void"
    );
}
