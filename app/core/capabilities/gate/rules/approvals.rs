//! Whose approval of a pull request counts: a person's newest word, of the commit at its head, who
//! neither wrote any of it nor had a bot write it, and who is of the team at this moment.
//!
//! Nothing here looks at the date of a commit: whoever writes one can choose it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::case::{Case, is_exact_revert, pull};
use super::super::facts::{Change, Review};
use super::super::policy::{Approvals, Level};
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "approvals";

/// Enough people approved each of these pull requests.
pub(super) fn enough(
    case: &Case<'_>,
    rule: &Approvals,
    pulls: &[&Change],
    name: &str,
) -> Vec<Reason> {
    let teams = case.teams(&rule.teams);
    let mut reasons = Vec::new();
    reasons.extend(unreadable(case, &teams));
    reasons.extend(case.unread(name, "reviews", "the reviews"));
    if reasons.is_empty() {
        reasons.extend(pulls.iter().map(|pr| judge(case, rule, &teams, pr, name)));
    }
    reasons
}

/// A team that does not exist must not come to mean "nobody".
fn unreadable(case: &Case<'_>, teams: &[&str]) -> Option<Reason> {
    teams.iter().find_map(|team| {
        let source = format!("team:{team}");
        let error = case.facts.errors.get(&source)?;
        if error.starts_with("404") || error.starts_with("403") {
            let sentence = format!("team {team} does not exist or cannot be read (renamed?)");
            let evidence = Fact::Source {
                name: source,
                said: error.clone(),
            };
            return Some(Reason::blocked(
                RULE,
                said("policy_invalid", sentence),
                evidence,
            ));
        }
        case.unread(RULE, &source, &format!("team {team}"))
    })
}

fn judge(case: &Case<'_>, rule: &Approvals, teams: &[&str], pr: &Change, name: &str) -> Reason {
    let (needed, mut notes) = needed(case, rule, pr);
    let heard = hear(pr, |review| counts(rule, teams, review));
    let waits = |code, sentence| Reason::waiting(name, said(code, sentence), pull(pr.number));
    let number = pr.number;
    if let Some(person) = heard.against.first() {
        return waits(
            "changes_requested",
            format!("#{number}: {person} requests changes"),
        );
    }
    let people = heard.people.iter().cloned().collect::<Vec<_>>().join(", ");
    if heard.people.len() >= needed {
        let reverted = is_exact_revert(pr) && case.rules.revert.is_some();
        let code = if reverted { "revert" } else { "ok" };
        let sentence = match people.is_empty() {
            true => format!("#{number} needs no approval"),
            false => format!("#{number}: approved by {people}"),
        };
        return Reason::met(name, said(code, sentence), pull(number));
    }
    if !heard.stale.is_empty() && heard.people.len() + heard.stale.len() >= needed {
        let (who, of): (Vec<_>, BTreeSet<_>) = heard.stale.iter().cloned().unzip();
        let (who, of) = (
            who.join(", "),
            of.into_iter().collect::<Vec<_>>().join(", "),
        );
        let head = &pr.head_sha;
        let sentence = format!("#{number}: approvals by {who} are for {of}, the head is {head}");
        return waits("approvals_stale", sentence);
    }
    notes.extend(heard.notes);
    if case.policy_changes(pr) {
        notes.push("the changed policy takes effect after merge".to_owned());
    }
    let by = match teams.is_empty() {
        true => String::new(),
        false => format!(" by {}", teams.join(" or ")),
    };
    let whose = match people.is_empty() {
        true => String::new(),
        false => format!(" ({people})"),
    };
    let mut sentence = format!(
        "#{number}: {}/{needed} approvals{by}{whose}",
        heard.people.len()
    );
    for note in notes {
        sentence.push_str("; ");
        sentence.push_str(&note);
    }
    waits("approvals_missing", sentence)
}

/// How many approvals a pull request needs, and why it is not the usual number.
fn needed(case: &Case<'_>, rule: &Approvals, pr: &Change) -> (usize, Vec<String>) {
    let mut needed = rule.count as usize;
    let mut notes = Vec::new();
    match (&pr.reverts, case.rules.revert) {
        (Some(reverts), Some(revert)) if is_exact_revert(pr) => {
            needed = needed.min(revert.approvals as usize);
            notes.push(format!("it is an exact revert of #{}", reverts.number));
        }
        (Some(reverts), Some(_)) => {
            notes.push(format!("it is not an exact revert of #{}", reverts.number));
        }
        _ => {}
    }
    if let Some(nobodys) = pr.commits.iter().find(|c| c.author.is_none()) {
        needed += rule.unattributed as usize;
        let more = match rule.unattributed {
            1 => "one more approval is needed".to_owned(),
            n => format!("{n} more approvals are needed"),
        };
        notes.push(format!(
            "commit {} has no GitHub author, so {more}",
            nobodys.sha
        ));
    }
    (needed, notes)
}

/// What people said of a pull request.
#[derive(Default)]
struct Heard {
    /// Those whose approval counts.
    people: BTreeSet<String>,
    /// Those whose approval is of another commit, and of which.
    stale: Vec<(String, String)>,
    /// Those who ask for changes.
    against: Vec<String>,
    /// Why others do not count.
    notes: Vec<String>,
}

