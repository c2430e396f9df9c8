//! The set-up, from a fresh start to the first comment: over HTTP, and in a real browser.
//!
//! `visitor` is a person's browser as plain requests, `flow` the way to an App and what can go
//! wrong on it, `screens` the same in Chromium with pictures of every page.

mod flow;
mod screens;
mod visitor;
