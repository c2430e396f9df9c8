//! GitHub as Waterline sees it: the webhook door, App authentication, the REST client.
//!
//! Three ways in. `webhook` turns a delivery, or the event file of an Actions step, into an
//! [`Event`](waterline_core::event::Event). [`App`] acts as a GitHub App and hands out a port for
//! one installation; [`with_token`] does the same for a plain token. How GitHub spells things on
//! the wire stays private here; past this crate there are only the words of `waterline-core`.

mod app;
mod auth;
mod client;
mod hooks;
mod manifest;
mod rest;
mod tls;
pub mod webhook;

#[cfg(test)]
mod fixture;

pub use app::{App, AppConfig, AppInfo, with_token};
pub use auth::Credentials;
pub use hooks::{FailedDelivery, Hook};
pub use manifest::{Code, Conversion, NewApp, convert};
pub use tls::install_tls;
