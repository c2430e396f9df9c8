//! Expressions: what is refused and where, what each says, and that nothing hostile takes long.

use proptest::prelude::*;

use super::super::facts::{Asked, Change, Facts};
use super::super::tests::{enterprise, judge_by};
use super::super::verdict::Decision;
use super::{Expression, Failed, World};

fn facts() -> Facts {
    let mut facts = enterprise();
    facts.range.direct_commits = vec!["abc".to_owned()];
    let pr = &mut facts.prs[0];
    pr.number = 41;
    pr.title = "Add a \"cart\"".to_owned();
    pr.labels = vec!["big".to_owned(), "db".to_owned()];
    pr.files = vec!["src/a.rs".to_owned(), "docs/b.md".to_owned()];
    (pr.additions, pr.deletions, pr.draft) = (400, 99, false);
    facts
}

fn ask(text: &str, facts: &Facts) -> Result<bool, Failed> {
    let asked = Asked {
        sha: "abc".to_owned(),
        reference: "refs/heads/main".to_owned(),
        creator: "ada".to_owned(),
        ..Asked::default()
    };
    let world = World {
        facts,
        asked: &asked,
        environment: "production",
        // A Friday; in Berlin it is an hour later.
        now: "2026-03-06T23:30:00Z".parse().unwrap(),
        pull: facts.prs.first(),
    };
    Expression::read(text).unwrap().holds(&world)
}

const SAID: &[(&str, bool)] = &[
    ("pr.additions + pr.deletions < 500", true),
    (
        "pr.additions - 2 * 200 == 0 && pr.deletions / 10 == 9 && pr.deletions % 10 == 9",
        true,
    ),
    ("-pr.number < 0 && !pr.draft", true),
    ("now.getDayOfWeek() == 5", true),
    (
        "now.getDayOfWeek(\"Europe/Berlin\") == 6 && now.getHours('Europe/Berlin') == 0",
        true,
    ),
    (
        "now.getFullYear() == 2026 && now.getMonth() == 2 && now.getDate() == 6",
        true,
    ),
    (
        "now.getDayOfMonth() == 5 && now.getDayOfYear() == 64 && now.getMinutes() == 30",
        true,
    ),
    (
        "now > timestamp(\"2026-03-06T00:00:00Z\") + duration(\"23h\")",
        true,
    ),
    (
        "now - timestamp(\"2026-03-06T23:00:00Z\") == duration('30m')",
        true,
    ),
    (
        "environment == 'production' && deployment.ref == 'refs/heads/main'",
        true,
    ),
    (
        "deployment.creator in ['ada', 'bob'] && !('eve' in ['ada'])",
        true,
    ),
    (
        "pr.title.contains('\"cart\"') && pr.title.startsWith(\"Add\") && pr.title.endsWith('\"')",
        true,
    ),
    ("pr.title.matches('^Add .*t\"$')", true),
    (
        "pr.labels.exists(l, l == 'big') && pr.files.all(f, f.matches('^(src|docs)/'))",
        true,
    ),
    (
        "pr.files.exists_one(f, f.endsWith('.md')) && size(pr.files) == 2",
        true,
    ),
    ("pr.files.filter(f, f.startsWith('src/')).size() == 1", true),
    ("pr.files.map(f, f.size()).exists(n, n == 9)", true),
    (
        "range.prs.exists(p, p.files.exists(f, f == 'docs/b.md'))",
        true,
    ),
    ("pr.draft ? pr.additions < 1 : pr.additions < 500", true),
    ("'big' in pr.labels || 1 / 0 == 1", true),
    ("1 / 0 == 1 || 'big' in pr.labels", true),
    ("1 / 0 == 1 && false", false),
    (
        "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 10 - 3 - 2 == 5",
        true,
    ),
    ("pr.author == 'nobody'", false),
    ("repo.default_branch == 'main' && pr.base == 'main'", true),
];

#[test]
fn expressions_say_what_cel_says() {
    let facts = facts();
    for (text, expected) in SAID {
        assert_eq!(ask(text, &facts), Ok(*expected), "{text}");
    }
}

#[test]
fn what_cannot_be_had_is_no_answer() {
    let mut facts = facts();
    assert_eq!(ask("1 / 0 == 1", &facts), Err(Failed::Arithmetic));
    let large = "9223372036854775807 + pr.number > 0";
    assert_eq!(ask(large, &facts), Err(Failed::Arithmetic));
    facts.prs[0].files_truncated = true;
    assert_eq!(ask("!('x' in pr.files)", &facts), Err(Failed::Unknown));
    facts.prs[0].commits.clear();
    assert_eq!(
        ask("range.commits.size() < 9", &facts),
        Err(Failed::Unknown)
    );
}

