//! Who may set up, and which answer of GitHub's belongs to whose question.
//!
//! A random token, printed where the server was started, opens a session in one browser, once: not
//! even this machine gets in without, for a proxy with its defaults looks like this machine, and
//! whoever comes first would own the App. Used up, it is worth nothing in a proxy's log. Each
//! question to GitHub carries a random state that is bound to the session, serves once, and ends
//! within the hour that GitHub grants.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use waterline_core::manifest::Wish;

/// How long GitHub keeps a manifest's code, and we a state.
const STATE: Duration = Duration::from_secs(3_600);
/// How long a session lasts after it was last asked something.
const SESSION: Duration = Duration::from_secs(2 * 3_600);

/// The token, and the browser that has shown it, for ever: there is no second one.
pub(super) struct Entrance {
    token: SecretString,
    inside: Mutex<Option<Session>>,
}

struct Session {
    id: String,
    until: Instant,
    asked: Option<Asked>,
}

struct Asked {
    state: String,
    until: Instant,
    wish: Wish,
}

/// What an answer turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The answer to this wish; the state is used up.
    Ours(Box<Wish>),
    /// From a browser without a session.
    Stranger,
    /// To no question of the session, or to one that was answered.
    Unasked,
    /// To a question that is too old.
    Late,
}

impl Entrance {
    /// A new token, and nobody inside.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            token: random()?.into(),
            inside: Mutex::default(),
        })
    }

    pub(super) fn token(&self) -> &SecretString {
        &self.token
    }

    /// Opens the session for whoever shows the token first; its id.
    pub(super) fn enter(&self, token: &str, now: Instant) -> Option<String> {
        if !same(token, self.token.expose_secret()) {
            return None;
        }
        let id = random().ok()?;
        let mut inside = self.lock();
        if inside.is_some() {
            return None;
        }
        *inside = Some(Session {
            id: id.clone(),
            until: now + SESSION,
            asked: None,
        });
        Some(id)
    }

    /// Whether this is the id of the session.
    pub(super) fn knows(&self, id: &str, now: Instant) -> bool {
        find(&mut self.lock(), id, now).is_some()
    }

    /// Notes a question to GitHub, in place of an earlier one; its state.
    pub(super) fn ask(&self, id: &str, wish: Wish, now: Instant) -> Option<String> {
        let state = random().ok()?;
        let mut inside = self.lock();
        let session = find(&mut inside, id, now)?;
        session.until = now + SESSION;
        session.asked = Some(Asked {
            state: state.clone(),
            until: now + STATE,
            wish,
        });
        Some(state)
    }

    /// What an answer with this state belongs to. A wrong state uses up nothing: otherwise any
    /// page that sends a browser here could spoil what its user is about.
    pub(super) fn answer(&self, id: &str, state: &str, now: Instant) -> Answered {
        let mut inside = self.lock();
        let Some(session) = find(&mut inside, id, now) else {
            return Answered::Stranger;
        };
        let asked = session.asked.take_if(|asked| same(state, &asked.state));
        match asked {
            None => Answered::Unasked,
            Some(asked) if asked.until <= now => Answered::Late,
            Some(asked) => Answered::Ours(Box::new(asked.wish)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find<'a>(inside: &'a mut Option<Session>, id: &str, now: Instant) -> Option<&'a mut Session> {
    let session = inside.as_mut()?;
    (session.until > now && same(id, &session.id)).then_some(session)
}

/// In a time that does not tell how much was right.
fn same(given: &str, good: &str) -> bool {
    given.as_bytes().ct_eq(good.as_bytes()).into()
}

/// 256 random bits.
fn random() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system has no randomness")?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        let server: waterline_core::manifest::Origin = "https://a.example".parse().unwrap();
        Wish {
            name: "a".parse().unwrap(),
            back: server.clone(),
            server,
            owner: None,
        }
    }

    #[test]
    fn only_the_token_opens_the_session_and_only_once() {
        let (entrance, now) = (Entrance::new().unwrap(), Instant::now());
        let token = entrance.token().expose_secret().to_owned();
        assert_eq!(token.len(), 64);
        for wrong in ["", "x", &token[1..], &format!("{token}0")] {
            assert_eq!(entrance.enter(wrong, now), None);
        }
        let id = entrance.enter(&token, now).unwrap();
        assert!(entrance.knows(&id, now) && !entrance.knows(&token, now));
        assert!(!entrance.knows("", now) && !entrance.knows(&id, now + SESSION));
        for later in [now, now + SESSION] {
            assert_eq!(entrance.enter(&token, later), None, "it opens once");
        }
    }

    #[test]
    fn a_state_serves_once_in_its_session_and_within_the_hour() {
        let (entrance, now) = (Entrance::new().unwrap(), Instant::now());
        let token = entrance.token().expose_secret().to_owned();
        let mine = entrance.enter(&token, now).unwrap();
        let state = entrance.ask(&mine, wish(), now).unwrap();
        assert_eq!(entrance.answer("", &state, now), Answered::Stranger);
        assert_eq!(entrance.answer(&state, &state, now), Answered::Stranger);
        assert_eq!(entrance.answer(&mine, "guess", now), Answered::Unasked);
        let ours = Answered::Ours(Box::new(wish()));
        assert_eq!(entrance.answer(&mine, &state, now), ours);
        assert_eq!(entrance.answer(&mine, &state, now), Answered::Unasked);
        let state = entrance.ask(&mine, wish(), now).unwrap();
        let late = now + STATE;
        assert_eq!(entrance.answer(&mine, &state, late), Answered::Late);
        let first = entrance.ask(&mine, wish(), now).unwrap();
        entrance.ask(&mine, wish(), now).unwrap();
        assert_eq!(entrance.answer(&mine, &first, now), Answered::Unasked);
    }
}
