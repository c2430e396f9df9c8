//! A small stateful GitHub behind a socket, for the demo and for every test.
//!
//! [`World`] is GitHub as plain data; [`Standin::start`] puts it behind a real port, with the paths of an Enterprise
//! Server. The routes read and write the world and enforce what GitHub enforces; the verbs of [`Place`] change it as
//! people do and send the webhooks that follow. One noun, one file: its data, its JSON, its routes.

mod app;
mod artifact;
mod auth;
mod call;
mod check_input;
mod check_run;
mod clock;
mod comment;
mod commit;
mod compare;
mod content;
mod created;
mod deliver;
mod delivery;
mod deployment;
mod diff;
mod door;
mod environment;
mod exchange;
mod fault;
mod gate;
mod guard;
mod installation;
mod issue;
mod job;
mod judge;
pub mod key;
mod label;
mod manifest;
#[cfg(feature = "judge")]
mod openapi;
mod page;
pub mod payload;
mod permission;
mod pull_json;
mod pull_request;
mod rate;
mod reaction;
mod reply;
mod repository;
mod review;
mod router;
mod run;
mod server;
mod site;
mod standin;
mod status;
mod storage;
mod team;
mod template;
mod user;
mod verbs;
mod verbs_gate;
mod verbs_run;
mod world;

pub use app::App;
pub use artifact::Artifact;
pub use auth::{Token, TokenKind};
pub use check_run::{Annotation, CheckRun, Output};
pub use clock::Clock;
pub use comment::Comment;
pub use commit::{Commit, Files};
pub use deliver::signature;
pub use delivery::Delivery;
pub use deployment::{Deployment, DeploymentStatus};
pub use environment::{Approval, Environment, GateReport};
pub use exchange::{Exchange, Host};
pub use fault::{Fault, FaultKind};
pub use installation::Installation;
pub use issue::Issue;
pub use job::{Job, Log, Step};
pub use judge::Judge;
pub use manifest::Manifest;
#[cfg(feature = "judge")]
pub use openapi::OpenApiJudge;
pub use permission::{Level, Permission, Permissions};
pub use pull_request::{Opening, PullRequest};
pub use rate::RateLimit;
pub use reaction::Reaction;
pub use repository::Repository;
pub use review::Review;
pub use router::operations;
pub use run::{Attempt, WorkflowRun};
pub use standin::Standin;
pub use status::Status;
pub use storage::Link;
pub use team::Team;
pub use user::{User, UserKind};
pub use verbs::Place;
pub use verbs_run::{FinishedJob, RunOn};
pub use world::World;
