//! Opening the journal: connect, migrate, take back what a killed process held, start writing.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Once};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Row, SqlSafeStr};
use tokio::sync::{Mutex, mpsc};

use super::checkpoint::Checkpoints;
use super::dialect::Location;
use super::writer::{ATTEMPT_WITHIN, Writer};
use super::{Clock, Dialect, Error, Inner, Journal, Options, claim, lock, random, sql};

/// Every step from an empty database to this version's tables, in order. A released one is never
/// changed again.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "journal", include_str!("../migrations/0001_journal.sql")),
    (
        2,
        "backfill",
        include_str!("../migrations/0002_backfill.sql"),
    ),
    (3, "sayings", include_str!("../migrations/0003_sayings.sql")),
];

/// Writes that may wait for the writer before a caller waits to hand in its own.
const WAITING: usize = 1_024;

impl Journal {
    /// Opens the journal at `postgres://…`, `sqlite:PATH` or a bare path, and makes its tables.
    ///
    /// # Errors
    /// When the place is not understood, cannot be reached or migrated, or (a SQLite file) is in
    /// use by another process.
    pub async fn open(place: &str, options: Options) -> Result<Self, Error> {
        Self::open_within(place, options, ATTEMPT_WITHIN).await
    }

    /// Opens it to keep something beside a server that may be running on it: without taking a
    /// SQLite file for this process alone, and without taking back what another has leased.
    ///
    /// # Errors
    /// As for [`Journal::open`]; and where a running server has tables of another version.
    pub async fn open_beside(place: &str, options: Options) -> Result<Self, Error> {
        drivers();
        let location = Location::parse(place)?;
        // Held only while the tables are made: whoever starts meanwhile is refused once.
        let lock = match location.file.as_deref().map(lock_file).transpose() {
            Err(Error::InUse(_)) => None,
            lock => Some(lock?),
        };
        let pool = connect(&location, 1, false)?;
        match lock {
            Some(lock) => {
                migrations(location.dialect).run(&pool).await?;
                drop(lock);
            }
            None => same_version(&pool).await?,
        }
        Self::begin(location, pool, None, options, ATTEMPT_WITHIN).await
    }

    /// The same, with a bound of its own for each transaction.
    pub(super) async fn open_within(
        place: &str,
        mut options: Options,
        attempt_within: Duration,
    ) -> Result<Self, Error> {
        drivers();
        options.keep_deliveries = options.keep_deliveries.max(Duration::from_secs(7 * 86_400));
        let location = Location::parse(place)?;
        let lock = location.file.as_deref().map(lock_file).transpose()?;

        let pool = connect(&location, 1, false)?;
        migrations(location.dialect).run(&pool).await?;
        if location.dialect == Dialect::Sqlite {
            let (mut conn, now) = (pool.acquire().await?, Clock::default().now());
            // The file is ours alone, so whoever held a lease is gone: no need to wait.
            claim::give_back(&mut conn, None, now).await?;
            claim::reap(&mut conn, now, options.max_tries).await?;
            sql::run(&mut conn, "DELETE FROM marks WHERE name LIKE 'turn:%'", []).await?;
        }
        Self::begin(location, pool, lock, options, attempt_within).await
    }

    /// Starts the writer on a database whose tables are there.
    async fn begin(
        location: Location,
        pool: AnyPool,
        lock: Option<std::fs::File>,
        options: Options,
        attempt_within: Duration,
    ) -> Result<Self, Error> {
        let clock = Clock::default();
        if location.dialect == Dialect::Postgres {
            set_clock(&mut *pool.acquire().await?, &clock).await?;
        }
        let readers = connect(&location, options.readers.max(1), true)?;
        let beside = match location.dialect {
            Dialect::Sqlite => Some(connect(&location, 1, false)?),
            Dialect::Postgres => None,
        };
        let (ops, waiting) = mpsc::channel(WAITING);
        let commits = Arc::new(AtomicU64::new(0));
        let instance = format!("{}-{:08x}", std::process::id(), random() as u32);
        let writer = Writer {
            dialect: location.dialect,
            pool,
            checkpoints: Checkpoints::new(beside),
            clock: clock.clone(),
            options: options.clone(),
            instance: instance.clone(),
            ops: waiting,
            parked: VecDeque::new(),
            attempt_within,
            commits: commits.clone(),
            due: None,
            stale: true,
            look: false,
            lock,
        };
        let writer = Mutex::new(Some(tokio::spawn(writer.run())));
        let dialect = location.dialect;
        let inner = Inner {
            dialect,
            options,
            clock,
            instance,
            ops,
            readers,
            commits,
            writer,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

/// A server that runs makes no new tables beneath itself, and we make none beneath it.
async fn same_version(pool: &AnyPool) -> Result<(), Error> {
    const SQL: &str = "SELECT MAX(version) FROM _sqlx_migrations";
    let rows = sql::rows(pool, SQL, []).await?;
    let newest: Option<i64> = rows
        .first()
        .map(|row| row.try_get(0))
        .transpose()?
        .flatten();
    let ours = MIGRATIONS.last().map(|(version, ..)| *version);
    match newest == ours {
        true => Ok(()),
        false => Err(Error::Settings(
            "the server that uses this database is of another version: give both the same"
                .to_owned(),
        )),
    }
}

fn lock_file(path: &Path) -> Result<std::fs::File, Error> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| Error::File {
            path: folder.display().to_string(),
            source,
        })?;
    }
    lock::take(path)
}

fn connect(location: &Location, most: u32, ask_first: bool) -> Result<AnyPool, Error> {
    let greeting = location.dialect.greeting();
    let options = location
        .url
        .parse::<AnyConnectOptions>()?
        .disable_statement_logging();
    let pool = AnyPoolOptions::new()
        .max_connections(most)
        .min_connections(0)
        // The writer need not ask whether its connection lives: it repeats what failed.
        .test_before_acquire(ask_first)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                for &statement in greeting {
                    sqlx::raw_sql(statement).execute(&mut *conn).await?;
                }
                Ok(())
            })
        });
    Ok(pool.connect_lazy_with(options))
}

/// Makes the databases' drivers known, once.
pub(super) fn drivers() {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
}

/// A migration in a dialect's words.
fn worded(dialect: Dialect, text: &str) -> String {
    text.replace("{id}", dialect.id())
        .replace("{bytes}", dialect.bytes())
        .replace("{queue}", dialect.queue())
}

/// The words by which a table is made.
pub(super) fn table(dialect: Dialect, name: &str) -> Option<String> {
    let begins = format!("CREATE TABLE {name} (");
    MIGRATIONS.iter().find_map(|(.., text)| {
        let text = worded(dialect, text);
        let made = text.get(text.find(&begins)?..)?;
        made.split_once("\n);")
            .map(|(made, _)| format!("{made}\n)"))
    })
}

fn migrations(dialect: Dialect) -> Migrator {
    let steps = MIGRATIONS.iter().map(|&(version, name, text)| {
        let text = sql::ours(worded(dialect, text)).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, text, false)
    });
    Migrator::with_migrations(steps.collect())
}

/// Sets the clock by the database's, which all replicas share.
pub(super) async fn set_clock(conn: &mut AnyConnection, clock: &Clock) -> Result<(), sqlx::Error> {
    const SQL: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    if let Some(row) = sql::rows(conn, SQL, []).await?.first() {
        clock.set(row.try_get(0)?);
    }
    Ok(())
}
