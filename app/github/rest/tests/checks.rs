//! Check runs.

use waterline_core::report::{Annotation, Block, CheckConclusion, Document, Effect, Level};
use waterline_standin::{CheckRun, Fault, FaultKind};

use crate::fixture::{House, shop};

fn annotations(count: u32) -> Vec<Annotation> {
    let one = |line| Annotation {
        path: "src/total.rs".into(),
        line,
        level: Level::Failure,
        title: "t".repeat(300),
        message: "ü".repeat(40_000),
    };
    (0..count).map(one).collect()
}

fn check(house: &House, text: &str, count: u32, create: bool) -> Effect {
    Effect::Check {
        repo: shop(),
        sha: house.standin.home().head_of(1).parse().unwrap(),
        name: "waterline/diagnose".into(),
        conclusion: CheckConclusion::Neutral,
        title: "x".repeat(300),
        document: Document {
            blocks: vec![Block::Paragraph(vec![text.into()])],
        },
        annotations: annotations(count),
        create,
    }
}

fn runs(house: &House) -> Vec<CheckRun> {
    let home = house.standin.home();
    home.check_runs_of(&home.head_of(1))
}

#[tokio::test]
async fn one_check_run_is_kept_up_to_date() {
    let house = House::open().await;
    let port = house.port().await;
    let apply = async |text: &str, count, create| {
        let effect = check(&house, text, count, create);
        port.apply(&effect).await.unwrap().word()
    };
    assert_eq!(apply("Red.", 2, false).await, "unchanged");
    assert_eq!(apply("Red.", 2, true).await, "created");
    assert_eq!(apply("Red.", 2, true).await, "unchanged");
    assert_eq!(apply("Green.", 2, false).await, "edited");
    let made = runs(&house);
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].conclusion.as_deref(), Some("neutral"));
    assert_eq!(
        made[0].output.summary.as_deref().map(str::trim),
        Some("Green.")
    );
    assert_eq!(made[0].output.title.as_ref().unwrap().len(), 255);
    assert_eq!(made[0].annotations.len(), 2);

    // Other annotations cannot be had by an edit.
    assert_eq!(apply("Green.", 1, false).await, "edited");
    assert_eq!(apply("Green.", 1, true).await, "unchanged");
    let counts: Vec<_> = runs(&house)
        .iter()
        .map(|run| run.annotations.len())
        .collect();
    assert_eq!(counts, [2, 1]);
}

#[tokio::test]
async fn many_annotations_go_fifty_at_a_time_and_all_or_anew() {
    let house = House::open().await;
    let port = house.port().await;
    let lost = Fault::once("PATCH", "*", FaultKind::Status(502, "Bad Gateway".into()));
    house.standin.world().faults.push(lost);
    let effect = check(&house, "Red.", 120, true);
    assert!(port.apply(&effect).await.unwrap_err().is_temporary());
    assert_eq!(port.apply(&effect).await.map(|a| a.word()), Ok("edited"));
    assert_eq!(port.apply(&effect).await.map(|a| a.word()), Ok("unchanged"));
    let counts: Vec<_> = runs(&house)
        .iter()
        .map(|run| run.annotations.len())
        .collect();
    assert_eq!(counts, [50, 120]);
}

#[tokio::test]
async fn a_check_run_of_somebody_else_is_left_alone() {
    let house = House::open().await;
    let port = house.port().await;
    port.apply(&check(&house, "Red.", 0, true)).await.unwrap();
    {
        let mut world = house.standin.world();
        let theirs = world.repositories[0]
            .check_runs
            .values_mut()
            .next_back()
            .unwrap();
        theirs.app = "github-actions".into();
    }
    assert_eq!(
        port.apply(&check(&house, "Green.", 0, true))
            .await
            .map(|a| a.word()),
        Ok("created")
    );
}
