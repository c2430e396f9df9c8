//! A story in verbs, and the same story twice.

use serde_json::json;
use waterline_standin::{FinishedJob, Opening, Permission, RunOn, World};

use crate::client::House;

#[tokio::test]
async fn a_fork_is_found_by_its_commit() {
    let house = House::new().await;
    let (shop, token) = (house.github.home(), house.token());
    let number = shop
        .fork_pull_request("guest", Opening::default())
        .await
        .unwrap();
    let sha = shop.head_of(number);
    let pulls = house
        .get(&format!("/repos/octo/shop/commits/{sha}/pulls"), &token)
        .await
        .json();
    assert_eq!(pulls[0]["number"], number);
    assert_eq!(pulls[0]["head"]["repo"]["full_name"], "guest/shop");
    let next = shop.push_to_pull_request(number).await.unwrap();
    assert_ne!(next, sha);
    let files = house
        .get(&format!("/repos/octo/shop/pulls/{number}/files"), &token)
        .await
        .json();
    assert_eq!(files.as_array().unwrap().len(), 2);
    let commits = house
        .get(&format!("/repos/octo/shop/pulls/{number}/commits"), &token)
        .await
        .json();
    assert_eq!(commits[1]["sha"], next);
    house.done();
}

#[tokio::test]
async fn a_run_is_followed_through_its_attempts() {
    let house = House::new().await;
    let (shop, token) = (house.github.home(), house.token());
    let run = shop.start_run(RunOn::PullRequest(1)).await.unwrap();
    let jobs = vec![
        FinishedJob::success("lint"),
        FinishedJob::failure("build", "error: no\n")
            .steps(&[("Check out", "success"), ("Test", "failure")]),
    ];
    shop.finish_run(run, "failure", jobs).await.unwrap();
    let path = format!("/repos/octo/shop/actions/runs/{run}");
    let jobs = house.get(&format!("{path}/jobs"), &token).await.json();
    assert_eq!(jobs["total_count"], 2);
    let failed = &jobs["jobs"][1]["steps"][2];
    assert_eq!(
        (&failed["name"], &failed["conclusion"], &failed["number"]),
        (&json!("Test"), &json!("failure"), &json!(3))
    );

    assert_eq!(shop.rerun(run, "mona").await.unwrap(), 2);
    assert_eq!(
        house.get(&format!("{path}/jobs"), &token).await.json()["total_count"],
        0
    );
    shop.finish_run(run, "success", vec![FinishedJob::success("build")])
        .await
        .unwrap();
    assert_eq!(
        house.get(&path, &token).await.json()["conclusion"],
        "success"
    );
    let first = house
        .get(&format!("{path}/attempts/1"), &token)
        .await
        .json();
    assert_eq!(
        (&first["conclusion"], &first["run_attempt"]),
        (&json!("failure"), &json!(1))
    );
    assert_eq!(
        house
            .get(&format!("{path}/attempts/3"), &token)
            .await
            .status,
        404
    );
    let all = house
        .get(&format!("{path}/jobs?filter=all"), &token)
        .await
        .json();
    assert_eq!(all["total_count"], 3);

    house.done();
}

#[tokio::test]
async fn files_are_read_as_they_were_at_a_commit() {
    let house = House::new().await;
    let (shop, token) = (house.github.home(), house.token());
    let before = shop.head_of(1);
    let after = shop
        .push_files(1, &[("src/lib.rs", Some("pub fn none() {}\n"))])
        .await
        .unwrap();
    let path = "/repos/octo/shop/contents/src/lib.rs";
    let raw = [("accept", "application/vnd.github.raw+json")];
    let old = house
        .send("GET", &format!("{path}?ref={before}"), &token, &raw, None)
        .await;
    assert!(old.bytes.starts_with(b"pub fn total"));
    let new = house
        .send("GET", &format!("{path}?ref=discount"), &token, &raw, None)
        .await;
    assert_eq!(new.bytes, b"pub fn none() {}\n");
    let json = house
        .get(&format!("{path}?ref={after}"), &token)
        .await
        .json();
    assert_eq!(json["content"], "cHViIGZuIG5vbmUoKSB7fQo=\n");
    assert_eq!(
        house
            .get("/repos/octo/shop/contents/no", &token)
            .await
            .status,
        404
    );
    let compared = house
        .get(&format!("/repos/octo/shop/compare/main...{after}"), &token)
        .await
        .json();
    assert_eq!(
        (&compared["status"], &compared["ahead_by"]),
        (&json!("ahead"), &json!(2))
    );
    house.done();
}

#[tokio::test]
async fn comments_are_edited_in_place() {
    let house = House::new().await;
    let (shop, token) = (house.github.home(), house.token());
    let made = house
        .post(
            "/repos/octo/shop/issues/1/comments",
            &token,
            json!({ "body": "one" }),
        )
        .await
        .json();
    let path = format!("/repos/octo/shop/issues/comments/{}", made["id"]);
    house.patch(&path, &token, json!({ "body": "two" })).await;
    let comments = shop.comments_of(1);
    assert_eq!(comments.len(), 1);
    assert_eq!((comments[0].body.as_str(), comments[0].edits), ("two", 1));
    assert!(comments[0].updated_at > comments[0].created_at);
    assert_eq!(house.github.writes().len(), 2);
    assert_eq!(
        house.send("DELETE", &path, &token, &[], None).await.status,
        204
    );
    assert!(shop.comments_of(1).is_empty());
    house.done();
}

#[test]
fn the_same_story_has_the_same_names_twice() {
    let story = || {
        let mut world = World::default();
        world.add_user("new", waterline_standin::UserKind::User);
        let run = world
            .begin_run("octo/shop", "CI", RunOn::PullRequest(1))
            .unwrap();
        let job = world
            .add_job("octo/shop", run, FinishedJob::failure("b", "x"))
            .unwrap();
        (run, job, world.next_guid(), world.next_sha(), world.tick())
    };
    assert_eq!(story(), story());
}

#[tokio::test]
async fn reading_does_not_change_what_is_written_next() {
    let mut ids = Vec::new();
    for reads in [1, 7] {
        let house = House::new().await;
        for _ in 0..reads {
            let token = house.token();
            house.get("/repos/octo/shop", &token).await;
        }
        ids.push(house.github.home().comment(1, "dev", "hi").await.unwrap());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_new_repository_is_there_at_once() {
    let house = House::new().await;
    let place = house.github.repository("octo/new");
    place.user("dev", Permission::Admin);
    let number = place.open_issue("dev", "First", "").await.unwrap();
    assert_eq!(number, 1);
    let answer = house.get("/repos/octo/new/issues/1", &house.token()).await;
    assert_eq!(answer.json()["title"], "First");
    house.done();
}
