//! What people said of failures and tests, a row for each thing.

use sqlx::Row as _;

use super::sql::{self, Arg, Statement};
use super::{Error, Journal};

/// A saying as it stands in its row; the repository is the question's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SayingRow {
    /// `failure` or `test`.
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) title: String,
    /// 0 for none.
    pub(crate) user: i64,
    pub(crate) login: String,
    pub(crate) reason: String,
    /// Empty for none.
    pub(crate) url: String,
    pub(crate) at: i64,
    pub(crate) until: i64,
}

impl Journal {
    /// Keeps a saying in place of what was said of the same before; a job that comes late does
    /// not bring back an older one.
    pub(crate) async fn say(&self, repo: &str, row: SayingRow) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO sayings (repo, kind, about, title, user_id, login, reason, \
                url, at, until) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
            ON CONFLICT (repo, kind, about) DO UPDATE SET title = excluded.title, \
                user_id = excluded.user_id, login = excluded.login, reason = excluded.reason, \
                url = excluded.url, at = excluded.at, until = excluded.until \
            WHERE excluded.at >= sayings.at";
        let args = vec![
            Arg::Text(repo.to_owned()),
            Arg::Text(row.kind),
            Arg::Text(row.about),
            Arg::Text(sql::text(&row.title, 300)),
            Arg::Int(row.user),
            Arg::Text(sql::text(&row.login, 100)),
            Arg::Text(sql::text(&row.reason, 1_000)),
            Arg::Text(sql::text(&row.url, 1_000)),
            Arg::Int(row.at),
            Arg::Int(row.until),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// Forgets what was said of one thing.
    pub(crate) async fn unsay(&self, repo: &str, kind: &str, about: &str) -> Result<(), Error> {
        const SQL: &str = "DELETE FROM sayings WHERE repo = $1 AND kind = $2 AND about = $3";
        let args = [repo, kind, about].map(|text| Arg::Text(text.to_owned()));
        let args = args.to_vec();
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// What holds in a repository at a moment, newest first.
    pub(crate) async fn said(
        &self,
        repo: &str,
        now: i64,
        most: u32,
    ) -> Result<Vec<SayingRow>, Error> {
        const SQL: &str = "SELECT kind, about, title, user_id, login, reason, url, at, until \
            FROM sayings WHERE repo = $1 AND until > $2 ORDER BY at DESC, kind, about LIMIT $3";
        let args = [
            Arg::Text(repo.to_owned()),
            Arg::Int(now),
            Arg::Int(i64::from(most)),
        ];
        let rows = sql::rows(self.readers(), SQL, args).await?;
        let read = rows.iter().map(|row| {
            Ok(SayingRow {
                kind: row.try_get(0)?,
                about: row.try_get(1)?,
                title: row.try_get(2)?,
                user: row.try_get(3)?,
                login: row.try_get(4)?,
                reason: row.try_get(5)?,
                url: row.try_get(6)?,
                at: row.try_get(7)?,
                until: row.try_get(8)?,
            })
        });
        read.collect()
    }
}
