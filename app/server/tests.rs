//! The whole server on a socket of its own, with work that does what a test wants.

mod bounds;
mod catching_up;
mod ending;
mod knocking;
mod looking;
mod support;
mod working;
