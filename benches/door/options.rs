//! What can be chosen on the command line.

use std::path::PathBuf;

/// Signed deliveries against Waterline and Probot, in turns.
#[derive(Debug, clap::Parser)]
#[command(name = "door")]
pub(crate) struct Options {
    /// Measure only this one
    #[arg(long, value_enum)]
    pub(crate) only: Option<Only>,
    /// Measure Waterline in its other two ways too: without jobs, and with jobs that end
    #[arg(long)]
    pub(crate) all: bool,
    /// Connections, each with one delivery under way
    #[arg(long, value_delimiter = ',', default_values_t = [32, 256])]
    pub(crate) connections: Vec<usize>,
    /// How often each is measured
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 8.0)]
    pub(crate) seconds: f64,
    /// Seconds before each measurement, under the same load
    #[arg(long, default_value_t = 4.0)]
    pub(crate) warm_up: f64,
    /// The core that the server under test may use
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core of the load generator
    #[arg(long, default_value_t = 1)]
    pub(crate) own_core: usize,
    /// Waterline's program [default: the one that cargo has just built]
    #[arg(long, env = "WATERLINE_BENCH_PROGRAM", value_name = "PATH")]
    pub(crate) program: Option<PathBuf>,
    /// A database for Waterline [default: a fresh SQLite file each time]
    #[arg(long, env = "WATERLINE_BENCH_DATABASE", value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Random GUIDs instead of such as GitHub's, which begin with a clock
    #[arg(long)]
    pub(crate) random_guids: bool,
    /// cargo says this to every bench
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

/// A server to measure alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Only {
    /// Waterline.
    Ours,
    /// Probot.
    Probot,
}

impl Options {
    /// Waterline's program.
    pub(crate) fn program(&self) -> PathBuf {
        let built = || match option_env!("CARGO_BIN_EXE_waterline") {
            Some(path) => PathBuf::from(path),
            None => PathBuf::from("target/release/waterline"),
        };
        self.program.clone().unwrap_or_else(built)
    }
}
