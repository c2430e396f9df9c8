//! Where logs and archives lie: another host and port than the API, reached by links that live one minute. Somebody
//! who sends it GitHub's token gets 400, as from the real storage, and has given the token away.

use jiff::{SignedDuration, Timestamp};

use crate::reply::Reply;
use crate::world::World;

/// A link that was given out.
#[derive(Debug, Clone)]
pub struct Link {
    /// What it leads to.
    pub bytes: Vec<u8>,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// Until when, by the wall clock.
    pub expires_at: Timestamp,
}

impl World {
    /// A new link to these bytes.
    pub(crate) fn link(&mut self, bytes: Vec<u8>, content_type: &'static str) -> String {
        let name = self.next_hex("link", 32);
        let expires_at = self.clock.wall() + SignedDuration::from_secs(60);
        let signature = self.next_hex("signature", 40);
        let url = format!(
            "{}/storage/{name}?se={expires_at}&sig={signature}",
            self.storage
        );
        self.links.insert(
            name,
            Link {
                bytes,
                content_type,
                expires_at,
            },
        );
        url
    }

    /// What storage answers.
    pub(crate) fn stored(&self, path: &str, authorized: bool) -> Reply {
        let refuse = |status, code: &str| {
            let xml = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            let mut reply = Reply::raw(xml.into_bytes(), "application/xml");
            reply.status = status;
            reply
        };
        if authorized {
            return refuse(400, "InvalidAuthenticationInfo");
        }
        let link = path
            .strip_prefix("/storage/")
            .and_then(|name| self.links.get(name));
        match link {
            None => refuse(404, "ResourceNotFound"),
            Some(link) if link.expires_at <= self.clock.wall() => {
                refuse(403, "AuthenticationFailed")
            }
            Some(link) => Reply::raw(link.bytes.clone(), link.content_type),
        }
    }
}
