//! Each rule in one sentence, with the sources that it rests on and whether the clock can turn it:
//! one small implementation for each type of a policy, so that nothing is listed a second time.

mod flow;

use super::approval::ApprovalRules;
use super::custom::Custom;
use super::policy::{
    Approvals, Checks, Criteria, ErrorBudget, Exception, Incidents, Issues, Labels, OneCheck,
    PathRule, Preflight, RunbookRule, Soak, Team, TickedBy, Tls,
};
pub(super) use flow::{Forward, Patience};

/// A rule that can say itself.
pub(super) trait Spoken {
    /// The name that reasons and overrides use.
    const RULE: &'static str;
    /// The rule in one sentence.
    fn sentence(&self) -> String;
    /// The sources of facts that it rests on.
    fn sources(&self) -> Vec<&'static str>;
    /// The moments at which the clock alone can turn it, in words; none for most.
    fn timer(&self) -> Option<String> {
        None
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn any(words: &[String]) -> String {
    listed(words, "or")
}

fn all(words: &[String]) -> String {
    listed(words, "and")
}

fn listed(words: &[String], between: &str) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {between} {last}", first.join(", ")),
    }
}

fn names<T: ToString>(of: &[T]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

fn except(exceptions: &[Exception]) -> String {
    let words: Vec<String> = exceptions
        .iter()
        .map(|e| match e {
            Exception::Rollback => "rollbacks",
            Exception::Fix => "fixes of an incident",
            Exception::Hotfix => "hotfixes",
            Exception::Revert => "exact reverts",
        })
        .map(str::to_owned)
        .collect();
    match words.as_slice() {
        [] => String::new(),
        words => format!(", except for {}", all(words)),
    }
}

fn people(count: u32) -> String {
    match count {
        1 => "one person".to_owned(),
        many => format!("{many} people"),
    }
}

fn of_teams(teams: &[Team]) -> String {
    match teams {
        [] => String::new(),
        teams => format!(" of {}", any(&names(teams))),
    }
}

impl Spoken for Approvals {
    const RULE: &'static str = "approvals";
    fn sentence(&self) -> String {
        let who = match (self.teams.as_slice(), self.users.as_slice()) {
            ([], []) => " who may write".to_owned(),
            (teams, []) => of_teams(teams),
            (teams, users) => {
                let all: Vec<String> = names(teams).into_iter().chain(names(users)).collect();
                format!(" of {}", any(&all))
            }
        };
        format!(
            "{}{who} approved the head of each pull request, and none of them wrote any of it",
            people(self.count)
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        let team = (!self.teams.is_empty()).then_some("team");
        ["reviews", "commits"].into_iter().chain(team).collect()
    }
}

/// The owners of changed files, which is a switch and no type of its own.
pub(super) struct Codeowners;

impl Spoken for Codeowners {
    const RULE: &'static str = "codeowners";
    fn sentence(&self) -> String {
        "an owner of each changed file approved".to_owned()
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["codeowners", "reviews", "commits", "team"]
    }
}

impl Spoken for PathRule {
    const RULE: &'static str = "paths";
    fn sentence(&self) -> String {
        format!("where {} changes: {}", self.when, self.approvals.sentence())
    }
    fn sources(&self) -> Vec<&'static str> {
        self.approvals.sources()
    }
}

fn one_check(check: &OneCheck) -> String {
    use super::policy::App;
    let app = match &check.app {
        Some(App::Slug(slug)) => format!(" by {slug}"),
        Some(App::Id(id)) => format!(" by App {id}"),
        None => String::new(),
    };
    let good = match check.conclusions.as_slice() {
        [one] if one == "success" => String::new(),
        more => format!(" ({})", any(more)),
    };
    format!("{}{app}{good}", check.name)
}

impl Spoken for Checks {
    const RULE: &'static str = "checks";
    fn sentence(&self) -> String {
        match self {
            Self::Named(_) => {
                "every check that the branch requires passed on the commit that is deployed"
                    .to_owned()
            }
            Self::List(checks) => {
                let words: Vec<String> = checks.iter().map(one_check).collect();
                format!("{} passed on the commit that is deployed", all(&words))
            }
        }
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["checks"]
    }
}

impl Spoken for Labels {
    const RULE: &'static str = "labels";
    fn sentence(&self) -> String {
        let mut said = Vec::new();
        if !self.none_of.is_empty() {
            said.push(format!("no label {}", any(&self.none_of)));
        }
        if !self.any_of.is_empty() {
            said.push(format!("a label {}", any(&self.any_of)));
        }
        if !self.all_of.is_empty() {
            said.push(format!("the labels {}", all(&self.all_of)));
        }
        let by = match self.removal_by.as_slice() {
            [] => String::new(),
            teams => format!("; only {} may take one away", any(&names(teams))),
        };
        format!("each pull request has {}{by}", all(&said))
    }
    fn sources(&self) -> Vec<&'static str> {
        let team = (!self.removal_by.is_empty()).then_some("team");
        ["labels"].into_iter().chain(team).collect()
    }
}

