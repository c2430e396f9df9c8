//! The databases that a conversation runs on, each fresh and its own.
//!
//! `WATERLINE_TEST_POSTGRES` names a server on which databases may be made; the test command
//! starts one. Without it, only SQLite is tested, and the test says so.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;

/// One fresh database.
pub(crate) enum Database {
    /// A file in a folder that goes when the test ends.
    Sqlite(TempDir),
    /// A database on the test command's server.
    Postgres(String),
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A fresh SQLite file.
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// A fresh PostgreSQL database, where there is a server.
    pub(crate) async fn postgres() -> Option<Self> {
        let server = std::env::var("WATERLINE_TEST_POSTGRES")
            .ok()
            .filter(|s| !s.is_empty())?;
        let name = format!(
            "waterline_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        connection
            .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Some(Self::Postgres(format!("{base}/{name}")))
    }

    /// What to call it when a test fails.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address for `DATABASE_URL`.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => {
                format!("sqlite://{}/waterline.sqlite", folder.path().display())
            }
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// Every kind of database at hand.
pub(crate) async fn all() -> Vec<Database> {
    let mut found = vec![Database::sqlite()];
    match Database::postgres().await {
        Some(postgres) => found.push(postgres),
        None => {
            eprintln!("not on PostgreSQL: WATERLINE_TEST_POSTGRES is not set (`make test` sets it)")
        }
    }
    found
}
