//! Commands about deployments: who may stop one, let it go on, or overlook a rule.
//!
//! Authority is the permission and the teams that were looked up for this decision; what a payload
//! says about its author is no authority.

use super::decide::alone;
use super::facts::{Comment, Facts};
use super::policy::{By, Command, Level, Policy};
use super::verdict::{Decision, Fact, Reason, Verdict, said};
use crate::event::command_lines;

/// The words that are commands of the gate.
const VERBS: &[&str] = &["override", "hold", "release", "unhold", "gate"];

/// Decides about a comment.
pub(super) fn comment(facts: &Facts, comment: &Comment, policy: &Policy) -> Verdict {
    let own = comment.author_type == "Bot" && comment.author.eq_ignore_ascii_case("waterline[bot]");
    if own {
        return ignore("own_comment", "own comments are ignored");
    }
    if comment.edited {
        return ignore("edited", "edited comments are no commands");
    }
    let lines = command_lines(&comment.body);
    let line = match lines.as_slice() {
        [] => return ignore("no_command", "no command"),
        [one] => one,
        _ => return refuse("ambiguous", "one command a comment".to_owned()),
    };
    let verb = line
        .split_whitespace()
        .nth(1)
        .unwrap_or("help")
        .to_ascii_lowercase();
    let who = &comment.author;
    let listed = policy
        .commands
        .bots
        .iter()
        .any(|bot| bot.eq_ignore_ascii_case(who));
    if comment.author_type != "User" && !listed {
        return refuse("not_allowed", "bots may not give commands".to_owned());
    }
    let may = match verb.as_str() {
        "override" => allowed(comment, policy, policy.commands.r#override.as_ref(), &verb),
        "hold" => allowed(comment, policy, policy.commands.hold.as_ref(), &verb),
        "release" | "unhold" => {
            let rule = policy
                .commands
                .release
                .as_ref()
                .or(policy.commands.hold.as_ref());
            allowed(comment, policy, rule, &verb)
        }
        "gate" => Ok(()),
        _ => return refuse("unknown_command", unknown(&verb)),
    };
    if let Err(why) = may {
        return refuse("not_allowed", why);
    }
    if verb == "override"
        && let Some(named) = names_other_commit(facts, line)
    {
        let sentence = format!("{named} is not the commit that waits");
        return refuse("ref_moved", sentence);
    }
    let sentence = format!("{verb} set by {who}");
    alone(Decision::Allow, reason("accepted", sentence))
}

fn reason(code: &'static str, sentence: String) -> Reason {
    let evidence = Fact::Source {
        name: "comment".to_owned(),
        said: code.to_owned(),
    };
    Reason::met("command", said(code, sentence), evidence)
}

fn ignore(code: &'static str, sentence: &str) -> Verdict {
    alone(Decision::Ignore, reason(code, sentence.to_owned()))
}

fn refuse(code: &'static str, sentence: String) -> Verdict {
    alone(Decision::Refuse, reason(code, sentence))
}

/// Nobody may override unless the policy says who; holding needs the permission to write.
fn allowed(
    comment: &Comment,
    policy: &Policy,
    rule: Option<&Command>,
    verb: &str,
) -> Result<(), String> {
    let who = &comment.author;
    let by = match rule {
        Some(rule) => &rule.by,
        None if verb == "override" => return Err(format!("{who} may not override")),
        None => &By::Permission(Level::Write),
    };
    match by {
        By::Permission(level) => {
            let has = &comment.author_permission;
            if Level::of(has) >= Some(*level) {
                return Ok(());
            }
            let needs = format!("{level:?}").to_lowercase();
            Err(format!("{who} has {has} permission; {verb} needs {needs}"))
        }
        By::Teams(teams) => {
            let mut named = policy.teams_of(teams);
            let is_in = |team: &str| {
                comment
                    .author_teams
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(team))
            };
            match named.any(is_in) {
                true => Ok(()),
                false => Err(format!("{who} may not {verb}")),
            }
        }
    }
}

/// The commit that an override names, where it is another one than waits.
fn names_other_commit(facts: &Facts, line: &str) -> Option<String> {
    let asked = facts.event.deployment.as_ref()?;
    let hex = |word: &&str| {
        word.len() >= 7
            && word.bytes().all(|b| b.is_ascii_hexdigit())
            && word.bytes().any(|b| b.is_ascii_digit())
    };
    let named = line.split_whitespace().find(hex)?;
    (!asked.sha.starts_with(named)).then(|| named.to_owned())
}

fn unknown(verb: &str) -> String {
    let shown: String = verb.escape_debug().take(40).collect();
    let near = VERBS
        .iter()
        .map(|known| (strsim::jaro_winkler(verb, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, known)) if likeness > 0.8 => {
            format!("unknown command \"{shown}\" (did you mean \"{known}\"?)")
        }
        _ => format!("unknown command \"{shown}\""),
    }
}
