//! What a run left, and folders of the default branch.

use waterline_core::error::Error;
use waterline_core::model::{ArtifactId, RunId};
use waterline_core::port::LogFetch;
use waterline_standin::{Artifact, Host, RunOn};

use super::logs::Kept;
use crate::fixture::{House, shop};

/// A run with an artifact; their ids.
fn left(house: &House, expired: bool) -> (RunId, ArtifactId) {
    house.standin.with(|world| {
        let run = world.begin_run("octo/shop", "CI", RunOn::Branch("main"));
        let run = run.unwrap_or_default();
        let (id, created_at) = (world.next_id(), world.tick());
        if let Some(repository) = world.repository_mut("octo/shop") {
            let artifact = Artifact {
                id,
                run_id: run,
                name: "junit".to_owned(),
                zip: b"PK of a kind".to_vec(),
                expired,
                created_at,
            };
            repository.artifacts.insert(id, artifact);
        }
        (RunId(run), ArtifactId(id))
    })
}

#[tokio::test]
async fn an_artifact_is_listed_and_fetched_from_storage_without_our_token() {
    let house = House::open().await;
    let port = house.port().await;
    let (run, id) = left(&house, false);
    let listed = port.artifacts(&shop(), run).await.unwrap();
    assert_eq!((listed.len(), listed[0].id, listed[0].size), (1, id, 12));
    let mut kept = Kept::default();
    let fetched = port.artifact(&shop(), id, 100, &mut kept).await;
    assert_eq!(
        (fetched, &kept.0[..]),
        (Ok(LogFetch::Whole), &b"PK of a kind"[..])
    );
    let mut kept = Kept::default();
    let fetched = port.artifact(&shop(), id, 2, &mut kept).await;
    assert_eq!((fetched, &kept.0[..]), (Ok(LogFetch::Cut), &b"PK"[..]));
    let stored = house.standin.exchanges();
    let mut stored = stored.iter().filter(|e| e.host == Host::Storage);
    assert!(stored.all(|e| e.header("authorization").is_none()));
}

#[tokio::test]
async fn an_expired_artifact_is_not_listed_and_missing() {
    let house = House::open().await;
    let port = house.port().await;
    let (run, id) = left(&house, true);
    assert_eq!(port.artifacts(&shop(), run).await, Ok(Vec::new()));
    let fetched = port.artifact(&shop(), id, 1, &mut Kept::default()).await;
    assert_eq!(fetched, Ok(LogFetch::Missing));
    let unknown = port.artifacts(&shop(), RunId(7)).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_folder_lists_its_files_and_a_file_is_none() {
    let house = House::open().await;
    let port = house.port().await;
    house.standin.with(|world| {
        let files = [
            ("m/a.json", Some("{}")),
            ("m/deep/b.json", Some("{}")),
            ("m/c.md", Some("text")),
        ];
        world.push_commit("octo/shop", "main", "dev", "Files", &files);
    });
    let listed = port.folder(&shop(), "m").await.unwrap();
    let listed: Vec<_> = listed.iter().map(|f| (f.path.as_str(), f.size)).collect();
    assert_eq!(listed, [("m/a.json", 2), ("m/c.md", 4)]);
    assert_eq!(port.folder(&shop(), "nowhere").await, Ok(Vec::new()));
    let file = port.folder(&shop(), "m/a.json").await;
    assert!(matches!(file, Err(Error::Refused(_))));
    let out = port.folder(&shop(), "../m").await;
    assert!(matches!(out, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_token_without_the_permission_is_told_which() {
    let house = House::open().await;
    let (run, _) = left(&house, false);
    house
        .standin
        .with(|world| world.app.permissions.revoke("actions"));
    let port = house.port().await;
    let refused = port.artifacts(&shop(), run).await.unwrap_err();
    assert!(refused.to_string().contains("`actions: read`"), "{refused}");
}
