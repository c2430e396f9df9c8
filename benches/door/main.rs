//! How fast is the door? Signed `workflow_run` deliveries against Waterline and against Probot 14.
//!
//! `cargo bench --bench door` measures both in turns, each pinned to one core, and prints the
//! ratios beside their floors. It needs Linux, two cores, `taskset`, and `node` with `npm` for
//! Probot, which it installs into `benches/door/probot/node_modules`; without npm it says so and
//! measures Waterline alone. `cargo bench --bench door -- --only ours` is the quick way, `--help`
//! tells the rest. What is compared, and why, stands in `subject.rs`.

mod github;
mod http;
mod load;
mod options;
mod parcel;
mod process;
mod round;
mod subject;
mod table;

use anyhow::Result;
use clap::Parser as _;

use crate::options::Options;
use crate::parcel::Parcels;
use crate::round::Round;
use crate::subject::Subject;

fn main() -> Result<()> {
    let options = Options::parse();
    // Before the runtime: its thread inherits the place.
    process::pin_myself(options.own_core)?;
    let subjects = subject::wanted(&options)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(&options, &subjects))
}

/// One server after the other, then all of them again: what else the machine does meanwhile
/// strikes all of them alike.
async fn measure(options: &Options, subjects: &[Subject]) -> Result<()> {
    // The callers are tasks of their own, and the parcels stay to the end.
    let parcels: &Parcels = Box::leak(Box::new(parcel::all()?));
    println!("{}", table::conditions(options, parcels));
    println!("{}", table::head());
    let mut rounds: Vec<Round> = Vec::new();
    for turn in 1..=options.rounds {
        for &connections in &options.connections {
            for &subject in subjects {
                let round = round::run(options, subject, connections, turn, parcels).await?;
                println!("{}", table::line(&round));
                rounds.push(round);
            }
        }
    }
    println!("\n{}", table::medians(options, subjects, &rounds));
    println!("{}", table::ratios(options, subjects, &rounds));
    Ok(())
}
