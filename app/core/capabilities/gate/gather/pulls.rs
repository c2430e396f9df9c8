//! What a deployment brings: its commits, the pull requests that they came through, and whatever
//! the rules want to know of those.

use std::collections::{BTreeMap, BTreeSet};

use super::super::facts::{Change, Facts, LabelEvent, LastEdit, LinkedIssue, Range, Review};
use super::Reader;
use crate::error::{Error, Result};
use crate::model::{IssueNumber, Permission};
use crate::port::deploy::{Closing, Labelling, Made, Opinion, Pull};

/// GitHub lists no more of one pull request.
const FILES: usize = 3_000;
const COMMITS: u64 = 250;

/// So many commits are mapped to pull requests, one request for each that is not known yet.
const RANGE: usize = 1_000;

pub(super) async fn read(reader: &Reader<'_>, facts: &mut Facts, sha: &str) {
    if facts.errors.contains_key("range") {
        return;
    }
    let read = range(reader, facts, sha).await;
    let Some(commits) = reader.got(facts, "range", read) else {
        return;
    };
    if !reader.needs.pulls {
        return;
    }
    let teams = teams(reader, facts).await;
    let read = explained(reader, facts, &commits).await;
    let Some(pulls) = reader.got(facts, "prs", read) else {
        return;
    };
    let mut people = People::new(teams);
    for (pull, made) in pulls {
        let change = change(reader, facts, &mut people, pull, made).await;
        facts.prs.push(change);
    }
    facts.prs.sort_by_key(|change| change.number);
    facts.range.prs = facts.prs.iter().map(|change| change.number).collect();
}

