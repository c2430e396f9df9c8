//! Comments and reactions.

use waterline_core::model::{CommentId, IssueNumber};
use waterline_core::report::{Block, Document, Effect, Marker, Reaction};
use waterline_standin::{Permissions, TokenKind, UserKind};

use crate::fixture::{House, shop};
use crate::with_token;

fn marker() -> Marker {
    Marker::new("diagnose", "octo/shop#1")
}

fn saying(text: &str, create: bool) -> Effect {
    Effect::Comment {
        repo: shop(),
        number: IssueNumber(1),
        marker: marker(),
        document: Document {
            blocks: vec![Block::Paragraph(vec![text.into()])],
        },
        create,
    }
}

#[tokio::test]
async fn one_comment_is_kept_up_to_date() {
    let house = House::open().await;
    let port = house.port().await;
    assert_eq!(
        port.apply(&saying("Red.", false)).await.map(|a| a.word()),
        Ok("unchanged")
    );
    assert_eq!(
        port.apply(&saying("Red.", true)).await.map(|a| a.word()),
        Ok("created")
    );
    assert_eq!(
        port.apply(&saying("Red.", true)).await.map(|a| a.word()),
        Ok("unchanged")
    );
    assert_eq!(
        port.apply(&saying("Green.", false)).await.map(|a| a.word()),
        Ok("edited")
    );
    let comments = house.standin.home().comments_of(1);
    assert_eq!(comments.len(), 1);
    assert!(comments[0].body.starts_with("Green.\n"));
    assert_eq!(comments[0].author, "waterline[bot]");
}

#[tokio::test]
async fn a_marker_that_a_stranger_typed_is_no_comment_of_ours() {
    let house = House::open().await;
    {
        let mut world = house.standin.world();
        world.add_user("waterline", UserKind::User);
        for login in ["guest", "waterline", "github-actions[bot]"] {
            let forged = marker().sign("Red.");
            world
                .add_comment("octo/shop", 1, login, &forged, None)
                .unwrap();
        }
    }
    let port = house.port().await;
    assert_eq!(
        port.apply(&saying("Red.", true)).await.map(|a| a.word()),
        Ok("created")
    );
    assert_eq!(
        port.apply(&saying("Green.", true)).await.map(|a| a.word()),
        Ok("edited")
    );
    let edits: Vec<_> = house
        .standin
        .home()
        .comments_of(1)
        .iter()
        .map(|c| c.edits)
        .collect();
    assert_eq!(edits, [0, 0, 0, 1]);
}

#[tokio::test]
async fn after_a_race_the_oldest_is_edited_and_none_is_deleted() {
    let house = House::open().await;
    {
        let mut world = house.standin.world();
        for n in 0..150 {
            world
                .add_comment("octo/shop", 1, "guest", &format!("+{n}"), None)
                .unwrap();
        }
        for _ in 0..2 {
            let body = marker().sign("Red.");
            world
                .add_comment("octo/shop", 1, "waterline[bot]", &body, None)
                .unwrap();
        }
    }
    let port = house.port().await;
    assert_eq!(
        port.apply(&saying("Green.", true)).await.map(|a| a.word()),
        Ok("edited")
    );
    let ours = house.standin.home().comments_of(1).split_off(150);
    assert!(ours[0].body.starts_with("Green.") && ours[1].body.starts_with("Red."));
}

#[tokio::test]
async fn the_tokens_of_a_workflow_and_of_a_person_know_themselves_too() {
    let house = House::open().await;
    let tokens = {
        let mut world = house.standin.world();
        let permissions = Permissions::of(&[("issues", waterline_standin::Level::Write)]);
        let repository = world.repositories[0].id;
        let workflow = TokenKind::Workflow {
            repository,
            permissions,
        };
        [
            world.mint(workflow),
            world.mint(TokenKind::User("dev".into())),
        ]
    };
    for (token, author) in tokens.into_iter().zip(["github-actions[bot]", "dev"]) {
        let port = with_token(house.standin.url(), token.into(), "run 7").unwrap();
        assert_eq!(
            port.apply(&saying("Red.", true)).await.map(|a| a.word()),
            Ok("created")
        );
        assert_eq!(
            port.apply(&saying("Green.", true)).await.map(|a| a.word()),
            Ok("edited")
        );
        let last = house.standin.home().comments_of(1).pop().unwrap();
        assert_eq!((last.author.as_str(), last.edits), (author, 1));
    }
    assert_eq!(house.standin.home().comments_of(1).len(), 2);
}

#[tokio::test]
async fn a_second_reaction_is_the_first_one() {
    let house = House::open().await;
    let id = house
        .standin
        .home()
        .comment(1, "dev", "/waterline help")
        .await
        .unwrap();
    let port = house.port().await;
    let react = |reaction| Effect::React {
        repo: shop(),
        comment: CommentId(id),
        reaction,
    };
    assert_eq!(
        port.apply(&react(Reaction::Eyes)).await.map(|a| a.word()),
        Ok("created")
    );
    assert_eq!(
        port.apply(&react(Reaction::Eyes)).await.map(|a| a.word()),
        Ok("unchanged")
    );
    assert_eq!(
        port.apply(&react(Reaction::Confused))
            .await
            .map(|a| a.word()),
        Ok("created")
    );
    assert_eq!(house.standin.home().reactions_of(id).len(), 2);
}
