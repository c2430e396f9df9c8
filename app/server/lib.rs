//! The App as a server: routes, durable journal, worker, metrics, pages.

pub mod journal;
