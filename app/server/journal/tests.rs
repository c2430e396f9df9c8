//! The journal on a real SQLite file and, where `WATERLINE_TEST_POSTGRES` names one, on a real
//! PostgreSQL: each test runs on both.

pub(crate) mod bench;
mod beside;
mod jobs;
mod leases;
mod replicas;
mod storing;
mod upkeep;
