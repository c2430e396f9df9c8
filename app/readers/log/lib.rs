//! Reads a CI job log and finds what made it fail.
