//! The App as a server: routes, durable journal, worker, metrics, pages.
//!
//! A delivery comes in by `door`, is on the disk in the `journal` before GitHub gets its answer,
//! and is worked off by `worker` through whatever [`Perform`] does. Beside them run the `janitor`,
//! which forgets, and `catchup`, which asks GitHub for what it could not hand over. Before there is
//! an App, `setup` makes one.

mod answer;
mod catchup;
mod door;
mod health;
mod house;
mod janitor;
pub mod journal;
mod listen;
mod memory;
mod metric;
mod pages;
mod perform;
mod remembered;
mod routes;
mod server;
mod settings;
mod setup;
#[cfg(test)]
mod tests;
mod worker;

pub use catchup::{Caught, Redeliveries};
pub use memory::Kept;
pub use perform::{AppWork, Perform};
pub use remembered::Remembered;
pub use server::{Running, Server};
pub use settings::Settings;
pub use setup::{Keeper, SetUp, SettingUp, Whereabouts};
