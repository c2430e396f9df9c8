//! Answers that GitHub gave before, to be asked for by their ETag.
//!
//! Bounded by the bytes of the bodies; what was used longest ago goes first. The key names whose
//! token read it, so that nobody is shown what only somebody else may see.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::header::{CONTENT_TYPE, ETAG, LINK};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::Answer;

/// Of all bodies together.
const ALL: usize = 16 << 20;

/// A body that is larger is not kept: it would push too many others out.
const ONE: usize = 1 << 20;

/// An answer that was kept.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) tag: HeaderValue,
    answer: Answer,
}

impl Known {
    /// What a 304 stands for.
    pub(super) fn answer(&self, not_modified: Answer) -> Answer {
        not_modified.with_body_of(&self.answer)
    }
}

/// The answers.
#[derive(Debug, Default)]
pub(super) struct Etags(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, (u64, Known)>,
    bytes: usize,
    clock: u64,
}

impl Etags {
    pub(super) fn get(&self, key: &str) -> Option<Known> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        let (used, known) = kept.answers.get_mut(key)?;
        *used = now;
        Some(known.clone())
    }

    /// Keeps an answer where it can be asked for again.
    pub(super) fn keep(&self, key: String, answer: &Answer) {
        let Some(tag) = answer.headers().get(ETAG) else {
            return;
        };
        if answer.status() != StatusCode::OK || answer.body().len() > ONE {
            return;
        }
        let known = Known {
            tag: tag.clone(),
            answer: answer.only(&[LINK, CONTENT_TYPE]),
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        kept.bytes += weight(&key, &known);
        if let Some((_, old)) = kept.answers.insert(key.clone(), (now, known)) {
            kept.bytes -= weight(&key, &old);
        }
        while kept.bytes > ALL {
            kept.drop_oldest();
        }
    }
}

impl Kept {
    fn drop_oldest(&mut self) {
        let oldest = self.answers.iter().min_by_key(|(_, (used, _))| *used);
        let Some(key) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        if let Some((_, known)) = self.answers.remove(&key) {
            self.bytes -= weight(&key, &known);
        }
    }
}

/// Body and key, and a round sum for everything around them.
fn weight(key: &str, known: &Known) -> usize {
    known.answer.body().len() + key.len() + 512
}

impl Answer {
    /// Without the headers that tell of that moment only.
    fn only(&self, names: &[http::HeaderName]) -> Self {
        let named = names
            .iter()
            .filter_map(|name| Some((name.clone(), self.headers().get(name)?)));
        let headers = named
            .map(|(name, value)| (name, value.clone()))
            .collect::<HeaderMap>();
        Self::new(StatusCode::OK, headers, self.body().clone())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let etags = Etags::default();
        let headers = || HeaderMap::from_iter([(ETAG, HeaderValue::from_static("\"1\""))]);
        let body = Bytes::from(vec![b'x'; ONE]);
        let answer = || Answer::new(StatusCode::OK, headers(), body.clone());
        for n in 0..15 {
            etags.keep(n.to_string(), &answer());
        }
        assert!(etags.get("0").is_some());
        etags.keep("15".into(), &answer());
        assert!(etags.get("0").is_some());
        assert!(etags.get("1").is_none());
        etags.keep("15".into(), &answer());
        assert!(etags.get("2").is_some());
        let large = Answer::new(StatusCode::OK, headers(), Bytes::from(vec![b'x'; ONE + 1]));
        etags.keep("large".into(), &large);
        assert!(etags.get("large").is_none());
    }
}