impl Spoken for Issues {
    const RULE: &'static str = "issues";
    fn sentence(&self) -> String {
        let criteria = match (self.acceptance_criteria, self.ticked_by) {
            (Some(Criteria::Complete), TickedBy::Anyone) => {
                " whose acceptance criteria are all met"
            }
            (Some(Criteria::Complete), TickedBy::NotAuthor) => {
                " whose acceptance criteria are all met, ticked by somebody else than its author"
            }
            (None, _) => "",
        };
        match self.linked {
            true => format!("each pull request closes an issue{criteria}"),
            false => format!("the issues that pull requests close are ones{criteria}"),
        }
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["issues"]
    }
}

impl Spoken for Incidents {
    const RULE: &'static str = "incidents";
    fn sentence(&self) -> String {
        let except = match self.except {
            Some(_) => ", except for what closes it",
            None => "",
        };
        format!("no incident of {} is open{except}", any(&self.none_open))
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["incidents"]
    }
}

impl Spoken for Soak {
    const RULE: &'static str = "soak";
    fn sentence(&self) -> String {
        let except = except(&self.except);
        format!(
            "the commit has been live in {} for {}{except}",
            self.r#in, self.r#for
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["previous"]
    }
    fn timer(&self) -> Option<String> {
        Some(format!(
            "{} after it went live in {}",
            self.r#for, self.r#in
        ))
    }
}

impl Spoken for RunbookRule {
    const RULE: &'static str = "runbook";
    fn sentence(&self) -> String {
        format!(
            "a change of {} comes with a runbook in {}",
            self.when, self.r#in
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["prs"]
    }
}

impl Spoken for Preflight {
    const RULE: &'static str = "preflight";
    fn sentence(&self) -> String {
        "every secret that the workflow reads exists".to_owned()
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["preflight"]
    }
}

impl Spoken for Tls {
    const RULE: &'static str = "tls";
    fn sentence(&self) -> String {
        format!(
            "the certificates of {} are valid for {}",
            all(&self.hosts),
            self.valid_for
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["tls"]
    }
}

impl Spoken for ErrorBudget {
    const RULE: &'static str = "error-budget";
    fn sentence(&self) -> String {
        let except = except(&self.except);
        format!(
            "{} of the error budget of {} is left{except}",
            self.min, self.slo
        )
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["budget"]
    }
}

impl Spoken for Custom {
    const RULE: &'static str = "custom";
    fn sentence(&self) -> String {
        let when = self.when.as_ref().map(|when| format!(", where {when}"));
        format!("{}: {}{}", self.name, self.assert, when.unwrap_or_default())
    }
    fn sources(&self) -> Vec<&'static str> {
        let all = self.when.iter().chain([&self.assert]);
        all.flat_map(|e| e.sources()).copied().collect()
    }
    fn timer(&self) -> Option<String> {
        let named = self
            .when
            .iter()
            .chain([&self.assert])
            .any(super::custom::Expression::is_about_time);
        named.then(|| "when the expression turns, to a quarter of an hour".to_owned())
    }
}

impl Spoken for ApprovalRules {
    const RULE: &'static str = "approval-rules";
    fn sentence(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(|rule| rule.name.clone()).collect();
        format!("the approval rules are met ({})", names.join(", "))
    }
    fn sources(&self) -> Vec<&'static str> {
        vec!["prs", "commits", "reviews", "labels", "checks", "team"]
    }
}
