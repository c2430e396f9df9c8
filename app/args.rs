//! The command line: built from the list of capabilities, so that none can be forgotten.
//!
//! A capability's own flags are the same here, in a comment and under `with:`; what is added
//! here is what only a shell needs: where facts come from, and in which form the answer goes out.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use waterline_core::capabilities::ALL;
use waterline_core::capability::Entry;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Plain text.
    Text,
    /// GitHub's Markdown.
    Markdown,
    /// One object with `"version": 1`.
    Json,
}

/// What every capability's subcommand understands beside its own flags.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Facts and answers")]
pub(crate) struct Common {
    /// The form of the answer on standard output [default: text]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Decide from these facts instead of gathering them
    #[arg(long, value_name = "FACTS.json")]
    pub facts: Option<PathBuf>,
    /// Write down the facts that were gathered
    #[arg(long, value_name = "FACTS.json")]
    pub save_facts: Option<PathBuf>,
    /// The configuration, where facts come from files; with GitHub it is the default branch's
    #[arg(long, visible_alias = "policy", value_name = "waterline.yml")]
    pub config: Option<PathBuf>,
    /// Ask GitHub about this repository [env: GITHUB_REPOSITORY]
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<String>,
    /// The pull request to answer about
    #[arg(long, value_name = "NUMBER")]
    pub pull_request: Option<u64>,
    /// Post what the App would post, instead of only showing it
    #[arg(long)]
    pub post: bool,
    /// End with exit code 1 where the answer is no
    #[arg(long)]
    pub fail: bool,
}

/// The flags of `serve`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Serve {
    /// The address to listen on
    #[arg(
        long,
        env = "WATERLINE_BIND",
        default_value = "127.0.0.1:3000",
        value_name = "ADDRESS:PORT"
    )]
    pub bind: std::net::SocketAddr,
    /// A PostgreSQL or SQLite URL [default: waterline.sqlite in the data folder]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where the database and the credentials are kept
    #[arg(
        long,
        env = "WATERLINE_DATA",
        default_value = ".waterline",
        value_name = "FOLDER"
    )]
    pub data: PathBuf,
    /// How many jobs run at once
    #[arg(
        long,
        env = "WATERLINE_WORKERS",
        default_value_t = 8,
        value_name = "NUMBER"
    )]
    pub workers: usize,
    /// Days for which payloads and decisions are kept
    #[arg(
        long,
        env = "WATERLINE_KEEP_DAYS",
        default_value_t = 7,
        value_name = "DAYS",
        value_parser = value_parser!(u16).range(1..=365)
    )]
    pub keep_days: u16,
    /// Show the pages to other machines too, to whoever knows this token
    #[arg(
        long,
        env = "WATERLINE_ADMIN_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub admin_token: Option<String>,
    /// Where GitHub reaches this server, for the set-up page
    #[arg(long, env = "WATERLINE_URL", value_name = "https://HOST")]
    pub url: Option<String>,
    /// Let the set-up print the App's credentials, for a secret store, instead of keeping them
    #[arg(
        long,
        env = "WATERLINE_PRINT_CREDENTIALS",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub print_credentials: bool,
}

/// The flags of `backfill`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Backfill {
    /// Learn from this repository [env: GITHUB_REPOSITORY]
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<String>,
    /// How many days of its history, 1 to 90
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = days)]
    pub days: u16,
    /// Keep what is learnt in this SQLite file, instead of the server's database
    #[arg(long, value_name = "FILE")]
    pub memory: Option<PathBuf>,
    /// Percent of the hour's quota to leave to others, 0 to 90
    #[arg(
        long,
        default_value_t = 50,
        value_name = "PERCENT",
        value_parser = value_parser!(u8).range(0..=90)
    )]
    pub reserve: u8,
    /// Wait for the next hour's quota, instead of ending with exit code 2
    #[arg(long)]
    pub wait: bool,
    /// The form of the answer on standard output [default: text]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The server's database [default: waterline.sqlite in the data folder]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where the server keeps its database and the credentials
    #[arg(
        long,
        env = "WATERLINE_DATA",
        default_value = ".waterline",
        value_name = "FOLDER"
    )]
    pub data: PathBuf,
}

