//! The stand-in against GitHub's description, against GitHub's rules that the description does not know, and in
//! conversation. One binary, one file a subject.

#[cfg(test)]
mod auth;
#[cfg(test)]
mod client;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod filled;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod manifest;
#[cfg(test)]
mod payloads;
#[cfg(test)]
mod refuse;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod webhooks;
