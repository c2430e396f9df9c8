//! The stand-in against GitHub's description, against GitHub's rules that the description does not know, and in
//! conversation. One binary, one file a subject.

mod auth;
mod client;
mod conversation;
mod faults;
mod limits;
mod logs;
mod refuse;
mod routes;
mod webhooks;
