//! What is read about a deployment and the changes that it brings, and the answer to it.

use waterline_core::error::Error;
use waterline_core::model::{DeploymentId, IssueNumber, RunId};
use waterline_core::port::Applied;
use waterline_core::report::{Block, Document, Effect, Inline, Judged, Judgement};
use waterline_standin::{Opening, RunOn, Team};

use crate::fixture::{House, shop};

#[tokio::test]
async fn a_change_is_read_in_full() {
    let house = House::open().await;
    let home = house.standin.home();
    let issue = home.open_issue("mona", "Sum", "- [ ] x").await.unwrap();
    home.edit_issue(issue, "dev", "- [x] x").await.unwrap();
    let opening = Opening {
        body: format!("Fixes #{issue}"),
        branch: "sum".to_owned(),
        ..Opening::default()
    };
    let number = home.open_pull_request(opening).await.unwrap();
    home.review(number, "mona", "APPROVED").await.unwrap();
    home.label(number, "dev", "stop", true).await.unwrap();
    home.label(number, "mona", "stop", false).await.unwrap();
    let head = home.head_of(number);
    let number = IssueNumber(number);

    let port = house.port().await;
    let pull = port.pull(&shop(), number).await.unwrap();
    assert_eq!((pull.state.as_str(), pull.from_fork), ("open", false));
    assert_eq!(
        (pull.author.login.as_str(), pull.author.kind.as_str()),
        ("dev", "User")
    );
    assert_eq!((pull.commits, pull.files, pull.merge_sha), (1, 1, None));
    let files = port.pull_files(&shop(), number).await.unwrap();
    assert_eq!(files.files, ["src/discount.rs"]);
    let commits = port.pull_commits(&shop(), number).await.unwrap();
    assert_eq!(
        (commits[0].sha.as_str(), commits[0].author.as_deref()),
        (&*head, Some("dev"))
    );
    let reviews = port.reviews(&shop(), number).await.unwrap();
    assert_eq!(
        (reviews[0].state.as_str(), &reviews[0].commit),
        ("APPROVED", &head)
    );
    let labels = port.labellings(&shop(), number).await.unwrap();
    let told: Vec<_> = labels
        .iter()
        .map(|l| (l.event.as_str(), l.actor.as_str()))
        .collect();
    assert_eq!(told, [("labeled", "dev"), ("unlabeled", "mona")]);
    let closing = port.closing_issues(&shop(), number).await.unwrap();
    assert_eq!(
        (closing[0].number, closing[0].state.as_str()),
        (issue, "open")
    );
    assert_eq!(closing[0].edited.as_ref().unwrap().0, "dev");

    let sha = home.merge(number.0, "mona").await.unwrap();
    let merged = port.pull(&shop(), number).await.unwrap();
    assert_eq!(
        (merged.state.as_str(), merged.merge_sha),
        ("merged", Some(sha.clone()))
    );
    assert_eq!(port.pulls_of_commit(&shop(), &sha).await.unwrap(), [number]);
}

#[tokio::test]
async fn a_deployment_is_read_compared_and_answered() {
    let house = House::open().await;
    let home = house.standin.home();
    let base = home
        .push("main", "mona", &[("a", Some("1"))])
        .await
        .unwrap();
    home.deployed(&base, "production", "success").await.unwrap();
    let head = home
        .push("main", "mona", &[("a", Some("2"))])
        .await
        .unwrap();
    let run = home.start_run(RunOn::Branch("main")).await.unwrap();
    let id = home.request_deployment(run, "production").await.unwrap();

    let port = house.port().await;
    assert_eq!(port.default_branch(&shop()).await.unwrap(), "main");
    let one = port.deployment(&shop(), DeploymentId(id)).await.unwrap();
    assert_eq!((one.sha.as_str(), one.reference.as_str()), (&*head, "main"));
    let all = port.deployments(&shop(), "production").await.unwrap();
    assert_eq!(all.len(), 2);
    let states = port.deployment_states(&shop(), all[1].id).await.unwrap();
    assert_eq!(states[0].state, "success");
    let compared = port.compare(&shop(), &base, &head).await.unwrap();
    assert_eq!(
        (compared.relation.as_str(), compared.commits.len()),
        ("ahead", 1)
    );
    let waiting = port.waiting(&shop()).await.unwrap();
    assert_eq!(
        (waiting[0].run, waiting[0].environment.as_str()),
        (RunId(run), "production")
    );

    let answer = |judgement, sha: &str| Effect::Answer {
        repo: shop(),
        judged: Judged {
            run: RunId(run),
            environment: "production".to_owned(),
            deployment: Some(DeploymentId(id)),
            sha: sha.to_owned(),
            heads: Vec::new(),
            judgement,
            reasons: Vec::new(),
            document: Document {
                blocks: vec![Block::Paragraph(vec![Inline::from("x ".repeat(900))])],
            },
        },
    };
    // What was judged is no longer what waits.
    let other = port.apply(&answer(Judgement::Approved, &base)).await;
    assert!(matches!(other, Err(Error::Refused(_))), "{other:?}");
    for judgement in [Judgement::Waiting, Judgement::Approved] {
        let done = port.apply(&answer(judgement, &head)).await.unwrap();
        assert_eq!(done, Applied::Created(None));
    }
    let said = home.gate_of(run);
    assert_eq!(
        (said.len(), said[1].state.as_deref()),
        (2, Some("approved"))
    );
    assert_eq!(port.waiting(&shop()).await.unwrap(), []);
    let again = port.apply(&answer(Judgement::Rejected, &head)).await;
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
}

#[tokio::test]
async fn a_team_that_is_not_there_is_not_an_empty_one() {
    let house = House::open().await;
    {
        let mut world = house.standin.world();
        world.teams.push(Team {
            org: "octo".to_owned(),
            slug: "keepers".to_owned(),
            members: [("mona".to_owned(), true)].into(),
        });
        world.app.permissions.grant_all([("members", "read")]);
    }
    let port = house.port().await;
    assert_eq!(port.team_members("octo/keepers").await.unwrap(), ["mona"]);
    let gone = port.team_members("octo/nobody").await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}
