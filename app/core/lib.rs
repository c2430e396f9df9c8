//! What Waterline decides, free of any input or output.
//!
//! Read it in the order of the modules: nouns (`model`), what happened (`event`), what is shown
//! (`report`), what may be asked of the world (`port`), what people say of failures (`saying`), what
//! a repository wishes (`config`), what a capability is (`capability`), the capabilities, what is
//! learnt from history (`backfill`), what the App asks GitHub for (`manifest`), a
//! comment's grammar (`command`), and the engine that strings them together. An arrow never points
//! back up that list; a test holds it so.

pub mod backfill;
pub mod capabilities;
pub mod capability;
pub mod command;
pub mod config;
pub mod engine;
pub mod error;
pub mod event;
pub mod evidence;
pub mod manifest;
pub mod model;
pub mod port;
pub mod redact;
pub mod report;
pub mod saying;
