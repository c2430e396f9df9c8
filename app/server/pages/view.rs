//! What the page shows, in words: rows of the journal, made ready for the template.

use askama::Template;
use serde_json::Value;
use waterline_core::engine::POSTED;
use waterline_core::report::clean;

use crate::house::{House, Idle};
use crate::journal::{Counts, DecisionRow, DeliveryRow, Error, JobRow};

/// Rows of each table.
const ROWS: u32 = 50;

/// The overview.
#[derive(Template)]
#[template(path = "overview.html")]
pub(super) struct Overview {
    version: &'static str,
    counts: Counts,
    deliveries: Vec<Delivery>,
    jobs: Vec<Job>,
    dead: Vec<Job>,
    posted: Vec<Post>,
}

/// Something that stands on GitHub now.
struct Post {
    when: String,
    subject: String,
    /// `comment created`, …
    what: String,
    /// Its page, where GitHub named one; an address of the web, nothing else.
    url: String,
    /// What it says.
    text: String,
}

struct Delivery {
    at: i64,
    when: String,
    event: String,
    action: String,
    repo: String,
    outcome: String,
    /// How it is coloured: `good`, `busy`, `bad` or `idle`.
    tone: &'static str,
    guid: String,
}

struct Job {
    when: String,
    name: String,
    subject: String,
    state: &'static str,
    tone: &'static str,
    tries: i64,
    took: String,
    said: String,
    delivery: String,
}

impl Overview {
    pub(super) async fn gather(house: &House) -> Result<Self, Error> {
        let journal = &house.journal;
        let now = journal.clock().now();
        let (counts, deliveries, jobs, dead, posted) = tokio::try_join!(
            journal.counts(),
            journal.recent_deliveries(ROWS),
            journal.recent_jobs(ROWS),
            journal.dead_jobs(ROWS),
            journal.decisions(POSTED, None, 0, ROWS),
        )?;
        let stored = deliveries.into_iter().map(|row| Delivery::stored(row, now));
        let ignored = house
            .ignored
            .newest()
            .into_iter()
            .map(|idle| Delivery::ignored(idle, now));
        let mut deliveries: Vec<Delivery> = stored.chain(ignored).collect();
        deliveries.sort_by_key(|delivery| std::cmp::Reverse(delivery.at));
        deliveries.truncate(ROWS as usize);
        let shown = |rows: Vec<JobRow>| rows.into_iter().map(|row| Job::new(row, now)).collect();
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            counts,
            deliveries,
            jobs: shown(jobs),
            dead: shown(dead),
            posted: posted.iter().map(|row| Post::new(row, now)).collect(),
        })
    }
}

impl Post {
    fn new(row: &DecisionRow, now: i64) -> Self {
        let body: Value = serde_json::from_slice(&row.body).unwrap_or_default();
        let text = |part: &str, name: &str| {
            let text = body.get(part).and_then(|p| p.get(name));
            clean(text.and_then(Value::as_str).unwrap_or_default())
        };
        let url = text("facts", "url");
        let web = url.starts_with("https://") || url.starts_with("http://");
        Self {
            when: ago(now, row.at),
            subject: clean(&row.subject),
            what: format!("{} {}", text("facts", "what"), text("facts", "applied")),
            url: if web { url } else { String::new() },
            text: text("verdict", "text"),
        }
    }
}

impl Delivery {
    fn stored(row: DeliveryRow, now: i64) -> Self {
        let (outcome, tone) = match (row.open, row.dead, row.jobs) {
            (0, 0, 1) => ("done".to_owned(), "good"),
            (0, 0, jobs) => (format!("{jobs} jobs done"), "good"),
            (0, dead, jobs) => (format!("{dead} of {jobs} dead"), "bad"),
            (open, _, jobs) => (format!("{open} of {jobs} to do"), "busy"),
        };
        Self {
            at: row.received_at,
            when: ago(now, row.received_at),
            event: clean(&row.event),
            action: clean(&row.action),
            repo: clean(&row.repo),
            outcome,
            tone,
            guid: row.guid,
        }
    }

    fn ignored(idle: Idle, now: i64) -> Self {
        Self {
            at: idle.at,
            when: ago(now, idle.at),
            event: clean(&idle.event),
            action: clean(&idle.action),
            repo: clean(&idle.repo),
            outcome: "nothing to do".to_owned(),
            tone: "idle",
            guid: String::new(),
        }
    }
}

impl Job {
    fn new(row: JobRow, now: i64) -> Self {
        let (state, tone) = match row.state.as_str() {
            "done" => ("done", "good"),
            "dead" => ("dead", "bad"),
            "leased" => ("running", "busy"),
            _ if row.tries > 0 || row.run_at > now => ("to be tried again", "busy"),
            _ => ("waiting", "idle"),
        };
        let took = match (row.started_at, row.finished_at) {
            (Some(from), Some(to)) => span(to - from),
            _ => String::new(),
        };
        let at = row.finished_at.or(row.started_at).unwrap_or(row.run_at);
        let said = if row.error.is_empty() {
            &row.summary
        } else {
            &row.error
        };
        Self {
            when: ago(now, at),
            name: clean(&row.name),
            subject: clean(&row.subject),
            state,
            tone,
            tries: row.tries,
            took,
            said: clean(said),
            delivery: row.delivery,
        }
    }
}

/// A span of milliseconds as people say it.
fn span(ms: i64) -> String {
    match ms {
        ..=999 => format!("{} ms", ms.max(0)),
        1_000..=119_999 => format!("{} s", ms / 1_000),
        120_000..=7_199_999 => format!("{} min", ms / 60_000),
        7_200_000..=172_799_999 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
    }
}

fn ago(now: i64, then: i64) -> String {
    match now - then {
        ..=-1 => format!("in {}", span(then - now)),
        0..=1_999 => "now".to_owned(),
        past => format!("{} ago", span(past)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_one_unit() {
        let said: Vec<String> = [-5, 12, 1_500, 119_000, 120_000, 7_200_000, 200_000_000]
            .map(span)
            .to_vec();
        assert_eq!(
            said,
            ["0 ms", "12 ms", "1 s", "119 s", "2 min", "2 h", "2 days"]
        );
        assert_eq!(ago(10_000, 9_000), "now");
        assert_eq!(ago(10_000, 5_000), "5 s ago");
        assert_eq!(ago(10_000, 15_000), "in 5 s");
    }

    #[test]
    fn what_a_stranger_wrote_is_text() {
        let page = Overview {
            version: "0",
            counts: Counts::default(),
            deliveries: vec![Delivery {
                at: 0,
                when: "now".into(),
                event: "<script>alert(1)</script>".into(),
                action: "\"><img src=x>".into(),
                repo: "o/r".into(),
                outcome: "done".into(),
                tone: "good",
                guid: "'\"<i>".into(),
            }],
            jobs: Vec::new(),
            dead: Vec::new(),
            posted: vec![Post::new(
                &DecisionRow {
                    subject: "o/r#1<i>".into(),
                    at: 0,
                    body: br#"{"facts": {"what": "<img>", "url": "javascript:alert(1)"},
                        "verdict": {"text": "<script>"}}"#
                        .to_vec(),
                },
                0,
            )],
        };
        let html = page.render().unwrap();
        for forbidden in ["<script", "<img", "<i>", "javascript:"] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
    }
}
