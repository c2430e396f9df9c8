//! A SQLite file that somebody else has written: only read, and only where it is what it says.
//!
//! It may come out of a cache, so nothing in it is trusted. It is opened for reading, of a bounded
//! size, and its table must be made by our own words: a view, a trigger or a computed column under
//! the same name could do anything when it is asked.

use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, ConnectOptions as _, Row as _};

use super::open::{drivers, table};
use super::{Dialect, Error, sql};

/// The largest file that is opened: a year of a busy repository has a tenth of it.
const LARGEST: u64 = 256 << 20;
/// How long one question may take.
pub(crate) const WITHIN: Duration = Duration::from_secs(10);

/// What a connection is told first: nothing is written, and nothing in the file is run.
const GREETING: &[&str] = &[
    "PRAGMA query_only = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA busy_timeout = 2000",
];

/// Opens a file for reading its sightings.
pub(crate) async fn open(path: &Path) -> Result<AnyPool, Error> {
    let file = |source| Error::File {
        path: path.display().to_string(),
        source,
    };
    let found = std::fs::metadata(path).map_err(file)?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(foreign(path));
    }
    drivers();
    // The driver decodes percent signs in paths, so ours must be written as one.
    let name = path.display().to_string();
    let name = name
        .replace('%', "%25")
        .replace('#', "%23")
        .replace('?', "%3F");
    let options = format!("sqlite:{name}?mode=ro")
        .parse::<AnyConnectOptions>()?
        .disable_statement_logging();
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(|conn, _| {
            Box::pin(async move {
                for &statement in GREETING {
                    sqlx::raw_sql(statement).execute(&mut *conn).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options);
    match tokio::time::timeout(WITHIN, is_ours(&pool)).await {
        Ok(Ok(true)) => Ok(pool),
        Ok(Ok(false)) => Err(foreign(path)),
        Ok(Err(error)) => Err(Error::Database(error)),
        Err(_) => Err(foreign(path)),
    }
}

/// Finds out whether a file may be written as a memory: there is none, or it is one of ours.
///
/// # Errors
/// Where it is something else.
pub(crate) async fn check(path: &Path) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if found.is_file() && found.len() == 0 => return Ok(()),
        _ => {}
    }
    open(path).await?.close().await;
    Ok(())
}

/// True where the table of sightings is the one that our migration makes, and nothing else stands
/// under its name.
async fn is_ours(pool: &AnyPool) -> Result<bool, sqlx::Error> {
    const SQL: &str = "SELECT type, CAST(sql AS TEXT) FROM sqlite_schema \
        WHERE lower(name) = 'sightings' OR (lower(tbl_name) = 'sightings' AND type = 'trigger') \
        LIMIT 2";
    let rows = sql::rows(pool, SQL, []).await?;
    let [row] = &rows[..] else {
        return Ok(false);
    };
    let (kind, made): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    Ok(kind == "table" && Some(made) == table(Dialect::Sqlite, "sightings"))
}

fn foreign(path: &Path) -> Error {
    Error::Settings(format!(
        "`{}` is no memory of this version of Waterline",
        path.display()
    ))
}