#[test]
fn mistakes_are_refused_with_their_place() {
    for (text, at, said) in [
        ("pr.addition < 5", 4, "did you mean `additions`"),
        ("pull.additions < 5", 1, "unknown name `pull`"),
        (
            "pr.additions",
            4,
            "this is a number; true or false is needed",
        ),
        (
            "pr.additions < 'a'",
            16,
            "this is a text; a number is needed",
        ),
        ("pr.title + 1 == ''", 10, "does not fit"),
        ("pr.title.startWith('a')", 10, "did you mean `startsWith`"),
        ("pr.title.matches(pr.author)", 21, "written down"),
        ("pr.title.matches('(')", 18, "no pattern"),
        ("now.getHours('CST') == 1", 14, "IANA"),
        (
            "pr.files.exists(a, pr.labels.exists(b, pr.files.exists(c, c == a)))",
            49,
            "two loops",
        ),
        ("pr.title.exists(a, true)", 4, "only a list"),
        ("1 < 2 < 3", 9, "this is a number; true or false is needed"),
        ("pr.draft &&", 12, "the end is not expected"),
        (
            "pr.additions < 1.5",
            18,
            "a name is expected behind the dot",
        ),
        ("pr.title == 'a", 13, "no end"),
        ("pr.draft; true", 9, "no sign of CEL"),
        ("pr == pr", 4, "does not fit a pull request"),
    ] {
        let error = Expression::read(text).unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
        assert!(
            error.contains(&format!("character {at} ")),
            "{text}: {error}"
        );
    }
    let long = format!("{}true", " ".repeat(4_096));
    assert!(Expression::read(&long).unwrap_err().contains("4 KiB"));
}

#[test]
fn a_mistake_has_its_line_in_the_policy() {
    let policy = "environments:\n  production:\n    require:\n      custom:\n        - {name: a, assert: pr.addtions < 5}\n";
    let error = super::super::policy_of(policy).unwrap_err();
    assert_eq!((error.line, error.column), (5, 29), "{error}");
    assert!(
        error.message.contains("did you mean `additions`"),
        "{error}"
    );
}

const FRIDAYS: &str = "environments: {production: {require: {custom: [{name: small on Fridays, when: 'now.getDayOfWeek(\"Europe/Berlin\") == 5', assert: pr.additions + pr.deletions < 500, message: large changes go out Monday to Thursday}]}}}";

#[test]
fn a_rule_of_ones_own_waits_until_the_clock_turns_it() {
    let mut facts = facts();
    facts.now = Some("2026-03-06T12:10:00Z".parse().unwrap());
    assert_eq!(judge_by(&facts, FRIDAYS).decision, Decision::Allow);
    facts.prs[0].additions = 1_000;
    let verdict = judge_by(&facts, FRIDAYS);
    assert_eq!(
        (verdict.decision, verdict.reason_code.as_str()),
        (Decision::Wait, "custom_not_met")
    );
    // Saturday begins at 23:00 in UTC.
    assert_eq!(verdict.until, Some("2026-03-06T23:00:00Z".parse().unwrap()));
    let waiting = verdict
        .reasons
        .iter()
        .find(|r| r.code == "custom_not_met")
        .unwrap();
    assert_eq!(
        waiting.sentence,
        "#41: large changes go out Monday to Thursday"
    );
    facts.errors.insert("prs".to_owned(), "502".to_owned());
    let verdict = judge_by(&facts, FRIDAYS);
    assert_eq!(
        (verdict.decision, verdict.reason_code.as_str()),
        (Decision::Wait, "facts_unavailable")
    );
}

/// Facts as large as GitHub lets them become.
fn huge() -> Facts {
    let mut facts = facts();
    let files: Vec<String> = (0..3_000)
        .map(|n| format!("src/folder/file-{n}.rs"))
        .collect();
    let one = Change {
        files,
        ..facts.prs[0].clone()
    };
    facts.prs = (0..100)
        .map(|number| Change {
            number,
            ..one.clone()
        })
        .collect();
    facts
}

proptest! {
    /// S29: no text makes the reader panic, loop or overflow.
    #[test]
    fn s29_any_text_is_an_expression_or_an_error(
        text in "([(!\\[-]{0,300}|[ -~]{0,200}|((pr|now|f|\\.|\\(|\\)|\"|&&|\\|\\||[0-9]| |files|all|,|\\?|:){0,60}))"
    ) {
        let _ = Expression::read(&text);
    }
}

#[test]
fn s29_deep_and_long_expressions_are_refused_before_they_run() {
    for text in [
        format!("{}true{}", "(".repeat(2_000), ")".repeat(2_000)),
        format!("{}true", "!".repeat(4_000)),
        format!("1{} == 1", "+1".repeat(1_900)),
        format!("true{}", "?true:true".repeat(400)),
        format!("pr{} == 1", ".title".repeat(600)),
    ] {
        assert!(Expression::read(&text).is_err());
    }
    // Three nested loops over 400 items took another evaluator 24 s.
    let two = "range.prs.all(p, p.files.all(f, pr.files.size() + f.size() > 0))";
    let facts = huge();
    let policy = format!(
        "environments: {{production: {{require: {{custom: [{{name: a, assert: '{two}'}}]}}}}}}"
    );
    let verdict = judge_by(&facts, &policy);
    assert_eq!(verdict.reason_code, "custom_not_met");
    assert!(
        verdict
            .reasons
            .iter()
            .any(|r| r.sentence.contains("too long"))
    );
}