fn hear(pr: &Change, counts: impl Fn(&Review) -> Result<(), String>) -> Heard {
    let mut heard = Heard::default();
    for review in newest_words(&pr.reviews) {
        let who = review.user.clone();
        if review.state == "CHANGES_REQUESTED" {
            // Anybody on the internet may ask for changes; only those who may write stop a deploy.
            if may_write(review) {
                heard.against.push(who);
            }
            continue;
        }
        if review.state == "DISMISSED" {
            heard
                .notes
                .push(format!("the review of {who} was dismissed"));
            continue;
        }
        match own_work(pr, review).map_or_else(|| counts(review), Err) {
            Err(note) => {
                if !heard.notes.contains(&note) {
                    heard.notes.push(note);
                }
            }
            Ok(()) if review.commit_id != pr.head_sha => {
                heard.stale.push((who, review.commit_id.clone()));
            }
            Ok(()) => {
                heard.people.insert(who);
            }
        }
    }
    heard
}

/// The newest opinion of each person. A mere comment is none.
fn newest_words(reviews: &[Review]) -> Vec<&Review> {
    let mut newest: BTreeMap<String, (usize, &Review)> = BTreeMap::new();
    for (at, review) in reviews.iter().enumerate() {
        if !matches!(
            review.state.as_str(),
            "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED"
        ) {
            continue;
        }
        let person = review.user.to_ascii_lowercase();
        let known = newest.entry(person).or_insert((at, review));
        if (review.at, at) >= (known.1.at, known.0) {
            *known = (at, review);
        }
    }
    newest.into_values().map(|(_, review)| review).collect()
}

/// Why somebody cannot approve this: they are a bot, or it is theirs.
fn own_work(pr: &Change, review: &Review) -> Option<String> {
    let is = |login: &str| login.eq_ignore_ascii_case(&review.user);
    let who = &review.user;
    if review.kind != "User" {
        return Some("bots do not count".to_owned());
    }
    if is(&pr.author.login) || (pr.author.id != 0 && pr.author.id == review.id) {
        return Some(format!("{who} is the author"));
    }
    if let Some(commit) = pr
        .commits
        .iter()
        .find(|c| c.author.as_deref().is_some_and(is))
    {
        return Some(format!("{who} wrote {}", commit.sha));
    }
    if pr.contributors.iter().any(|c| is(c)) {
        return Some(format!("{who} wrote commits in this pull request"));
    }
    if pr.triggered_by.as_deref().is_some_and(is) {
        return Some(format!(
            "{who} triggered the bot that opened this pull request"
        ));
    }
    None
}

/// Whether a person may write to the repository at this moment.
fn may_write(review: &Review) -> bool {
    Level::of(&review.permission) >= Some(Level::Write)
}

/// Whether this person's approval is asked for.
fn counts(rule: &Approvals, teams: &[&str], review: &Review) -> Result<(), String> {
    let of_team = |team: &&str| {
        review
            .teams
            .iter()
            .any(|own| own.eq_ignore_ascii_case(team))
    };
    if teams.iter().any(of_team) || rule.users.iter().any(|u| u.is(&review.user, review.id)) {
        return Ok(());
    }
    if teams.is_empty() && rule.users.is_empty() && may_write(review) {
        return Ok(());
    }
    let who = &review.user;
    Err(match (teams.is_empty(), rule.users.is_empty()) {
        (false, _) => format!("{who} is not (any more) in {}", teams.join(" or ")),
        (true, false) => format!("{who} is not named in the policy"),
        (true, true) => format!("{who} may not write to the repository"),
    })
}

/// Each changed file is approved by one of its owners, as the base of the pull request names them.
pub(super) fn codeowners(case: &Case<'_>, pulls: &[&Change]) -> Vec<Reason> {
    const RULE: &str = "codeowners";
    if let Some(unread) = case.unread(RULE, "codeowners", "CODEOWNERS") {
        return vec![unread];
    }
    pulls.iter().map(|pr| owned(RULE, pr)).collect()
}

fn owned(rule: &str, pr: &Change) -> Reason {
    let Some(owners) = pr.codeowners.as_ref().filter(|_| !pr.files_truncated) else {
        let sentence = format!("#{}: the owners of its files are not known", pr.number);
        return Reason::waiting(rule, said("facts_unavailable", sentence), pull(pr.number));
    };
    let mut missing: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    // Many files have the same few owners.
    let mut known: BTreeMap<&[String], bool> = BTreeMap::new();
    for (path, owners) in owners.iter().filter(|(_, owners)| !owners.is_empty()) {
        let owns = |review: &Review| {
            let name = |owner: &String| {
                let owner = owner.trim_start_matches('@');
                owner.eq_ignore_ascii_case(&review.user)
                    || review.teams.iter().any(|t| t.eq_ignore_ascii_case(owner))
            };
            owners
                .iter()
                .any(name)
                .then_some(())
                .ok_or_else(String::new)
        };
        let approved = known
            .entry(owners.as_slice())
            .or_insert_with(|| !hear(pr, owns).people.is_empty());
        if !*approved {
            let by = owners.iter().map(String::as_str).collect();
            missing.entry(by).or_default().push(path);
        }
    }
    if missing.is_empty() {
        let sentence = format!("#{}: approved by the owners of its files", pr.number);
        return Reason::met(rule, said("ok", sentence), pull(pr.number));
    }
    let needs = missing.iter().map(|(owners, paths)| {
        format!(
            "{} need an approval by {}",
            paths.join(", "),
            owners.join(" or ")
        )
    });
    let sentence = format!("#{}: {}", pr.number, needs.collect::<Vec<_>>().join("; "));
    Reason::waiting(rule, said("codeowners_missing", sentence), pull(pr.number))
}

impl Case<'_> {
    /// Whether a pull request changes the policy that it is judged by.
    fn policy_changes(&self, pr: &Change) -> bool {
        pr.files.iter().any(|file| file == crate::config::PATH)
    }
}
