//! A comment becomes jobs, or one reply that says what was wrong.
//!
//! A command is a line of plain text that starts with `/waterline` or `/wl`. The comment is read
//! as Markdown, so nothing inside quotes, code, links or HTML is a command. The line is parsed by
//! the same clap definitions as the shell and the actions, so help and errors come for free.

mod prose;

use clap::{Arg, ArgMatches, Command};

use crate::capabilities::ALL;
use crate::capability::Entry;
use crate::event::command_lines;

/// The most commands that one comment may give; further lines are ignored.
pub const MAX_COMMANDS: usize = 5;

/// What a command line of a comment means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// Perform a capability with these arguments.
    Perform {
        /// Its name.
        capability: String,
        /// The words behind the name.
        args: Vec<String>,
    },
    /// Answer with this text.
    Reply {
        /// The help, or what was wrong.
        text: String,
        /// True where something was wrong.
        mistake: bool,
    },
}

/// The commands of a comment, in order. All replies become one.
#[must_use]
pub fn parse(comment: &str) -> Vec<Invocation> {
    let mut found = Vec::new();
    let mut replies: Vec<String> = Vec::new();
    let mut wrong = false;
    for line in command_lines(comment).into_iter().take(MAX_COMMANDS) {
        match invocation(&line) {
            Invocation::Reply { text, mistake } => {
                wrong |= mistake;
                if !replies.contains(&text) {
                    replies.push(text);
                }
            }
            perform if found.contains(&perform) => {}
            perform => found.push(perform),
        }
    }
    if !replies.is_empty() {
        found.push(Invocation::Reply {
            text: replies.join("\n"),
            mistake: wrong,
        });
    }
    found
}

/// Reads the arguments of a capability as clap understands them.
///
/// # Errors
/// clap's own explanation, without colours.
pub fn matches(entry: &Entry, args: &[String]) -> Result<ArgMatches, String> {
    subcommand(entry)
        .no_binary_name(true)
        .try_get_matches_from(args)
        .map_err(|e| e.render().to_string().trim_end().to_owned())
}

fn subcommand(entry: &Entry) -> Command {
    // clap takes the comment on a struct of flags for what the command is about.
    (entry.flags)(Command::new(entry.name))
        .about(entry.about)
        .long_about(None)
        .term_width(100)
        .bin_name(format!("/waterline {}", entry.name))
}

fn grammar() -> Command {
    Command::new("/waterline")
        .about("Waterline answers these commands:")
        .no_binary_name(true)
        .term_width(100)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommands(ALL.iter().map(subcommand))
        .subcommand(
            Command::new("help")
                .about("Show this list, or the flags of one command")
                .arg(Arg::new("command").value_name("COMMAND")),
        )
}

fn invocation(line: &str) -> Invocation {
    let help = |command| Invocation::Reply {
        text: help_for(command),
        mistake: false,
    };
    let wrong = |text| Invocation::Reply {
        text,
        mistake: true,
    };
    let Some(words) = words(line) else {
        return wrong(format!("error: a quote is not closed in `{line}`"));
    };
    let mut args = words.get(1..).unwrap_or_default().to_vec();
    // A telephone begins with a capital; flags and their values stay as they are.
    if let Some(verb) = args.first_mut() {
        verb.make_ascii_lowercase();
    }
    match grammar().try_get_matches_from(&args) {
        Ok(found) => match found.subcommand() {
            Some(("help", asked)) => help(asked.get_one::<String>("command")),
            Some((name, _)) => Invocation::Perform {
                capability: name.to_owned(),
                args: args.get(1..).unwrap_or_default().to_vec(),
            },
            None => help(None),
        },
        Err(_) if args.is_empty() => help(None),
        Err(error) => {
            // `--help` is an error to clap, and none to the person who asks for it.
            let text = error.render().to_string().trim_end().to_owned();
            Invocation::Reply {
                text,
                mistake: error.use_stderr(),
            }
        }
    }
}

/// The words of a line, split as a shell does it. Where a command ends in free text, that is
/// people's prose: an apostrophe in it quotes nothing.
fn words(line: &str) -> Option<Vec<String>> {
    let name = line.split_ascii_whitespace().nth(1);
    let entry = name.and_then(crate::capabilities::find);
    match entry.is_some_and(takes_free_text) {
        true => Some(prose::words(line)),
        false => shlex::split(line),
    }
}

/// True where the last of a command's arguments takes all words that are left.
fn takes_free_text(entry: &Entry) -> bool {
    subcommand(entry)
        .get_positionals()
        .any(|arg| arg.is_trailing_var_arg_set())
}

fn help_for(command: Option<&String>) -> String {
    let mut grammar = grammar();
    let text = match command.and_then(|name| grammar.find_subcommand_mut(name)) {
        Some(one) => one.render_help(),
        None => grammar.render_help(),
    };
    text.to_string().trim_end().to_owned()
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
