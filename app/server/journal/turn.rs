//! Named moments, turns that only one replica may take, and what was asked of GitHub again.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sqlx::Row;

use super::sql::{self, Arg, Statement};
use super::{Error, Journal, guid, millis};

/// When GitHub was asked for a delivery, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
}

impl Journal {
    /// Takes a turn that only one replica at a time may have; again by its holder prolongs it.
    /// True where it is ours now.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn take_turn(&self, name: &str, lasts: Duration) -> Result<bool, Error> {
        const SQL: &str = "INSERT INTO marks (name, holder, at) VALUES ($1, $2, $3) \
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, at = excluded.at \
            WHERE marks.at <= $4 OR marks.holder = excluded.holder";
        let now = self.clock().now();
        let args = vec![
            Arg::Text(format!("turn:{name}")),
            Arg::Text(self.instance().to_owned()),
            Arg::Int(now + millis(lasts)),
            Arg::Int(now),
        ];
        Ok(self.run(Statement { sql: SQL, args }).await? > 0)
    }

    /// Ends a turn early, so that another replica need not wait for its time.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn end_turn(&self, name: &str) -> Result<(), Error> {
        const SQL: &str = "DELETE FROM marks WHERE name = $1 AND holder = $2";
        let args = vec![
            Arg::Text(format!("turn:{name}")),
            Arg::Text(self.instance().to_owned()),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// Remembers a moment by name, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn set_mark(&self, name: &str, at: i64) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO marks (name, holder, at) VALUES ($1, $2, $3) \
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, at = excluded.at";
        let args = vec![
            Arg::Text(name.to_owned()),
            Arg::Text(self.instance().to_owned()),
            Arg::Int(at),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }

    /// Finds out whether the database can be written, by writing to it.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn probe(&self) -> Result<(), Error> {
        self.set_mark("probe", self.clock().now()).await
    }

    /// A moment that was remembered.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn mark(&self, name: &str) -> Result<Option<i64>, Error> {
        const SQL: &str = "SELECT at FROM marks WHERE name = $1";
        let rows = sql::rows(self.readers(), SQL, [Arg::Text(name.to_owned())]).await?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// Which of these deliveries the journal holds.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn holds(&self, guids: &[String]) -> Result<HashSet<String>, Error> {
        let mut held = HashSet::new();
        for piece in sql::chunks(guids) {
            let text = sql::values(
                self.dialect(),
                "SELECT guid FROM deliveries WHERE guid IN",
                piece.len(),
                1,
                "",
            );
            let args = piece
                .iter()
                .map(|guid| Arg::Bytes(guid::pack(&sql::text(guid, 100))));
            for row in sql::rows(self.readers(), text, args).await? {
                held.insert(guid::unpack(row.try_get(0)?));
            }
        }
        Ok(held)
    }

    /// Which of these deliveries GitHub was asked for already, and when.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn asked(&self, guids: &[String]) -> Result<HashMap<String, Asked>, Error> {
        let mut asked = HashMap::new();
        for piece in sql::chunks(guids) {
            const BEFORE: &str = "SELECT guid, first_at, asked_at \
                FROM redeliveries WHERE guid IN";
            let text = sql::values(self.dialect(), BEFORE, piece.len(), 1, "");
            let args = piece.iter().map(|guid| Arg::Text(sql::text(guid, 100)));
            for row in sql::rows(self.readers(), text, args).await? {
                let (first_at, last_at) = (row.try_get(1)?, row.try_get(2)?);
                asked.insert(row.try_get(0)?, Asked { first_at, last_at });
            }
        }
        Ok(asked)
    }

    /// Notes that GitHub was asked for a delivery again.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn note_asked(&self, guid: &str) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO redeliveries (guid, times, asked_at, first_at) \
            VALUES ($1, 1, $2, $2) \
            ON CONFLICT (guid) DO UPDATE SET times = redeliveries.times + 1, asked_at = $2";
        let args = vec![
            Arg::Text(sql::text(guid, 100)),
            Arg::Int(self.clock().now()),
        ];
        self.run(Statement { sql: SQL, args }).await.map(drop)
    }
}
