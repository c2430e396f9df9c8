//! What is done on GitHub about a verdict: a deployment is answered, or told why it still waits;
//! who asked below a pull request is answered there.
//!
//! GitHub takes ten reports on a deployment, so one is made only when the reasons are others than
//! those that were reported last.

use jiff::{SignedDuration, Timestamp};

use super::facts::Facts;
use super::gather::{QUESTION, REQUESTED};
use super::verdict::{Decision, State, Verdict};
use crate::line;
use crate::model::{DeploymentId, IssueNumber, RepoName, RunId, Sha};
use crate::report::{
    Block, CheckConclusion, Document, Effect, Judged, Judgement, Line, Marker, strong,
};

/// What the names of our check runs begin with; the environment follows.
pub(super) const CHECK: &str = "waterline/gate: ";

/// GitHub takes ten.
const REPORTS: usize = 10;

/// On so many of the newest pull requests of a deployment the check run is shown.
const CHECKED: usize = 10;

/// How many reasons a report names; the rest is counted.
const NAMED: usize = 5;

/// Without a webhook or the clock saying so, a deployment is looked at again this often.
const LOOK: SignedDuration = SignedDuration::from_mins(5);

/// The same where something could not be read.
const RETRY: SignedDuration = SignedDuration::from_mins(1);

