//! Who is meant by users, teams, organisations and permissions, and who wrote a pull request.

use std::collections::BTreeSet;

use super::facts::{Commit, Facts};
use super::{Actors, Options};

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

impl Actors {
    /// Whether nobody is meant.
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.teams.is_empty()
            && self.organizations.is_empty()
            && self.permissions.is_empty()
    }

    /// Whether this person is one of them.
    ///
    /// # Errors
    /// Where what they are could not be read: that is not "no".
    pub(super) fn has(&self, facts: &Facts, login: &str) -> Result<bool, String> {
        if self.users.iter().any(|user| same(user, login)) {
            return Ok(true);
        }
        let one_of = |of: Option<&Vec<String>>, wanted: &[String]| {
            of.is_some_and(|own| own.iter().any(|own| wanted.iter().any(|w| same(w, own))))
        };
        let asked = !self.teams.is_empty() || !self.permissions.is_empty();
        if asked
            && facts
                .known
                .as_ref()
                .is_some_and(|known| !known.contains(login))
        {
            return Err(format!("what {login} may do is not known here"));
        }
        if !self.teams.is_empty() {
            facts.need("teams")?;
            if one_of(facts.teams.get(login), &self.teams) {
                return Ok(true);
            }
        }
        if !self.organizations.is_empty() {
            facts.need("organizations")?;
            if one_of(facts.orgs.get(login), &self.organizations) {
                return Ok(true);
            }
        }
        if let Some(least) = self.permissions.iter().min() {
            facts.need("permissions")?;
            return Ok(facts.permissions.get(login).is_some_and(|own| own >= least));
        }
        Ok(false)
    }
}

/// The commits that count as somebody's work. All of them are looked at, by every parent:
/// policy-bot follows the first one only, and so lets people approve what they merged in.
pub(super) fn commits<'a>(facts: &'a Facts, options: &Options) -> Result<Vec<&'a Commit>, String> {
    let mut kept = Vec::new();
    for commit in &facts.commits {
        if options.ignore_update_merges && is_update_merge(facts, commit) {
            continue;
        }
        if let Some(ignored) = &options.ignore_commits_by {
            let mut all = commit.people().next().is_some();
            for login in commit.people() {
                all = all && ignored.has(facts, login)?;
            }
            if all {
                continue;
            }
        }
        kept.push(commit);
    }
    Ok(kept)
}

/// A merge of the base branch by the button: its second parent is no commit of the pull request.
fn is_update_merge(facts: &Facts, commit: &Commit) -> bool {
    let own = |sha: &String| facts.commits.iter().any(|c| c.sha == *sha);
    match commit.parents.as_slice() {
        [first, second] => commit.via_web && own(first) && !own(second),
        _ => false,
    }
}

/// Who may not approve.
pub(super) fn banned<'a>(facts: &'a Facts, options: &Options) -> Result<BTreeSet<&'a str>, String> {
    let mut banned = BTreeSet::new();
    if options.allow_contributor {
        return Ok(banned);
    }
    if !options.allow_author {
        banned.insert(facts.author.as_str());
    }
    if !options.allow_non_author_contributor {
        for commit in commits(facts, options)? {
            banned.extend(commit.people().filter(|login| *login != facts.author));
        }
    }
    Ok(banned)
}

/// Whether a commit is nobody's that GitHub knows: its author could be anybody, an approver too.
pub(super) fn unattributed(facts: &Facts, options: &Options) -> Result<bool, String> {
    if options.allow_contributor || options.allow_non_author_contributor {
        return Ok(false);
    }
    let commits = commits(facts, options)?;
    Ok(commits.iter().any(|c| c.people().next().is_none()))
}
