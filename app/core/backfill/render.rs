//! What came of a backfill, said as every answer is. Pure.

use serde_json::{Value, json};

use super::Account;
use crate::line;
use crate::port::Quota;
use crate::report::{Block, Conclusion, Decided, Document, Line, Report, code, strong};

/// The report on a backfill; `go_on_at` where it is not done, and can go on then.
#[must_use]
pub fn render(account: &Account, go_on_at: Option<jiff::Timestamp>) -> Decided {
    let go_on_at = go_on_at.map(|at| at.to_string());
    let conclusion = match go_on_at {
        Some(_) => Conclusion::Wait,
        None => Conclusion::Success,
    };
    let reason_code = match (&go_on_at, account.learnt + account.passed_again) {
        (Some(_), _) => "quota",
        (None, 0) => "nothing-new",
        (None, _) => "learnt",
    };
    let title = title(account);
    let mut blocks = vec![
        Block::Paragraph(line![strong(title.clone())]),
        Block::List(counts(account)),
    ];
    if let Some(at) = &go_on_at {
        blocks.push(Block::Paragraph(line![
            "Not done yet: of the hour's quota only what is left to others is left. It goes on where it stopped when the same is called after ",
            code(at.clone()),
            "."
        ]));
    }
    let mut json = serde_json::to_value(account).unwrap_or(Value::Null);
    if let Some(object) = json.as_object_mut() {
        object.insert("version".to_owned(), Value::from(1));
        object.insert("complete".to_owned(), go_on_at.is_none().into());
        object.insert("go_on_at".to_owned(), go_on_at.clone().into());
    }
    Decided {
        facts: serde_json::to_value(account).unwrap_or(Value::Null),
        verdict: json!({ "go_on_at": go_on_at }),
        json,
        report: Report {
            title,
            conclusion,
            reason_code: reason_code.to_owned(),
            document: Document { blocks },
            annotations: Vec::new(),
            effects: Vec::new(),
            only_if_asked: false,
            again: None,
        },
        spoken: Vec::new(),
        learnt: Vec::new(),
    }
}

fn title(account: &Account) -> String {
    let repo = &account.repo;
    match (account.learnt, account.passed_again) {
        (0, 0) => format!("Nothing new in the history of {repo}"),
        (learnt, passed) => format!(
            "Learnt from the history of {repo}: {}, {} passed again on a re-run",
            counted(learnt, "failure"),
            passed
        ),
    }
}

fn counts(account: &Account) -> Vec<Line> {
    let day = |at: jiff::Timestamp| code(at.strftime("%Y-%m-%d").to_string());
    let mut lines = vec![
        line![
            counted(account.runs, "run"),
            " from ",
            day(account.since),
            " to ",
            day(account.until),
            format!(", {} of them with a failure or a re-run", account.failed)
        ],
        line![format!(
            "{} read now, {} read before",
            account.read, account.known
        )],
    ];
    if account.unread > 0 {
        let jobs = counted(account.unread, "failed job");
        lines.push(line![format!(
            "{jobs} without a log that was read: it has expired, or the run has more than 20 of them"
        )]);
    }
    if account.unlisted > 0 {
        let seconds = counted(account.unlisted, "second");
        lines.push(line![format!(
            "{seconds} with more runs than GitHub lists were left out"
        )]);
    }
    if let Some(permission) = &account.lacking {
        lines.push(line![
            "On how many pull requests a failure was seen is counted only with ",
            code(permission.clone())
        ]);
    }
    lines
}

/// One calm line about how far it is.
#[must_use]
pub fn line(account: &Account, quota: Option<Quota>) -> String {
    let done = account.known + account.read;
    let mut line = format!("{done} of {} runs", account.failed);
    line += &format!(" · {} learnt", counted(account.learnt, "failure"));
    if account.passed_again > 0 {
        line += &format!(" · {} passed again", account.passed_again);
    }
    if let Some(quota) = quota {
        let percent = quota.left.saturating_mul(100) / quota.limit.max(1);
        line += &format!(" · {percent} % of the quota left");
    }
    line
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wish;
    use super::*;

    fn account() -> Account {
        let wish = Wish {
            repo: "octo/shop".parse().unwrap(),
            days: 30,
            reserve: 50,
        };
        Account {
            runs: 340,
            failed: 41,
            known: 2,
            read: 20,
            learnt: 12,
            passed_again: 1,
            ..Account::new(&wish, "2026-11-24T10:00:00Z".parse().unwrap())
        }
    }

    #[test]
    fn a_line_says_how_far_it_is_and_what_is_left() {
        let reset = "2026-11-24T11:00:00Z".parse().unwrap();
        let quota = |left, limit| Some(Quota { limit, left, reset });
        assert_eq!(
            line(&account(), quota(3_050, 5_000)),
            "22 of 41 runs · 12 failures learnt · 1 passed again · 61 % of the quota left"
        );
        assert!(line(&account(), quota(0, 0)).ends_with("0 % of the quota left"));
        assert!(line(&account(), None).ends_with("1 passed again"));
    }

    #[test]
    fn the_report_says_what_was_read_and_when_to_go_on() {
        let done = render(&account(), None);
        let said = done.report.document.text();
        assert!(
            said.contains("340 runs from 2026-10-25 to 2026-11-24"),
            "{said}"
        );
        assert_eq!(done.report.conclusion, Conclusion::Success);
        assert_eq!(done.json["complete"], true);
        let at = "2026-11-24T11:00:00Z".parse().unwrap();
        let paused = render(&account(), Some(at));
        let said = paused.report.document.text();
        assert!(said.contains("called after 2026-11-24T11:00:00Z"), "{said}");
        assert_eq!(paused.report.conclusion, Conclusion::Wait);
        assert_eq!(paused.json["go_on_at"], "2026-11-24T11:00:00Z");
        assert_eq!(paused.json["version"], 1);
    }
}