pub(super) fn of(facts: &Facts, verdict: &Verdict, document: &Document) -> Vec<Effect> {
    let Ok(repo) = facts.repo.full_name.parse::<RepoName>() else {
        return Vec::new();
    };
    match facts.event.kind.as_str() {
        REQUESTED => {
            let Some(judged) = judged(facts, verdict) else {
                return Vec::new();
            };
            let checks = checks(facts, &judged, &repo, document);
            let answer = Effect::Answer { repo, judged };
            std::iter::once(answer).chain(checks).collect()
        }
        QUESTION => question(facts, repo, document).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// When to look again: a deployment that waits is never left to webhooks alone.
pub(super) fn again(facts: &Facts, verdict: &Verdict) -> Option<Timestamp> {
    if facts.event.kind != REQUESTED || verdict.decision != Decision::Wait {
        return None;
    }
    let now = facts.now?;
    let pause = match facts.errors.is_empty() {
        true => LOOK,
        false => RETRY,
    };
    let look = now.checked_add(pause).ok();
    let next = verdict.next_change.filter(|next| *next > now);
    next.into_iter().chain(look).min()
}

/// The long text stands on the heads of the pull requests that are deployed: grey while it waits.
fn checks(facts: &Facts, judged: &Judged, repo: &RepoName, document: &Document) -> Vec<Effect> {
    let (conclusion, said) = match judged.judgement {
        Judgement::Approved => (CheckConclusion::Success, "may go ahead"),
        Judgement::Rejected => (CheckConclusion::Failure, "no"),
        Judgement::Waiting => (CheckConclusion::Neutral, "not yet"),
    };
    let newest = facts.prs.iter().rev().take(CHECKED);
    let heads = newest.filter_map(|pr| pr.head_sha.parse::<Sha>().ok());
    let environment = &judged.environment;
    let check = |sha| Effect::Check {
        repo: repo.clone(),
        sha,
        name: format!("{CHECK}{environment}"),
        conclusion,
        title: format!("{environment}: {said}").chars().take(250).collect(),
        document: document.clone(),
        annotations: Vec::new(),
        create: true,
    };
    heads.map(check).collect()
}

fn question(facts: &Facts, repo: RepoName, document: &Document) -> Option<Effect> {
    let number = IssueNumber(facts.event.about?);
    let environment = facts.event.environment.as_deref().unwrap_or_default();
    Some(Effect::Comment {
        marker: Marker::new("gate", &format!("{repo}#{number} {environment}")),
        repo,
        number,
        document: document.clone(),
        create: true,
    })
}

fn judged(facts: &Facts, verdict: &Verdict) -> Option<Judged> {
    let environment = facts.event.environment.clone()?;
    let judgement = match verdict.decision {
        Decision::Allow => Judgement::Approved,
        Decision::Block => Judgement::Rejected,
        Decision::Wait => Judgement::Waiting,
        Decision::Refuse | Decision::Ignore => return None,
    };
    let reasons = codes(verdict);
    if judgement == Judgement::Waiting && !is_news(facts, &reasons) {
        return None;
    }
    let asked = facts.event.deployment.as_ref();
    let heads = facts.prs.iter().filter(|pr| pr.state == "open");
    Some(Judged {
        run: RunId(facts.event.run_id?),
        deployment: asked.map(|a| a.id).filter(|id| *id != 0).map(DeploymentId),
        sha: asked.map(|a| a.sha.clone()).unwrap_or_default(),
        heads: heads
            .map(|pr| (IssueNumber(pr.number), pr.head_sha.clone()))
            .collect(),
        judgement,
        reasons,
        document: short(&environment, verdict),
        environment,
    })
}

/// What stands in the way, as words that stay the same while nothing changes.
fn codes(verdict: &Verdict) -> Vec<String> {
    let open = verdict.reasons.iter().filter(|r| r.state != State::Met);
    let mut codes: Vec<String> = open.map(|r| format!("{}/{}", r.rule, r.code)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn is_news(facts: &Facts, reasons: &[String]) -> bool {
    let last = facts.reported.last();
    last.is_none_or(|last| last.reasons != reasons) && facts.reported.len() < REPORTS
}

/// The decision in the first line, then what stands in the way, then when it changes by itself.
fn short(environment: &str, verdict: &Verdict) -> Document {
    let said = match (verdict.decision, &verdict.would_be) {
        (Decision::Allow, Some(_)) => "let through by its mode, though not all rules are met",
        (Decision::Allow, None) => "may go ahead",
        (Decision::Wait, _) => "not yet",
        _ => "no",
    };
    let mut blocks = vec![Block::Paragraph(line![strong(format!(
        "{environment}: {said}"
    ))])];
    let open: Vec<_> = verdict
        .reasons
        .iter()
        .filter(|r| r.state != State::Met)
        .collect();
    let mut items: Vec<Line> = open
        .iter()
        .take(NAMED)
        .map(|r| {
            let sentence: String = r.sentence.chars().take(120).collect();
            line![format!("{} {}: {sentence}", r.state.sign(), r.rule)]
        })
        .collect();
    if open.len() > NAMED {
        items.push(line![format!("and {} more", open.len() - NAMED)]);
    }
    if !items.is_empty() {
        blocks.push(Block::List(items));
    }
    if let (Decision::Wait, Some(next)) = (verdict.decision, verdict.next_change) {
        let text = format!("It is looked at again at {next:.0}, and whenever something changes.");
        blocks.push(Block::Paragraph(line![text]));
    }
    Document { blocks }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Asked, Event, Repo, Reported};
    use super::super::verdict::{Fact, Reason, said};
    use super::*;

    fn waits() -> (Facts, Verdict) {
        let facts = Facts {
            now: Some(Timestamp::UNIX_EPOCH),
            event: Event {
                kind: REQUESTED.to_owned(),
                environment: Some("production".to_owned()),
                run_id: Some(1),
                deployment: Some(Asked {
                    id: 7,
                    ..Asked::default()
                }),
                ..Event::default()
            },
            repo: Repo {
                full_name: "o/r".to_owned(),
                ..Repo::default()
            },
            ..Facts::default()
        };
        let at = Timestamp::UNIX_EPOCH;
        let sentence = "x".repeat(5_000);
        let reason = Reason::waiting("freeze", said("frozen", sentence), Fact::Clock { at });
        (facts, super::super::decide::alone(Decision::Wait, reason))
    }

    #[test]
    fn only_other_reasons_are_news_and_ten_reports_are_the_most() {
        let (mut facts, verdict) = waits();
        let said = |facts: &Facts| of(facts, &verdict, &Document::default()).len();
        let report = |reasons: &[&str]| Reported {
            at: Timestamp::UNIX_EPOCH,
            reasons: reasons.iter().map(|r| (*r).to_owned()).collect(),
        };
        assert_eq!(said(&facts), 1);
        facts.reported.push(report(&["freeze/frozen"]));
        assert_eq!(said(&facts), 0, "the same was reported");
        facts.reported.push(report(&["hold/held"]));
        assert_eq!(said(&facts), 1, "it is as it was before that");
        facts.reported = vec![report(&["hold/held"]); REPORTS];
        assert_eq!(said(&facts), 0, "GitHub takes no more");
    }

    #[test]
    fn a_report_fits_and_a_wait_is_looked_at_again() {
        let (mut facts, mut verdict) = waits();
        let judged = judged(&facts, &verdict).unwrap();
        let text = judged.document.markdown(crate::report::DEPLOYMENT_COMMENT);
        assert!(text.len() <= 1_024 && text.contains("freeze"), "{text}");
        let after =
            |facts: &Facts, verdict: &Verdict| again(facts, verdict).map(|at| at.as_second());
        assert_eq!(after(&facts, &verdict), Some(300));
        facts.errors.insert("checks".to_owned(), "502".to_owned());
        assert_eq!(after(&facts, &verdict), Some(60));
        verdict.next_change = Timestamp::from_second(20).ok();
        assert_eq!(after(&facts, &verdict), Some(20));
        verdict.decision = Decision::Allow;
        assert_eq!(after(&facts, &verdict), None);
    }
}
