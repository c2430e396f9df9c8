//! The one integration-test binary: the real program, a stateful GitHub behind a real socket.
//!
//! `support` gives the verbs of a conversation, `talk` holds the conversations, `cases` the golden
//! folders; `architecture` and `contract` keep the house and its derived files as they are drawn.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails, also in its helpers"
)]

mod actions;
mod architecture;
// The program's own grammar, so that the documentation's command lines are parsed by it.
#[path = "../app/args.rs"]
#[expect(
    dead_code,
    reason = "the tests parse command lines, and need not read them"
)]
mod args;
mod cases;
mod contract;
mod crash;
mod desk;
mod policy;
#[path = "../app/policy_args.rs"]
mod policy_args;
mod secrets;
mod setup;
mod step;
mod step_gate;
mod support;
mod talk;
