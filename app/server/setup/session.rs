//! Who may set up, and which answer of GitHub's belongs to whose question.
//!
//! A random token, printed where the server was started, opens a session in a browser: not even
//! this machine gets in without, for a proxy with its defaults looks like this machine, and
//! whoever comes first would own the App. Each question to GitHub carries a random state that is
//! bound to the session, serves once, and ends within the hour that GitHub grants.

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
/// Sessions at once; a new one takes the place of the oldest.
const MOST: usize = 16;

/// The token, and the browsers that have shown it.
pub(super) struct Sessions {
    token: SecretString,
    open: Mutex<Vec<Session>>,
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
    /// To no question of this session, or to one that was answered.
    Unasked,
    /// To a question that is too old.
    Late,
}

impl Sessions {
    /// A new token, and nobody inside.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            token: random()?.into(),
            open: Mutex::default(),
        })
    }

    pub(super) fn token(&self) -> &SecretString {
        &self.token
    }

    /// Opens a session for whoever shows the token; its id.
    pub(super) fn enter(&self, token: &str, now: Instant) -> Option<String> {
        if !same(token, self.token.expose_secret()) {
            return None;
        }
        let id = random().ok()?;
        let mut open = self.lock();
        open.retain(|session| session.until > now);
        if open.len() == MOST {
            open.remove(0);
        }
        open.push(Session {
            id: id.clone(),
            until: now + SESSION,
            asked: None,
        });
        Some(id)
    }

    /// Whether this is the id of a session.
    pub(super) fn knows(&self, id: &str, now: Instant) -> bool {
        find(&mut self.lock(), id, now).is_some()
    }

    /// Notes a question to GitHub, in place of an earlier one; its state.
    pub(super) fn ask(&self, id: &str, wish: Wish, now: Instant) -> Option<String> {
        let state = random().ok()?;
        let mut open = self.lock();
        let session = find(&mut open, id, now)?;
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
        let mut open = self.lock();
        let Some(session) = find(&mut open, id, now) else {
            return Answered::Stranger;
        };
        let asked = session.asked.take_if(|asked| same(state, &asked.state));
        match asked {
            None => Answered::Unasked,
            Some(asked) if asked.until <= now => Answered::Late,
            Some(asked) => Answered::Ours(Box::new(asked.wish)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find<'a>(open: &'a mut [Session], id: &str, now: Instant) -> Option<&'a mut Session> {
    open.iter_mut()
        .filter(|session| session.until > now)
        .fold(None, |found, session| {
            if same(id, &session.id) {
                Some(session)
            } else {
                found
            }
        })
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
    fn only_the_token_opens_a_session() {
        let (sessions, now) = (Sessions::new().unwrap(), Instant::now());
        let token = sessions.token().expose_secret().to_owned();
        assert_eq!(token.len(), 64);
        for wrong in ["", "x", &token[1..], &format!("{token}0")] {
            assert_eq!(sessions.enter(wrong, now), None);
        }
        let id = sessions.enter(&token, now).unwrap();
        assert!(sessions.knows(&id, now) && !sessions.knows(&token, now));
        assert!(!sessions.knows("", now) && !sessions.knows(&id, now + SESSION));
        for _ in 0..MOST {
            sessions.enter(&token, now).unwrap();
        }
        assert!(!sessions.knows(&id, now), "the oldest makes room");
    }

    #[test]
    fn a_state_serves_once_in_its_session_and_within_the_hour() {
        let (sessions, now) = (Sessions::new().unwrap(), Instant::now());
        let token = sessions.token().expose_secret().to_owned();
        let [mine, other] = [(); 2].map(|()| sessions.enter(&token, now).unwrap());
        let state = sessions.ask(&mine, wish(), now).unwrap();
        assert_eq!(sessions.answer("", &state, now), Answered::Stranger);
        assert_eq!(sessions.answer(&other, &state, now), Answered::Unasked);
        assert_eq!(sessions.answer(&mine, "guess", now), Answered::Unasked);
        let ours = Answered::Ours(Box::new(wish()));
        assert_eq!(sessions.answer(&mine, &state, now), ours);
        assert_eq!(sessions.answer(&mine, &state, now), Answered::Unasked);
        let state = sessions.ask(&mine, wish(), now).unwrap();
        let late = now + STATE;
        assert_eq!(sessions.answer(&mine, &state, late), Answered::Late);
        let first = sessions.ask(&mine, wish(), now).unwrap();
        sessions.ask(&mine, wish(), now).unwrap();
        assert_eq!(sessions.answer(&mine, &first, now), Answered::Unasked);
    }
}