/// Days of history, bounded by what is kept.
fn days(text: &str) -> Result<u16, String> {
    let most = waterline_core::backfill::DAYS;
    match text.parse() {
        Ok(days) if (1..=most).contains(&days) => Ok(days),
        _ => Err(format!(
            "a failure is forgotten after {most} days, so it goes from 1 to {most}"
        )),
    }
}

/// The flags of `manifest`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Manifest {
    /// The address at which GitHub reaches the server
    #[arg(
        long,
        env = "WATERLINE_URL",
        default_value = "https://waterline.example.com",
        value_name = "https://HOST"
    )]
    pub url: String,
    /// The App's name; its comments come from NAME[bot]
    #[arg(long, default_value = "Waterline", value_name = "NAME")]
    pub name: String,
    /// The organisation that shall own the App, instead of yourself
    #[arg(long, value_name = "ORGANISATION")]
    pub organization: Option<String>,
}

/// The flags of `demo`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Demo {
    /// End after the story instead of leaving the page open
    #[arg(long)]
    pub once: bool,
}

/// The whole command line.
pub(crate) fn command() -> Command {
    Command::new("waterline")
        .about(env!("CARGO_PKG_DESCRIPTION"))
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve().about("Run the GitHub App's server").long_about(None))
        .subcommands(ALL.iter().map(capability))
        .subcommand(
            flags::<Backfill>(Command::new("backfill"))
                .about("Learn from a repository's history which failures come and go: once, or every night")
                .long_about(None),
        )
        .subcommand(replay())
        .subcommand(config())
        .subcommand(crate::policy_args::command())
        .subcommand(
            flags::<Manifest>(Command::new("manifest"))
                .about("Print the manifest of the App: exactly the permissions and events that it needs")
                .long_about(None),
        )
        .subcommand(
            Command::new("doctor")
                .about("Check credentials, permissions, clock, webhook and database, and say what is missing")
                .args(serve_args()),
        )
        .subcommand(
            flags::<Demo>(Command::new("demo"))
                .about("Show the App at work against a small GitHub of its own")
                .long_about(None),
        )
}

fn flags<A: clap::Args>(command: Command) -> Command {
    A::augment_args(command)
}

fn serve() -> Command {
    flags::<Serve>(Command::new("serve"))
}

/// `doctor` looks at the same settings as `serve` does.
fn serve_args() -> Vec<Arg> {
    serve().get_arguments().cloned().collect()
}

/// The comments on the structs of flags are for readers of the code; clap would take them for
/// what the command is about, so that is said last.
fn capability(entry: &Entry) -> Command {
    // What a command in a comment must name, a step finds in the comment that started it; the
    // engine asks for it where nobody names it.
    let own = (entry.flags)(Command::new(entry.name)).mut_args(|arg| match arg.is_positional() {
        true => arg.required(false),
        false => arg,
    });
    flags::<Common>((entry.desk_flags)(own))
        .about(entry.about)
        .long_about(None)
}

fn replay() -> Command {
    Command::new("replay")
        .about("Show what the App would make of an event: the jobs, nothing posted")
        .arg(
            Arg::new("event")
                .value_name("EVENT.json")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A webhook's payload, or the file of GITHUB_EVENT_PATH"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("EVENT")
                .env("GITHUB_EVENT_NAME")
                .help("The event's name, such as workflow_run [default: told from the payload]"),
        )
}

fn config() -> Command {
    let check = Command::new("check")
        .about("Check a configuration (with two files, the first is the organisation's) and problem matchers")
        .arg(
            Arg::new("files")
                .value_name("FILE|DIR")
                .action(ArgAction::Append)
                .num_args(0..)
                .value_parser(value_parser!(PathBuf))
                .help(
                    "waterline.yml; a .json file or a folder of them is problem matchers \
                     [default: .github/waterline.yml and .github/waterline/matchers]",
                ),
        );
    let schema = Command::new("schema").about("Print the JSON Schema of the configuration");
    Command::new("config")
        .about("Check .github/waterline.yml, or print its schema")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check)
        .subcommand(schema)
}

/// Reads typed flags back out of what clap matched.
///
/// # Errors
/// Where the flags were not part of the command, which is a mistake of ours.
pub(crate) fn typed<A: clap::FromArgMatches>(matches: &ArgMatches) -> anyhow::Result<A> {
    A::from_arg_matches(matches).map_err(|e| anyhow::anyhow!("{e}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
