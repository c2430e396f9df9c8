//! Waterline's program: arguments, wiring, exit codes, nothing else.
//!
//! Exit codes are a contract: 0 done or allowed, 1 the answer is no, 2 not yet, 3 facts could
//! not be had, 64 wrong use or invalid configuration.

mod args;
mod backfill;
mod config;
mod credentials;
mod demo;
mod desk;
mod doctor;
mod exit;
mod files;
mod manifest;
mod memory;
mod patience;
mod policy;
mod policy_args;
mod progress;
mod replay;
mod runner;
mod say;
mod serve;
mod settings;
mod setup;

use std::process::ExitCode;

use waterline_core::capabilities;

use exit::{Ended, Failure};

/// Deliveries come as many small allocations, and musl's own allocator takes a lock for each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are answers; everything else is wrong use.
            let wrong = error.use_stderr();
            if wrong && runner::Step::from_env().is_some() {
                // It quotes what was typed, and the runner would obey it.
                let text = error.render().to_string();
                eprintln!("waterline: {}", runner::one_line(&text));
            } else {
                let _ = error.print();
            }
            return if wrong {
                Ended::WrongUse.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(&matches) {
        Ok(ended) => ended.into(),
        Err(failure) => {
            // It may quote a stranger, and the runner reads commands from standard error too.
            let said = runner::one_line(&failure.to_string());
            match failure
                .lacks()
                .filter(|_| runner::Step::from_env().is_some())
            {
                Some(permission) => {
                    eprintln!("waterline: {said}. {}", runner::line_to_add(permission));
                }
                None => eprintln!("waterline: {said}"),
            }
            failure.ended().into()
        }
    }
}

fn run(matches: &clap::ArgMatches) -> Result<Ended, Failure> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(Ended::WrongUse);
    };
    match name {
        "config" => config::run(matches),
        "policy" => policy::run(matches),
        "replay" => replay::run(matches),
        "manifest" => manifest::run(&args::typed(matches)?),
        "serve" => asynchronous(true, serve::run(args::typed(matches)?)),
        "doctor" => asynchronous(false, doctor::run(args::typed(matches)?)),
        "backfill" => asynchronous(false, backfill::run(args::typed(matches)?)),
        "demo" => asynchronous(false, demo::run(args::typed(matches)?)),
        name => match capabilities::find(name) {
            Some(entry) => asynchronous(false, desk::run(entry, matches)),
            None => Ok(Ended::WrongUse),
        },
    }
}

/// Runs on tokio, with logs on standard error. A server logs what it does; a command at a shell
/// only what goes wrong.
fn asynchronous(
    server: bool,
    work: impl Future<Output = Result<Ended, Failure>>,
) -> Result<Ended, Failure> {
    use tracing_subscriber::EnvFilter;
    let quiet = if server { "info" } else { "error" };
    let filter = EnvFilter::try_from_env("WATERLINE_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::env::var("WATERLINE_LOG_FORMAT").is_ok_and(|f| f == "json") {
        logs.json().init();
    } else {
        logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .init();
    }
    waterline_github::install_tls();
    // Two threads on one core would only push each other off it.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.min(2))
        .enable_all()
        .build()
        .map_err(|e| Failure::Other(e.into()))?;
    let ended = runtime.block_on(work);
    // A thread that still waits for a log must not hold the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ended
}
