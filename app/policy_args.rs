//! The command line of `waterline policy`.

use std::path::PathBuf;

use clap::{Arg, ArgGroup, Command, value_parser};

use crate::args::Format;

/// `waterline policy` with all that it can do.
pub(crate) fn command() -> Command {
    Command::new("policy")
        .about("Check, test, explain and replay the rules of the gate, or take over policy-bot's")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            said(
                "check",
                "Check a policy, and say what is wrong at which line and column",
            )
            .arg(positional(
                "file",
                "waterline.yml",
                waterline_core::config::PATH,
            )),
        )
        .subcommand(
            said(
                "test",
                "Run the tests of a policy; exit code 1 where one fails",
            )
            .arg(positional(
                "file",
                "waterline.tests.yml",
                ".github/waterline.tests.yml",
            ))
            .arg(policy()),
        )
        .subcommand(
            said(
                "explain",
                "Say each rule in a sentence, what makes it looked at again, and what it needs",
            )
            .arg(policy())
            .arg(
                Arg::new("environment")
                    .long("environment")
                    .value_name("NAME")
                    .help("Only this environment, as the policy writes it"),
            ),
        )
        .subcommand(replay())
        .subcommand(
            said(
                "import",
                "Turn a policy-bot file into approval rules, and say what could not be carried",
            )
            .arg(positional("file", ".policy.yml", ".policy.yml")),
        )
}

fn replay() -> Command {
    said(
        "replay",
        "Decide stored facts with a policy, and say what comes out otherwise",
    )
    .arg(policy())
    .arg(
        file("against", "waterline.yml")
            .help("Compare with this policy instead of what was decided"),
    )
    .arg(file("facts-dir", "FOLDER").help("A folder of facts, each a .json"))
    .arg(file("decisions", "DECISIONS.jsonl").help(
        "Decisions, one on a line: {\"facts\": …, \"verdict\": …, \"id\": …, \"outcome\": …}",
    ))
    .group(
        ArgGroup::new("stored")
            .args(["facts-dir", "decisions"])
            .required(true),
    )
}

fn said(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).arg(
        Arg::new("format")
            .long("format")
            .value_parser(value_parser!(Format))
            .help("The form of the answer [default: text]"),
    )
}

fn positional(name: &'static str, value: &'static str, default: &'static str) -> Arg {
    Arg::new(name)
        .value_name(value)
        .default_value(default)
        .value_parser(value_parser!(PathBuf))
        .help("The file")
}

fn policy() -> Arg {
    file("policy", "waterline.yml")
        .default_value(waterline_core::config::PATH)
        .help("The policy")
}

fn file(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .value_parser(value_parser!(PathBuf))
}