/// The commits between what is live and what shall be, newest last.
async fn range(reader: &Reader<'_>, facts: &mut Facts, sha: &str) -> Result<Vec<Made>> {
    let head = Some(sha.to_owned());
    let Some(live) = facts.live.as_ref().map(|live| live.sha.clone()) else {
        facts.range = Range {
            head,
            relation: "unknown".to_owned(),
            ..Range::default()
        };
        let first = Made {
            sha: sha.to_owned(),
            ..Made::default()
        };
        return Ok(vec![first]);
    };
    let compared = match reader.ports.github.compare(reader.repo, &live, sha).await {
        Ok(compared) => compared,
        // What was live is no longer there: its history was rewritten.
        Err(Error::NotFound(_)) => {
            facts.range = Range {
                base: Some(live),
                head,
                relation: "diverged".to_owned(),
                ..Range::default()
            };
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    facts.range = Range {
        base: Some(live),
        head,
        relation: compared.relation,
        truncated: compared.truncated || compared.commits.len() > RANGE,
        ..Range::default()
    };
    Ok(compared.commits)
}

/// The pull requests that the commits came through, with their own commits; what came through
/// none is noted.
async fn explained(
    reader: &Reader<'_>,
    facts: &mut Facts,
    commits: &[Made],
) -> Result<Vec<(Pull, Vec<Made>)>> {
    let github = &reader.ports.github;
    let mut found: Vec<(Pull, Vec<Made>)> = Vec::new();
    let mut covered = BTreeSet::new();
    let mut direct = Vec::new();
    for commit in commits.iter().rev().take(RANGE) {
        if covered.contains(&commit.sha) {
            continue;
        }
        let numbers = github.pulls_of_commit(reader.repo, &commit.sha).await?;
        if numbers.is_empty() {
            direct.push(commit.sha.clone());
        }
        for number in numbers {
            if found.iter().any(|(pull, _)| pull.number == number.0) {
                continue;
            }
            let pull = github.pull(reader.repo, number).await?;
            let made = github.pull_commits(reader.repo, number).await?;
            covered.extend(pull.merge_sha.clone());
            covered.extend(made.iter().map(|one| one.sha.clone()));
            found.push((pull, made));
        }
    }
    // A first deployment has no range: a commit that came by itself is told by the rule.
    if facts.live.is_some() {
        direct.retain(|one| !covered.contains(one));
        direct.reverse();
        facts.range.direct_commits = direct;
    }
    Ok(found)
}

/// Who is in the teams that the policy names, by team.
async fn teams(reader: &Reader<'_>, facts: &mut Facts) -> BTreeMap<String, BTreeSet<String>> {
    let mut teams = BTreeMap::new();
    for team in &reader.needs.teams {
        let full = match team.contains('/') {
            true => team.clone(),
            false => format!("{}/{team}", reader.repo.owner()),
        };
        let read = reader.ports.github.team_members(&full).await;
        if let Some(members) = reader.got(facts, &format!("team:{team}"), read) {
            let members = members.into_iter().map(|login| login.to_lowercase());
            teams.insert(team.clone(), members.collect());
        }
    }
    teams
}

/// What people may do at this moment, each looked up once.
struct People {
    teams: BTreeMap<String, BTreeSet<String>>,
    permissions: BTreeMap<String, Permission>,
}

impl People {
    fn new(teams: BTreeMap<String, BTreeSet<String>>) -> Self {
        let permissions = BTreeMap::new();
        Self { teams, permissions }
    }

    fn teams_of(&self, login: &str) -> Vec<String> {
        let login = login.to_lowercase();
        let of = self
            .teams
            .iter()
            .filter(|(_, members)| members.contains(&login));
        of.map(|(team, _)| team.clone()).collect()
    }

    async fn permission(&mut self, reader: &Reader<'_>, login: &str) -> Result<Permission> {
        if let Some(known) = self.permissions.get(login) {
            return Ok(*known);
        }
        let read = reader.ports.github.permission(reader.repo, login).await?;
        self.permissions.insert(login.to_owned(), read);
        Ok(read)
    }
}

async fn change(
    reader: &Reader<'_>,
    facts: &mut Facts,
    people: &mut People,
    pull: Pull,
    made: Vec<Made>,
) -> Change {
    let (github, number) = (&reader.ports.github, IssueNumber(pull.number));
    if pull.commits > made.len() as u64 || pull.commits >= COMMITS {
        let said = format!("#{number} has more commits than GitHub lists");
        facts.errors.insert("commits".to_owned(), said);
    }
    let (expected, mut change) = (pull.files, plain(pull));
    let mut contributors: BTreeSet<String> = BTreeSet::new();
    contributors.extend(made.iter().filter_map(|one| one.author.clone()));
    change.contributors = contributors.into_iter().collect();
    change.commits = made;
    if reader.needs.files {
        let read = github.pull_files(reader.repo, number).await;
        if let Some(touched) = reader.got(facts, "prs", read) {
            let listed = touched.files.len();
            change.files_truncated = listed >= FILES || (listed as u64) < expected;
            change.files = touched.files;
            change.renamed = touched.renamed;
        }
    }
    if reader.needs.reviews {
        let read = github.reviews(reader.repo, number).await;
        if let Some(all) = reader.got(facts, "reviews", read) {
            change.reviews = reviews(reader, facts, people, all).await;
        }
    }
    if reader.needs.label_events {
        let read = github.labellings(reader.repo, number).await;
        let all = reader.got(facts, "labels", read).unwrap_or_default();
        change.label_events = all
            .into_iter()
            .map(|one| label_event(people, one))
            .collect();
    }
    if reader.needs.issues {
        let read = github.closing_issues(reader.repo, number).await;
        let all = reader.got(facts, "issues", read).unwrap_or_default();
        change.linked_issues = all.into_iter().map(linked).collect();
    }
    change
}

fn plain(pull: Pull) -> Change {
    Change {
        number: pull.number,
        title: pull.title,
        body: pull.body,
        author: pull.author,
        state: pull.state,
        draft: pull.draft,
        base: pull.base,
        head: pull.head,
        from_fork: pull.from_fork,
        head_sha: pull.head_sha,
        merge_sha: pull.merge_sha,
        labels: pull.labels,
        additions: pull.additions,
        deletions: pull.deletions,
        ..Change::default()
    }
}

async fn reviews(
    reader: &Reader<'_>,
    facts: &mut Facts,
    people: &mut People,
    all: Vec<Opinion>,
) -> Vec<Review> {
    let mut reviews = Vec::new();
    for one in all {
        let counts = matches!(one.state.as_str(), "APPROVED" | "CHANGES_REQUESTED");
        let mut permission = Permission::None;
        if counts && one.by.kind == "User" {
            let read = people.permission(reader, &one.by.login).await;
            permission = reader
                .got(facts, "reviews", read)
                .unwrap_or(Permission::None);
        }
        reviews.push(Review {
            teams: people.teams_of(&one.by.login),
            permission: permission.word().to_owned(),
            user: one.by.login,
            id: one.by.id,
            kind: one.by.kind,
            state: one.state,
            commit_id: one.commit,
            at: one.at,
        });
    }
    reviews
}

fn label_event(people: &People, one: Labelling) -> LabelEvent {
    LabelEvent {
        actor_teams: people.teams_of(&one.actor),
        event: one.event,
        label: one.label,
        actor: one.actor,
        at: Some(one.at),
    }
}

fn linked(issue: Closing) -> LinkedIssue {
    LinkedIssue {
        number: issue.number,
        state: issue.state,
        acceptance_total: None,
        acceptance_done: None,
        body: Some(issue.body),
        last_edit: issue.edited.map(|(editor, at)| LastEdit {
            editor,
            at: Some(at),
        }),
    }
}
